package session

import (
	"fmt"
	"strings"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
)

// ReviewText says how a community's review of an export's draft stands, and what
// to do; "" without one.
func ReviewText(j export.Job) string {
	switch j.Review {
	case export.ReviewSubmitted:
		return "in review: the community's curators decide; it is published when they accept it"
	case export.ReviewAccepted:
		return "accepted by the community"
	case export.ReviewDeclined:
		return "declined by the community: read the reasons on the draft's page, correct it and submit it again, " +
			"or publish it without the community"
	case export.ReviewExpired:
		return "the review has expired without a decision: submit it again on the draft's page, or publish it without the community"
	}
	return ""
}

// LeftOutText names the files that could not be had while an export was sent, and are
// left out; "" without any. What was left out before that, its plan has told.
func LeftOutText(j export.Job) string {
	if j.Plan == nil {
		return ""
	}
	var names []string
	more := 0
	for _, o := range j.Plan.Omitted {
		switch {
		case o.File == "":
		case len(names) == 3:
			more++
		default:
			names = append(names, fmt.Sprintf("%s of %s (%s)", safetext.Line(o.File), safetext.Line(o.Entity.PermID), o.Reason))
		}
	}
	if len(names) == 0 {
		return ""
	}
	text := human.Count(len(names)+more, "file", "files") + " that could not be had: " + strings.Join(names, ", ")
	if more > 0 {
		text += " and " + human.Number(more) + " more"
	}
	return text + "; the record names what is missing"
}
