package human

import "testing"

func TestNearest(t *testing.T) {
	list := []string{"cc-by-4.0", "cc-by-nc-4.0", "cc0-1.0", "mit", "title", "license", "zenodo.url"}
	for word, want := range map[string]string{
		"cc by 4.0": "cc-by-4.0", "CC BY 4": "cc-by-4.0", "cc-by": "cc-by-4.0", "cc-by-nc": "cc-by-nc-4.0", "titel": "title", "licence": "license", "zenod.url": "zenodo.url",
		"cc0": "cc0-1.0", "": "", "something else": "", "-": "", "xyz": "",
	} {
		if got := Nearest(word, list); got != want {
			t.Errorf("%q: %q, want %q", word, got, want)
		}
	}
}
