package session

import "zenobis/export"

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
