package flow

import "zenobis/session"

// KeepPlace is one choice of where to keep a Zenodo token.
type KeepPlace struct {
	Where session.TokenPlace
	Label string
	Off   string // why it can't be chosen; "" if it can
}

// KeepPlaces are the choices.
func (f *Flow) KeepPlaces() []KeepPlace {
	profile, off := "keep it in my openBIS profile (instance admins can read it there)", ""
	if f.Who.PAT {
		profile, off = "not in my openBIS profile", "personal access tokens may not write there"
	}
	return []KeepPlace{
		{session.KeepNowhere, "only use it now", ""},
		{session.KeepProfile, profile, off},
		{session.KeepFile, "keep it in a 0600 file here: " + f.Facts.TokenFile, ""},
	}
}
