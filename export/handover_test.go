package export

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/record"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// The draft that is handed over shows the README first and says nothing of the
// job that made it; what was typed into its form meanwhile stays.
func TestHandedOver(t *testing.T) {
	r := newRig(t, smallLab(2, 1000), zenodotest.Options{})
	j := r.plan(func(q *Request) {
		q.Layout = LayoutPerDataSet
		q.Metadata.Related = []record.Related{{Relation: "references", Identifier: "ISBN 978-3-16-148410-0"}}
		q.Metadata.Funding = []record.Grant{{Funder: "00k4n6c32", Award: "101094817"}, {Funder: "00k4n6c32", Award: "free"}}
		q.Metadata.Creators[0].Affiliations = []record.Affiliation{{ROR: "05a28rw58"}, {Name: "Lab"}}
		q.Metadata.Language, q.Metadata.Keywords = "eng", []string{"a", "b"}
	})
	edited := false
	r.z.Fault(fakehttp.Fault{Kind: fakehttp.Do, Method: "PUT", Path: "/metadata.zip/content", Do: func() {
		edited = true
		id := r.z.Drafts()[0].ID
		_ = r.z.EditMetadata(id, func(md map[string]any) { md["title"], md["sizes"] = "A better title", []any{"3 pages"} })
	}})
	events, err := r.send(r.engine(), j.ID)
	if err != nil || !edited {
		t.Fatal(err, edited)
	}
	for _, ev := range events {
		if n, ok := ev.(Noted); ok {
			t.Errorf("noted: %s", n.Message)
		}
	}
	d, _ := r.z.Deposit(r.job(j.ID).RecordID)
	if d.Metadata["identifiers"] != nil || d.Metadata["title"] != "A better title" || fmt.Sprint(d.Metadata["sizes"]) != "[3 pages]" {
		t.Errorf("metadata: %v", d.Metadata)
	}
	for name, want := range map[string]string{
		"rights": "cc-by-4.0", "languages": "eng", "creators": "05a28rw58", "related_identifiers": "references",
		"funding": "00k4n6c32::101094817", "subjects": "b",
	} {
		if got := fmt.Sprint(d.Metadata[name]); !strings.Contains(got, want) {
			t.Errorf("%s: %s", name, got)
		}
	}
	rec, err := r.deposit.Draft(t.Context(), d.ID)
	if err != nil || !strings.Contains(string(rec.Raw), `"default_preview":"README.md"`) {
		t.Errorf("no preview: %v", err)
	}
	if err := r.z.Publish(d.ID); err != nil {
		t.Errorf("it can't be published: %v", err)
	}
}

// forgetful is a Zenodo that stores another licence and no keywords.
type forgetful struct{ Zenodo }

func (f forgetful) Create(ctx context.Context, b zenodo.DraftBody) (zenodo.Record, error) {
	b.Metadata.Rights, b.Metadata.Subjects = []zenodo.Right{{ID: "cc0-1.0"}}, nil
	return f.Zenodo.Create(ctx, b)
}

func TestDifferencesAreSaid(t *testing.T) {
	r := newRig(t, smallLab(1, 1000), zenodotest.Options{})
	j := r.plan(func(q *Request) { q.Metadata.Keywords = []string{"light"} })
	e := r.engine()
	e.o.Zenodo = forgetful{e.o.Zenodo}
	events, err := r.send(e, j.ID)
	if err != nil {
		t.Fatal(err)
	}
	var said []string
	for _, ev := range events {
		if n, ok := ev.(Noted); ok {
			said = append(said, n.Message)
		}
	}
	text := strings.Join(said, "\n")
	for _, want := range []string{`did not store the licence "cc-by-4.0"`, `stored the licence "cc0-1.0"`,
		`did not store the keyword "light"`} {
		if !strings.Contains(text, want) {
			t.Errorf("not said: %s in\n%s", want, text)
		}
	}
	_, st, err := r.engine().store.Look(j.ID)
	if err != nil || len(st.Differences) != 3 || !st.HandedOver {
		t.Errorf("in the job: %+v, %v", st.Differences, err)
	}
}
