package record

import (
	_ "embed" // the names of languages
	"strings"
	"sync"

	"golang.org/x/text/language"
)

// Language is a language: its ISO 639-3 code and its English name.
type Language struct {
	ID   string
	Name string
}

// languageList has the languages with an English name in Unicode's CLDR, by name:
// ISO 639-3 code and name. Of those with the same name the first is meant by it.
// golang.org/x/text/language/display has the same, but in all languages: 2 MB.
//
//go:embed languages.txt
var languageList string

// languageNames are the languages that have a name: each name once, and the names
// of all codes.
type languageNames struct {
	list []Language
	of   map[string]string
}

var readLanguages = sync.OnceValue(func() languageNames {
	n := languageNames{of: map[string]string{}}
	for line := range strings.Lines(languageList) {
		id, name, _ := strings.Cut(strings.TrimSpace(line), "\t")
		if k := len(n.list) - 1; k < 0 || n.list[k].Name != name {
			n.list = append(n.list, Language{ID: id, Name: name})
		}
		n.of[id] = name
	}
	return n
})

// Languages are the languages whose names the program knows, some hundreds, by name.
func Languages() []Language { return readLanguages().list }

// LanguageOf returns the language of a code of two or three letters (de, deu)
// or of an English name; empty where there is none.
func LanguageOf(s string) Language {
	s = oneLine(s)
	if code, ok := librarians[strings.ToLower(s)]; ok {
		s = code
	}
	known := readLanguages()
	if base, err := language.ParseBase(s); err == nil && (len(s) == 2 || len(s) == 3) {
		return Language{ID: base.ISO3(), Name: known.of[base.ISO3()]}
	}
	for _, l := range known.list {
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
