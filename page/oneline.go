package page

import (
	"strings"
	"time"

	"zenobis/openbis"
	"zenobis/safetext"
)

// PersonName is a person's name, "" where it is a user id or an e-mail address:
// some servers write those into the name's fields.
func PersonName(p *openbis.Person) string {
	if p == nil {
		return ""
	}
	name := safetext.Name(p.Name())
	if strings.Contains(name, "@") || strings.EqualFold(name, p.UserID) {
		return ""
	}
	return name
}

// Time is a time in ISO 8601, UTC; "" for none.
func Time(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Truncate(time.Second).Format(time.RFC3339)
}

// OneLine is a text on one line.
func OneLine(s string) string { return strings.Join(strings.Fields(safetext.Text(s)), " ") }
