package session

import (
	"zenobis/export"
	"zenobis/selection"
)

// SameBefore are those of some exports that came to a draft or further and are
// of exactly this selection.
func SameBefore(jobs []export.Job, sel selection.Selection) []export.Job {
	key := sel.Fingerprint()
	var out []export.Job
	for _, j := range jobs {
		if j.RecordID != "" && j.State != export.StateDiscarded && j.Request.Selection.Fingerprint() == key {
			out = append(out, j)
		}
	}
	return out
}
