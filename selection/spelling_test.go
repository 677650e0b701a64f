package selection

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"zenobis/openbis"
)

// all finds everything that it is asked for.
type all struct{}

func (all) Get(_ context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	out := map[string]openbis.Entity{}
	for _, id := range ids {
		out[id] = openbis.Entity{Ref: openbis.Ref{Kind: kind, PermID: id, Code: id, Identifier: id}}
	}
	return out, nil
}

// A selection that was written is read as the same selection.
func TestWordsThereAndBack(t *testing.T) {
	s := Selection{
		Rules: []Rule{
			{Mode: All, Kind: openbis.KindSpace, PermID: "LAB"}, {Mode: Only, Kind: openbis.KindObject, PermID: "2023-1"},
			{Mode: Exclude, Kind: openbis.KindCollection, PermID: "2023-2"}, {Mode: All, Kind: openbis.KindDataSet, PermID: "2023-3"},
		},
		Files: []FileRule{{DataSet: "2023-3", Glob: `**/"odd" name.csv`}},
	}
	data, err := WordsOf(s).Encode()
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "selection.toml")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	w, err := ReadWords(path)
	if err != nil || w.Check() != nil || w.Nothing() {
		t.Fatalf("%+v, %v, %v", w, err, w.Check())
	}
	got, err := w.Resolve(t.Context(), all{})
	if err != nil {
		t.Fatal(err)
	}
	for i := range got.Rules {
		got.Rules[i].Label = ""
	}
	modes := map[Rule]bool{}
	for _, r := range s.Rules {
		modes[r] = true
	}
	for _, r := range got.Rules {
		if !modes[r] {
			t.Errorf("read %+v, which was not written", r)
		}
	}
	if len(got.Rules) != len(s.Rules) || !reflect.DeepEqual(got.Files, s.Files) {
		t.Errorf("got %+v", got)
	}
}

// The order of rules says nothing, their modes do.
func TestFingerprint(t *testing.T) {
	a := Rule{Mode: All, Kind: openbis.KindSpace, PermID: "LAB", Label: "as typed"}
	b := Rule{Mode: Exclude, Kind: openbis.KindObject, PermID: "2023-1"}
	f := FileRule{DataSet: "2023-3", Glob: "*.csv"}
	same := Selection{Rules: []Rule{a, b}, Files: []FileRule{f}}.Fingerprint()
	a.Label = "other"
	if got := (Selection{Rules: []Rule{b, a}, Files: []FileRule{f}}).Fingerprint(); got != same {
		t.Errorf("%q, %q", got, same)
	}
	b.Mode = Only
	for _, other := range []Selection{{Rules: []Rule{a, b}, Files: []FileRule{f}}, {Rules: []Rule{a}, Files: []FileRule{f}},
		{Rules: []Rule{a, {Exclude, openbis.KindObject, "2023-1", ""}}}} {
		if other.Fingerprint() == same {
			t.Errorf("%+v is told from nothing", other)
		}
	}
}

func TestWordsRefused(t *testing.T) {
	for text, say := range map[string]string{"selct = []": "unknown key selct", "select = 3": "selection file",
		"select = [": "selection file"} {
		path := filepath.Join(t.TempDir(), "s.toml")
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := ReadWords(path); !errors.Is(err, ErrSyntax) || !strings.Contains(err.Error(), say) {
			t.Errorf("%q: %v", text, err)
		}
	}
	for _, w := range []Words{{Select: []string{"folder:X"}}, {Only: []string{"/A//B"}}, {Exclude: []string{" "}},
		{Files: []string{"x"}}, {Files: []string{"x:["}}} {
		if err := w.Check(); !errors.Is(err, ErrSyntax) {
			t.Errorf("%+v: %v", w, err)
		}
	}
	if !(Words{Exclude: []string{"/A"}}).Nothing() {
		t.Error("an exclusion alone selects something")
	}
}

// Words select nothing only where all three lists are empty; excluding selects nothing.
func TestNothing(t *testing.T) {
	one := []string{"a"}
	for _, c := range []struct {
		w    Words
		want bool
	}{
		{Words{}, true}, {Words{Exclude: one}, true}, {Words{Select: one}, false}, {Words{Only: one}, false}, {Words{Files: one}, false},
		{Words{Select: one, Only: one}, false}, {Words{Select: one, Files: one}, false}, {Words{Only: one, Files: one}, false},
		{Words{Select: one, Only: one, Files: []string{"a", "b"}}, false},
	} {
		if got := c.w.Nothing(); got != c.want {
			t.Errorf("%+v: %v", c.w, got)
		}
	}
}
