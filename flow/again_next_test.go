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
