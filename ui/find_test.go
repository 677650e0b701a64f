package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/tree"
)

// curator is a lab with a collection of twelve measurements.
func curator() *flowtest.Fake {
	f := flowtest.New()
	f.Kids["C1/objects"] = nil
	for i := 1; i <= 12; i++ {
		o := flowtest.Entity(
			flowtest.Ref(openbis.KindObject, fmt.Sprint("O", i), fmt.Sprint("EXP", i), fmt.Sprint("Run ", i), []string{"ENTRY", "STEP"}[i%2]),
		)
		o.Collection, o.Space = "C1", "JDOE"
		o.Registered = time.Date(2025, 1, 30-i, 0, 0, 0, 0, time.UTC)
		f.Kids["C1/objects"] = append(f.Kids["C1/objects"], o)
	}
	slices.Reverse(f.Kids["C1/objects"])
	return f
}

// inCollection goes into the collection of the curator's lab.
func inCollection(d *driver) {
	d.login()
	d.keys("right down right down right down")
	d.wait(time.Second)
}

func TestRangesTypesInvertAndUndo(t *testing.T) {
	drive(t, curator(), 80, 30, func(d *driver) {
		inCollection(d)
		rules := func() int { return len(d.a.flow.Tree.Rules()) }
		d.keys("v down down")
		d.shows("Range of 3 rows", "┃")
		d.keys("space")
		d.shows("3 rows selected", "3 of 12 inside")
		d.hides("┃ ")
		d.keys("u")
		if rules() != 0 {
			t.Errorf("%d rules after undoing", rules())
		}
		d.keys("home down down t")
		d.shows("Select by type", "ENTRY  6", "STEP  6")
		d.keys("enter")
		if rules() != 6 {
			t.Errorf("%d rules of a type", rules())
		}
		d.keys("down i")
		d.shows("6 rows selected, 6 taken out")
		d.keys("u u")
		if rules() != 0 {
			t.Errorf("%d rules after undoing both", rules())
		}
	})
}

func TestSortIsNaturalAndKept(t *testing.T) {
	drive(t, curator(), 80, 30, func(d *driver) {
		inCollection(d)
		order := func() string {
			var out []string
			id, _ := d.a.flow.Tree.Find(tree.Key{Kind: openbis.KindCollection, PermID: "C1"})
			d.a.flow.Tree.EachChild(id, func(c tree.ID) { out = append(out, d.a.flow.Tree.Item(c).Code) })
			return strings.Join(out, " ")
		}
		if got := order(); !strings.HasPrefix(got, "EXP12 EXP11") {
			t.Fatalf("the server's order: %s", got)
		}
		d.keys("S")
		d.shows("Objects by name")
		if got := order(); !strings.HasPrefix(got, "EXP1 EXP2 EXP3") || !strings.HasSuffix(got, "EXP12") {
			t.Errorf("by name: %s", got)
		}
		d.keys("S S")
		if got := order(); !strings.HasPrefix(got, "EXP1 EXP2") { // the first was registered last
			t.Errorf("by date: %s", got)
		}
		d.keys("S")
		if got := order(); !strings.HasPrefix(got, "EXP2 EXP4") { // ENTRY before STEP
			t.Errorf("by type: %s", got)
		}
		d.keys("S")
		if got := order(); !strings.HasPrefix(got, "EXP12 EXP11") {
			t.Errorf("as in the ELN again: %s", got)
		}
	})
}

func TestFilterMarksAndSteps(t *testing.T) {
	drive(t, curator(), 80, 30, func(d *driver) {
		inCollection(d)
		d.keys("/")
		d.write("run 1")
		d.keys("enter")
		d.shows("4 loaded rows")
		at := func() string { id, _ := d.a.flow.Tree.Cursor(); return d.a.flow.Tree.Item(id).Label }
		seen := map[string]bool{}
		for range 4 {
			d.keys("n")
			seen[at()] = true
		}
		if len(seen) != 4 {
			t.Errorf("n stepped to %v", seen)
		}
		first := at()
		d.keys("n N")
		if at() != first {
			t.Errorf("N did not step back: %s, %s", first, at())
		}
		d.keys("esc")
		d.hides("loaded rows")
		d.keys("esc")
		d.shows("▸3 Browse◂", "esc once more")
		d.keys("down esc")
		d.shows("▸3 Browse◂") // in a row is meant
		d.keys("esc")
		d.shows("▸2 Token◂")
	})
}

func TestSearchWithFieldsAndChips(t *testing.T) {
	f := curator()
	for i := range 3 {
		e := f.Kids["C1/objects"][i]
		e.Identifier = "/JDOE/THIN_FILMS/" + e.Code
		f.Found = append(f.Found, e)
	}
	drive(t, f, 100, 30, func(d *driver) {
		d.login()
		d.keys("s")
		d.write("coating type:entry from:2025-01-01 goal=steel*")
		d.keys("enter")
		q := f.Asked[0]
		if q.Text != "coating" || q.Type != "ENTRY" || q.From.Day() != 1 || len(q.Properties) != 1 || q.Properties[0].Code != "GOAL" {
			t.Fatalf("asked %+v", q)
		}
		d.shows("SEARCH RESULTS", "/JDOE/THIN_FILMS/EXP12", "3 hits")
		d.keys("down")
		d.shows("[1×coating]", "[2×type:entry]")
		d.keys("2")
		if q := f.Asked[1]; q.Type != "" || q.Text != "coating" {
			t.Errorf("without the type: %+v", q)
		}
		d.keys("a")
		d.shows("3 hits selected")
		if n := len(d.a.flow.Tree.Rules()); n != 3 {
			t.Errorf("%d rules", n)
		}
		d.keys("s up")
		d.shows("coating type:entry from:2025-01-01")
		d.keys("esc esc")
		d.hides("SEARCH RESULTS")
		d.keys("s")
		d.write(" to:yesterday")
		d.keys("enter")
		d.shows("✗ yesterday is not a date", "Search:")
		f.Found = nil
		d.keys("ctrl+u")
		d.write("type:BLAH")
		d.keys("enter")
		d.shows("✗ there is no type BLAH", "Search:")
	})
}

func TestSelectAllHitsTakesThoseNotShown(t *testing.T) {
	f := curator()
	for i := range 214 {
		e := flowtest.Entity(flowtest.Ref(openbis.KindObject, fmt.Sprint("H", i), fmt.Sprint("H", i), "", "ENTRY"))
		f.Found = append(f.Found, e)
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("s")
		d.write("type:ENTRY")
		d.keys("enter")
		d.shows("200 of 214 hits")
		d.keys("a")
		d.shows("214 hits selected")
	})
}

func TestGoToAPlaceAndBack(t *testing.T) {
	f := curator()
	jdoe := f.SpaceList[0]
	project, coll := f.Kids["JDOE/projects"][0], f.Kids["P1/collections"][0]
	project.Space, coll.Space = "JDOE", "JDOE"
	coll.ProjectRef = &project.Ref
	object := f.Kids["C1/objects"][3]
	object.CollRef = &coll.Ref
	object.Parents = []openbis.Ref{coll.Ref}
	f.Places = map[string]openbis.Entity{
		"JDOE": jdoe, "P1": project, "C1": coll, object.PermID: object, "20250101000000000-9": object,
	}
	far := object
	far.PermID = "20250101000000000-9"
	f.Places["20250101000000000-9"] = far
	drive(t, f, 90, 24, func(d *driver) {
		d.login()
		d.keys("g")
		d.write("https://lab/openbis/webapp/eln-lims/?viewName=showViewSamplePageFromPermId&viewData=20250101000000000-9")
		d.keys("enter")
		at := func() string { id, _ := d.a.flow.Tree.Cursor(); return d.a.flow.Tree.Key(id).PermID }
		if at() != "20250101000000000-9" {
			t.Fatalf("the cursor is on %s:\n%s", at(), d.frame())
		}
		d.shows("▾ ☐ Mass loss measurements", "Run 12")
		d.keys("[")
		if at() != "JDOE" {
			t.Errorf("back to %s", at())
		}
		d.keys("]")
		if at() != "20250101000000000-9" {
			t.Errorf("forth to %s", at())
		}
		d.keys("g")
		d.write("20991231000000000-1")
		d.keys("enter")
		d.shows("nothing of that name")
	})
}

func TestRightWhileLoadingWaitsForTheChildren(t *testing.T) {
	f := curator()
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		f.Block = make(chan struct{})
		d.keys("right right")
		d.shows("loading…")
		if id, _ := d.a.flow.Tree.Cursor(); d.a.flow.Tree.Item(id).Code != "JDOE" {
			t.Error("the cursor moved on")
		}
		close(f.Block)
		d.settle()
		if id, _ := d.a.flow.Tree.Cursor(); d.a.flow.Tree.Item(id).Code != "THIN_FILMS" {
			t.Errorf("the cursor is not on the first child:\n%s", d.frame())
		}
	})
}

func TestTheTrayPrunesSavesAndLoads(t *testing.T) {
	f := curator()
	path := filepath.Join(t.TempDir(), "sel.toml")
	drive(t, f, 90, 24, func(d *driver) {
		inCollection(d)
		d.keys("space down space T")
		d.shows("▸Selection◂", "Run 12", "Run 11")
		d.keys("d")
		d.hides("Run 12")
		d.keys("u")
		d.shows("Run 12")
		d.keys("w")
		d.send(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
		d.write(path)
		d.keys("enter")
		d.shows("Saved as")
		data, err := os.ReadFile(path)
		if err != nil || !strings.Contains(string(data), "object:O12") {
			t.Fatalf("%s, %v", data, err)
		}
		d.keys("w")
		d.send(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
		d.write(path)
		d.keys("enter")
		d.shows("already")
		d.a.flow.Tree.Clear()
		f.Places = map[string]openbis.Entity{"O12": f.Kids["C1/objects"][0], "O11": f.Kids["C1/objects"][1]}
		d.keys("l")
		d.send(tea.KeyPressMsg{Code: 'u', Mod: tea.ModCtrl})
		d.write(path)
		d.keys("enter")
		d.wait(time.Second)
		if n := len(d.a.flow.Tree.Rules()); n != 2 {
			t.Errorf("%d rules were loaded:\n%s", n, d.frame())
		}
	})
}

func TestEarlierSelectionsAreOffered(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		f.Run.Finish(nil)
		d.settle()
	})
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("T")
		d.shows("Earlier selections", "Mass loss of coated plates")
		d.keys("enter")
		if sel := d.a.flow.Selection(); len(sel.Rules) != 1 || sel.Rules[0].PermID != "O1" {
			t.Errorf("selection %+v", sel)
		}
	})
	if strings.Contains(string(f.KeptFiles[flow.RecentFile]), "secret") {
		t.Error("a secret was kept")
	}
}

func TestMarksAreTheSameEverywhere(t *testing.T) {
	f := curator()
	hit := f.Kids["C1/objects"][0]
	f.Found = []openbis.Entity{hit}
	drive(t, f, 90, 30, func(d *driver) {
		inCollection(d)
		id, _ := d.a.flow.Tree.Find(tree.Key{Kind: openbis.KindCollection, PermID: "C1"})
		d.a.flow.Tree.SetCursor(id)
		d.keys("space down space") // all but the first
		d.shows("☒ Run 12", "11 of 12 inside", "taken out")
		d.keys("s")
		d.write("run")
		d.keys("enter")
		if n := strings.Count(d.frame(), "☒ Run 12"); n != 2 {
			t.Errorf("in the results and in the tree it is shown alike %d times:\n%s", n, d.frame())
		}
		d.keys("space")
		if n := strings.Count(d.frame(), "☑ Run 12"); n != 2 {
			t.Errorf("taken again, %d times:\n%s", n, d.frame())
		}
	})
}

// What was published before has its DOI beside it, as soon as it is loaded; where
// there is no room the word alone stands.
func TestWhatWasPublishedBeforeIsTold(t *testing.T) {
	f := flowtest.New()
	f.Before = map[string]string{"O1": "10.5281/zenodo.1234567", "D1A": "10.5281/zenodo.1234567"}
	for _, w := range []int{80, 200} {
		drive(t, f, w, 24, func(d *driver) {
			d.pick()
			want := "EXP1 (published)"
			if w > 80 {
				want = "EXP1 (published 10.5281/zenodo.1234567)"
			}
			d.shows(want, "published", "10.5281/zenodo.1234567")
		})
	}
}

// Where type and badge have no room together the badge stands, since it says what
// becomes of the data.
func TestABadgeOutlastsTheType(t *testing.T) {
	f := flowtest.New()
	f.Before = map[string]string{"D1A": "10.5281/zenodo.1234567"}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("right")
		d.wait(time.Second)
		d.shows("(published)  1.0G")
	})
}

func TestAFilterThatFindsNothingSaysSo(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.login()
		d.keys("/")
		d.write("stitched")
		d.keys("enter")
		d.shows("Nothing loaded matches; s asks the server.")
		d.hides("no spaces")
	})
}

// What is selected after a filter is what it found, not what holds that.
func TestAFilterLeavesTheCursorOnAMatch(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("space home /")
		d.write("measurement 2")
		d.keys("enter space")
		if rules := d.a.flow.Selection().Rules; len(rules) != 1 || rules[0].PermID != "O2" {
			t.Errorf("selected %+v", rules)
		}
	})
}

// Closing the search goes back to where it was begun.
func TestAfterASearchTheCursorIsWhereItWas(t *testing.T) {
	f := flowtest.New()
	f.Found = f.Kids["C1/objects"]
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		was := d.a.flow.Tree.Key(d.a.screens[atBrowse].(*browseScreen).cursor())
		d.keys("s")
		d.write("mass")
		d.keys("enter down S")
		d.shows("stand as openBIS found them")
		d.keys("esc")
		if now := d.a.flow.Tree.Key(d.a.screens[atBrowse].(*browseScreen).cursor()); now != was {
			t.Errorf("the cursor is on %v, was on %v", now, was)
		}
	})
}

// The help of the form explains the field, and lists no letter that is typed.
func TestTheHelpOfTheFormExplainsTheField(t *testing.T) {
	drive(t, flowtest.New(), 80, 50, func(d *driver) {
		d.pick()
		d.keys("enter f1")
		d.shows("What is this data?")
		d.hides("c        continue")
		d.keys("esc down down down enter f1")
		d.hides("move this  up", "delete this ")
	})
}

func TestChoicesOfADialogAreNotCut(t *testing.T) {
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.toReview()
		d.keys("enter ctrl+c")
		d.shows("let it go", "on", "b  leave the screen")
	})
}

// A filter that finds nothing takes the cursor nowhere, whatever its first letters found;
// one that finds something leaves it there.
func TestTheCursorComesBackFromAFilter(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		drive(t, flowtest.New(), size[0], size[1], func(d *driver) {
			d.login()
			d.keys("right down right down")
			was := d.a.flow.Tree.Item(cursorOf(d)).Label
			for _, keys := range []string{"enter esc", "esc"} {
				d.keys("/")
				d.hides("0 loaded rows")
				d.write("method") // finds the space of methods
				d.write("ical")
				d.shows("Nothing loaded matches")
				d.keys(keys)
				if now := d.a.flow.Tree.Item(cursorOf(d)).Label; now != was {
					t.Errorf("%s: the cursor went from %q to %q", keys, was, now)
				}
				d.keys("/")
				d.write("method")
				d.keys(keys)
				if now := d.a.flow.Tree.Item(cursorOf(d)).Label; now != "Methods" {
					t.Errorf("%s: the cursor is on %q, not where it was found", keys, now)
				}
				d.keys("home down down")
			}
		})
	}
}

func cursorOf(d *driver) tree.ID { return d.a.screens[atBrowse].(*browseScreen).cursor() }

// A place that is not found need not be typed again.
func TestAPlaceThatIsNotFoundStays(t *testing.T) {
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.login()
		d.keys("g")
		d.write("/LAB/NOWHERE/EXP1")
		d.keys("enter")
		d.shows("/LAB/NOWHERE/EXP1: nothing of that")
		d.keys("g")
		if got := d.a.screens[atBrowse].(*browseScreen).field.Value(); got != "/LAB/NOWHERE/EXP1" {
			t.Errorf("the field holds %q", got)
		}
	})
}

// Who goes to a place finds what stands beside it on the whole way, and no row for more
// that stands for nothing.
func TestAPlaceIsShownWithWhatStandsBesideIt(t *testing.T) {
	f := flowtest.New()
	coll := f.Kids["P1/collections"][0]
	space, project := f.SpaceList[0].Ref, f.Kids["JDOE/projects"][0].Ref
	coll.Space, coll.ProjectRef = space.Code, &project
	f.Places = map[string]openbis.Entity{"C1": coll}
	proj := f.Kids["JDOE/projects"][0]
	proj.Space = space.Code
	f.Places["P1"] = proj
	f.Places["JDOE"] = f.SpaceList[0]
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("g")
		d.write("collection:C1")
		d.keys("enter")
		d.wait(time.Second)
		d.shows("Mass loss measurements", "THIN_FILMS")
		d.hides("more…")
		if at := d.a.flow.Tree.Key(cursorOf(d)).PermID; at != "C1" {
			t.Errorf("the cursor is on %q", at)
		}
	})
}
