package selection

import (
	"slices"
	"testing"

	"zenobis/openbis"
)

func TestNearestRuleDecides(t *testing.T) {
	for name, c := range map[string]struct {
		own   Mode
		above []Mode // nearest first
		want  bool
	}{
		"no rule anywhere":            {"", []Mode{"", ""}, false},
		"taken":                       {All, nil, true},
		"taken alone":                 {Only, nil, true},
		"excluded":                    {Exclude, nil, false},
		"below a taken one":           {"", []Mode{"", All}, true},
		"below one taken alone":       {"", []Mode{Only, ""}, false},
		"alone, and all further up":   {"", []Mode{Only, All}, true},
		"alone, and none further up":  {"", []Mode{Only, Exclude, All}, false},
		"excluded below all":          {"", []Mode{Exclude, All}, false},
		"all below an excluded one":   {"", []Mode{All, Exclude}, true},
		"taken below an excluded one": {All, []Mode{Exclude, All}, true},
		"alone below an excluded one": {Only, []Mode{Exclude}, true},
		"excluded below all, alone":   {Exclude, []Mode{Only, All}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Nearest(c.own, slices.Values(c.above)); got != c.want {
				t.Errorf("taken: %v", got)
			}
			// From the top down the same comes out.
			covered := false
			for _, m := range slices.Backward(c.above) {
				_, covered = m.Over(covered)
			}
			if self, _ := c.own.Over(covered); self != c.want {
				t.Errorf("from the top down it is taken: %v", self)
			}
		})
	}
}

func FuzzNearestRule(f *testing.F) {
	f.Add([]byte{0, 1, 2, 3, 0})
	f.Fuzz(func(t *testing.T, line []byte) {
		modes := make([]Mode, 0, len(line)+1)
		for _, b := range line {
			modes = append(modes, []Mode{"", All, Only, Exclude}[b%4])
		}
		if len(modes) == 0 {
			return
		}
		covered := false
		for _, m := range slices.Backward(modes[1:]) {
			_, covered = m.Over(covered)
		}
		self, _ := modes[0].Over(covered)
		if got := Nearest(modes[0], slices.Values(modes[1:])); got != self {
			t.Errorf("%q: taken from below %v, from the top %v", modes, got, self)
		}
	})
}

func TestTheNarrowerRuleWinsOnEqualGround(t *testing.T) {
	x := func(m Mode) Rule { return Rule{Mode: m, Kind: openbis.KindSpace, PermID: "X"} }
	at := openbis.Ref{Kind: openbis.KindSpace, PermID: "X", Code: "X"}
	for _, c := range []struct {
		rules []Rule
		want  Mode
	}{
		{[]Rule{x(All)}, All},
		{[]Rule{x(Exclude), x(All)}, Exclude},
		{[]Rule{x(All), x(Exclude)}, Exclude},
		{[]Rule{x(Only), x(All)}, Only},
		{[]Rule{x(All), x(Only)}, Only},
		{[]Rule{x(Only), x(Exclude), x(All)}, Exclude},
		{nil, ""},
	} {
		if got := NewRules(c.rules).On(at); got != c.want {
			t.Errorf("%v: %q", c.rules, got)
		}
	}
}

func TestEmptySelection(t *testing.T) {
	if !(Selection{}).Empty() || !(Selection{Rules: []Rule{{Mode: Exclude}}}).Empty() {
		t.Error("what takes nothing is not empty")
	}
	if (Selection{Rules: []Rule{{Mode: Exclude, PermID: "X"}, {Mode: Only, PermID: "Y"}}}).Empty() {
		t.Error("one entity alone is nothing")
	}
}

func TestKeyOf(t *testing.T) {
	for _, c := range []struct {
		ref  openbis.Ref
		want Key
	}{
		{openbis.Ref{Kind: openbis.KindSpace, Code: "LAB", PermID: "other"}, Key{openbis.KindSpace, "LAB"}},
		{openbis.Ref{Kind: openbis.KindSpace, PermID: "LAB"}, Key{openbis.KindSpace, "LAB"}},
		{openbis.Ref{Kind: openbis.KindObject, Code: "S", PermID: "1-2"}, Key{openbis.KindObject, "1-2"}},
	} {
		if got := KeyOf(c.ref); got != c.want {
			t.Errorf("%+v: %+v", c.ref, got)
		}
	}
	rules := NewRules([]Rule{{Mode: Only, Kind: openbis.KindObject, PermID: "1-2"}})
	if rules.Of(Rule{Mode: All, Kind: openbis.KindObject, PermID: "1-2"}) != Only ||
		rules.Of(Rule{Kind: openbis.KindSpace, PermID: "1-2"}) != "" {
		t.Errorf("%v", rules)
	}
}

func TestTakenOut(t *testing.T) {
	for _, c := range []struct {
		above []Mode // nearest first
		want  bool
	}{
		{nil, false}, {[]Mode{""}, false}, {[]Mode{All}, false}, {[]Mode{Exclude}, false}, {[]Mode{Exclude, "", Only, All}, true},
		{[]Mode{Only, Exclude, All}, true}, {[]Mode{All, Exclude, All}, false}, {[]Mode{Exclude, Exclude, All}, true},
		{[]Mode{Exclude, Only}, false},
	} {
		if got := TakenOut(slices.Values(c.above)); got != c.want {
			t.Errorf("%q: %v", c.above, got)
		}
		if TakenOut(slices.Values(c.above)) && Covered(slices.Values(c.above), false) {
			t.Errorf("%q is taken, and taken out", c.above)
		}
	}
}

func TestSpacesOfASelection(t *testing.T) {
	s := Selection{Rules: []Rule{
		{Mode: All, Kind: openbis.KindSpace, PermID: "LAB"}, {Mode: Only, Kind: openbis.KindObject, PermID: "1"},
		{Mode: All, Kind: openbis.KindObject, PermID: "2"}, {Mode: All, Kind: openbis.KindProject, PermID: "3"},
		{Mode: Exclude, Kind: openbis.KindSpace, PermID: "OTHER"}, {Mode: Exclude, Kind: openbis.KindObject, PermID: "4"},
	}}
	spaces, unknown := s.Spaces(func(r Rule) (string, bool) {
		space, ok := map[string]string{"1": "LAB", "2": "ANN", "4": "BOB"}[r.PermID]
		return space, ok
	})
	if !slices.Equal(spaces, []string{"LAB", "ANN"}) || len(unknown) != 1 || unknown[0].PermID != "3" {
		t.Errorf("spaces %q, unknown %+v", spaces, unknown)
	}
}
