package flow_test

import (
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/record"
)

// A next version begins with what was published, not with what the job had sent.
func TestNextVersionBeginsWithWhatWasPublished(t *testing.T) {
	fake := flowtest.New()
	f := flow.New(fake, true)
	f.Session = fake
	f.NextVersion(export.Job{DOI: "10.5281/zenodo.1", Request: export.Request{Metadata: record.Metadata{Title: "As sent", License: "mit"}}})
	take, err := f.Prefill()(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	take()
	if m := f.Description.Metadata(); m.Title != "Earlier one" || m.License != "cc0-1.0" {
		t.Errorf("%+v", m)
	}
}

// What a person types of themselves is offered to be kept, once.
func TestOneIsAskedOnce(t *testing.T) {
	fake := flowtest.New()
	f := flow.New(fake, false)
	f.Session = fake
	me := record.Agent{Kind: record.Person, Family: "Doe", Given: "Jane", User: "jdoe"}
	f.Description.Fill(f.Selection(), record.Metadata{Creators: []record.Agent{me}}, record.Offers{})
	if _, ask := f.AskMe(); ask {
		t.Error("asked before anything was typed")
	}
	f.Description.Put("creators", "Doe, Jane; 0000-0002-1825-0097; Lab X\nRoe, R; 0000-0002-1694-233X")
	f.Demo = true
	if _, ask := f.AskMe(); ask {
		t.Error("asked in the demo, which keeps nothing")
	}
	f.Demo = false
	got, ask := f.AskMe()
	if !ask || got.String() != "Doe, Jane; 0000-0002-1825-0097; Lab X" {
		t.Fatalf("%v %+v", ask, got)
	}
	if _, again := f.AskMe(); again {
		t.Error("asked twice")
	}
}

// Only a public record is followed by a new version, and only with a session.
func TestWhatIsFollowedByANewVersion(t *testing.T) {
	f := flow.New(flowtest.New(), false)
	public := export.Job{DOI: "10.5281/zenodo.1", State: export.StatePublished}
	if f.AgainstVersion(public) != "Log in first." {
		t.Error("without a session")
	}
	f.Session = flowtest.New()
	for _, j := range flowtest.Jobs() {
		if why := f.AgainstVersion(j); (why == "") != j.State.Public() {
			t.Errorf("%s: %q", j.State, why)
		}
	}
	if f.AgainstVersion(export.Job{State: export.StatePublished}) == "" {
		t.Error("a record without a DOI")
	}
	if text := f.NextVersion(public); text != "A new version of 10.5281/zenodo.1: selection and description are as they were." {
		t.Error(text)
	}
}
