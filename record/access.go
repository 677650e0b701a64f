package record

import (
	"fmt"
	"strings"
	"time"

	"zenobis/zenodo"
)

// Access is who may have a record's files, in its one text form: AccessOpen,
// AccessRestricted, or as EmbargoUntil writes it. What a person wrote that is none
// of these stays as it is until it is checked.
type Access string

// The kinds of access without a date.
const (
	AccessOpen       Access = "open"
	AccessRestricted Access = "restricted"

	embargoUntil = "embargo:"
)

// EmbargoUntil is access that opens on a day, YYYY-MM-DD.
func EmbargoUntil(day string) Access { return Access(embargoUntil + day) }

// Embargo is the day on which an embargo ends; ok is false where there is none.
func (a Access) Embargo() (until string, ok bool) { return strings.CutPrefix(string(a), embargoUntil) }

// AccessWords are the ways to write an access in a list, last before the last one.
func AccessWords(last string) string {
	return string(AccessOpen + ", " + AccessRestricted + Access(last) + EmbargoUntil("YYYY-MM-DD"))
}

// ParseAccess reads what a person wrote, in any case and spacing. Nothing is open.
func ParseAccess(s string) Access {
	s = oneLine(s)
	a := Access(strings.ToLower(s))
	if until, ok := a.Embargo(); ok {
		return EmbargoUntil(strings.TrimSpace(until))
	}
	switch a {
	case "":
		return AccessOpen
	case AccessOpen, AccessRestricted:
		return a
	}
	return Access(s)
}

// check says what is wrong with an access; an embargo must end after now.
func (a Access) check(now time.Time, bad complain) {
	until, embargo := a.Embargo()
	switch {
	case a == "", a == AccessOpen, a == AccessRestricted:
	case !embargo && dayForm.MatchString(string(a)):
		bad("access", "%s: did you mean %s?", quote(string(a)), EmbargoUntil(dayForm.FindString(string(a))))
	case !embargo:
		bad("access", "%s; there are %s", quote(string(a)), AccessWords(" and "))
	default:
		day, err := time.Parse(time.DateOnly, until)
		if err != nil {
			bad("access", "%s is no day; write %s", quote(until), EmbargoUntil(fmt.Sprintf("%d-01-31", now.Year()+1)))
		} else if !day.After(now.UTC()) {
			bad("access", "%s is past: an embargo ends on a day to come", quote(until))
		}
	}
}

// atZenodo is an access as Zenodo has it. Restricting the record itself is refused
// there; the files' access is what users mean.
func (a Access) atZenodo() zenodo.Access {
	z := zenodo.Access{Record: zenodo.AccessPublic, Files: zenodo.AccessPublic}
	if until, embargo := a.Embargo(); embargo {
		z.Files, z.Embargo = zenodo.AccessRestricted, &zenodo.Embargo{Active: true, Until: until}
	} else if a == AccessRestricted {
		z.Files = zenodo.AccessRestricted
	}
	return z
}

// accessOf is the access of a record at Zenodo.
func accessOf(z zenodo.Access) Access {
	switch until := embargo(z); {
	case until != "":
		return EmbargoUntil(until)
	case z.Files == zenodo.AccessRestricted:
		return AccessRestricted
	}
	return AccessOpen
}

// embargo is the day on which an embargo at Zenodo ends, "" without one.
func embargo(z zenodo.Access) string {
	if z.Embargo == nil || !z.Embargo.Active {
		return ""
	}
	return z.Embargo.Until
}
