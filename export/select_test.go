package export

import (
	"errors"
	"strings"
	"testing"

	"zenobis/openbis"
)

func TestParseSelection(t *testing.T) {
	for in, want := range map[string]Rule{
		"space:LAB":              {Kind: openbis.KindSpace, PermID: "LAB"},
		"space:/LAB":             {Kind: openbis.KindSpace, PermID: "LAB"},
		"project:/LAB/P":         {Kind: openbis.KindProject, PermID: "/LAB/P"},
		"collection:/LAB/P/E":    {Kind: openbis.KindCollection, PermID: "/LAB/P/E"},
		"experiment:/LAB/P/E":    {Kind: openbis.KindCollection, PermID: "/LAB/P/E"},
		"object:/LAB/P/S":        {Kind: openbis.KindObject, PermID: "/LAB/P/S"},
		"sample:/LAB/S":          {Kind: openbis.KindObject, PermID: "/LAB/S"},
		"object:20250301-7":      {Kind: openbis.KindObject, PermID: "20250301-7"},
		"dataset:20250301-7":     {Kind: openbis.KindDataSet, PermID: "20250301-7"},
		" project:20250301-7 ":   {Kind: openbis.KindProject, PermID: "20250301-7"},
		"/LAB":                   {Kind: openbis.KindSpace, PermID: "LAB"},
		"/LAB/P/":                {Kind: openbis.KindProject, PermID: "/LAB/P"},
		"/LAB/P/E":               {PermID: "/LAB/P/E"},
		"20250301120000000-1234": {PermID: "20250301120000000-1234"},
	} {
		got, err := ParseSelection(in)
		if err != nil || got.Kind != want.Kind || got.PermID != want.PermID || got.Mode != ModeAll {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "  ", "/", "space:", "foo:LAB", "dataset:/LAB/P", "project:/LAB", "project:/A/B/C", "collection:/A/B", "/A/B/C/D", "/A//B", "space:/A/B"} {
		if r, err := ParseSelection(in); !errors.Is(err, ErrSelection) {
			t.Errorf("%q: %+v, %v", in, r, err)
		}
	}
}

func TestResolve(t *testing.T) {
	l := newLab()
	pr := l.project(l.space("LAB"), "P")
	co := l.collection(pr, "E", "")
	l.collection(pr, "SAME", "")
	ob := l.object(co, "S", "")
	l.object(co, "SAME", "")
	ds := l.dataSet(co, "", nil)
	for in, want := range map[string]*openbis.Entity{
		"/LAB/P/E": co, "/LAB/P/S": ob, "/LAB/P": pr, pr.PermID: pr, ob.PermID: ob, ds.PermID: ds, "object:/LAB/P/S": ob, "collection:" + co.PermID: co,
	} {
		r, err := Resolve(t.Context(), l, in)
		if err != nil || r.PermID != want.PermID || r.Kind != want.Kind || r.Label != want.Identifier {
			t.Errorf("%s: %+v, %v", in, r, err)
		}
	}
	if r, err := Resolve(t.Context(), l, "LAB"); err != nil || r.Kind != openbis.KindSpace || r.PermID != "LAB" {
		t.Errorf("LAB: %+v, %v", r, err)
	}
	_, err := Resolve(t.Context(), l, "/LAB/P/SAME")
	if !errors.Is(err, ErrSelection) || !strings.Contains(err.Error(), "collection:/LAB/P/SAME or object:/LAB/P/SAME") {
		t.Errorf("both exist: %v", err)
	}
	for _, in := range []string{"/LAB/P/NONE", "space:NONE", "20990101-1", "object:" + co.PermID} {
		if _, err := Resolve(t.Context(), l, in); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestGlob(t *testing.T) {
	for _, tt := range []struct {
		glob, path string
		want       bool
	}{
		{"*.csv", "original/a.csv", true},
		{"*.csv", "original/a.csv.gz", false},
		{"original/*.csv", "original/a.csv", true},
		{"original/*.csv", "original/deep/a.csv", false},
		{"original/**/*.csv", "original/a.csv", true},
		{"original/**/*.csv", "original/x/y/a.csv", true},
		{"**/a.csv", "a.csv", true},
		{"**", "anything/at/all", true},
		{"**/x/**/y", "1/x/2/x/3/y", true},
		{"**/x/**/y", "1/2/3/y", false},
		{"/original/a?", "original/ab", true},
		{"[ab].txt", "original/b.txt", true},
		{"", "a", false},
	} {
		if got := matchGlob(tt.glob, tt.path); got != tt.want {
			t.Errorf("%q against %q: %v", tt.glob, tt.path, got)
		}
	}
	if _, err := ParseFileRule("2025-1:a[b"); !errors.Is(err, ErrSelection) {
		t.Errorf("open bracket: %v", err)
	}
	for _, in := range []string{"", "x", ":glob", "id:"} {
		if _, err := ParseFileRule(in); !errors.Is(err, ErrSelection) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if r, err := ParseFileRule("2025-1:original/a:b"); err != nil || r != (FileRule{"2025-1", "original/a:b"}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzGlob(f *testing.F) {
	f.Add("**/*.csv", "a/b/c.csv")
	f.Add("**/**/**/**/x", strings.Repeat("a/", 30))
	f.Fuzz(func(_ *testing.T, glob, path string) { matchGlob(glob, path) })
}

func FuzzParseSelection(f *testing.F) {
	f.Add("object:/LAB/P/S")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := ParseSelection(s); err == nil && r.PermID == "" {
			t.Errorf("%q names nothing", s)
		}
	})
}
