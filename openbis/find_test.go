package openbis_test

import (
	"testing"
	"time"

	"zenobis/openbis"
)

func TestFind(t *testing.T) {
	x := lab(t)
	today := time.Now().UTC().Truncate(24 * time.Hour)
	objects := []openbis.Kind{openbis.KindObject}
	for name, c := range map[string]struct {
		q    openbis.Query
		want string
	}{
		"nothing asked":         {openbis.Query{}, ""},
		"words":                 {openbis.Query{Text: "first run", Kinds: objects}, "EXP1"},
		"a property":            {openbis.Query{Properties: []openbis.Equals{{Code: "$NAME", Value: "First*"}}, Kinds: objects}, "EXP1"},
		"a property that isn't": {openbis.Query{Properties: []openbis.Equals{{Code: "$NAME", Value: "Second"}}, Kinds: objects}, ""},
		"a tag":                 {openbis.Query{Tag: "good"}, "EXP1"},
		"a tag and a word":      {openbis.Query{Tag: "good", Text: "nowhere"}, ""},
		"from a day on":         {openbis.Query{From: today.AddDate(0, 0, 2), Kinds: objects}, ""},
		"up to a day":           {openbis.Query{To: today.AddDate(-30, 0, 0), Kinds: objects}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			got, total, err := x.c.Find(t.Context(), c.q, 50)
			if err != nil || codes(got) != c.want || total >= 0 && total != len(got) {
				t.Errorf("got %q of %d, %v; want %q", codes(got), total, err, c.want)
			}
		})
	}
	got, _, err := x.c.Find(t.Context(), openbis.Query{Text: "first", Tag: "good"}, 50)
	if err != nil || len(got) != 1 {
		t.Fatal(got, err)
	}
	e := got[0]
	if e.CollRef == nil || e.CollRef.PermID != x.collection || e.ProjectRef == nil || e.ProjectRef.Code != "P" || e.Space != "LAB" {
		t.Errorf("its place is not told: %+v %+v %q", e.CollRef, e.ProjectRef, e.Space)
	}
	if got, _, err := x.c.Find(t.Context(), openbis.Query{Registrator: "nobody", Kinds: objects}, 50); err != nil || len(got) != 0 {
		t.Errorf("of nobody: %v, %v", codes(got), err)
	}
}
