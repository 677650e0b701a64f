package zenodotest

import (
	"slices"
	"testing"
)

// The rules that drafts and their files are held to.

func TestRulesOfDraftsAndFiles(t *testing.T) {
	b := native(t, Start(t, Options{}))
	id := b.draft()
	f := "/api/records/" + id + "/draft/files"
	b.do("POST", f, []any{object{"key": "t.pdf"}}).want(201)
	b.do("POST", f, []any{object{"key": "t.pdf"}}).says(400, "File with key t.pdf already exists.")
	b.do("POST", f, `{"key":"x"}`).complains(400, "0._schema", "Invalid input type.")
	b.do("POST", f, `[{"key":"x","transfer":"L"}]`).complains(400, "transfer", "Transfer metadata must be a dictionary.")
	body := full()
	body["metadata"].(object)["publication_date"] = ""
	body["metadata"].(object)["creators"] = []any{
		object{"person_or_org": object{"type": "personal", "family_name": "A"}},
		object{"person_or_org": object{"type": "organizational"}},
	}
	other := text(b.do("POST", "/api/records", body).want(201)["id"])
	r := b.do("POST", "/api/records/"+other+"/draft/actions/publish", nil)
	r.complains(400, "metadata.publication_date", "Missing data for required field.")
	r.complains(400, "metadata.creators.1.person_or_org.name", "Name cannot be blank.")

	rec := b.published()
	taken := full()
	taken["pids"] = object{"doi": object{"identifier": "10.4321/1", "provider": "external"}}
	first := text(b.do("POST", "/api/records", taken).want(201)["id"])
	b.upload(first, "a", []byte("x"))
	b.do("POST", "/api/records/"+first+"/draft/actions/publish", nil).want(202)
	b.do("POST", "/api/records", taken).complains(201, "pids.doi", "doi:10.4321/1 already exists.")

	at := "/api/records/" + rec + "/draft"
	b.do("POST", at, nil).want(201)
	b.do("POST", at+"/files", []any{object{"key": "z"}}).want(201)
	b.do("PUT", at+"/files/z/content", []byte("x")).says(403, "Bucket is locked for modifications.")
	b.do("POST", "/api/records/"+rec+"/file-modification", nil).want(200)
	b.do("PUT", at+"/files/z/content", []byte("x")).want(200)
}

// Zenodo names other things than a stock instance.
func TestProfiles(t *testing.T) {
	body := full()
	body["metadata"].(object)["additional_descriptions"] = []any{object{"description": "abc", "type": object{"id": "notes"}}}
	native(t, Start(t, Options{})).do("POST", "/api/records", body).want(201)
	stock := native(t, Start(t, Options{Profile: InvenioRDM}))
	stock.do("POST", "/api/records", body).says(400, "Invalid value notes.")
	if id := stock.draft(); !idPattern.MatchString(id) {
		t.Errorf("id %s", id)
	}
	l := native(t, Start(t, Options{})).do("GET", "/api/vocabularies/licenses?tags=recommended&size=100", nil).want(200)
	var ids []string
	for _, h := range list(dig(l, "hits.hits")) {
		ids = append(ids, text(h.(object)["id"]))
	}
	if !slices.Contains(ids, "cc-by-4.0") || !slices.Contains(ids, "cc0-1.0") || slices.Contains(ids, "other-at") {
		t.Errorf("recommended: %v", ids)
	}
}
