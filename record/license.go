package record

import (
	"cmp"
	_ "embed"
	"strings"
	"sync"
	"time"
)

// License is a licence: its id in the server's vocabulary, its name and its text's address.
type License struct {
	ID   string `json:"-"`
	Name string
	URL  string
	SPDX string `json:"-"` // the id in SPDX' own letters
	cff  bool   // the id is one of those that CFF 1.2.0 takes
}

// Or fills in what l does not say.
func (l License) Or(other License) License {
	other.ID, other.Name, other.URL = cmp.Or(l.ID, other.ID), cmp.Or(l.Name, other.Name), cmp.Or(l.URL, other.URL)
	return other
}

// licenseList is the SPDX licence list, which is InvenioRDM's vocabulary as
// well: id, name, address, and whether CFF 1.2.0 takes the id. It names licences without a server.
//
//go:embed licenses.txt
var licenseList string

var readLicenses = sync.OnceValue(func() []License {
	var list []License
	for line := range strings.Lines(licenseList) {
		f := strings.Split(strings.TrimSpace(line), "\t")
		list = append(list, License{ID: strings.ToLower(f[0]), Name: f[1], URL: f[2], SPDX: f[0], cff: len(f) > 3})
	}
	return list
})

// Licenses are the licences that the program itself knows, sorted by id.
func Licenses() []License { return readLicenses() }

// LicenseOf returns what the program itself knows of a licence; empty for others.
func LicenseOf(id string) License {
	for _, l := range readLicenses() {
		if strings.EqualFold(l.ID, id) {
			return l
		}
	}
	return License{}
}

// Collected is an EDTF date or interval from the first to the last
// registration, "" where openBIS tells none.
func Collected(first, last time.Time) string {
	if first.IsZero() {
		return ""
	}
	from, to := first.UTC().Format(time.DateOnly), last.UTC().Format(time.DateOnly)
	if from == to {
		return from
	}
	return from + "/" + to
}
