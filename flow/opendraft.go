package flow

import (
	"errors"
	"fmt"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

// OpenDraft is a draft of a new version that was there before this export, and is
// in its way.
type OpenDraft struct {
	ID  string // "" where it can't be chosen, since another export works on it
	URL string // of its page, or the record's
}

// OpenDraft is what keeps the plan from being made; nil where it is no open draft.
func (f *Flow) OpenDraft() *OpenDraft { return OpenDraftOf(f.Plan.Err) }

// OpenDraftOf is the open draft that an error is about; nil if it is about none.
func OpenDraftOf(err error) *OpenDraft {
	if e := openDraft(err); e != nil {
		return &OpenDraft{e.Draft, e.URL}
	}
	return nil
}

func openDraft(err error) *failure.Error {
	var e *failure.Error
	if errors.As(err, &e) && e.Kind == failure.DraftOpen {
		return e
	}
	return nil
}

// openDraftText says what is there, and what a person may do.
func openDraftText(e *failure.Error) string {
	text := session.Sentence(safetext.Line(e.Error()))
	if e.URL != "" {
		text += " b shows it in the browser."
	}
	if e.Draft != "" {
		return text + " i adds this export to it: what is there stays, and only our files come beside it."
	}
	return text + " " + session.Sentence(safetext.Line(e.Do))
}

// IntoOpenDraft chooses the open draft for this export, or takes the choice back.
// It is false where there is nothing to choose.
func (f *Flow) IntoOpenDraft() bool {
	if f.Switches.IntoDraft != "" {
		f.Switches.IntoDraft = ""
		return true
	}
	d := f.OpenDraft()
	if d == nil || d.ID == "" {
		return false
	}
	f.Switches.IntoDraft = d.ID
	return true
}

// OrphansText says that drafts are left over; "" where none is.
func OrphansText(list []export.Orphan) string {
	if len(list) == 0 {
		return ""
	}
	return human.Count(len(list), "draft", "drafts") + " left over on Zenodo, needed by no export here."
}

// OrphanText is one of them in a line.
func OrphanText(o export.Orphan) string {
	title := human.Cut(safetext.Line(o.Title), 30)
	text := fmt.Sprintf("%s (%s, %s, %s)", safetext.Quote(title), o.Draft, human.Count(o.Files, "file", "files"), human.Day(o.Updated))
	return safetext.Line(text)
}

// DiscardOrphanText is what is to be known before one is deleted.
const DiscardOrphanText = "zenobis made it, and its upload was never completed. Unless an export on another" +
	" computer works on it, nobody needs it. Its files go with it; that can't be undone."
