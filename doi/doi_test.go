package doi

import "testing"

func TestDOI(t *testing.T) {
	for s, want := range map[string]string{
		"10.5281/zenodo.17":    Resolver + "10.5281/zenodo.17",
		"10.1000.10/182":       Resolver + "10.1000.10/182",
		"10.1002/(SICI)1:15<1": Resolver + "10.1002/%28SICI%291:15%3C1",
		"10.1/x":               "",
		"10.5281/":             "",
		"10.5281/a b":          "",
		"doi:10.5281/zenodo.1": "",
		"":                     "",
	} {
		if Is(s) != (want != "") {
			t.Errorf("%q: %v", s, Is(s))
		}
		if want != "" && Address(s) != want {
			t.Errorf("%q leads to %s, not %s", s, Address(s), want)
		}
	}
}
