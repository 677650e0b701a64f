package record

import (
	"cmp"
	_ "embed"
	"regexp"
	"slices"
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

// licenseCalled is the id, of those in the list, of the licence with a name or a
// text's address; "" where there is none. Creative Commons' addresses say which one
// it is.
func licenseCalled(s string, list []string) string {
	fold := func(s string) string {
		s = strings.ToLower(strings.TrimSpace(s))
		for _, cut := range []string{"https://", "http://", "www."} {
			s = strings.TrimPrefix(s, cut)
		}
		for _, cut := range []string{"/", "legalcode", "deed.en", "/"} {
			s = strings.TrimSuffix(s, cut)
		}
		return strings.TrimPrefix(strings.TrimSuffix(s, " license"), "the ")
	}
	if m := creativeCommons.FindStringSubmatch(s); m != nil {
		id := "cc-" + strings.ToLower(m[1]) + "-" + m[2]
		if id = strings.Replace(id, "cc-zero-", "cc0-", 1); slices.Contains(list, id) {
			return id
		}
		return ""
	}
	given := fold(s)
	for _, l := range readLicenses() {
		if given != "" && (fold(l.Name) == given || fold(l.URL) == given) && slices.Contains(list, l.ID) {
			return l.ID
		}
	}
	return ""
}

var creativeCommons = regexp.MustCompile(
	`(?i)^(?:https?://)?(?:www\.)?creativecommons\.org/(?:licenses|publicdomain)/([a-z-]+)/(\d\.\d)(?:/.*)?$`)

// Period is from the first to the last of some registrations.
type Period struct{ First, Last time.Time }

// Add takes a registration in; zero is none.
func (p *Period) Add(t time.Time) {
	if t.IsZero() {
		return
	}
	if p.First.IsZero() || t.Before(p.First) {
		p.First = t
	}
	if t.After(p.Last) {
		p.Last = t
	}
}

// String is the period as an EDTF date or interval, "" where openBIS tells none.
func (p Period) String() string {
	if p.First.IsZero() {
		return ""
	}
	from, to := p.First.UTC().Format(time.DateOnly), p.Last.UTC().Format(time.DateOnly)
	if from == to {
		return from
	}
	return from + "/" + to
}
