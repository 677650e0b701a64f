package export

import (
	"slices"
	"testing"

	"zenobis/record"
)

// An export is cited under the server that it went to, and as its record is called
// now.
func TestCitation(t *testing.T) {
	j := Job{Title: "As edited", DOI: "10.5281/zenodo.1", Publisher: "Our repository", Request: Request{Metadata: record.Metadata{
		Title: "As sent", Description: "<p>Curves.</p>", Date: "2026-01-02", License: "cc-by-4.0", Version: "2", Language: "eng",
		Creators: []record.Agent{{Family: "Doe"}}, Keywords: []string{"growth"}}}}
	c := Citation(j)
	if c.Title != "As edited" || c.Publisher != "Our repository" || c.DOI != j.DOI || c.Abstract != "<p>Curves.</p>" || c.Date != "2026-01-02" ||
		c.License != "cc-by-4.0" || c.Version != "2" || c.Language != "eng" || len(c.Creators) != 1 || !slices.Equal(c.Keywords, []string{"growth"}) {
		t.Errorf("%+v", c)
	}
	if j.Title = ""; Citation(j).Title != "As sent" {
		t.Error("without a record seen the title is the one that was sent")
	}
}
