package flow_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/tree"
	"zenobis/zenodo"
)

// described is a flow with an export that was planned from a full description.
func described(t *testing.T) (*flow.Flow, *flowtest.Fake) {
	t.Helper()
	fake := flowtest.New()
	f := flow.New(fake, true)
	f.Session = fake
	prefill(t, f)
	f.Description.Title = "The first"
	for _, fd := range f.Description.Fields() {
		f.Description.Put(fd.Name, ofTheFirst)
	}
	sw := &f.Switches
	sw.NewVersionOf, sw.IntoDraft, sw.AcceptFindings, sw.AcceptRemovals = "10.5281/zenodo.1", "17", true, true
	sw.MetadataOnly, sw.OtherSpaces = true, true
	f.Plan.Job = export.Job{ID: "first", Title: "The first"}
	return f, fake
}

const ofTheFirst = "of the first"

func prefill(t *testing.T, f *flow.Flow) {
	t.Helper()
	take, err := f.Prefill()(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	take()
}

// asAtFirst fails unless the export begins as the first one of a program does.
func asAtFirst(t *testing.T, f *flow.Flow) {
	t.Helper()
	fake := flowtest.New()
	first := flow.New(fake, true)
	first.Session = fake
	prefill(t, first)
	prefill(t, f)
	if f.Description.Title != "" {
		t.Errorf("the title is %q", f.Description.Title)
	}
	for _, fd := range f.Description.Fields() {
		if got, want := f.Description.Text(fd.Name), first.Description.Text(fd.Name); got != want {
			t.Errorf("%s is %q, at first it was %q", fd.Name, got, want)
		}
	}
	r := f.Switches
	if r.NewVersionOf != "" || r.IntoDraft != "" || r.AcceptFindings || r.AcceptRemovals || r.MetadataOnly || r.OtherSpaces {
		t.Errorf("choices of the export before: %+v", r)
	}
}

var anyTime = time.Unix(1, 0)

// Whatever way the next export is begun, nothing of the one before is in it.
func TestTheNextExportBeginsAsTheFirst(t *testing.T) {
	start := func(f *flow.Flow, fake *flowtest.Fake) {
		f.BeginRun(f.Plan.Job, anyTime)
		run, err := fake.Start(context.Background(), f.Plan.Job.ID)
		f.Run.Started(run, err)
	}
	for name, way := range map[string]func(f *flow.Flow, fake *flowtest.Fake){
		"it ended":      func(f *flow.Flow, fake *flowtest.Fake) { start(f, fake); f.Ended(nil, nil) },
		"it waits":      func(f *flow.Flow, _ *flowtest.Fake) { f.Enqueue(anyTime) },
		"looked around": func(f *flow.Flow, fake *flowtest.Fake) { start(f, fake); f.BeginNext() },
		"another one failed": func(f *flow.Flow, fake *flowtest.Fake) {
			start(f, fake)
			f.BeginNext()
			f.Ended(errors.New("broken"), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			f, fake := described(t)
			way(f, fake)
			asAtFirst(t, f)
		})
	}
}

// What is typed while an export runs is the next one's, and stays when it ends.
func TestWhatIsTypedMeanwhileStays(t *testing.T) {
	for name, look := range map[string]bool{"after looking around": true, "at once": false} {
		t.Run(name, func(t *testing.T) {
			f, fake := described(t)
			f.BeginRun(f.Plan.Job, anyTime)
			run, err := fake.Start(t.Context(), "first")
			f.Run.Started(run, err)
			if look {
				f.BeginNext()
			}
			f.Description.Title = "The second"
			f.Description.Put("keywords", "typed meanwhile")
			f.Ended(nil, nil)
			m := f.Description.Metadata()
			if m.Title != "The second" || len(m.Keywords) != 1 || m.Keywords[0] != "typed meanwhile" || m.Version != "" {
				t.Errorf("%+v", m)
			}
		})
	}
}

// What an export brought back from the archive weighs more than when it was counted.
func TestWhatCameBackIsCountedAgain(t *testing.T) {
	for err, want := range map[error]bool{nil: false, errors.New("broken"): true} {
		f, fake := described(t)
		k := tree.Key{Kind: openbis.KindProject, PermID: "counted"}
		f.Tree.Know(k, tree.Known{DataSets: 3, Seen: 3, LeftOut: 1})
		f.BeginRun(export.Job{ID: "back", Plan: &export.Plan{Unarchive: []string{"away"}}}, anyTime)
		run, _ := fake.Start(t.Context(), "back")
		f.Run.Started(run, nil)
		if f.Ended(err, nil); f.Tree.Asked(k) != want {
			t.Errorf("ended with %v: counted %v", err, !want)
		}
	}
}

// An export that waited takes what it had been given, not what is typed when its
// turn comes.
func TestAWaitingExportTakesNothingOfTheNext(t *testing.T) {
	f, fake := described(t)
	f.Enqueue(anyTime)
	f.Description.Title = "The second"
	next, _ := f.NextWaiting()
	f.BeginRun(next, anyTime)
	run, err := fake.Start(t.Context(), next.ID)
	f.Run.Started(run, err)
	f.Ended(nil, nil)
	if got := f.Description.Title; got != "The second" {
		t.Errorf("the title is %q", got)
	}
}

// Where the server refuses fields, one goes back to what was sent, unless another
// export was described meanwhile: then it is no mistake of that one.
func TestARefusalIsOfItsExport(t *testing.T) {
	refusal := &failure.Error{Kind: failure.Invalid, What: "refused", Fields: []zenodo.FieldError{{Field: "title", Messages: []string{"is rude"}}}}
	for name, c := range map[string]struct {
		look, typed, back bool
	}{
		"seen": {back: true}, "looked around": {look: true, back: true}, "the next one is typed": {look: true, typed: true},
	} {
		t.Run(name, func(t *testing.T) {
			f, fake := described(t)
			f.BeginRun(f.Plan.Job, anyTime)
			run, err := fake.Start(t.Context(), "first")
			f.Run.Started(run, err)
			if c.look {
				f.BeginNext()
			}
			if c.typed {
				f.Description.Title = "The second"
			}
			f.Ended(refusal, nil)
			if got := f.RefusedFields(); got != c.back {
				t.Errorf("one can go back: %v", got)
			}
			if c.look && f.Problems()["title"] == "is rude" {
				t.Error("a refusal of the first is told of the second")
			}
			if f.ReturnToRun() != c.back {
				t.Error("went elsewhere")
			}
			title, version := "The first", "10.5281/zenodo.1"
			if !c.back {
				title, version = "The second", ""
			}
			if f.Description.Title != title || f.Switches.NewVersionOf != version || (f.Problems()["title"] == "is rude") != c.back {
				t.Errorf("%q, version of %q, %v", f.Description.Title, f.Switches.NewVersionOf, f.Problems())
			}
		})
	}
}

// What the server refuses is told at the line that was written, for as long as
// that stays as it was.
func TestARefusalNamesTheLine(t *testing.T) {
	written := map[string]string{
		"creators": "Doe, Jane; 0000-0002-1825-0097\nRoe, Richard", "contributors": "data manager: Roe, Richard\nother: org: Example",
		"keywords": "a\nA\nb", "related": "cites 10.1234/a\ncites https://doi.org/10.1234/A\ncites 10.1234/b",
		"funding": "00k4n6c32\n00k4n6c32\n05a28rw58", "language": "eng", "license": "cc-by-4.0", "publication_date": "2026", "access": "open",
	}
	for path, want := range map[string]struct {
		field string
		entry int
		text  string
	}{
		"metadata.creators.0.person_or_org.identifiers.0.identifier": {"creators", 0, "creator 1: no"},
		"metadata.creators.1.person_or_org.family_name":              {"creators", 1, "creator 2: no"},
		"metadata.contributors.1":                                    {"contributors", 1, "contributor 2: no"},
		"metadata.subjects.1.subject":                                {"keywords", 2, "keyword 3: no"},
		"metadata.related_identifiers.1.scheme":                      {"related", 2, "related work 3: no"},
		"metadata.related_identifiers.7.identifier":                  {"related", -1, "no"},
		"metadata.funding.1.funder.id":                               {"funding", 2, "grant 3: no"},
		"metadata.languages.0.id":                                    {"language", -1, "no"},
		"metadata.rights.0.id":                                       {"license", -1, "no"},
		"metadata.publication_date":                                  {"publication_date", -1, "no"},
		"access.embargo.until":                                       {"access", -1, "no"},
	} {
		f, _ := described(t)
		for name, text := range written {
			f.Description.Put(name, text)
		}
		if !f.Refused(failure.RefusedMetadata("no", []zenodo.FieldError{{Field: path, Messages: []string{"no"}}}, nil)) {
			t.Errorf("%s is not taken", path)
		}
		if got := f.EntryProblems(want.field)[want.entry]; got != "no" {
			t.Errorf("%s: entries of %s: %v", path, want.field, f.EntryProblems(want.field))
		}
		if got := f.Problems()[want.field]; got != want.text {
			t.Errorf("%s: %q, want %q", path, got, want.text)
		}
		f.Description.Put(want.field, written[want.field]+" ")
		if got := f.Problems()[want.field]; got == want.text {
			t.Errorf("%s: still told after it was changed", path)
		}
	}
	f, _ := described(t)
	if f.Refused(failure.RefusedMetadata("no", []zenodo.FieldError{{Field: "metadata.publisher"}, {Field: "pids.doi"}}, nil)) {
		t.Error("one is led to fields that the description does not have")
	}
}

// What was filled in for one selection does not stay for another one for which
// nothing is known.
func TestFilledInValuesBelongToTheirSelection(t *testing.T) {
	fake := flowtest.New()
	f := flow.New(fake, true)
	f.Session = fake
	f.Description.Put("notes", "typed")
	f.Description.Fill(f.Selection(), record.Metadata{Version: "2.0", Keywords: []string{"yeast"}, Related: []record.Related{
		{Relation: "issupplementto", Identifier: "10.1000/182"}}}, record.Offers{})
	f.Description.Fill(f.Selection(), record.Metadata{}, record.Offers{})
	m := f.Description.Metadata()
	if m.Version != "" || len(m.Keywords)+len(m.Related) != 0 || f.Description.Text("notes") != "typed" {
		t.Errorf("%+v", m)
	}
}

// Taking an export over leaves nothing of what was chosen and accepted before.
func TestTakingOverDropsWhatWasAccepted(t *testing.T) {
	f, _ := described(t)
	f.Take(export.Job{Request: export.Request{Metadata: record.Metadata{Title: "Taken"}}})
	if r := f.Switches; r.AcceptFindings || r.AcceptRemovals || r.NewVersionOf != "" || r.IntoDraft != "" {
		t.Errorf("%+v", r)
	}
	if m := f.Description.Metadata(); m.Title != "Taken" || m.Version != "" {
		t.Errorf("%+v", m)
	}
}

// A language may be typed by its name, which is read as its code.
func TestLanguageByName(t *testing.T) {
	f, _ := described(t)
	for typed, want := range map[string]string{
		"English": "eng", " german ": "deu", "eng": "eng", "Klingonish": "Klingonish", "en": "en", "": "", "xy": "xy", "Xy": "Xy",
	} {
		f.Description.Put("language", typed)
		if got := f.Description.Metadata().Language; got != want {
			t.Errorf("%q is %q, want %q", typed, got, want)
		}
	}
}
