package zenodo

import "testing"

func TestPages(t *testing.T) {
	for address, want := range map[string][2]string{
		RecordPage("https://zenodo.org", "17"):                 {"zenodo.org", "17"},
		"https://sandbox.zenodo.org/uploads/abc12-x?preview=1": {"sandbox.zenodo.org", "abc12-x"},
		"zenodo.org/record/17/files/a.zip":                     {"zenodo.org", "17"},
		"http://127.0.0.1:8080/sub/deposit/17#x":               {"127.0.0.1:8080", "17"},
		"https://zenodo.org/communities/x":                     {},
		"17":                                                   {},
	} {
		host, id, ok := ParseRecordPage(address)
		if host != want[0] || id != want[1] || ok != (id != "") {
			t.Errorf("%s: %q %q %v", address, host, id, ok)
		}
	}
	for address, want := range map[string]string{
		"https://zenodo.org/communities/my-lab":            "my-lab",
		"https://zenodo.org/communities/my-lab/records?q=": "my-lab",
		"zenodo.org/communities/my-lab?page=1#top":         "my-lab",
		"my-lab": "",
	} {
		if slug, ok := CommunityOf(address); slug != want || ok != (want != "") {
			t.Errorf("%s: %q %v", address, slug, ok)
		}
	}
}
