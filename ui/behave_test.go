package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/selection"
	"zenobis/session"
	"zenobis/ui/cells"
	"zenobis/zenodo"
)

func TestTheWholeWay(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("▸3 Browse◂", "Zenodo token from your openBIS profile", "LAB NOTEBOOK")
		d.keys("right down right down right down space")
		d.wait(time.Second)
		d.shows("1 object · 2 data sets", "1.1 GB of 50.0 GB")
		d.keys("enter")
		d.write("Mass loss")
		d.keys("enter")
		d.wait(time.Second)
		d.shows("Nothing has been sent", "2.3 GB", "content.zip", "rehearsal")
		if len(f.Started) != 0 {
			t.Error("started before it was asked for")
		}
		d.keys("enter")
		d.shows("43 %", "run1.csv")
		d.f.Run.EventsC <- export.DraftReady{URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417"}
		d.settle()
		d.f.Run.Finish(nil)
		d.settle()
		d.shows("https://sandbox.zenodo.org/uploads/417", "draft: not public yet", "No browser was opened: this is an SSH session.")
		if len(d.raw) == 0 || d.raw[0] != "\a" {
			t.Error("no bell at the end")
		}
		d.f.Changes <- export.Job{ID: "job1", State: export.StateRegistered, Confirmed: true, Objects: []string{"20261125-7"},
			DOI: "10.5072/zenodo.417", URL: "https://sandbox.zenodo.org/records/417"}
		d.settle()
		d.shows("recorded in openBIS", "20261125-7", "All done.")
		d.keys("c")
		if d.clip != "https://sandbox.zenodo.org/records/417" || len(f.Copied) != 1 {
			t.Errorf("copied %q, beside %q", d.clip, f.Copied)
		}
		d.keys("q")
		if !d.quit {
			t.Error("did not leave")
		}
		r := f.Planned[0]
		if r.Metadata.Title != "Mass loss" || len(r.Selection.Rules) != 1 || r.Selection.Rules[0].PermID != "O1" {
			t.Errorf("asked for %+v", r)
		}
	})
}

func TestConnectErrorsStandUnderTheirField(t *testing.T) {
	for _, c := range []struct {
		err  error
		want string
		row  int
	}{
		{openbis.ErrLogin, "single sign-on", rowPassword},
		{openbis.ErrNotOpenBIS, "no openBIS at this address", rowServer},
		{openbis.ErrUnreachable, "reached", rowServer},
		{openbis.ErrTooOld, "too old", rowServer},
	} {
		f := flowtest.New()
		f.OnConnect = func(session.Login) error { return fmt.Errorf("log in: %w", c.err) }
		drive(t, f, 80, 24, func(d *driver) {
			d.login()
			d.shows(c.want)
			s := d.a.screens[atConnect].(*connectScreen)
			if s.row != c.row {
				t.Errorf("%v: row %d", c.err, s.row)
			}
			if v := s.fields[rowPassword].Value(); (v == "") != (c.row == rowPassword) {
				t.Errorf("%v: the password is %q", c.err, v)
			}
			d.hides("secret")
		})
	}
}

func TestTokenIsCheckedLiveAndKept(t *testing.T) {
	f := flowtest.New()
	f.OnToken = func() (string, error) { return "", session.ErrNoToken }
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("▸2 Token◂", "deposit:write", "sandbox.zenodo.org/account")
		d.send(tea.PasteMsg{Content: f.Good})
		d.hides("accepts")
		d.wait(time.Second)
		d.shows("accepts this token")
		d.hides(f.Good)
		d.keys("esc")
		d.shows("▸1 Connect◂")
		d.keys("enter")
		d.shows("accepts this token")
		d.keys("tab down enter")
		if f.KeptToken != session.KeepProfile {
			t.Errorf("kept %q", f.KeptToken)
		}
		d.shows("▸3 Browse◂")
	})
}

func TestTokenProfileIsOffWithPAT(t *testing.T) {
	f := flowtest.New()
	f.Person.PAT = true
	f.OnToken = func() (string, error) { return "from the environment", zenodo.ErrToken }
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("from the environment was refused", "personal access tokens may not write there")
		d.send(tea.PasteMsg{Content: f.Good})
		d.keys("tab down enter")
		if f.KeptToken != session.KeepFile {
			t.Errorf("kept %q", f.KeptToken)
		}
	})
}

func TestFailedNodeCanBeTriedAgain(t *testing.T) {
	f := flowtest.New()
	f.Fail["JDOE/projects"] = openbis.ErrUnreachable
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("right")
		d.shows("failed, r")
		clear(f.Fail)
		d.keys("r")
		d.shows("Thin Films")
	})
}

func TestEndedSessionAsksAndGoesOn(t *testing.T) {
	f := flowtest.New()
	f.Fail["JDOE/projects"] = openbis.ErrSession
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("right")
		d.shows("session has ended")
		d.keys("x") // typed ahead: too early to count
		d.wait(time.Second)
		d.write("secret")
		d.keys("enter")
		if f.Renewed != 1 {
			t.Fatal("not renewed")
		}
		d.shows("Thin Films")
	})
}

func TestLateAnswersAreDropped(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		f.Block = make(chan struct{})
		d.keys("right")
		d.shows("loading…")
		id, _ := d.a.flow.Tree.Cursor()
		d.keys("down up") // moves meanwhile
		d.a.flow.Tree.Cancel(id)
		close(f.Block)
		d.settle()
		d.hides("Thin Films")
	})
}

func TestALoadCanBeLeft(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		f.Block = make(chan struct{})
		d.keys("right")
		d.shows("loading…")
		d.keys("left")
		d.hides("loading…")
		f.Block = nil
		d.keys("right")
		d.shows("Thin Films")
	})
}

func TestSearchedRowsCanBeSelected(t *testing.T) {
	f := flowtest.New()
	far := flowtest.Entity(flowtest.Ref(openbis.KindCollection, "C77", "FAR", "Far away", "DEFAULT_EXPERIMENT"))
	far.Space = "LAB"
	f.Found = []openbis.Entity{far}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("s")
		d.write("far")
		d.keys("enter")
		d.shows("SEARCH RESULTS", "Far away")
		d.keys("space")
		d.shows("☑ Far away", "▣ Lab")
		d.keys("esc")
		d.hides("SEARCH RESULTS")
		if sel := d.a.flow.Selection(); len(sel.Rules) != 1 || sel.Rules[0].PermID != "C77" {
			t.Errorf("selection %+v", sel)
		}
	})
}

func TestFilterAndHiddenSpaces(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.login()
		d.hides("Eln Settings")
		d.keys("h")
		d.shows("Eln Settings")
		d.keys("/")
		d.write("meth")
		d.shows("Methods", "1 loaded row")
		d.hides("Materials")
		d.keys("enter")
		d.keys("space")
		d.shows("☑ Methods")
		d.keys("esc")
		d.shows("Materials")
	})
}

func TestOneFileOfADataSet(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("right down right down down down space")
		d.shows("▾ ▣ original/", "☑ run1.csv", "☐ run2.csv", "▣ ≡ raw")
		sel := d.a.flow.Selection()
		if len(sel.Files) != 1 || sel.Files[0] != (selection.FileRule{DataSet: "D1A", Glob: "original/run1.csv"}) {
			t.Errorf("files %+v", sel.Files)
		}
	})
}

func TestNothingSelectedSaysSo(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.login()
		d.keys("enter")
		d.shows("Nothing is selected yet", "▸3 Browse◂")
	})
}

func TestDataStoreNeedsConsent(t *testing.T) {
	f := flowtest.New()
	f.Pending = []openbis.DataStore{{Code: "DSS1", URL: "https://dss.elsewhere.example"}}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		f.Fail["files"] = openbis.ErrStoreURL
		d.keys("right down right")
		d.shows("Trust this data store?", "dss.elsewhere.example")
		d.keys("y")
		if len(f.Allowed) != 0 {
			t.Error("answered by a key typed ahead")
		}
		d.wait(time.Second)
		d.keys("y")
		if len(f.Allowed) != 1 {
			t.Fatal("not allowed")
		}
		d.shows("run1.csv")
	})
}

// A plan asks about each data store that it needs, and is made again for what was
// agreed to. esc is no answer.
func TestAPlanAsksForItsDataStores(t *testing.T) {
	f := flowtest.New()
	f.Pending = []openbis.DataStore{{Code: "DSS8", URL: "https://eight.example"}, {Code: "DSS9", URL: "https://nine.example"}}
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.shows("Trust this data store?", "eight.example")
		answer := func(key string) {
			d.wait(time.Second)
			d.keys(key)
		}
		answer("esc")
		d.hides("Trust this data store?")
		if len(f.Planned) != 1 || len(f.Allowed) != 0 {
			t.Errorf("planned %d times, allowed %q", len(f.Planned), f.Allowed)
		}
		d.keys("r")
		d.shows("eight.example")
		answer("y")
		d.shows("nine.example")
		answer("n")
		d.hides("Trust this data store?")
		if len(f.Planned) != 3 || len(f.Allowed) != 1 || f.Allowed[0] != "DSS8" {
			t.Errorf("planned %d times, allowed %q", len(f.Planned), f.Allowed)
		}
		d.keys("r")
		d.hides("Trust this data store?")
	})
}

func TestTitleIsNeededAndNothingIsLost(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter enter")
		d.shows("a title is needed", "▸4 Describe◂")
		d.write("Mass")
		d.keys("down enter end enter")
		d.write("Roe, Richard; 0000-0002-1825-0098")
		d.shows("✗ this is not a valid ORCID")
		d.keys("esc")
		d.shows("Roe, Richard", "this is not a valid ORCID")
		d.keys("esc")
		d.shows("▸3 Browse◂")
		d.keys("enter")
		d.shows("Mass", "Roe, Richard")
		d.keys("c")
		d.shows("Creators: creator 2", "▸4 Describe◂")
		if len(f.Planned) != 0 {
			t.Error("planned with a mistake")
		}
	})
}

func TestLicenceFromTheServersList(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter down down down enter down down enter")
		if got := d.a.flow.Description.Metadata().License; got != "cc0-1.0" {
			t.Errorf("licence %q", got)
		}
	})
}

// The only sensible group is chosen already, and the screens say why.
func TestTheOnlySensibleGroupIsSaid(t *testing.T) {
	for why, groups := range map[string]session.Groups{
		"BIO (the only group of yours)": {{Name: "BIO", Mine: true, Publications: session.Visible}, {Name: "CHEM"}},
		"GENERAL (all that is selected lies in its spaces)": {
			{Name: "BIO", Mine: true, Publications: session.Visible}, {Name: "GENERAL", Mine: true, Publications: session.Visible},
		},
	} {
		f := flowtest.New()
		f.Person.Groups = groups
		drive(t, f, 80, 40, func(d *driver) {
			d.pick()
			d.keys("enter")
			d.write("T")
			d.shows(why)
			d.keys("enter")
			d.wait(time.Second)
			d.shows("▸5 Review◂")
			d.shows(why)
			if want, _, _ := strings.Cut(why, " "); len(f.Planned) != 1 || !slices.Equal(f.Planned[0].Groups, []string{want}) {
				t.Errorf("planned %+v", f.Planned)
			}
		})
	}
}

func TestGroupsAreAskedFor(t *testing.T) {
	f := flowtest.New()
	f.Person.Groups = session.Groups{
		{Name: "BIO", Mine: true, Publications: session.Visible},
		{Name: "CHEM", Mine: true, Publications: session.Visible},
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("T")
		d.keys("enter")
		d.shows("Groups: say")
		d.keys("enter down enter d")
		d.keys("c")
		d.wait(time.Second)
		if len(f.Planned) != 1 || len(f.Planned[0].Groups) != 1 || f.Planned[0].Groups[0] != "CHEM" {
			t.Errorf("planned %+v", f.Planned)
		}
	})
}

// A planning that waits for a server names it, and how long it goes on trying.
func TestReviewSaysWhatPlanningWaitsFor(t *testing.T) {
	f := flowtest.New()
	why := "list the files of 12 data sets: HTTP status 502; try 3 failed, the last is made at 12:00:00"
	drive(t, f, 80, 24, func(d *driver) {
		f.BlockPlan = make(chan struct{}) // of this bubble
		d.pick()
		d.keys("enter")
		d.write("Mass loss")
		d.keys("enter")
		d.wait(time.Second)
		d.hides("Waiting:")
		f.Waits.Store(&why)
		d.wait(3 * time.Second)
		d.shows("Planning", "Waiting: list the files of 12 data sets: HTTP status 502", "made at 12:00:00", "esc cancels")
		f.Waits.Store(nil)
		close(f.BlockPlan)
		d.wait(time.Second)
		d.hides("Waiting:")
	})
}

func TestReviewChoicesPlanAnew(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("m")
		d.wait(time.Second)
		if len(f.Planned) != 2 || !f.Planned[1].MetadataOnly {
			t.Fatalf("planned %d times", len(f.Planned))
		}
		if len(f.Dropped) != 1 || f.Dropped[0] != "job1" {
			t.Errorf("dropped %q", f.Dropped)
		}
		d.keys("l")
		d.wait(time.Second)
		d.shows("per-dataset", "2 files, 2.3 GB")
		d.keys("down down enter")
		d.wait(time.Second)
		if l := f.Planned[len(f.Planned)-1].Layout; l != export.LayoutPerDataSet {
			t.Errorf("layout %q", l)
		}
		d.keys("esc")
		d.shows("▸4 Describe◂")
		d.keys("enter")
		if len(f.Planned) != 3 {
			t.Error("planned again although nothing changed")
		}
	})
}

func TestReviewRefusesWhatCannotBeSent(t *testing.T) {
	f := flowtest.New()
	plan := f.OnPlan
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		p, _ := plan(r)
		return p, &export.LimitError{What: "bytes", Have: 60e9, Max: 50e9, Hint: "Raise the quota in your account."}
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.shows("too much", "Raise the quota")
		d.keys("enter")
		if len(f.Started) != 0 {
			t.Error("started above the limit")
		}
	})
	f = flowtest.New()
	f.OnPlan = func(r export.Request) (*export.Plan, error) {
		p, _ := plan(r)
		p.Findings = []export.Finding{{Kind: "e-mail", Where: "Measurement 1, Notes", Sample: "jane@lab.example"}}
		if !r.AcceptFindings {
			return p, errors.New("private details were found")
		}
		return p, nil
	}
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		d.shows("then a accepts them")
		d.keys("a")
		d.wait(time.Second)
		d.keys("enter")
		if len(f.Started) != 1 {
			t.Error("not started although accepted")
		}
	})
}

func TestRealZenodoIsUnmistakable(t *testing.T) {
	f := flowtest.New()
	f.Known.Zenodo.Real, f.Known.Zenodo.Name, f.Known.Zenodo.URL = true, "Zenodo", "https://zenodo.org"
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.shows("■ Zenodo: real", "the real one (zenodo.org)")
		d.hides("rehearsal")
	})
}

func TestExportPauseQuestionStop(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter p")
		d.shows("Paused")
		if !f.Run.Paused {
			t.Error("not paused")
		}
		d.keys("p")
		f.Run.EventsC <- export.Retried{Attempt: 2, Message: "connection reset"}
		d.settle()
		d.shows("Trying again (2): connection reset")
		f.Run.EventsC <- export.Question{Message: "run2.csv is broken"}
		d.settle()
		d.shows("run2.csv is broken")
		d.keys("x")
		if f.Run.Answer == nil || !*f.Run.Answer {
			t.Error("not left out")
		}
		d.keys("esc")
		d.shows("What do you want to do with it?")
		d.keys("enter") // the safe one
		if f.Run.Stopped {
			t.Error("enter stopped it")
		}
		d.keys("esc b")
		d.shows("▸3 Browse◂", "43 %")
		d.keys("ctrl+c")
		d.shows("An export is running")
		d.keys("x")
		if !f.Run.Stopped || !d.quit || !d.a.flow.Leave(t.Context(), false, d.a.now()).Interrupted {
			t.Error("not stopped")
		}
	})
}

// A pause ends only where nobody is left to end it.
func TestAPauseEndsWhereNobodyWaits(t *testing.T) {
	for name, c := range map[string]struct {
		keys   string
		paused bool
		shows  string
	}{
		"key":       {"b", true, "paused at"},
		"dialog":    {"esc b", true, "paused at"},
		"stays":     {"esc s", true, "p go on"},
		"exports":   {"e", true, "paused"},
		"leaves":    {"ctrl+c b", false, ""},
		"elsewhere": {"e esc esc b", true, "paused at"},
	} {
		t.Run(name, func(t *testing.T) {
			f := flowtest.New()
			drive(t, f, 90, 24, func(d *driver) {
				d.toReview()
				d.keys("enter p")
				d.shows("p go on")
				f.JobList = []export.Job{d.a.flow.Run.Job}
				d.keys(c.keys)
				d.wait(time.Second)
				if f.Run.Paused != c.paused || d.a.flow.Run.Paused != c.paused {
					t.Errorf("paused: %v, shown so: %v", f.Run.Paused, d.a.flow.Run.Paused)
				}
				if c.shows != "" {
					d.shows(c.shows)
				}
			})
		})
	}
}

func TestExportTellsSpeedAndTimeLeft(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		for range 10 {
			f.Run.Mu.Lock()
			f.Run.P.Bytes += 50e6
			f.Run.P.Left = 16
			f.Run.Mu.Unlock()
			d.wait(time.Second)
		}
		d.shows("50.0 MB/s", "16 s left")
	})
}

func TestFailedExportCanBeResumedHere(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		f.Run.Finish(fmt.Errorf("upload: %w", zenodo.ErrUnavailable))
		d.settle()
		d.shows("reached", "r goes on: ")
		d.keys("r")
		if len(f.Started) != 2 || f.Started[1] != "job1" {
			t.Errorf("started %q", f.Started)
		}
	})
}

func TestExportsResumeRegisterDiscard(t *testing.T) {
	f := flowtest.New()
	f.JobList = flowtest.Jobs()
	drive(t, f, 100, 24, func(d *driver) {
		d.keys("ctrl+x down down down down enter")
		d.shows("log in to openBIS first")
		d.login()
		d.keys("e down")
		d.keys("s")
		d.shows("published and recorded in openBIS")
		d.keys("home down down down d")
		d.shows("can't be undone")
		d.keys("enter")
		if len(f.Dropped) != 0 {
			t.Error("enter discarded")
		}
		d.keys("d d")
		if len(f.Dropped) != 1 || f.Dropped[0] != "job-3" {
			t.Errorf("dropped %q", f.Dropped)
		}
		d.keys("down enter")
		if len(f.Started) != 1 || f.Started[0] != "job-4" {
			t.Errorf("started %q", f.Started)
		}
	})
}

func TestQROnlyWhereItFits(t *testing.T) {
	for _, c := range []struct {
		w, h int
		fits bool
	}{{80, 24, true}, {40, 12, false}} {
		f := flowtest.New()
		drive(t, f, c.w, c.h, func(d *driver) {
			d.toReview()
			d.keys("enter")
			f.Run.EventsC <- export.DraftReady{URL: "https://sandbox.zenodo.org/uploads/417"}
			d.settle()
			f.Run.Finish(nil)
			d.settle()
			d.keys("Q")
			if got := strings.Contains(d.frame(), "█████"); got != c.fits {
				t.Errorf("%dx%d: QR shown: %v", c.w, c.h, got)
			}
		})
	}
}

func TestDemoLogsInByItself(t *testing.T) {
	f := flowtest.New()
	o := options{backend: f, demo: &session.Login{URL: "http://127.0.0.1:1", User: "jdoe", Password: "p"}}
	driveWith(t, o, f, 80, 24, func(d *driver) { d.shows("▸3 Browse◂") })
}

func TestASCII(t *testing.T) {
	f := flowtest.New()
	o := options{backend: f, env: func(k string) string { return map[string]string{"LC_ALL": "C"}[k] }}
	driveWith(t, o, f, 80, 24, func(d *driver) {
		d.pick()
		if fr := d.frame(); !cells.IsASCII(fr) {
			t.Errorf("not ASCII:\n%s", fr)
		}
	})
}

func TestHostileNamesStayInTheirLine(t *testing.T) {
	f := flowtest.New()
	e := flowtest.Entity(flowtest.Ref(openbis.KindProject, "PX", "X", "", ""))
	e.Code = strings.Repeat("測定👩‍🔬", 40)
	f.Kids["JDOE/projects"] = append(f.Kids["JDOE/projects"], e)
	f.FileLists["D1A"] = []openbis.File{{Path: "a\x1b]0;owned\x07\x1b[2Jb.csv", Size: 1}}
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("right down right")
		d.shows("ab.csv")
		if c := d.a.View().Content; strings.Contains(c, "owned") || strings.Contains(c, "\x1b[2J") {
			t.Error("an escape sequence of a file name is drawn")
		}
	})
}
