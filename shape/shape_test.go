package shape

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
)

// The words are the contract with scripts and files, and each is read as itself.
func TestWords(t *testing.T) {
	for what, c := range map[string]struct {
		words []string
		want  []string
		parse func(string) (string, error)
	}{
		"layout": {Words(Layouts()), []string{"auto", "single", "per-dataset", "files"},
			func(s string) (string, error) { l, err := ParseLayout(s); return string(l), err }},
		"crate": {Words(Crates()), []string{"ro-crate", "eln"},
			func(s string) (string, error) { c, err := ParseCrate(s); return string(c), err }},
		"page format": {Words(Formats()), []string{"html", "json", "txt", "docx"},
			func(s string) (string, error) { f, err := ParseFormat(s); return string(f), err }},
	} {
		if !slices.Equal(c.words, c.want) {
			t.Errorf("%s: %q, not %q", what, c.words, c.want)
		}
		for _, w := range c.words {
			if got, err := c.parse(w); got != w || err != nil {
				t.Errorf("%s %s is read as %q: %v", what, w, got, err)
			}
		}
		for _, wrong := range []string{"", "Auto", "pdf\x1b[2J"} {
			got, err := c.parse(wrong)
			if got != "" || err == nil || strings.Contains(err.Error(), "\x1b") || !strings.Contains(err.Error(), " is no "+what+"; there are ") {
				t.Errorf("%s %q: %q, %v", what, wrong, got, err)
				continue
			}
			for _, w := range c.words {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("%v does not name %s", err, w)
				}
			}
		}
	}
}

// The example of a configuration shows what is done where nobody chose.
func TestExampleShowsDefaults(t *testing.T) {
	text, err := os.ReadFile("../config.example.toml")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		fmt.Sprintf("layout = %q", Layouts()[0]), fmt.Sprintf("crate = %q", Crates()[0]),
		`pages = ["` + strings.Join(Words(DefaultFormats()), `", "`) + `"]`,
	} {
		if !strings.Contains(string(text), want) {
			t.Errorf("config.example.toml has no %s", want)
		}
	}
}
