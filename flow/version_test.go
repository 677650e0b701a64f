package flow_test

import (
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
)

func published() export.Job {
	return export.Job{DOI: "10.5281/zenodo.1", Request: export.Request{
		Selection: selection.Selection{Rules: []selection.Rule{{Kind: openbis.KindCollection, PermID: "c1", Mode: selection.All, Label: "/LAB/P/C"}}},
		Metadata:  record.Metadata{Title: "As sent", Version: "2.0", Keywords: []string{"yeast"}},
	}}
}

// A new version is of what is selected: with the last of that it goes, and what
// had come with it; what was typed since stays.
func TestANewVersionGoesWithItsSelection(t *testing.T) {
	for name, begin := range map[string]func(f *flow.Flow){
		"new version": func(f *flow.Flow) { f.NextVersion(published()); prefill(t, f) },
		"taken over":  func(f *flow.Flow) { f.Take(published()) },
	} {
		t.Run(name, func(t *testing.T) {
			fake := flowtest.New()
			f := flow.New(fake, true)
			f.Session = fake
			begin(f)
			f.Settle()
			of := f.Switches.NewVersionOf
			if f.Description.Title == "" || (of != "") != (f.VersionText() != "") {
				t.Fatalf("%q %q", f.Description.Title, f.VersionText())
			}
			f.Description.Put("notes", "typed since")
			f.Tree.Clear()
			if told := f.Settle(); (told != "") != (of != "") {
				t.Errorf("told %q", told)
			}
			if f.Settle() != "" {
				t.Error("told twice")
			}
			f.Tree.Restore(selection.Selection{Rules: []selection.Rule{{Kind: openbis.KindCollection, PermID: "c2", Mode: selection.All}}})
			prefill(t, f)
			m, r := f.Description.Metadata(), f.Request()
			if r.NewVersionOf != "" || m.Title != "" || m.Version != "" || f.Description.Text("notes") != "typed since" {
				t.Errorf("%+v, version of %q", m, r.NewVersionOf)
			}
			if f.Description.Text("keywords") == "yeast" {
				t.Error("keywords of other data")
			}
		})
	}
}

// What the program was started with as a new version waits for a selection.
func TestANewVersionWaitsForASelection(t *testing.T) {
	f := flow.New(flowtest.New(), true)
	f.Switches.NewVersionOf = "10.5281/zenodo.1"
	if f.Settle() != "" || f.VersionText() == "" {
		t.Error("gone before anything was selected")
	}
}

// What is kept for the next start stays a new version.
func TestANewVersionIsKept(t *testing.T) {
	fake := flowtest.New()
	f := flow.New(fake, false)
	f.Session = fake
	f.NextVersion(published())
	if err := f.KeepUnfinished(anyTime); err != nil {
		t.Fatal(err)
	}
	k, ok := f.Offer()
	next := flow.New(fake, false)
	next.Resume(k)
	if !ok || next.Switches.NewVersionOf != "10.5281/zenodo.1" {
		t.Errorf("%v, version of %q", ok, next.Switches.NewVersionOf)
	}
}
