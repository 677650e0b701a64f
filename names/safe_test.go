package names

import (
	"strings"
	"testing"

	"zenobis/openbis"
)

// TestReserved are the names that Windows keeps for devices.
func TestReserved(t *testing.T) {
	for name, want := range map[string]bool{
		"CON": true, "con": true, "PRN": true, "AUX": true, "NUL": true, "CONIN$": true, "CONOUT$": true, "nul.txt": true, "aux .x": true,
		"COM0": true, "COM1": true, "com9.csv": true, "LPT0": true, "LPT9": true, "COM¹": true, "LPT²": true, "COM³.x": true,
		"COM": false, "LPT": false, "COM10": false, "COM/": false, "COM:": false, "COMA": false, "COM⁴": false, "CONSOLE": false, "NULL": false,
		"xCON": false, "CON1": false, "1": false, "9": false, "": false, "ÄUX": false,
	} {
		if reserved(name) != want {
			t.Errorf("%q is reserved: %v", name, !want)
		}
	}
}

// TestSafeParts keep the spelling of whatever every disk can keep.
func TestSafeParts(t *testing.T) {
	for in, want := range map[string]string{
		"a b.txt": "a b.txt", "Ünïcode 中文": "Ünïcode 中文", ".hidden": ".hidden", "a.": "a_", "a. .": "a___", "...": "___", " a": " a", "a ": "a_",
		"": "_", "CON": "_CON", "a:b*c?": "a_b_c_", "a\x00b": "a_b", "a\xffb": "a_b", "a\u202eb": "a_b", "a\u200db": "a\u200db",
		"a\u200bb": "a_b",
		`a\b`:      "a_b", "a/b": "a_b", "LPT1.": "LPT1_",
	} {
		if got := safePart(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}

func TestShorten(t *testing.T) {
	for _, c := range []struct {
		in   string
		n    int
		want string
	}{
		{"abc", 4, "abc"}, {"abc", 3, "abc"}, {"abc", 2, "ab"}, {"abc", 0, ""}, {"abc", -1, ""}, {"aé", 2, "a"}, {"aé", 3, "aé"}, {"é", 1, ""},
		{"a中", 3, "a"}, {strings.Repeat("é", 9), 7, "ééé"},
	} {
		if got := Shorten(c.in, c.n); got != c.want {
			t.Errorf("%q to %d bytes: %q, want %q", c.in, c.n, got, c.want)
		}
	}
}

// TestOneIdentifierTwice in an .eln: nothing is written over, and pages lie in the
// folders of entries alone.
func TestOneIdentifierTwice(t *testing.T) {
	n := NewELN()
	place := func(kind openbis.Kind, id string) Place {
		return n.Place(&openbis.Entity{Ref: openbis.Ref{Kind: kind, PermID: id, Identifier: "/LAB/P/X", Code: "X"}}, Place{})
	}
	for kind, inFolder := range map[openbis.Kind]bool{
		openbis.KindSpace: false, openbis.KindProject: false, openbis.KindCollection: true, openbis.KindObject: true,
	} {
		one, two, again := place(kind, "1"), place(kind, "2"), place(kind, "1")
		if Fold(one.Folder) == Fold(two.Folder) || again != one {
			t.Errorf("%s: %q and %q, again %q", kind, one.Folder, two.Folder, again.Folder)
		}
		want := one.Folder
		if inFolder {
			want += "/" + one.Folder
		}
		if one.Page != want {
			t.Errorf("%s: its page is %s, want %s", kind, one.Page, want)
		}
	}
}
