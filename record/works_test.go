package record

import (
	"testing"

	"zenobis/zenodo"
)

// TestWorksOfARecord: whatever related work a server took, a new version sends it
// as it was.
func TestWorksOfARecord(t *testing.T) {
	var works []zenodo.Related
	for _, id := range []Identifier{{"pmid", "12345"}, {"handle", "2381/12775"}, {"handle", "20.500.11850/1"}, {"rrid", "RRID:AB_90755"},
		{"isni", "0000-0001-2103-2683"}, {"isni", "0000 0001 2103 2683"}, {"eissn", "2041-1723"}, {"issn", "0028-0836"},
		{"doi", "10.1000/1"}, {"url", "https://example.org/a?b=c"}, {"wikidata", "Q42"}, {"grid", "grid.5801.c"}, {"arxiv", "arXiv:2101.00001"},
		{"igsn", "10.60516/AU1101"}, {"lsid", "urn:lsid:ubio.org:name:11815"}, {"urn", "urn:nbn:de:1"}, {"ark", "ark:/12345/x"},
		{"w3id", "https://w3id.org/a"}, {"purl", "http://purl.org/x"}, {"isbn", "9783161484100"}} {
		works = append(works, zenodo.Related{Identifier: id.Value, Scheme: id.Scheme, Relation: zenodo.ID{ID: "cites"}})
	}
	m := FromRecord(zenodo.Record{Metadata: zenodo.Metadata{Related: works}})
	for range 2 { // read from the record, then as text and back, as a form does
		got := related(m, DraftInput{})
		if len(got) != len(works) {
			t.Fatalf("%d works, want %d: %+v", len(got), len(works), got)
		}
		for i, w := range works {
			if got[i].Identifier != w.Identifier || got[i].Scheme != w.Scheme {
				t.Errorf("%s %s is sent as %s %s", w.Scheme, w.Identifier, got[i].Scheme, got[i].Identifier)
			}
			checkRelated(m.Related[i], "related", func(field, format string, args ...any) { t.Errorf(field+": "+format, args...) })
		}
		m.Related = ParseRelatedLines(FormatLines(m.Related))
	}
}
