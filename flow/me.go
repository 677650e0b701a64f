package flow

import "zenobis/record"

// AskMe returns what the person has typed of themselves where nothing of that is
// kept yet: they are asked once whether it shall be.
func (f *Flow) AskMe() (me record.Agent, ask bool) {
	d := f.Description
	if f.Demo || d.askedMe || f.Session == nil || d.me.User == "" || f.Session.MeKnown() {
		return me, false
	}
	for _, a := range d.Metadata().Creators {
		if a.User == d.me.User && a.ORCID != "" {
			d.askedMe = true
			return a, true
		}
	}
	return me, false
}

// AskMeText is the question, with what would be kept.
func AskMeText(me record.Agent) string {
	return "Fill in \"" + me.String() + "\" for you from now on? It is kept only in your configuration file."
}
