package flow

import (
	"cmp"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/session"
)

// Draft is a draft that is followed until its publication is registered.
type Draft struct {
	Job   export.Job
	Fresh bool // just made: it is opened in the browser
	Err   error

	objects []string // identifiers of the publication's objects, as far as known
}

// WatchEvery is how often a draft is looked at.
func (f *Flow) WatchEvery() time.Duration {
	if f.Facts.Zenodo.Practice {
		return export.PracticeEvery
	}
	return export.WatchEvery
}

// Follow makes a job the one that is followed.
func (f *Flow) Follow(job export.Job, fresh bool) {
	f.Draft, f.discarded = Draft{Job: job, Fresh: fresh}, false
}

// Address is where a person goes on: the draft's form, later the record; "" where
// there is nothing any more.
func (d *Draft) Address() string { return AddressOf(d.Job) }

// AddressOf and DOIOf are the page and the DOI of an export. What was discarded has
// neither: its page is gone, and its DOI will never work.
func AddressOf(j export.Job) string {
	if j.State == export.StateDiscarded {
		return ""
	}
	return safetext.Line(j.URL)
}

// DOIOf is described at AddressOf.
func DOIOf(j export.Job) string {
	if j.State == export.StateDiscarded {
		return ""
	}
	return safetext.Line(j.DOI)
}

// HeadText says above the address what there is.
func (f *Flow) HeadText() string {
	switch st := f.Draft.Job.State; {
	case st == export.StateDiscarded:
		return "This export was discarded: nothing of it is on " + f.Facts.Zenodo.Name + " any more."
	case st.Public():
		return "Published:"
	}
	return "The draft is on " + f.Facts.Zenodo.Name + ". Look it over and publish it there:"
}

// AgainstDiscard says why an export can't be discarded; "" if it can.
func (f *Flow) AgainstDiscard(j export.Job) string {
	switch {
	case f.RunsHere(j) || j.Running:
		return "It is running: stop it first."
	case j.State == export.StateDiscarded:
		return "It is discarded already."
	case j.State.Public():
		return "It is published, and zenobis never touches a published record."
	}
	return ""
}

// Unnamed are the permIds of the publication's objects while their identifiers
// are not known: a permId tells nobody where to look.
func (d *Draft) Unnamed() []string {
	if len(d.objects) > 0 {
		return nil
	}
	return d.Job.Objects
}

// Named takes what openBIS says about the publication's objects.
func (d *Draft) Named(got map[string]openbis.Entity) {
	for _, id := range d.Job.Objects {
		if e, ok := got[id]; ok && e.Identifier != "" {
			d.objects = append(d.objects, safetext.Line(e.Identifier))
		}
	}
}

// Facts are what is known of the draft, label and value.
func (d *Draft) Facts() [][2]string {
	j := d.Job
	out := [][2]string{{"State", StateMark(j.State) + " " + StateText(j)}}
	if doi := DOIOf(j); doi != "" {
		if !j.State.Public() {
			doi += " (reserved, works once published)"
		}
		out = append(out, [2]string{"DOI", doi})
	}
	if len(j.Objects) > 0 {
		out = append(out, [2]string{"openBIS", d.Where()})
	}
	if text := session.LeftOutText(j); text != "" {
		out = append(out, [2]string{"Left out", text + "."})
	}
	if j.Reason != "" {
		out = append(out, [2]string{"Because", safetext.Line(j.Reason)})
	}
	if !j.Looked.IsZero() {
		out = append(out, [2]string{"Looked", human.Moment(j.Looked)})
	}
	return out
}

// Where are the publication's objects in openBIS.
func (d *Draft) Where() string {
	if len(d.objects) > 0 {
		return strings.Join(d.objects, ", ")
	}
	return strings.Join(d.Job.Objects, ", ")
}

// StateText is the state of an export in words.
func StateText(j export.Job) string {
	if text := session.ReviewText(j); text != "" && (j.State == export.StateDraft || j.State == export.StateInReview) {
		return text
	}
	switch j.State {
	case export.StatePlanned:
		return "planned, nothing sent"
	case export.StateUploading:
		return "uploading"
	case export.StateInterrupted:
		return "interrupted, can be resumed"
	case export.StateFailed:
		return "failed"
	case export.StateDraft:
		return "draft: not public yet"
	case export.StateInReview:
		return "in review by the community"
	case export.StatePublished:
		return "published, not yet recorded in openBIS"
	case export.StateRegistered:
		if !j.Confirmed {
			return "published and recorded in openBIS (not visible to you)"
		}
		return "published and recorded in openBIS"
	case export.StateDiscarded:
		return "discarded"
	}
	return string(j.State)
}

// StateMark is the sign before it.
func StateMark(st export.State) string {
	switch st {
	case export.StateRegistered:
		return "✓"
	case export.StateFailed, export.StateDiscarded:
		return "✗"
	case export.StatePublished:
		return "▣"
	}
	return "☐"
}

// NextText says what is to be done next with the draft that is followed.
func (f *Flow) NextText() string {
	sync := ", here or by zenobis sync."
	switch {
	case f.Session == nil:
		sync = " once you have logged in."
	case f.Demo:
		sync = " while you stay here."
	}
	switch f.Draft.Job.State {
	case export.StateDraft, export.StateInterrupted, export.StateFailed:
		return "Next: look the draft over on its page, and publish it there. It is recorded in openBIS automatically" + sync
	case export.StateInReview:
		return "Next: the community looks at it; once it accepts, it is recorded in openBIS" + sync
	case export.StatePublished:
		return "Next: it is being recorded in openBIS; r looks at once."
	}
	return ""
}

// Citation is how to cite the draft that is followed; "" before it has a DOI.
func (f *Flow) Citation() string {
	j := f.Draft.Job
	if DOIOf(j) == "" {
		return ""
	}
	c := export.Citation(j)
	c.Publisher = cmp.Or(c.Publisher, f.Facts.Zenodo.Name)
	text, err := record.Cite(c, "text")
	if err != nil {
		return ""
	}
	return safetext.Line(text)
}
