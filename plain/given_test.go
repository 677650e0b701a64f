package plain

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/omission"
	"zenobis/openbis"
)

// A plan that needs data stores at other addresses asks about each; what is not
// agreed to is named as left out, and a way out at the question answers nothing.
func TestPlainAsksForTheDataStoresOfAPlan(t *testing.T) {
	const asked, left = "Trust this data store?", "data store DSS"
	for name, c := range map[string]struct {
		answers []string
		times   int // asked
		allowed []string
		plans   int
		omitted bool // said of the last plan
	}{
		"both":             {[]string{"yes", "y", "quit", "yes"}, 2, []string{"DSS8", "DSS9"}, 2, false},
		"one":              {[]string{"yes", "no", "quit", "yes"}, 2, []string{"DSS8"}, 2, true},
		"none, then again": {[]string{"no", "", "m", "quit", "yes"}, 2, nil, 2, true},
		"not understood":   {[]string{"start", "no", "no", "quit", "yes"}, 2, nil, 1, true},
		"back":             {[]string{"back", "", "continue", "yes", "yes", "quit", "yes"}, 3, []string{"DSS8", "DSS9"}, 3, false},
		"left":             {[]string{"quit", "yes"}, 1, nil, 1, false},
		"stayed":           {[]string{"quit", "no", "yes", "yes", "quit", "yes"}, 2, []string{"DSS8", "DSS9"}, 2, false},
		"the end of input": {nil, 1, nil, 1, false},
	} {
		f := flowtest.New()
		plan := f.OnPlan
		f.OnPlan = func(r export.Request) (*export.Plan, error) {
			f.Pending = []openbis.DataStore{{Code: "DSS8", URL: "https://eight.example"}, {Code: "DSS9", URL: "https://nine.example"}}
			p, err := plan(r)
			p.Omitted = nil
			for _, st := range f.Pending {
				if !slices.Contains(f.Allowed, st.Code) {
					p.Omitted = append(p.Omitted, export.Omission{Entity: openbis.Ref{Code: "D7"}, Reason: omission.OtherDataStore,
						Message: left + " is elsewhere"})
				}
			}
			return p, err
		}
		out, _ := converse(t, f, append([]string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue"}, c.answers...), nil)
		if n := strings.Count(out, asked); n != c.times {
			t.Errorf("%s: asked %d times, not %d", name, n, c.times)
		}
		if !slices.Equal(f.Allowed, c.allowed) || len(f.Planned) != c.plans {
			t.Errorf("%s: allowed %q, planned %d times", name, f.Allowed, len(f.Planned))
		}
		if strings.Contains(out, left) != c.omitted {
			t.Errorf("%s: what is left out is named: %v", name, !c.omitted)
		}
		if len(f.Started) != 0 || f.KeptFiles[flow.UnfinishedFile] == nil {
			t.Errorf("%s: started %q, or nothing is kept", name, f.Started)
		}
		if t.Failed() {
			t.Fatal(out)
		}
	}
}

// At the rows of a data set the same is asked, and a way out is taken.
func TestPlainAsksForTheDataStoreOfRows(t *testing.T) {
	for answer, want := range map[string]string{
		"yes": "1  original/", "no": "2  evaluation", "back": "2  evaluation", "quit": "",
	} {
		f := flowtest.New()
		f.Pending = []openbis.DataStore{{Code: "DSS1", URL: "https://dss.elsewhere.example"}}
		f.Fail["files"] = openbis.ErrStoreURL
		out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "1", "1", answer, "list"}, nil)
		_, after, there := strings.Cut(out, "Trust this data store?")
		if !there || !strings.Contains(after, want) || (answer == "quit") == strings.Contains(after, "Choose [continue]") {
			t.Errorf("%s:\n%s", answer, out)
		}
	}
}

// A draft that was discarded here, or at the server, is not called ready at the end.
func TestPlainForgetsADiscardedDraft(t *testing.T) {
	for name, answers := range map[string][]string{"here": {"exports", "discard 1", "yes", "", "quit", "yes"}, "there": {}} {
		f := flowtest.New()
		out, sum := converse(t, f, append([]string{
			"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue", "start", later,
		}, answers...), func(f *flowtest.Fake) {
			f.JobList = []export.Job{{ID: "job1", State: export.StateDraft, RecordID: "417", URL: "https://sandbox.zenodo.org/uploads/417"}}
			f.Run.Finish(nil)
			synctest.Wait()
			if name == "there" {
				f.Changes <- export.Job{ID: "job1", State: export.StateDiscarded, RecordID: "417", URL: "https://sandbox.zenodo.org/uploads/417"}
				synctest.Wait()
			}
		})
		if n := strings.Count(out, "Watching."); n != 1 {
			t.Errorf("%s: watched %d times", name, n)
		}
		if len(sum.Lines) == 0 || sum.Lines[0] != "The draft was discarded." || (name == "here") != (len(f.Dropped) == 1) {
			t.Errorf("%s: %q, dropped %q\n%s", name, sum.Lines, f.Dropped, out)
		}
	}
}

// Wherever a session ends it is opened again, by a password or a token, and what it
// was needed for goes on; who leaves that for now, or leaves, may.
func TestPlainOpensASessionAgain(t *testing.T) {
	toReview := []string{"1", "1", "1", "select 1", "continue", "T", "continue"}
	draft := func(f *flowtest.Fake, err error) {
		f.JobList = []export.Job{{ID: "job1", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417"}}
		if f.Run != nil {
			f.Run.Finish(err)
			synctest.Wait()
		}
	}
	for name, c := range map[string]struct {
		fails     string   // what fails from the beginning
		before    []string // answers up to there
		after     []string // and after the session was opened again
		meanwhile func(f *flowtest.Fake)
		want      string // said then
	}{
		"spaces":   {"spaces", nil, nil, nil, "1  Jane Doe"},
		"rows":     {"JDOE/projects", []string{"1"}, nil, nil, "1  Thin Films"},
		"search":   {"find", []string{"find mass"}, nil, nil, "0 hits"},
		"place":    {"get", []string{"go 20261125-7"}, nil, nil, "Error: 20261125-7: "},
		"files":    {"files", []string{"1", "1", "1", "1", "1"}, nil, nil, "1  original/"},
		"describe": {"defaults", []string{"1", "1", "1", "select 1", "continue"}, []string{"T"}, nil, "Creators: Doe, Jane"},
		"plan":     {"plan", toReview, nil, nil, "content.zip"},
		"start": {"start", append(slices.Clone(toReview), "start"), []string{later}, func(f *flowtest.Fake) { draft(f, nil) },
			"The draft is ready"},
		"sending": {"", append(slices.Clone(toReview), "start", later), []string{"stop"}, func(f *flowtest.Fake) { draft(f, openbis.ErrSession) },
			"Exporting."},
		"watching": {"watch", append(slices.Clone(toReview), "start", later), nil, func(f *flowtest.Fake) { draft(f, nil) }, "Watching."},
		"register": {"sync", []string{"exports", "look 1"}, nil, nil, "published and recorded in openBIS"},
	} {
		for answer, again := range map[string]bool{"secret": true, "$pat-jdoe-1": true, "wrong": false, "": false, "quit": false} {
			f := flowtest.New()
			f.Fail[c.fails] = fmt.Errorf("ended: %w", openbis.ErrSession)
			f.JobList = flowtest.Jobs()[1:2]
			plan := f.OnPlan
			f.OnPlan = func(r export.Request) (*export.Plan, error) {
				if err := f.Fail["plan"]; err != nil {
					return nil, err
				}
				return plan(r)
			}
			answers := append([]string{"", "", "secret"}, c.before...)
			answers = append(append(answers, answer), c.after...)
			f.RenewedBy = nil
			out, _ := converse(t, f, answers, c.meanwhile)
			_, asked, _ := strings.Cut(out, flow.EndedText())
			_, then, there := strings.Cut(asked, flow.RenewLabel)
			if !there || strings.Contains(then, c.want) != again || again != (f.Renewed == 1) {
				t.Errorf("%s, %q: renewed %d times by %q\n%s", name, answer, f.Renewed, f.RenewedBy, out)
			}
			if answer == "wrong" && (len(f.RenewedBy) == 0 || strings.Count(asked, flow.RenewLabel) != len(f.RenewedBy)+1) {
				t.Errorf("%s: after a wrong one %q were sent\n%s", name, f.RenewedBy, out)
			}
			if t.Failed() {
				return
			}
		}
	}
}
