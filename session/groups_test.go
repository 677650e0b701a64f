package session

import (
	"slices"
	"strings"
	"testing"

	"zenobis/export/failure"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
)

func TestChooseGroup(t *testing.T) {
	group := func(name string, mine bool, c Collection) Group { return Group{name, mine, c} }
	single := Groups{group("GENERAL", true, hidden)}
	two := Groups{group("GENERAL", false, hidden), group("GRP1", true, Visible), group("GRP2", true, Visible)}
	one := Groups{group("GENERAL", false, hidden), group("GRP1", true, Visible), group("GRP2", false, hidden)}
	for _, c := range []struct {
		name   string
		groups Groups
		asked  string
		spaces string
		want   string
		says   string // of the notice or the refusal
		ok     bool
	}{
		{"a server without groups", single, "", "", "", "not visible", true},
		{"its publications are visible", Groups{group("GENERAL", true, Visible)}, "", "", "", "", true},
		{"its publications are missing", Groups{group("GENERAL", true, Missing)}, "", "", "", "GENERAL has no collection", false},
		{"GENERAL said", single, "general", "", "GENERAL", "", true},
		{"the only one of mine", one, "", "", "GRP1", "group GRP1: the only group of yours.", true},
		{"the only one, and not to be seen", Groups{group("GENERAL", false, hidden), group("GRP1", true, hidden)}, "", "", "GRP1",
			"group GRP1: the only group of yours. The publications of GRP1 are not visible", true},
		{"one alone is readable, and it is not GENERAL", Groups{group("GRP1", true, Visible)}, "", "", "GRP1", "GRP1", true},
		{"two of mine", two, "", "", "", "--group GRP1 or --group GRP2", false},
		{"the selection decides", two, "", "GRP2_MATERIALS GRP2_JDOE", "GRP2", "group GRP2: all that is selected lies in its spaces.", true},
		{"the selection is of both", two, "", "GRP1_JDOE GRP2_JDOE", "", "--group", false},
		{"the selection is of neither", two, "", "OTHER", "", "--group", false},
		{"spelling is folded", two, "grp2,GRP2, Grp1 ", "", "GRP2 GRP1", "", true},
		{"unknown", two, "NOSUCH", "", "", "NOSUCH", false},
		{"nearly right", two, "GPR1", "", "", "Did you mean GRP1", false},
		{"of others", one, "GRP2", "", "", "no role", false},
		{"GENERAL, of others", one, "GENERAL", "", "", "no role", false},
		{"no publications", Groups{group("GENERAL", true, Missing), group("GRP1", true, Visible)}, "GENERAL", "", "", "no collection", false},
		{"the sensible one has publications", Groups{group("GENERAL", true, Missing), group("GRP1", true, Visible)}, "", "", "GRP1",
			"GRP1", true},
		{"visible before hidden", Groups{group("GENERAL", true, hidden), group("GRP1", true, Visible)}, "", "", "GRP1",
			"group GRP1: the only group of yours whose publications you see.", true},
		{"none of mine", Groups{group("GENERAL", false, hidden), group("GRP1", false, hidden)}, "", "", "", "No group of yours", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked []string
			if c.asked != "" {
				asked = strings.Split(c.asked, ",")
			}
			got, notice, err := c.groups.Choose(asked, strings.Fields(c.spaces))
			if (err == nil) != c.ok || strings.Join(got, " ") != c.want {
				t.Fatalf("%v, %v", got, err)
			}
			said := notice
			if err != nil {
				x := Explain(err)
				if said = x.String(); x.Kind.ExitStatus() != StatusRefused {
					t.Errorf("status %d", x.Kind.ExitStatus())
				}
			}
			if !strings.Contains(said, c.says) || c.says == "" && said != "" && c.name != "GENERAL said" {
				t.Errorf("it says %q, not %q", said, c.says)
			}
		})
	}
}

// Groups are found as the ELN finds them; mine are those in whose spaces I have a role.
func TestGroupsOfAServer(t *testing.T) {
	ob := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoGroupsLab()})
	b := newBench(t)
	b.env["ZENOBIS_OPENBIS_URL"] = ob.URL
	b.load(t)
	s := b.connect(t, Login{URL: ob.URL, User: ob.User, Password: ob.Password})
	groups, err := s.Groups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	want := Groups{{"GENERAL", false, hidden}, {"GRP1", true, Visible}, {"GRP2", true, Visible}}
	if !slices.Equal(groups, want) {
		t.Errorf("got %+v", groups)
	}
	spaces, err := s.Spaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var sel selection.Selection
	for _, e := range spaces {
		if e.Code == "GRP2_JDOE" {
			projects, err := s.Projects(t.Context(), e.Code, openbis.Page{Count: 10})
			if err != nil {
				t.Fatal(err)
			}
			sel.Rules = append(sel.Rules, selection.Rule{Mode: selection.All, Kind: openbis.KindProject, PermID: projects.Entities[0].PermID})
		}
		if e.Code == "GRP1_JDOE" {
			sel.Rules = append(sel.Rules, selection.Rule{Mode: selection.Exclude, Kind: openbis.KindSpace, PermID: e.Code})
		}
	}
	of, err := s.SpacesOf(t.Context(), sel)
	if err != nil || len(of) != 1 || of[0] != "GRP2_JDOE" {
		t.Errorf("spaces %v, %v", of, err)
	}
	ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationsInvisible, Times: fakehttp.Always})
	if groups, err = s.Groups(t.Context()); err != nil || groups[1].Publications != hidden {
		t.Errorf("%+v, %v", groups, err)
	}
}

// Who has a role on the whole server sees what is missing.
func TestGroupsOfAnAdmin(t *testing.T) {
	lab := labdata.DemoGroupsLab()
	lab.AddUser(labdata.UserSpec{ID: "root", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	lab.AddSpace("DEFAULT")
	ob := openbistest.Start(t, openbistest.Options{Lab: lab})
	b := newBench(t)
	s := b.connect(t, Login{URL: ob.URL, User: "root", Password: "s3cret-password"})
	groups, err := s.Groups(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if g := groups[0]; g.Name != "GENERAL" || !g.Mine || g.Publications != Missing {
		t.Errorf("%+v", g)
	}
	if _, _, err := groups.Choose([]string{"GENERAL"}, nil); failure.Of(err) != failure.Refused {
		t.Errorf("a group without publications: %v", err)
	}
}
