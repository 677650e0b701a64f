package record

import (
	"testing"

	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Every code of two and three letters has the name that the library gives it in
// English, and every name means a language called by it.
func TestLanguageNames(t *testing.T) {
	const letters = "abcdefghijklmnopqrstuvwxyz"
	named := 0
	check := func(code string) {
		id := code
		if librarian, ok := librarians[code]; ok {
			id = librarian
		}
		base, err := language.ParseBase(id)
		if err != nil {
			return
		}
		want := Language{ID: base.ISO3(), Name: display.English.Languages().Name(language.Make(base.String()))}
		if want.Name != "" {
			named++
		}
		if got := LanguageOf(code); got != want {
			t.Errorf("%s is %v, want %v", code, got, want)
		}
	}
	for _, a := range letters {
		for _, b := range letters {
			check(string([]rune{a, b}))
			for _, c := range letters {
				check(string([]rune{a, b, c}))
			}
		}
	}
	if named < 800 {
		t.Errorf("only %d codes have a name", named)
	}
	seen := map[string]bool{}
	for _, l := range Languages() {
		if seen[l.Name] {
			t.Errorf("%s twice", l.Name)
		}
		seen[l.Name] = true
		if got := LanguageOf(l.Name); got.Name != l.Name && len(l.Name) > 3 {
			t.Errorf("%q means %v", l.Name, got)
		}
	}
	for _, base := range display.Supported.BaseLanguages() {
		name := display.English.Languages().Name(language.Make(base.String()))
		if got := LanguageOf(name); got.Name != name && len(name) > 3 {
			t.Errorf("%q means %v", name, got)
		}
	}
	for name, id := range map[string]string{
		"German": "deu", "arabic": "ara", "Chinese": "zho", "Norwegian Bokmål": "nor", "Malay": "msa", "Akkadian": "akk", "Ancient Greek": "grc",
	} {
		if got := LanguageOf(name).ID; got != id {
			t.Errorf("%s is %s, want %s", name, got, id)
		}
	}
}
