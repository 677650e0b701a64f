package ui

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"zenobis/export"
	"zenobis/openbis"
)

// talk answers the plain way's questions and returns what it printed.
func talk(t *testing.T, f *fake, answers []string, meanwhile func(f *fake)) (string, Summary) {
	t.Helper()
	var out bytes.Buffer
	var sum Summary
	synctest.Test(t, func(t *testing.T) {
		f.watch = make(chan export.Job, 4)
		in, keys := io.Pipe()
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		done := make(chan struct{})
		go func() {
			defer close(done)
			s, err := run(ctx, Options{
				Backend: f, In: in, Out: &out, Plain: true,
				Env: func(k string) string { return map[string]string{"LANG": "C.UTF-8"}[k] },
			})
			if err != nil {
				t.Error(err)
			}
			sum = s
		}()
		go func() {
			for _, a := range answers {
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

func TestPlainTheWholeWay(t *testing.T) {
	f := newFake()
	out, sum := talk(t, f, []string{
		"", "", "secret", // server and user as offered
		"1", "1", "1", "select 1", "continue",
		"", "Mass loss", // a title is needed
		"1", "Doe, Jane; 0000-0002-1825-0097", "Roe, Richard", ".", "continue",
		"m", "start",
	}, func(f *fake) {
		f.run.events <- export.Event{Kind: export.EventDraft, URL: "https://sandbox.zenodo.org/uploads/417", DOI: "10.5072/zenodo.417"}
		f.run.events <- export.Event{Kind: export.EventQuestion, Message: "run2.csv is broken"}
		time.Sleep(11 * time.Second)
		f.jobs = []export.Job{{ID: "job2", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417"}}
		f.run.finish(nil)
		synctest.Wait()
		f.watch <- export.Job{ID: "job2", State: export.StateRegistered, Confirmed: true, Objects: []string{"20261125-7"}, DOI: "10.5072/zenodo.417"}
	})
	for _, want := range []string{
		"Connected to openbis.lab.example as jdoe.", "Zenodo token from your openBIS profile.",
		"1  [ ] Measurement 1, object EXP1", "[x] Measurement 1", "a title is needed", "rehearsal",
		"2,312,341,357 B", "[x] metadata only", "run2.csv is broken", "43 %", "https://sandbox.zenodo.org/uploads/417",
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
	last := f.planned[len(f.planned)-1]
	if !last.MetadataOnly || last.Metadata.Title != "Mass loss" || len(last.Metadata.Creators) != 2 {
		t.Errorf("planned %+v", last)
	}
	if len(sum.Lines) == 0 || !strings.Contains(sum.Lines[0], "doi.org/10.5072/zenodo.417") {
		t.Errorf("summary %q", sum.Lines)
	}
	if f.closed != 1 {
		t.Errorf("logged out %d times", f.closed)
	}
}

func TestPlainErrorsAndWaysOut(t *testing.T) {
	f := newFake()
	n := 0
	f.connect = func(l Login) error {
		if n++; n == 1 {
			return openbis.ErrLogin
		}
		return nil
	}
	f.jobs = someJobs()
	out, _ := talk(t, f, []string{"", "", "wrong", "", "token", "$pat", "exports", "look 2", "discard 4", "yes", "", "find x", "continue", "quit"}, nil)
	for _, want := range []string{"refused the login", "0 hits", "Nothing is selected yet", "published, not yet recorded"} {
		if !strings.Contains(out, want) {
			t.Errorf("not said: %q in\n%s", want, out)
		}
	}
	if len(f.dropped) != 1 || f.dropped[0] != "job-3" {
		t.Errorf("dropped %q", f.dropped)
	}
}
