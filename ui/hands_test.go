package ui

import (
	"strings"
	"testing"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/session"
)

// What was chosen or typed is the person's: these are the ways in which it was
// lost or went to the wrong place.

func TestARefusedSecretLeavesAnEmptyField(t *testing.T) {
	f := flowtest.New()
	f.OnConnect = func(session.Login) error { return openbis.ErrLogin }
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		var got []session.Login
		f.OnConnect = func(l session.Login) error { got = append(got, l); return nil }
		d.write("right")
		d.keys("enter")
		if len(got) != 1 || got[0].Password != "right" {
			t.Errorf("sent %+v", got)
		}
	})
}

// A second login that is refused leaves the first as it was, and nothing says that
// the refused one has succeeded.
func TestARefusedSecondLoginDoesNotLookConnected(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("▸3 Browse◂")
		for range 3 {
			if d.a.at != atConnect {
				d.keys("esc")
			}
		}
		d.shows("▸1 Connect◂")
		d.shows(" Connected to ")
		f.OnConnect = func(session.Login) error { return openbis.ErrLogin }
		for range 6 {
			if d.a.screens[atConnect].(*connectScreen).row != rowPassword {
				d.keys("tab")
			}
		}
		d.write("wrong")
		d.keys("enter")
		d.shows("✗")
		d.shows("Still connected to ")
		d.hides(" Connected to ")
	})
}

// What the environment or the configuration has to log in with is used without a
// question, and said; refused, it leaves an empty field and is not sent again.
func TestAConfiguredLoginAsksNothing(t *testing.T) {
	for with, set := range map[string]func(*session.Facts){
		"password from ZENOBIS_OPENBIS_PASSWORD": func(f *session.Facts) { f.PasswordFrom = "ZENOBIS_OPENBIS_PASSWORD" },
		"token from /home/jdoe/token":            func(f *session.Facts) { f.TokenFrom = "/home/jdoe/token" },
	} {
		f := flowtest.New()
		set(&f.Known)
		var sent []session.Login
		f.OnConnect = func(l session.Login) error { sent = append(sent, l); return nil }
		drive(t, f, 80, 24, func(d *driver) {
			d.wait(time.Second)
			d.shows("▸3 Browse◂")
			d.shows(with[1:] + ", Zenodo's from")
			for range 3 {
				if d.a.at != atConnect {
					d.keys("esc")
				}
			}
			d.shows("(" + with + ")")
		})
		if len(sent) != 1 || sent[0] != (session.Login{URL: f.Known.Servers[0]}) {
			t.Errorf("%s: sent %+v", with, sent)
		}

		f = flowtest.New()
		set(&f.Known)
		sent = nil
		f.OnConnect = func(l session.Login) error { sent = append(sent, l); return openbis.ErrLogin }
		drive(t, f, 80, 24, func(d *driver) {
			d.wait(time.Second)
			d.shows("▸1 Connect◂")
			d.shows("openBIS refused the " + with)
			d.hides("(" + with)
			d.keys("enter enter")
			d.wait(time.Second)
			if len(sent) != 1 {
				t.Errorf("%s: it was sent %d times", with, len(sent))
			}
			s := d.a.screens[atConnect].(*connectScreen)
			if s.fields[rowPassword].Value()+s.fields[rowToken].Value() != "" {
				t.Errorf("%s: a field is not empty", with)
			}
			f.OnConnect = func(l session.Login) error { sent = append(sent, l); return nil }
			for range 6 {
				if s.row != rowPassword {
					d.keys("tab")
				}
			}
			d.write("right")
			d.keys("enter")
			d.shows("▸3 Browse◂")
			if len(sent) != 2 || sent[1].Password != "right" {
				t.Errorf("%s: sent %+v", with, sent)
			}
		})
	}
}

func TestLettersAfterEscReachNoSecret(t *testing.T) {
	f := flowtest.New()
	f.OnToken = func() (string, error) { return "", session.ErrNoToken }
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.send(tea.PasteMsg{Content: f.Good})
		d.wait(time.Second)
		d.keys("enter")
		d.shows("▸3 Browse◂")
		used := f.Calls["use"]
		d.keys("esc")
		if d.a.at == atBrowse {
			d.keys("esc")
		}
		d.shows("▸2 Token◂")
		d.write("xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")
		d.wait(2 * time.Second)
		if f.Calls["use"] != used {
			t.Error("letters were sent to Zenodo as a token")
		}
		if v := d.a.screens[atToken].(*tokenScreen).field.Value(); v != f.Good {
			t.Errorf("the token is %q", v)
		}
		d.keys("esc")
		d.shows("▸1 Connect◂")
		d.write("yyy")
		for i, in := range d.a.screens[atConnect].(*connectScreen).fields {
			if strings.Contains(in.Value(), "y") && i != rowUser && i != rowServer || strings.Contains(in.Value(), "yyy") {
				t.Errorf("field %d is %q", i, in.Value())
			}
		}
		d.keys("tab")
		d.write("z")
		d.keys("enter")
	})
}

func TestLeavingAsksAndKeeps(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.write("Mass loss")
		d.keys("ctrl+c")
		d.shows("Leave zenobis?")
		d.keys("enter")
		if d.quit {
			t.Fatal("enter left")
		}
		d.keys("ctrl+c l")
		if !d.quit {
			t.Fatal("did not leave")
		}
		sum := d.a.flow.Leave(t.Context(), false, time.Date(2026, 11, 29, 5, 0, 0, 0, time.UTC))
		if !strings.Contains(strings.Join(sum.Lines, " "), "kept for the next start") {
			t.Errorf("summary %q", sum.Lines)
		}
	})
	if strings.Contains(string(f.KeptFiles[flow.UnfinishedFile]), "secret") || len(f.KeptFiles[flow.UnfinishedFile]) == 0 {
		t.Fatalf("kept %s", f.KeptFiles[flow.UnfinishedFile])
	}
	drive(t, f, 80, 24, func(d *driver) { // who leaves at the question has not answered it
		d.login()
		d.shows("Go on where you stopped?", "Mass loss")
		d.wait(time.Second)
		d.keys("ctrl+c")
		d.a.flow.Leave(t.Context(), false, d.a.now())
	})
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("Go on where you stopped?", "Mass loss")
		d.wait(time.Second)
		d.keys("g")
		if sel := d.a.flow.Selection(); len(sel.Rules) != 1 || sel.Rules[0].PermID != "O1" {
			t.Errorf("selection %+v", sel)
		}
		d.keys("enter")
		d.shows("▸4 Describe◂", "Mass loss")
		if f.KeptFiles[flow.UnfinishedFile] != nil {
			t.Error("offered again")
		}
	})
}

// The demo's servers and folder end with it: it promises nothing for later.
func TestTheDemoPromisesNothing(t *testing.T) {
	f := flowtest.New()
	f.Changes = make(chan export.Job, 4)
	o := options{backend: f, demo: &session.Login{URL: "http://127.0.0.1:1", User: "jdoe", Password: "p"}}
	driveWith(t, o, f, 80, 24, func(d *driver) {
		d.keys("right down right down right down space")
		d.wait(time.Second)
		d.keys("ctrl+c")
		d.shows("Leave zenobis?", "The demo keeps nothing")
		d.hides("next start")
		d.keys("s")
		job := export.Job{ID: "job2", State: export.StateDraft, URL: "http://127.0.0.1:2/uploads/417"}
		d.run(d.a.showDraft(job, false))
		d.settle()
		d.shows("while you stay here", "The demo's servers end when you leave")
		d.a.flow.Tree.Clear()
		d.keys("ctrl+c")
		d.shows("Leave zenobis?", "its servers end with it")
		d.keys("s")
		for _, state := range []export.State{export.StateDraft, export.StateInReview, export.StatePublished, export.StateRegistered, ""} {
			d.a.flow.Draft.Job.State = state
			sum := d.a.flow.Leave(t.Context(), false, time.Date(2026, 11, 29, 5, 0, 0, 0, time.UTC))
			text := d.frame() + strings.Join(sum.Lines, "\n")
			for _, untrue := range []string{"zenobis resume", "zenobis sync", "zenobis jobs", "kept for", "doi.org"} {
				if strings.Contains(text, untrue) {
					t.Errorf("%s: %q is said:\n%s", state, untrue, text)
				}
			}
			if last := strings.Join(sum.Lines, "\n"); !strings.Contains(last, "keeps nothing") || strings.Contains(last, "http") {
				t.Errorf("%s: said at the end: %q", state, last)
			}
		}
	})
	if len(f.KeptFiles[flow.UnfinishedFile]) != 0 {
		t.Error("the demo kept something")
	}
}

// q ends many programs, and here it would lose what was chosen by a slip.
func TestQSaysHowToLeave(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.login()
		d.keys("q")
		d.shows("ctrl+c leaves zenobis")
		if d.quit {
			t.Error("q left")
		}
		d.keys("right down right down right down space enter q")
		if got := d.a.flow.Description.Title; got != "q" {
			t.Errorf("the title is %q", got)
		}
	})
}

// What was taken out of a part comes in again with the whole; that is said.
func TestTakingTheWholeOfAPartIsSaid(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("left space")
		d.shows("instead of a part; u undoes it")
		before := len(d.a.flow.Selection().Rules)
		d.keys("u")
		if sel := d.a.flow.Selection(); len(sel.Rules) != 1 || sel.Rules[0].PermID != "O1" {
			t.Errorf("undone: %+v, before %d", sel, before)
		}
		d.keys("right space space")
		d.hides("instead of a part")
	})
}

// On a small screen the end of a text is reached, and a sign says that there is more.
func TestSmallScreensScrollAndSay(t *testing.T) {
	drive(t, flowtest.New(), 40, 12, func(d *driver) {
		d.pick()
		d.keys("enter")
		d.shows("↓")
		d.keys("pgdown down down")
		d.hides("↓\n")
		d.a.flow.Draft.Job = export.Job{}
		d.run(d.a.showDraft(export.Job{
			ID: "job2", Title: "Mass loss", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417",
		}, false))
		d.settle()
		d.shows("↓")
		d.hides("by zenobis sync")
		d.keys("pgdown pgdown")
		d.shows("↑", "zenobis sync")
		d.keys("Q")
		d.shows("No room for the QR code")
	})
}

// A key stands once in the help, whether the screen names it or not.
func TestHelpNamesEscOnce(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for _, way := range ways {
		if way.name == "help" {
			continue
		}
		drive(t, flowtest.New(), 200, 100, func(d *driver) {
			way.go_(d)
			if n := strings.Count(d.a.helpDialog().text, "  esc "); n != 1 {
				t.Errorf("%s: esc stands %d times in\n%s", way.name, n, d.a.helpDialog().text)
			}
		})
	}
}

// A server on this machine may be a tunnel: nobody knows that it is the real one.
func TestATunnelIsNotCalledReal(t *testing.T) {
	f := flowtest.New()
	f.Known.Zenodo = session.Target{URL: "http://127.0.0.1:45071", Name: "Zenodo", Practice: true}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.shows("■ 127.0.0.1:45071: may be real")
		d.hides(": real")
	})
}

// What an export has taken is not lost; what was typed since then would be.
func TestLeavingAfterADraftAsksForWhatWasTypedSince(t *testing.T) {
	for _, typed := range []bool{false, true} {
		drive(t, flowtest.New(), 80, 24, func(d *driver) {
			d.toReview()
			d.a.flow.Description.Put("keywords", "thin film")
			d.keys("esc enter")
			d.wait(time.Minute)
			d.keys("enter")
			d.f.Run.Finish(nil)
			d.settle()
			if typed {
				d.a.flow.Description.Put("keywords", "thin film\nvapour")
			}
			d.keys("ctrl+c")
			if d.quit == typed {
				t.Errorf("typed %v: left %v\n%s", typed, d.quit, d.frame())
			}
		})
	}
}

func TestLeavingWithNothingToLoseDoesNotAsk(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.login()
		d.keys("ctrl+c")
		if !d.quit {
			t.Error("asked although nothing was chosen")
		}
	})
}

func TestEnterBeforePrefillingIsRemembered(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		f.BlockDefaults = make(chan struct{})
		d.keys("enter")
		d.write("Mass loss")
		d.keys("enter")
		d.shows("▸4 Describe◂", "then the review")
		d.hides("needed")
		close(f.BlockDefaults)
		d.settle()
		d.shows("▸5 Review◂")
	})
}

func TestNoMessageOutlivesItsCause(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		f.BlockPlan = make(chan struct{})
		d.keys("m enter")
		d.shows("Still planning")
		close(f.BlockPlan)
		d.settle()
		d.hides("Still planning")
	})
}

// Who comes to a form without a title types it, wherever the cursor was before;
// the row of the cursor has a mark, not a colour alone.
func TestTheFormBeginsWithTheTitle(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter down down")
		d.shows("▸ " + d.a.flow.Description.Fields()[1].Label)
		d.keys("esc")
		d.shows("▸3 Browse◂")
		d.keys("enter")
		d.write("cooked test")
		if title := d.a.flow.Description.Title; title != "cooked test" {
			t.Errorf("the title is %q", title)
		}
	})
}

func TestTheNextExportHasNoTitleYet(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter")
		f.Run.Finish(nil)
		d.settle()
		d.keys("n")
		d.shows("▸3 Browse◂")
		d.keys("enter")
		if got := d.a.flow.Description.Metadata().Title; got != "" {
			t.Errorf("the next title is %q", got)
		}
		d.hides("Mass loss of coated plates")
	})
}

func TestALinkAloneSaysSoAtOnce(t *testing.T) {
	f := flowtest.New()
	link := flowtest.DataSet("L1", "far away", "LINKED", -1)
	link.Data.Kind = openbis.Link
	f.Kids["C1/loose"] = []openbis.Entity{link}
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("right down right down right")
		d.shows("far away")
		d.keys("end up up up space")
		for range 12 {
			if strings.Contains(d.frame(), "link data set alone") {
				break
			}
			id, _ := d.a.flow.Tree.Cursor()
			if d.a.flow.Tree.Item(id).LeftOut == "link" {
				d.keys("space")
				break
			}
			d.a.flow.Tree.Clear()
			d.keys("up")
		}
		d.shows("link data set alone can't be exported: select what it belongs to as well.")
		d.keys("enter")
		d.shows("▸3 Browse◂", "link data set alone")
		for _, way := range []string{"space", "o", "v space"} {
			d.a.flow.Tree.Clear()
			d.keys("down up")
			d.hides("link data set alone")
			d.keys(way)
			d.wait(time.Second)
			if !d.a.flow.OnlyLinks() {
				t.Fatalf("%s selected %+v", way, d.a.flow.Selection())
			}
			d.shows("link data set alone can't be exported")
		}
	})
}

func TestTheSameSelectionBeforeIsNamed(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		f.JobList = []export.Job{{
			ID: "old", Title: "Earlier one", State: export.StatePublished, RecordID: "1", DOI: "10.5281/zenodo.1",
			Request: export.Request{Selection: d.a.flow.Selection()},
		}}
		d.keys("enter")
		d.write("Again")
		d.keys("enter")
		d.wait(time.Second)
		d.shows("The same selection was exported before")
		d.keys("pgdown")
		d.shows("Earlier one", "10.5281/zenodo.1")
		d.keys("e")
		d.shows("▸Exports◂", "Earlier one")
	})
}

func TestTheRenewalDialogShowsItsField(t *testing.T) {
	f := flowtest.New()
	f.Fail["JDOE/projects"] = openbis.ErrSession
	drive(t, f, 80, 24, func(d *driver) {
		d.login()
		d.keys("right")
		d.shows("Password or token [")
		d.wait(time.Second)
		d.keys("enter")
		if f.Renewed != 0 {
			t.Error("an empty password was sent")
		}
		d.shows("Type the password")
	})
}

func TestStoppingByOneselfIsNoFailure(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.toReview()
		d.keys("enter esc")
		d.shows("Stopping loses the 1.0 GB sent of", "starts again at 0", "1 of 2 files arrived")
		d.keys("x")
		d.shows("Stopped.", "r goes on: the file", "1 of 2 files arrived whole and stay there.")
		d.hides("✗ Stopped")
	})
}

func TestALookUpReplacesWhatWasTyped(t *testing.T) {
	f := flowtest.New()
	drive(t, f, 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter down enter ctrl+k")
		d.write("Muster, Max; ; ETH")
		d.wait(time.Second)
		d.shows("ETH Zurich", "ETHZ")
		d.keys("tab enter")
		if got, want := d.a.flow.Description.Text("creators"), "Muster, Max; ; ETH Zurich (https://ror.org/05a28rw58)"; got != want {
			t.Errorf("the line is %q, want %q", got, want)
		}
		d.keys("enter")
		d.write("Roe, R")
		d.keys("alt+up")
		if got := d.a.flow.Description.Metadata().Creators; len(got) != 2 || got[0].Family != "Roe" {
			t.Errorf("creators %+v", got)
		}
		d.keys("esc")
		d.shows("Roe, R · Muster, Max")
	})
}

func TestADescriptionShowsItsLook(t *testing.T) {
	drive(t, flowtest.New(), 80, 24, func(d *driver) {
		d.pick()
		d.keys("enter down down enter end")
		d.send(tea.PasteMsg{Content: "\n\n- raw\n- **fits**"})
		d.shows("It will look like this:", "• raw", "• fits", "- **fits**")
		if got := d.a.flow.Description.Metadata().Description; !strings.Contains(got, "<ul><li>raw</li>") {
			t.Errorf("description %q", got)
		}
	})
}

func TestWhatIsPrefilledSaysWhereItCameFrom(t *testing.T) {
	drive(t, flowtest.New(), 100, 24, func(d *driver) {
		d.pick()
		d.keys("enter down")
		d.shows("from your account in openBIS")
		d.keys("down")
		d.shows("from what is selected")
		d.keys("down")
		d.shows("Creative Commons Attribution 4.0", "from the configuration")
	})
}
