package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
)

func TestAdviceNamesKeysOfTheScreens(t *testing.T) {
	for advice, want := range map[string]string{
		"Finish that export, or discard it (zenobis discard 20260102-kbm3ei2o).": "Finish that export, or discard it (d in Exports).",
		"zenobis resume 20260102-kbm3ei2o goes on where it stopped":              "enter in Exports goes on where it stopped",
		"zenobis sync does it":              "s in Exports does it",
		"zenobis jobs lists the exports":    "ctrl+x lists the exports",
		"another zenobis works on this one": "another zenobis works on this one",
	} {
		if got := byKey(advice); got != want {
			t.Errorf("%q became %q", advice, got)
		}
	}
}

func TestASwitchIsSaid(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.toReview()
		d.keys("u")
		d.shows("Switched on: bring archived data back first.")
		d.keys("u")
		d.shows("Switched off: bring archived data back first.")
	})
}

func TestLeavingConnectSaysTheSameByEitherKey(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("ctrl+c")
		d.shows("Leave zenobis?", "What you selected and typed is kept")
		d.keys("esc")
		d.run(d.a.backTo(atConnect))
		d.settle()
		d.keys("esc")
		d.shows("Leave zenobis?", "What you selected and typed is kept")
	})
}

func TestTheListOfExportsFollows(t *testing.T) {
	f := flowtest.New()
	one := export.Job{ID: "one", Title: "Plates", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/1"}
	two := one
	two.ID, two.Request.Metadata.Version = "two", "2.0"
	f.JobList = []export.Job{two, one}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.run(d.a.showDraft(one, false))
		d.settle()
		d.keys("e")
		d.shows("Plates · version 2.0")
		if j, _ := d.a.screens[atExports].(*exportsScreen).current(); j.ID != "one" {
			t.Errorf("the cursor is on %q", j.ID)
		}
		f.Mu.Lock()
		f.JobList[1].State = export.StateRegistered
		f.Mu.Unlock()
		d.wait(2 * time.Second)
		d.hides("recorded in openBIS")
		d.wait(2 * rereads)
		d.shows("recorded in openBIS")
	})
}

// A message is read whole at every size, and what can't be done has no tick.
func TestAMessageIsWhole(t *testing.T) {
	const long = "Grant 1, funder: the funder's identifier is not one that this Zenodo knows; take the funder out, or look it up with tab."
	for _, size := range [][2]int{{80, 24}, {60, 16}, {40, 12}} {
		drive(t, flowtest.New(), size[0], size[1], func(d *driver) {
			d.pick()
			at := strings.TrimSpace(strings.Split(d.frame(), "\n")[1])
			d.a.fail(long)
			if got := strings.Join(strings.Fields(d.frame()), " "); !strings.Contains(got, "✗ "+long) {
				t.Errorf("%v: not whole in\n%s", size, d.frame())
			}
			if !strings.Contains(d.frame(), "Measurement 1") || !strings.Contains(d.frame(), at) {
				t.Errorf("%v: the row of the cursor is not seen:\n%s", size, d.frame())
			}
			d.keys("a")
			d.shows("✗ Not possible here")
			d.keys("u u u")
			d.shows(" Nothing to undo.")
			d.hides("✓ Nothing")
		})
	}
}

// What becomes a new version is told with the way back, whole.
func TestTheMarkOfAVersionIsWhole(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 40, 12, func(d *driver) {
		d.pick()
		job := export.Job{ID: "old", Title: "Earlier one", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1"}
		job.Request.Selection = d.a.flow.Selection()
		f.JobList = []export.Job{job}
		d.keys("e v")
		if got := strings.Join(strings.Fields(d.frame()), " "); !strings.Contains(got, d.a.flow.VersionText()+"; ctrl+n takes that back") {
			t.Errorf("not whole in\n%s", d.frame())
		}
	})
}

func TestEarlierSelectionsKeepTheirTitles(t *testing.T) {
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.f.Run.Finish(nil)
		d.settle()
		d.keys("n T")
		d.shows("Mass loss of")
	})
}

// Who switches a choice stays where it stands and sees its box change, while it is
// planned and after; who is at the top stays there.
func TestAChoiceStaysWhereItIs(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {40, 12}} {
		f := flowtest.New()
		drive(t, f, size[0], size[1], func(d *driver) {
			d.toReview()
			top := strings.Split(d.frame(), "\n")[:6]
			f.BlockPlan = make(chan struct{}, 9)
			d.keys("c")
			f.BlockPlan <- struct{}{}
			d.settle()
			if now := strings.Split(d.frame(), "\n")[:6]; !slices.Equal(now, top) {
				t.Errorf("%v: it went from\n%s to\n%s", size, strings.Join(top, "\n"), strings.Join(now, "\n"))
			}
			d.keys("end")
			f.BlockPlan <- struct{}{}
			f.BlockPlan <- struct{}{}
			d.keys("c x") // x takes the message away
			d.shows("c ☐ children")
			where := row(d, "c ☐ children")
			<-f.BlockPlan
			d.keys("c")
			if got := row(d, "c ☑ children"); got < 0 || got > where {
				t.Errorf("%v: while planning the choice is in line %d, it was in %d:\n%s", size, got, where, d.frame())
			}
			f.BlockPlan <- struct{}{}
			d.settle()
			d.keys("x")
			if got := row(d, "c ☑ children"); got != where {
				t.Errorf("%v: the choice went from line %d to %d:\n%s", size, where, got, d.frame())
			}
			f.BlockPlan <- struct{}{}
			d.keys("u") // the last one, beside a message of several lines
			d.shows("u ☑ bring", "Switched on: bring")
			d.keys("home")
			if now := strings.Split(d.frame(), "\n")[:6]; !slices.Equal(now, top) {
				t.Errorf("%v: home is not the top:\n%s", size, d.frame())
			}
		})
	}
}

// row is the line of the frame that holds a text, -1 without one.
func row(d *driver, text string) int {
	return slices.IndexFunc(strings.Split(d.frame(), "\n"), func(l string) bool { return strings.Contains(l, text) })
}

// Where the beginning of a text is not seen, a sign stands in its place, and none where
// nothing is cut.
func TestASignStandsForWhatIsNotSeen(t *testing.T) {
	long := "Heat shock response of yeast, measured again and again, with a very long title that no screen of this size holds"
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Short")
		d.hides("…Short")
		d.write(long)
		d.shows("Title        …", "this size holds")
		d.keys("home")
		d.hides("Title        …")
		d.keys("esc s")
		d.write("coating type:ENTRY from:2025-01-01 in:MATERIALS")
		d.shows("Search:…")
		d.keys("esc g")
		d.write("/LAB/THIN_FILMS/MASS_LOSS_MEASUREMENTS/EXP1")
		d.shows("Go to:…")
	})
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Heat shock response of yeast")
		d.keys("down")
		d.send(windowSize(80, 16)) // scrolls
		d.keys("pgdown up up up up up up up")
		d.hides("yeast …", "yeast                       …")
	})
}

// The help tells apart what can't be done now.
func TestHelpTellsApartWhatCannotBeDoneNow(t *testing.T) {
	drive(t, flowtest.New(), 100, 60, func(d *driver) {
		d.toReview()
		d.keys("?")
		now, later, found := strings.Cut(d.frame(), "At other times")
		if !found || !strings.Contains(later, "the draft that is open already") || strings.Contains(now, "the draft that is open already") {
			t.Errorf("not told apart:\n%s", d.frame())
		}
		if !strings.Contains(now, "start") {
			t.Errorf("what can be done now is not:\n%s", d.frame())
		}
		d.keys("esc enter ?")
		now, _, _ = strings.Cut(d.frame(), "At other times")
		if strings.Contains(now, "refused") || strings.Contains(now, "leave the file out") {
			t.Errorf("nothing was refused or asked:\n%s", d.frame())
		}
	})
}

// A long status takes a second line where one is free, and nothing away where none is.
func TestAStatusIsWholeWhereThereIsRoom(t *testing.T) {
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.login()
		d.f.Hold["find"] = make(chan struct{})
		d.keys("s")
		d.write("mass loss")
		d.keys("enter")
		d.wait(3 * time.Second)
		d.shows("Searching openBIS for mass loss… 3 s\n esc cancels")
		close(d.f.Hold["find"])
		delete(d.f.Hold, "find")
		d.settle()
	})
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.shows("The title is the one thing that must b…", "Community")
	})
}
