package record

import (
	"encoding/json"
	"testing"
	"time"
)

func TestAccess(t *testing.T) {
	now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
	for typed, c := range map[string]struct {
		want  Access
		until string
		wrong bool
	}{
		"":                       {want: AccessOpen},
		" Open ":                 {want: AccessOpen},
		"RESTRICTED":             {want: AccessRestricted},
		"embargo:2027-01-31":     {want: "embargo:2027-01-31", until: "2027-01-31"},
		" Embargo:  2027-01-31 ": {want: "embargo:2027-01-31", until: "2027-01-31"},
		"embargo:2026-03-31":     {want: "embargo:2026-03-31", until: "2026-03-31", wrong: true},
		"embargo:soon":           {want: "embargo:soon", until: "soon", wrong: true},
		"2027-01-31":             {want: "2027-01-31", wrong: true},
		"Closed for  now":        {want: "Closed for now", wrong: true},
	} {
		a := ParseAccess(typed)
		until, embargo := a.Embargo()
		wrong := false
		a.check(now, func(string, string, ...any) { wrong = true })
		if a != c.want || until != c.until && embargo || embargo != (c.until != "") || wrong != c.wrong {
			t.Errorf("%q: %q, until %q, wrong %v", typed, a, until, wrong)
		}
		if again := ParseAccess(string(a)); again != a {
			t.Errorf("%q read again is %q", a, again)
		}
		if !wrong && accessOf(a.atZenodo()) != a {
			t.Errorf("%q comes back from Zenodo as %q", a, accessOf(a.atZenodo()))
		}
		text, err := json.Marshal(Metadata{Access: a})
		var m Metadata
		if err != nil || json.Unmarshal(text, &m) != nil || m.Access != a {
			t.Errorf("%s: %q %v", text, m.Access, err)
		}
	}
}
