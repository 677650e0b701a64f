package session

import (
	"strings"
	"testing"

	"zenobis/omission"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
)

// What a plan leaves out since nobody agreed to its data store is in the next one
// once somebody has: nothing of the refusal is remembered.
func TestAPlanAfterConsentHoldsTheFiles(t *testing.T) {
	lab := smallLab()
	lab.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL"})
	lab.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	lab.AddStore("DSS2", "")
	far := lab.AddDataSet(labdata.DataSetSpec{Collection: "/LAB/PROJ/COLL", Store: "DSS2", Name: "far",
		Files: map[string][]byte{"original/far.txt": []byte("far")}})
	b := newBenchWith(t, lab)
	for _, st := range lab.Stores {
		if st.Code == "DSS2" {
			st.Url = b.ob.URL // which is another host than that of the login
		}
	}
	b.env["ZENOBIS_OPENBIS_URL"] = strings.Replace(b.ob.URL, "127.0.0.1", "localhost", 1)
	b.load(t)
	l := b.login()
	l.URL = b.env["ZENOBIS_OPENBIS_URL"]
	s := b.connect(t, l)
	sel, err := (selection.Words{Select: []string{"/LAB/PROJ"}}).Resolve(t.Context(), s.Client)
	if err != nil {
		t.Fatal(err)
	}
	r := s.settings.Request(Overrides{AcceptFindings: true})
	if r.Metadata, _, err = s.DefaultMetadata(t.Context(), sel); err != nil {
		t.Fatal(err)
	}
	r.Selection, r.Metadata.Title = sel, "Far"
	_, p, err := s.Plan(t.Context(), r, true, nil)
	if err != nil || len(p.Omitted) != 1 || p.Omitted[0].Reason != omission.OtherDataStore || p.Omitted[0].Entity.PermID != far {
		t.Fatalf("without consent: %+v, %v", p, err)
	}
	pending := s.PendingStores()
	if len(pending) != 1 || pending[0].Code != "DSS2" {
		t.Fatalf("waiting for consent: %+v", pending)
	}
	s.AllowStore("DSS2")
	if _, p, err = s.Plan(t.Context(), r, true, nil); err != nil || len(p.Omitted) != 0 || p.Files != 1 {
		t.Errorf("after it: %+v, %v", p, err)
	}
}
