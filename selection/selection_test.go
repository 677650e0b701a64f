package selection

import (
	"context"
	"errors"
	"path"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"zenobis/openbis"
)

func TestParse(t *testing.T) {
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
		got, err := Parse(in)
		if err != nil || got.Kind != want.Kind || got.PermID != want.PermID || got.Mode != All {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
	for _, in := range []string{"", "  ", "/", "space:", "foo:LAB", "dataset:/LAB/P", "project:/LAB", "project:/A/B/C",
		"collection:/A/B", "/A/B/C/D", "/A//B", "space:/A/B"} {
		if r, err := Parse(in); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %+v, %v", in, r, err)
		}
	}
}

// shelf is an openBIS with a few entities.
type shelf []openbis.Entity

func (s shelf) Get(_ context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	found := map[string]openbis.Entity{}
	for _, e := range s {
		for _, id := range ids {
			if e.Kind == kind && (id == e.PermID || id == e.Identifier || id == e.Code && kind == openbis.KindSpace) {
				found[id] = e
			}
		}
	}
	return found, nil
}

func TestResolve(t *testing.T) {
	thing := func(kind openbis.Kind, permID, identifier, code string) openbis.Entity {
		return openbis.Entity{Ref: openbis.Ref{Kind: kind, PermID: permID, Identifier: identifier, Code: code}}
	}
	s := shelf{
		thing(openbis.KindSpace, "LAB", "/LAB", "LAB"), thing(openbis.KindProject, "p-1", "/LAB/P", "P"),
		thing(openbis.KindCollection, "c-1", "/LAB/P/E", "E"), thing(openbis.KindCollection, "c-2", "/LAB/P/SAME", "SAME"),
		thing(openbis.KindObject, "o-1", "/LAB/P/S", "S"), thing(openbis.KindObject, "o-2", "/LAB/P/SAME", "SAME"),
		thing(openbis.KindDataSet, "d-1", "", "d-1"),
	}
	for in, want := range map[string]Rule{
		"LAB":             {All, openbis.KindSpace, "LAB", "/LAB"},
		"/LAB/P":          {All, openbis.KindProject, "p-1", "/LAB/P"},
		"/LAB/P/E":        {All, openbis.KindCollection, "c-1", "/LAB/P/E"},
		"/LAB/P/S":        {All, openbis.KindObject, "o-1", "/LAB/P/S"},
		"object:/LAB/P/S": {All, openbis.KindObject, "o-1", "/LAB/P/S"},
		"collection:c-1":  {All, openbis.KindCollection, "c-1", "/LAB/P/E"},
		"o-1":             {All, openbis.KindObject, "o-1", "/LAB/P/S"},
		"d-1":             {All, openbis.KindDataSet, "d-1", "d-1"},
	} {
		if got, err := Resolve(t.Context(), s, in); err != nil || got != want {
			t.Errorf("%s: %+v, %v", in, got, err)
		}
	}
	_, err := Resolve(t.Context(), s, "/LAB/P/SAME")
	if !errors.Is(err, ErrSyntax) || !strings.Contains(err.Error(), "collection:/LAB/P/SAME or object:/LAB/P/SAME") {
		t.Errorf("both exist: %v", err)
	}
	for _, in := range []string{"/LAB/P/NONE", "space:NONE", "20990101-1", "object:c-1"} {
		if _, err := Resolve(t.Context(), s, in); !errors.Is(err, ErrUnknown) {
			t.Errorf("%s: %v", in, err)
		}
	}
}

func TestWhatParseSays(t *testing.T) {
	for in, want := range map[string]string{
		"dataset:/LAB/P": "named by its permId", "project:/LAB": "has 1 parts", "foo:LAB": "unknown prefix", "/A//B": "empty part",
		"space:": "names nothing",
	} {
		if _, err := Parse(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", in, err)
		}
	}
}

// failing is an openBIS that is away, or that answers for some kinds.
type failing struct{ kinds []openbis.Kind }

func (f *failing) Get(_ context.Context, kind openbis.Kind, _ ...string) (map[string]openbis.Entity, error) {
	f.kinds = append(f.kinds, kind)
	return nil, openbis.ErrUnreachable
}

func TestResolveWithoutOpenBIS(t *testing.T) {
	f := &failing{}
	if _, err := Resolve(t.Context(), f, "object:1-2"); !errors.Is(err, openbis.ErrUnreachable) || errors.Is(err, ErrUnknown) {
		t.Errorf("%v", err)
	}
	if _, err := Resolve(t.Context(), f, "a:b:c"); !errors.Is(err, ErrSyntax) || len(f.kinds) != 1 {
		t.Errorf("asked for %v: %v", f.kinds, err)
	}
}

func TestFileFilter(t *testing.T) {
	f, err := NewFileFilter([]FileRule{{DataSet: "1", Glob: "*.csv"}, {DataSet: "1", Glob: "/a/b.txt"}})
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]bool{"deep/x.csv": true, "a/b.txt": true, "b.txt": false, "x.csv.gz": false} {
		if f.Wants("1", path) != want {
			t.Errorf("%s: %v", path, !want)
		}
		if !f.Wants("2", path) {
			t.Errorf("%s of a data set without rules is not wanted", path)
		}
	}
	if _, err := NewFileFilter([]FileRule{{DataSet: "1", Glob: "[a"}}); !errors.Is(err, ErrSyntax) {
		t.Errorf("%v", err)
	}
}

func TestWords(t *testing.T) {
	thing := func(kind openbis.Kind, permID, identifier, code string) openbis.Entity {
		return openbis.Entity{Ref: openbis.Ref{Kind: kind, PermID: permID, Identifier: identifier, Code: code}}
	}
	s := shelf{
		thing(openbis.KindSpace, "LAB", "/LAB", "LAB"),
		thing(openbis.KindObject, "o-1", "/LAB/P/S", "S"),
		thing(openbis.KindDataSet, "d-1", "", "d-1"),
	}
	w := Words{
		Select: []string{"LAB", "LAB"},
	}.And(
		Words{Only: []string{"o-1"}, Exclude: []string{"object:/LAB/P/S"}, Files: []string{"d-1:*.csv", "dataset:d-1:*.txt"}},
	)
	if err := w.Check(); err != nil {
		t.Fatal(err)
	}
	got, err := w.Resolve(t.Context(), s)
	want := Selection{
		Rules: []Rule{
			{All, openbis.KindSpace, "LAB", "/LAB"}, {Only, openbis.KindObject, "o-1", "/LAB/P/S"}, {Exclude, openbis.KindObject, "o-1", "/LAB/P/S"},
			{All, openbis.KindDataSet, "d-1", "d-1"},
		},
		Files: []FileRule{{DataSet: "d-1", Glob: "*.csv"}, {DataSet: "d-1", Glob: "*.txt"}},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
	for name, c := range map[string]struct {
		w       Words
		nothing bool
		bad     bool // seen without openBIS
	}{
		"nothing":       {Words{}, true, false},
		"only excluded": {Words{Exclude: []string{"LAB"}}, true, false},
		"only":          {Words{Only: []string{"LAB"}}, false, false},
		"files":         {Words{Files: []string{"d-1:*"}}, false, false},
		"selected":      {Words{Select: []string{"LAB"}}, false, false},
		"bad selection": {Words{Select: []string{"foo:LAB"}}, false, true},
		"bad only":      {Words{Only: []string{"/"}}, false, true},
		"bad exclusion": {Words{Select: []string{"LAB"}, Exclude: []string{""}}, false, true},
		"bad files":     {Words{Files: []string{"d-1"}}, false, true},
		"bad pattern":   {Words{Files: []string{"d-1:[a"}}, false, true},
	} {
		if c.w.Nothing() != c.nothing {
			t.Errorf("%s: nothing %v", name, !c.nothing)
		}
		if err := c.w.Check(); errors.Is(err, ErrSyntax) != c.bad {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := c.w.Resolve(t.Context(), s); (err != nil) != c.bad {
			t.Errorf("%s is resolved: %v", name, err)
		}
	}
	if _, err := (Words{Files: []string{"unknown:*"}}).Resolve(t.Context(), s); !errors.Is(err, ErrUnknown) {
		t.Errorf("files of a data set that is not there: %v", err)
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
		{"/a.csv", "a.csv", true},
		{"/a.csv", "deep/a.csv", false},
		{"[ab].txt", "original/b.txt", true},
		{"", "a", false},
		{"*.{csv,txt}", "original/a.csv", false}, // braces are letters like others
		{"*.{csv,txt}", "original/b.{csv,txt}", true},
		{`a\{1}.txt`, "a{1}.txt", true},
		{"original/{1}/*", "original/{1}/a", true},
		{`a\*b`, "a*b", true},
		{`a\*b`, "axb", false},
	} {
		if got := matchGlob(tt.glob, tt.path); got != tt.want {
			t.Errorf("%q against %q: %v", tt.glob, tt.path, got)
		}
	}
	if _, err := ParseFileRule("2025-1:a[b"); !errors.Is(err, ErrSyntax) {
		t.Errorf("open bracket: %v", err)
	}
	for _, in := range []string{"", "x", ":glob", "id:"} {
		if _, err := ParseFileRule(in); !errors.Is(err, ErrSyntax) {
			t.Errorf("%q: %v", in, err)
		}
	}
	if r, err := ParseFileRule("2025-1:original/a:b"); err != nil || r != (FileRule{"2025-1", "original/a:b"}) {
		t.Errorf("%+v, %v", r, err)
	}
}

func FuzzEscapeGlob(f *testing.F) {
	f.Add(`a*b?[c]{d}\\e/**/x`)
	f.Fuzz(func(t *testing.T, file string) {
		file = strings.Trim(path.Clean("/"+file), "/")
		if file == "" || !utf8.ValidString(file) {
			return
		}
		glob := EscapeGlob(file)
		if err := checkGlob(glob); err != nil {
			t.Fatalf("%q becomes %q: %v", file, glob, err)
		}
		if !matchGlob(glob, file) {
			t.Errorf("%q becomes %q, which does not fit it", file, glob)
		}
		if matchGlob(glob, "deeper/"+file) {
			t.Errorf("%q becomes %q, which fits it in another folder", file, glob)
		}
		if other := strings.ToUpper(file) + "x"; matchGlob(glob, other) {
			t.Errorf("%q becomes %q, which fits %q", file, glob, other)
		}
	})
}

func FuzzGlob(f *testing.F) {
	f.Add("**/*.csv", "a/b/c.csv")
	f.Add("**/**/**/**/x", strings.Repeat("a/", 30))
	f.Fuzz(func(_ *testing.T, glob, path string) { matchGlob(glob, path) })
}

func FuzzParse(f *testing.F) {
	f.Add("object:/LAB/P/S")
	f.Fuzz(func(t *testing.T, s string) {
		if r, err := Parse(s); err == nil && r.PermID == "" {
			t.Errorf("%q names nothing", s)
		}
	})
}
