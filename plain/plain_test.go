package plain

import (
	"bytes"
	"context"
	"io"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"zenobis/export"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/session"
)

// later is no answer: what is to happen meanwhile happens there, not at the end.
const later = "(later)"

// converse answers the plain way's questions and returns what it printed.
func converse(t *testing.T, f *flowtest.Fake, answers []string, meanwhile func(f *flowtest.Fake)) (string, session.Summary) {
	t.Helper()
	var out bytes.Buffer
	var sum session.Summary
	synctest.Test(t, func(t *testing.T) {
		f.Changes = make(chan export.Job, 4)
		in, keys := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s, err := run(ctx, options{backend: f, in: in, out: &out})
			if err != nil {
				t.Error(err)
			}
			sum = s
		}()
		go func() {
			for _, a := range answers {
				if a == later {
					meanwhile(f)
					meanwhile = nil
					continue
				}
				if _, err := io.WriteString(keys, a+"\n"); err != nil {
					return
				}
				synctest.Wait()
			}
			if meanwhile != nil {
				meanwhile(f)
				time.Sleep(time.Minute)
			}
			_ = keys.Close()
		}()
		<-done
		_ = in.Close()
	})
	return out.String(), sum
}

// A terminal breaks long lines within words; what is said breaks between them.
func TestLinesBreakBetweenWords(t *testing.T) {
	const long = "A sentence that is longer than the forty columns of this terminal, with https://zenodo.org/uploads/417/a-word."
	for text, want := range map[string]string{
		"short":     "short\n",
		"✓ " + long: "A sentence that is longer than the forty\ncolumns of this terminal, with\nhttps://zenodo.org/uploads/417/a-word.\n",
		"12  Mass loss measurements of the coated films  object EXP1": "12  Mass loss measurements of the coated\n    films object EXP1\n",
	} {
		var out bytes.Buffer
		(&talk{out: &out, width: func() int { return 40 }}).say(text)
		if out.String() != want {
			t.Errorf("got\n%s\nwant\n%s", out.String(), want)
		}
		out.Reset()
		(&talk{out: &out, width: func() int { return 0 }}).say(text)
		if strings.Count(out.String(), "\n") != 1 {
			t.Errorf("without a terminal:\n%s", out.String())
		}
	}
}

// What takes no cell, or turns the writing round, is not said; the layout stays.
func TestWhatIsSaidIsClean(t *testing.T) {
	var out bytes.Buffer
	lines := make(chan string, 1)
	lines <- ""
	k := &talk{out: &out, width: func() int { return 0 }, lines: lines}
	k.say("  1  film\u00ad of \u200btin\u061c\u202e\u009b\x1b[31m  object\n  next")
	if _, err := k.ask(t.Context(), "Title", "ti\u00adn\u202e\x1b[31m"); err != nil {
		t.Fatal(err)
	}
	if want := "  1  film of tin  object\n  next\nTitle [tin]: "; out.String() != want {
		t.Errorf("said %q, want %q", out.String(), want)
	}
}

func TestPlainTheWholeWay(t *testing.T) {
	f := flowtest.New()
	out, sum := converse(t, f, []string{
		"", "", "secret", // server and user as offered
		"1", "1", "1", "select 1", "continue",
		"", "Mass loss", // a title is needed
		"1", "drop 1", "Doe, Jane; 0000-0002-1825-0096", "Doe, Jane; 0000-0002-1825-0097", "Roe, Richard", "", "continue",
		"m", "start",
	}, func(f *flowtest.Fake) {
		f.Run.EventsC <- export.DraftReady{URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417"}
		f.Run.EventsC <- export.Question{Message: "run2.csv is broken"}
		time.Sleep(11 * time.Second)
		f.JobList = []export.Job{{ID: "job2", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417",
			Plan: &export.Plan{Omitted: []export.Omission{{File: "run2.csv", Reason: "corrupt"}}}}}
		f.Run.Finish(nil)
		synctest.Wait()
		f.Changes <- export.Job{ID: "job2", State: export.StateRegistered, Confirmed: true, Objects: []string{"20261125-7"},
			DOI: "10.5072/zenodo.417"}
	})
	for _, want := range []string{
		"Connected to openbis.lab.example as jdoe.", "Zenodo token from your openBIS profile.",
		"1  Measurement 1, object EXP1", "Measurement 1: selected, with everything below.", "Selected: ", "a title is needed", "rehearsal",
		"2,312,341,357 B", "m, now on: metadata only", "run2.csv is broken", "43 %", "Left out: 1 file that could not be had: run2.csv",
		"https://sandbox.zenodo.org/uploads/417",
		"recorded in openBIS", "20261125-7",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if strings.ContainsAny(out, "\x1b☐☑▸─…") {
		t.Error("the plain way draws")
	}
	if strings.Contains(out, "secret") {
		t.Error("the password is repeated")
	}
	if t.Failed() {
		t.Log(out)
	}
	last := f.Planned[len(f.Planned)-1]
	if !last.MetadataOnly || last.Metadata.Title != "Mass loss" || len(last.Metadata.Creators) != 2 {
		t.Errorf("planned %+v", last)
	}
	if len(sum.Lines) == 0 || !strings.Contains(sum.Lines[0], "doi.org/10.5072/zenodo.417") {
		t.Errorf("summary %q", sum.Lines)
	}
	if f.Closed != 1 {
		t.Errorf("logged out %d times", f.Closed)
	}
}

func TestPlainErrorsAndWaysOut(t *testing.T) {
	f := flowtest.New()
	n := 0
	f.OnConnect = func(l session.Login) error {
		if n++; n == 1 {
			return openbis.ErrLogin
		}
		return nil
	}
	f.JobList = flowtest.Jobs()
	out, _ := converse(
		t,
		f,
		[]string{"", "", "wrong", "", "token", "$pat", "exports", "look 2", "discard 4", "yes", "", "find x", "find type:BLAH", "continue", "quit"},
		nil,
	)
	for _, want := range []string{"refused", "0 hits", "no type BLAH", "Nothing is selected yet", "published, not yet recorded"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
	if len(f.Dropped) != 1 || f.Dropped[0] != "job-3" {
		t.Errorf("dropped %q", f.Dropped)
	}
}

func TestPlainFindsChoosesAndTells(t *testing.T) {
	f := flowtest.New()
	hit := f.Kids["P1/collections"][0]
	hit.Identifier = "/JDOE/THIN_FILMS/MASS_LOSS"
	f.Found = []openbis.Entity{hit}
	path := filepath.Join(t.TempDir(), "sel.toml")
	out, _ := converse(t, f, []string{
		"", "", "secret", "help", "1", "1", "1", "select 1-2", "select 2", "type experimental step", "undo", "show 1",
		"1", "1", "1", "select run1*", "up", "tray", "save " + path, "find mass", "select 1", "nonsense", "quit",
	}, nil)
	for _, want := range []string{
		"select N, N-M, N,M or NAME*: select rows", "2 rows selected", "Measurement 2: not selected.", "3 rows selected",
		"Goal", "coated plates", "Data sets", "raw, RAW_DATA, 1.0 GB", "1  run1.csv, file, 600 MB", "run1.csv: not selected", "1  object",
		"Saved as",
		"1 hit.", "1  Mass loss measurements, collection /JDOE/THIN_FILMS/MASS_LOSS", "Not understood: nonsense",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if strings.ContainsAny(out, "☑☐▣◉☒→·…│┃") {
		t.Error("the plain way draws")
	}
	if t.Failed() {
		t.Log(out)
	}
}

// help is understood wherever a word is asked for, search as the screens call
// it, and a title that was only offered is not taken unseen.
func TestPlainSaysWhatItUnderstandsAndTakes(t *testing.T) {
	f := flowtest.New()
	hit := f.Kids["P1/collections"][0]
	hit.Identifier = "/JDOE/THIN_FILMS/MASS_LOSS"
	f.Found = []openbis.Entity{hit}
	out, _ := converse(t, f, []string{
		"", "", "secret", "help", "search mass", "up", "1", "1", "1", "select 1", "up", "select 1", "undo", "continue",
		"Mass loss", "help", "nonsense", "continue", "help", "quit",
	}, nil)
	for _, want := range []string{
		"continue: go on to describe", "quit: leave", "back: a step back", "1 hit.",
		"with everything below, instead of a part; undo brings that back",
		"A number: change that field; its name does it, too", "Not understood: nonsense. help lists all commands.", "start: begin the export",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if strings.Contains(out, "Not understood: help") || strings.Contains(out, "Not understood: search") {
		t.Error("a word of the help is not understood")
	}
	if t.Failed() {
		t.Log(out)
	}
}

// What is typed into a list is added to it, and a mistake is told at once.
func TestPlainListsKeepWhatIsThere(t *testing.T) {
	f := flowtest.New()
	out, _ := converse(t, f, []string{
		"", "", "secret", "1", "1", "1", "select 1", "continue", "Mass loss",
		"1", "Roe, Richard; 0000-0002-1825-0096", "drop 9", "Poe, Edgar; 0000-0001-5109-3700", "Roe, Richard", "", "continue", "quit",
	}, nil)
	wrong, dot := strings.Index(out, "this is not a valid ORCID: 0000-0002-1825-0096"), strings.Index(out, "A number from 1 to 1, please.")
	if wrong < 0 || dot < wrong {
		t.Error("the mistake is told late or not at all")
	}
	for _, want := range []string{"Not added: Roe, Richard; 0000-0002-1825-0096", "Not added: Poe, Edgar; 0000-0001-5109-3700"} {
		if !strings.Contains(out, want) {
			t.Errorf("the error does not name the entry just given: %q", want)
		}
	}
	if last := f.Planned[len(f.Planned)-1].Metadata.Creators; len(last) != 2 || last[0].Family != "Doe" || last[1].Family != "Roe" {
		t.Errorf("creators %+v", last)
	}
	if t.Failed() {
		t.Log(out)
	}
}

// A funder that was looked up can be followed by its award.
func TestPlainAsksForTheAwardOfAFunder(t *testing.T) {
	f := flowtest.New()
	f.Choices = map[string][]record.Choice{record.LookupFunders: {{Text: "https://ror.org/00yjd3n13", Name: "Swiss National Science Foundation"}}}
	out, _ := converse(t, f, []string{
		"", "", "secret", "1", "1", "1", "select 1", "continue", "Mass loss", "7", "swiss?", "1", "200021_1", "", "continue", "quit",
	}, nil)
	if got := f.Planned[len(f.Planned)-1].Metadata.Funding; len(got) != 1 || got[0].Award != "200021_1" {
		t.Errorf("funding %+v in\n%s", got, out)
	}
}

// At a question for yes or no, help explains and asks again, quit asks before
// something is lost, and the title that was taken can be changed.
func TestPlainAsksAgain(t *testing.T) {
	f := flowtest.New()
	out, _ := converse(t, f, []string{
		"", "", "secret", "1", "1", "1", "select 1", "continue", "help", "Mass loss", "quit", "help", "perhaps", "no", "0", "Mass gain",
		"list", "licence", "", "continue", "quit", "quit",
	}, nil)
	for want, times := range map[string]int{
		"What the data is, in a line": 1, "Leave zenobis? What you selected and typed is kept": 4, "Answer yes or no.": 1,
		"0  Title: Mass loss": 1, "0  Title: Mass gain": 2, "1  Creators: ": 2, "3  Licence: ": 3, "Planning...": 1,
	} {
		if n := strings.Count(out, want); n != times {
			t.Errorf("%q is said %d times, not %d", want, n, times)
		}
	}
	if len(f.Planned) != 1 || f.Planned[0].Metadata.Title != "Mass gain" {
		t.Errorf("planned %+v", f.Planned)
	}
	if t.Failed() {
		t.Log(out)
	}
}

// Only the words that help names end the watching, and the DOI is said.
func TestPlainWatchesUntilToldOtherwise(t *testing.T) {
	f := flowtest.New()
	out, _ := converse(t, f, []string{
		"", "", "secret", "1", "1", "1", "select 1", "continue", "Mass loss", "continue", "start",
		later, "help", "what?", "exports", "resume 1", "", "",
	}, func(f *flowtest.Fake) {
		f.Run.EventsC <- export.DraftReady{URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417"}
		f.JobList = []export.Job{{ID: "job1", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417"}}
		f.Run.Finish(nil)
		synctest.Wait()
	})
	for _, want := range []string{"Its DOI, once it is published: 10.5072/zenodo.417", "An empty line, or back: end the watching",
		"Not understood: what?", "resume N, look N", "There is nothing to resume: draft: not public yet."} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if n := strings.Count(out, "Choose data."); n != 2 || strings.Index(out, "resume N, look N") > strings.LastIndex(out, "Choose data.") {
		t.Errorf("data is chosen %d times", n)
	}
	if t.Failed() {
		t.Log(out)
	}
}

// What the administrator fixes is said to be fixed where it would be answered.
func TestFixedIsSaid(t *testing.T) {
	f := flowtest.New()
	f.Known.Locked = []string{"openbis.url", "openbis.user", "export.layout", "export.crate", "export.limit_rate"}
	f.Known.Request.Crate, f.Known.Request.LimitRate = "eln", 5_000_000
	out, _ := converse(t, f, []string{"", "secret", "1", "1", "1", "select 1", "continue", "Mass loss", "continue", "layout files", "quit"},
		func(*flowtest.Fake) {})
	for _, want := range []string{
		"Address of openBIS: https://openbis.lab.example, fixed by this computer's administrator", "User: jdoe, fixed by",
		"layout: auto, fixed by", "crate: eln, fixed by", "speed: at most 5.0 MB a second, fixed by", "The layout is fixed by",
	} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q", want)
		}
	}
	if t.Failed() {
		t.Log(out)
	}
}
