package flow

import (
	"context"
	"strings"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/session"
)

func TestRate(t *testing.T) {
	var r rate
	at := time.Unix(0, 0)
	for i := range 60 {
		r.add(at.Add(time.Duration(i)*time.Second), int64(i)*1e6)
	}
	if v := r.perSecond(); v < 0.99e6 || v > 1.01e6 {
		t.Errorf("%.0f bytes a second", v)
	}
	if len(r.samples) > 25 {
		t.Errorf("%d samples are kept", len(r.samples))
	}
	now := at.Add(59 * time.Second)
	r.add(now.Add(time.Second), 3) // a package is sent again
	if r.perSecond() > 0 {
		t.Error("a speed out of nothing")
	}
}

func TestFlat(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "<p>Mass &amp; <b>loss</b></p><script>x</script><ul><li>one</li></ul>": "Mass & loss\n\n- one",
	} {
		if got := Flat(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

// manyFiles lists as many files as it is told.
type manyFiles struct {
	Catalog
	n int
}

func (m manyFiles) Files(_ context.Context, _ openbis.DataStore, _ string, yield func(openbis.File) error) error {
	for range m.n {
		if err := yield(openbis.File{Path: "f"}); err != nil {
			return err
		}
	}
	return nil
}

func TestALongListOfFilesIsCut(t *testing.T) {
	for _, c := range []struct {
		there, got int
		complete   bool
	}{{maxFiles + 1, maxFiles, false}, {maxFiles, maxFiles, true}, {3, 3, true}} {
		f, err := ListFiles(t.Context(), manyFiles{n: c.there}, openbis.DataStore{}, "D")
		if err != nil || len(f.Entries) != c.got || f.Complete != c.complete {
			t.Errorf("of %d files %d were listed, complete %v, %v", c.there, len(f.Entries), f.Complete, err)
		}
	}
}

func TestADiscardedExportIsForgotten(t *testing.T) {
	f := &Flow{}
	job := export.Job{ID: "job1", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417"}
	f.Draft.Job, f.Run.Job, f.Run.Over, f.resumable = job, job, true, true
	f.Waiting = []export.Job{{ID: "job0"}, job}
	f.forget("job1")
	if s := f.lastWords(session.Summary{}); len(s) != 1 || s[0] != "The draft was discarded." || f.resumable || len(f.Waiting) != 1 {
		t.Errorf("after discarding: %q, %+v", s, f.Waiting)
	}
	f.Demo = true
	if s := f.lastWords(session.Summary{}); len(s) != 1 || !strings.HasPrefix(s[0], "The draft was discarded. ") {
		t.Errorf("in the demo: %q", s)
	}
	f.Follow(job, false)
	if s := f.lastWords(session.Summary{}); !strings.HasPrefix(s[0], "The draft was made ") {
		t.Errorf("the next one: %q", s)
	}
}

// Only what is a draft that can be published is called ready.
func TestWhichDraftIsReady(t *testing.T) {
	for state, want := range map[export.State]string{
		export.StateDraft: "The draft is ready: ", export.StateInReview: "The draft is in review: ",
		export.StateRegistered: "Published and recorded", export.StatePublished: "Published: ",
		export.StateDiscarded: "The draft was discarded.", export.StateFailed: "The draft is not complete: ",
		export.StateInterrupted: "The draft is not complete: ", export.StateUploading: "The draft is not complete: ",
	} {
		f := &Flow{}
		f.Follow(export.Job{ID: "job1", State: state, URL: "https://sandbox.zenodo.org/uploads/417"}, false)
		if s := f.lastWords(session.Summary{}); len(s) == 0 || !strings.HasPrefix(s[0], want) {
			t.Errorf("%s: %q", state, s)
		}
	}
}

func TestAPersonBecomesAnOrganisationAndBack(t *testing.T) {
	for _, c := range []struct{ field, in, out string }{
		{"creators", "Institute of Physics, Group X", "org: Institute of Physics, Group X"},
		{"creators", "org: Institute of Physics, Group X", "Institute of Physics, Group X"},
		{"contributors", "producer: Firm", "producer: org: Firm"},
		{"contributors", "producer: org: Firm", "producer: Firm"},
		{"contributors", "org: Firm", "Firm"},
	} {
		if got := ToggleOrg(c.field, c.in); got != c.out {
			t.Errorf("%s %q became %q, want %q", c.field, c.in, got, c.out)
		}
	}
	list := record.ParseLines(ToggleOrg("creators", "Institute of Physics, Group X"), record.ParseAgent)
	if len(list) != 1 || !list[0].Organisation() {
		t.Errorf("read as %+v", list)
	}
}

func TestAStopTellsWhatStaysAndWhatIsLost(t *testing.T) {
	done := export.PackageProgress{Name: "a", Bytes: 5e6, Total: 5e6, Done: true}
	half := export.PackageProgress{Name: "b", Bytes: 4e6, Total: 9e6}
	gone := export.PackageProgress{Name: "b", Total: 9e6}
	for _, c := range []struct {
		now, after           []export.PackageProgress
		cost, resume, stands string
	}{
		{
			[]export.PackageProgress{half}, []export.PackageProgress{gone},
			"Stopping loses the 4.0 MB sent of the file under way: it starts again at 0.",
			"r starts again from the beginning.", "No file had arrived whole: nothing of it stays.",
		},
		{
			[]export.PackageProgress{done, half}, []export.PackageProgress{done, gone},
			"Stopping loses the 4.0 MB sent of the file under way: it starts again at 0. 1 of 2 files arrived whole and will stay.",
			"r goes on: the file that was under way starts again, what arrived whole stays.",
			"1 of 2 files arrived whole and stay there.",
		},
		{
			[]export.PackageProgress{done, gone}, []export.PackageProgress{done, gone},
			"Stopping loses nothing: 1 of 2 files arrived whole and will stay.",
			"r goes on: the file that was under way starts again, what arrived whole stays.",
			"1 of 2 files arrived whole and stay there.",
		},
		{
			nil, nil, "Nothing has arrived yet that stopping could lose.",
			"r starts again from the beginning.", "No file had arrived whole: nothing of it stays.",
		},
	} {
		r := Run{Progress: export.Progress{Packages: c.now}}
		if got := r.StopCost(); got != c.cost {
			t.Errorf("before: %q", got)
		}
		r.Progress.Packages = c.after
		if got := r.ResumeText(); got != c.resume {
			t.Errorf("to go on: %q", got)
		}
		if got := r.StoppedText(); got != c.stands {
			t.Errorf("after: %q", got)
		}
	}
}

// What is said of an event is kept as the note of the run where it is calm, and is
// the same for whoever has no run.
func TestEventsAreSaidAlike(t *testing.T) {
	for text, e := range map[string]export.Event{
		"Draft: https://zenodo.org/uploads/1": export.DraftReady{URL: "https://zenodo.org/uploads/1\x1b"},
		"Trying again (2): timeout":           export.Retried{Attempt: 2, Message: "timeout"},
		"Waiting: openBIS":                    export.Waiting{Message: "openBIS"},
		"Left out: it is broken":              export.FileLeftOut{Omission: export.Omission{Message: "it is broken"}},
		"a.zip is uploaded and verified.":     export.PackageUploaded{Package: "a.zip"},
		"Question: leave it out?":             export.Question{Message: "leave it out?"},
		"":                                    export.PlanChanged{},
	} {
		var r Run
		if got, said := r.Take(e), EventText(e); got != text || said != text {
			t.Errorf("%T: %q, %q", e, got, said)
		}
	}
}

// What goes with an export is said as it is: the draft, if there is one.
func TestWhatIsDiscarded(t *testing.T) {
	for _, j := range []export.Job{
		{State: export.StatePlanned}, {State: export.StatePublished, RecordID: "1"}, {State: export.StateDraft, RecordID: "1"},
		{State: export.StateInterrupted, RecordID: "1"},
	} {
		draft := j.RecordID != "" && j.State != export.StatePublished
		if text := DiscardText(j); strings.Contains(text, "draft on Zenodo") != draft {
			t.Errorf("%s: %q", j.State, text)
		}
	}
}
