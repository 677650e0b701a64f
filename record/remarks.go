package record

import (
	"fmt"
	"strings"
	"time"
)

// Remarks say what servers take as it is written though it is rarely meant: a keyword
// that may be several, and a publication date more than a year ahead of now.
func Remarks(m Metadata, now time.Time) []string {
	var out []string
	for _, k := range m.Keywords {
		if strings.ContainsAny(k, ",;") {
			out = append(out, fmt.Sprintf("the keyword %s goes as one keyword: write several as one each", quote(k)))
		}
	}
	from, _, _ := strings.Cut(m.Date, "/")
	if day, ok := edtfPoint(from); ok && day.After(now.AddDate(1, 0, 0)) {
		out = append(out, fmt.Sprintf("the publication date %s is more than a year ahead", m.Date))
	}
	return out
}
