package record

import (
	"slices"
	"strings"
	"testing"
)

func TestORCID(t *testing.T) {
	const good = "0000-0002-1825-0097"
	for _, s := range []string{
		good, "https://orcid.org/" + good, "http://orcid.org/" + good + "/", "orcid.org/" + good, "www.orcid.org/" + good,
		"HTTPS://ORCID.ORG/" + good,
		"orcid:" + good, "ORCID: " + good, "ORCID iD: " + good, "ORCID iD " + good + ".", "(" + good + ")", "<https://orcid.org/" + good + ">",
		"“" + good + "”", "'" + good + "'", good + ",", good + ";", "0000000218250097", "0000 0002 1825 0097",
		"0000‐0002‐1825‐0097", "0000–0002–1825–0097",
		"https://orcid.org/my-orcid?orcid=" + good, "https://orcid.org/" + good + "?lang=de", "https://orcid.org/" + good + "#x", "\ufeff" +
			good, " " + good + "\u00a0",
	} {
		if got, err := ORCID(s); got != good || err != nil {
			t.Errorf("%q: %q, %v", s, got, err)
		}
	}
	if got, _ := ORCID("https://orcid.org/0000-0002-1694-233x"); got != "0000-0002-1694-233X" {
		t.Errorf("a small x: %q", got)
	}
	if got, err := ORCID("0009-0000-1234-5671"); err == nil && got != "0009-0000-1234-5671" {
		t.Errorf("the second block: %q", got)
	}
	for s, want := range map[string]string{
		"0000-0002-1825-0096": "digit", "": "not a valid ORCID", "garbage": "not a valid ORCID", "0000-0002-1825-009": "not a valid ORCID",
		"0000-0002-1825-00971":                    "not a valid ORCID",
		"https://example.org/0000-0002-1825-0097": "not a valid ORCID", "https://sandbox.orcid.org/0000-0002-1825-0097": "not a valid ORCID",
		"0000-0001-2103-3576-x": "not a valid ORCID", "0000 0001 2103 2683": "ISNI",
	} {
		if got, err := ORCID(s); got != "" || err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %q, %v; want %s", s, got, err, want)
		}
	}
}

func TestROR(t *testing.T) {
	for _, s := range []string{
		"05a28rw58", "https://ror.org/05a28rw58", "http://ror.org/05a28rw58/", "ror.org/05a28rw58", "https://www.ror.org/05a28rw58",
		"ROR: 05a28rw58",
		"ror:05A28RW58", "(05a28rw58)", "<https://ror.org/05a28rw58>", "05a28rw58.", "https://ror.org/05a28rw58?x=1",
	} {
		if got := ROR(s); got != "05a28rw58" {
			t.Errorf("%q: %q", s, got)
		}
	}
	for _, s := range []string{"", "05a28rw59", "05a28rw5", "https://example.org/05a28rw58", "grid.5801.c", "ETH Zurich", "05a28iw58"} {
		if got := ROR(s); got != "" {
			t.Errorf("%q is taken as %q", s, got)
		}
	}
}

func TestIdentify(t *testing.T) {
	const sici = "10.1002/(SICI)1097-0258(19980815/30)17:15/16<1661::AID-SIM968>3.0.CO;2-2"
	for in, want := range map[string]string{
		"10.5281/zenodo.1234567":                              "doi 10.5281/zenodo.1234567",
		"https://doi.org/10.5281/zenodo.1234567":              "doi 10.5281/zenodo.1234567",
		"http://dx.doi.org/10.5281/ZENODO.1234567":            "doi 10.5281/ZENODO.1234567",
		"www.doi.org/10.5281/zenodo.1":                        "doi 10.5281/zenodo.1",
		"doi:10.5281/zenodo.1":                                "doi 10.5281/zenodo.1",
		"DOI: 10.5281/zenodo.1":                               "doi 10.5281/zenodo.1",
		"doi 10.5281/zenodo.1":                                "doi 10.5281/zenodo.1",
		"https://doi.org/doi:10.5281/zenodo.1":                "doi 10.5281/zenodo.1",
		"info:doi/10.5281/zenodo.1":                           "doi 10.5281/zenodo.1",
		"https://doi.org/10.1016%2FS0140-6736%2898%2910190-1": "doi 10.1016/S0140-6736(98)10190-1",
		"10.1016/S0140-6736%2898%2910190-1":                   "doi 10.1016/S0140-6736(98)10190-1",
		"10.1016/S0140-6736(98)10190-1":                       "doi 10.1016/S0140-6736(98)10190-1",
		"(10.1016/S0140-6736(98)10190-1)":                     "doi 10.1016/S0140-6736(98)10190-1",
		"10.1016/S0140-6736(98)10190-1).":                     "doi 10.1016/S0140-6736(98)10190-1",
		"10.1000/x(1)":                                        "doi 10.1000/x(1)",
		"[10.1000/x]":                                         "doi 10.1000/x",
		"\"10.1000/x\"":                                       "doi 10.1000/x",
		"„10.1000/x“":                                         "doi 10.1000/x",
		"«10.1000/x»":                                         "doi 10.1000/x",
		"<https://doi.org/10.1000/x>":                         "doi 10.1000/x",
		"10.1000/x.":                                          "doi 10.1000/x",
		"10.1000/x,":                                          "doi 10.1000/x",
		"10.1000/x;":                                          "doi 10.1000/x",
		"10.1000/x</a>":                                       "doi 10.1000/x",
		"https://doi.org/10.1000/x?utm_source=feed":           "doi 10.1000/x",
		"https://doi.org/10.1000/x#section":                   "doi 10.1000/x",
		"https://doi.org/10.1000/x/":                          "doi 10.1000/x",
		sici:                                                  "doi " + sici,
		"10.1000\u200b/x":                                     "doi 10.1000/x",
		"10.1000.10/123":                                      "doi 10.1000.10/123",
		"10.1000/a 10.1000/b":                                 "doi 10.1000/a|doi 10.1000/b",
		"10.1000/a, https://doi.org/10.1000/b; doi:10.1000/c": "doi 10.1000/a|doi 10.1000/b|doi 10.1000/c",
		"10.1000/a,10.1000/b":                                 "doi 10.1000/a|doi 10.1000/b",
		"10.1000/a;https://example.org/x":                     "doi 10.1000/a|url https://example.org/x",
		"10.1000/a and 10.1000/b":                             "doi 10.1000/a|doi 10.1000/b",
		"10.1000/a 10.1000/a":                                 "doi 10.1000/a",
		"arXiv:2101.01234":                                    "arxiv arXiv:2101.01234",
		"arXiv: 2101.01234v2":                                 "arxiv arXiv:2101.01234v2",
		"2101.01234":                                          "arxiv arXiv:2101.01234",
		"https://arxiv.org/abs/2101.01234v2":                  "arxiv arXiv:2101.01234v2",
		"https://arxiv.org/pdf/2101.01234.pdf":                "arxiv arXiv:2101.01234",
		"arXiv:1501.00001v1 [cs.CL]":                          "arxiv arXiv:1501.00001v1",
		"arXiv:hep-th/9901001":                                "arxiv arXiv:hep-th/9901001",
		"hep-th/9901001":                                      "arxiv arXiv:hep-th/9901001",
		"https://hdl.handle.net/20.500.11850/12345":           "handle 20.500.11850/12345",
		"hdl:2381/12345":                                      "handle 2381/12345",
		"20.500.11850/12345":                                  "handle 20.500.11850/12345",
		"ISBN 978-3-16-148410-0":                              "isbn 9783161484100",
		"978 3 16 148410 0":                                   "isbn 9783161484100",
		"9783161484100":                                       "isbn 9783161484100",
		"ISBN-10: 3-16-148410-X":                              "isbn 9783161484100",
		"isbn:316148410X":                                     "isbn 9783161484100",
		"urn:isbn:9783161484100":                              "isbn 9783161484100",
		"ISSN 2041-1723":                                      "issn 2041-1723",
		"2041-1723":                                           "issn 2041-1723",
		"PMID: 12345678":                                      "pmid 12345678",
		"https://pubmed.ncbi.nlm.nih.gov/12345678/":           "pmid 12345678",
		"urn:nbn:de:101:1-201102033592":                       "urn urn:nbn:de:101:1-201102033592",
		"ark:/12345/x9":                                       "ark ark:/12345/x9",
		"https://example.org/a(b)":                            "url https://example.org/a(b)",
		"(https://example.org/a)":                             "url https://example.org/a",
		"https://example.org/a.":                              "url https://example.org/a",
		"www.example.org/paper":                               "url https://www.example.org/paper",
		"https://openbis.example.org/?viewName=x&viewData=2025#": "url https://openbis.example.org/?viewName=x&viewData=2025#",
		"http://127.0.0.1/x": "url http://127.0.0.1/x",
		"swh:1:rel:22ece559cc7cc2364edc5e5593d63ae8bd229f9f": "url https://archive.softwareheritage.org/" +
			"swh:1:rel:22ece559cc7cc2364edc5e5593d63ae8bd229f9f",
		"RRID:AB_90755":                     "rrid RRID:AB_90755",
		"isni:0000%200001%202103%202683":    "isni 0000 0001 2103 2683",
		"eissn:2041-1723":                   "eissn 2041-1723",
		"lsid:urn:lsid:ubio.org:name:11815": "lsid urn:lsid:ubio.org:name:11815",
	} {
		got, err := Identify(in)
		var words []string
		for _, id := range got {
			words = append(words, id.Scheme+" "+id.Value)
		}
		if text := strings.Join(words, "|"); text != want || err != nil {
			t.Errorf("%q:\n got %q, %v\nwant %q", in, text, err, want)
		}
	}
	for _, in := range []string{"", " ", "20250301-7", "a paper", "10.1234", "10.12/x", "doi:", "https://", "ISBN 978-3-16-148410-1",
		"2041-1724", "10.1000/a nonsense",
		"rrid:", "12345678", "javascript:alert(1)", "2113.01234", "ftp://", "1234567890", "file:///etc/passwd"} {
		if got, err := Identify(in); err == nil {
			t.Errorf("%q is taken as %v", in, got)
		}
	}
}

func TestDOIs(t *testing.T) {
	text := `See https://doi.org/10.1234/paper.1., also (10.1000/a(1)), doi:10.1000/B; <a href="https://doi.org/10.1000%2Fc">` +
		`10.1000/c</a> and 110.1000/no or v10.1000/no.`
	if got, want := dois(text), []string{"10.1234/paper.1", "10.1000/a(1)", "10.1000/B", "10.1000/c"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// What is canonical stays so, and nothing that is taken loses letters or digits
// other than those of a known prefix.
func FuzzIdentify(f *testing.F) {
	for _, s := range []string{"10.1000/x", "https://doi.org/10.1016%2FS0140%28x%29?y", "arXiv:2101.01234v2 [cs.CL]",
		"ISBN 978-3-16-148410-0", "«(10.1000/x)»;hdl:1/2", "www.example.org/a", "PMID: 12345", "rrid:RRID:x isni:1%202"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		ids, err := Identify(s)
		if err != nil {
			return
		}
		for _, id := range ids {
			again, err := Identify(id.Text())
			if err != nil || len(again) != 1 || again[0] != id {
				t.Fatalf("%q: %v becomes %v, %v", s, id, again, err)
			}
			if strings.ContainsAny(id.Text(), " \n\r\t\x00\x1b") {
				t.Fatalf("%q: %q", s, id.Text())
			}
		}
	})
}

func FuzzPeopleIDs(f *testing.F) {
	f.Add("https://orcid.org/0000-0002-1825-0097/")
	f.Add("ror:05A28RW58")
	f.Fuzz(func(t *testing.T, s string) {
		if id, err := ORCID(s); err == nil {
			if again, err := ORCID(id); again != id || err != nil || len(id) != 19 {
				t.Fatalf("%q: %q, %q, %v", s, id, again, err)
			}
		}
		if id := ROR(s); id != "" && (ROR(id) != id || len(id) != 9) {
			t.Fatalf("%q: %q", s, id)
		}
	})
}
