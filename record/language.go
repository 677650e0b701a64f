package record

import (
	"strings"
	"sync"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Language is a language: its ISO 639-3 code and its English name.
type Language struct {
	ID   string
	Name string
}

var readLanguages = sync.OnceValue(func() []Language {
	var list []Language
	seen := map[string]bool{}
	namer := display.English.Languages()
	for _, base := range display.Supported.BaseLanguages() {
		id := base.ISO3()
		name := namer.Name(language.Make(base.String()))
		if len(id) == 3 && name != "" && !seen[id] {
			seen[id] = true
			list = append(list, Language{ID: id, Name: name})
		}
	}
	return list
})

// Languages are the languages whose names the program knows, some hundreds.
func Languages() []Language { return readLanguages() }

// LanguageOf returns the language of a code of two or three letters (de, deu)
// or of an English name; empty where there is none.
func LanguageOf(s string) Language {
	s = oneLine(s)
	if code, ok := librarians[strings.ToLower(s)]; ok {
		s = code
	}
	if base, err := language.ParseBase(s); err == nil && (len(s) == 2 || len(s) == 3) {
		return Language{ID: base.ISO3(), Name: display.English.Languages().Name(language.Make(base.String()))}
	}
	for _, l := range readLanguages() {
		if strings.EqualFold(l.Name, s) {
			return l
		}
	}
	return Language{}
}

// librarians are the codes of ISO 639-2/B that differ from ISO 639-3.
var librarians = map[string]string{
	"alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces", "dut": "nld", "fre": "fra", "geo": "kat", "ger": "deu",
	"gre": "ell", "ice": "isl", "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas", "rum": "ron", "slo": "slk", "tib": "bod", "wel": "cym",
}
