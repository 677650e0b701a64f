package record

import (
	"cmp"
	"strings"
	"time"
)

// License is how a licence is written out in README and crate.
type License struct {
	Name string
	URL  string
}

// Or fills in what l does not say.
func (l License) Or(other License) License {
	return License{Name: cmp.Or(l.Name, other.Name), URL: cmp.Or(l.URL, other.URL)}
}

// licenses are the ones that most data sets carry, so that README and crate
// name them in words without asking a server.
var licenses = map[string]License{
	"cc-by-4.0":       {"Creative Commons Attribution 4.0 International", "https://creativecommons.org/licenses/by/4.0/"},
	"cc-by-sa-4.0":    {"Creative Commons Attribution Share Alike 4.0 International", "https://creativecommons.org/licenses/by-sa/4.0/"},
	"cc-by-nc-4.0":    {"Creative Commons Attribution Non Commercial 4.0 International", "https://creativecommons.org/licenses/by-nc/4.0/"},
	"cc-by-nc-sa-4.0": {"Creative Commons Attribution Non Commercial Share Alike 4.0 International", "https://creativecommons.org/licenses/by-nc-sa/4.0/"},
	"cc-by-nd-4.0":    {"Creative Commons Attribution No Derivatives 4.0 International", "https://creativecommons.org/licenses/by-nd/4.0/"},
	"cc0-1.0":         {"Creative Commons Zero v1.0 Universal", "https://creativecommons.org/publicdomain/zero/1.0/"},
	"odbl-1.0":        {"Open Data Commons Open Database License v1.0", "https://opendatacommons.org/licenses/odbl/1-0/"},
	"odc-by-1.0":      {"Open Data Commons Attribution License v1.0", "https://opendatacommons.org/licenses/by/1-0/"},
	"pddl-1.0":        {"Open Data Commons Public Domain Dedication & License 1.0", "https://opendatacommons.org/licenses/pddl/1-0/"},
	"mit":             {"MIT License", "https://opensource.org/license/mit"},
	"apache-2.0":      {"Apache License 2.0", "https://www.apache.org/licenses/LICENSE-2.0"},
}

// LicenseOf returns what the program itself knows of a licence; empty fields for others.
func LicenseOf(id string) License { return licenses[strings.ToLower(id)] }

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
