package export

import (
	"context"
	"errors"
	"path/filepath"
	"time"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// Orphan is a draft that carries the marker of a job here and that no job needs.
type Orphan struct {
	Job      string
	RecordID string
	URL      string
	Title    string
	Created  time.Time
}

// Orphans finds drafts that were made for exports of this state directory and
// are not theirs any more: those of discarded jobs, and of a creation whose
// answer was lost for longer than it was looked for. It needs the token.
func (e *Engine) Orphans(ctx context.Context) ([]Orphan, error) {
	jobs, err := e.Jobs()
	if err != nil && len(jobs) == 0 {
		return nil, failure.Wrap("the exports can't be listed", err)
	}
	var out []Orphan
	for _, j := range jobs {
		if j.Zenodo != e.o.Zenodo.URL() || j.Running {
			continue
		}
		st, err := readJournal(filepath.Join(j.Dir, journalName))
		if err != nil || !st.Started || st.ID == "" && !st.Discarded {
			continue // a draft that was perhaps made is the job's: resume finds it
		}
		drafts, err := e.o.Zenodo.FindDrafts(ctx, marker(j.ID))
		if err != nil {
			return out, failure.Wrap("look for drafts that nobody needs", err)
		}
		for _, r := range drafts {
			if r.ID != st.ID || st.Discarded {
				out = append(out, Orphan{Job: j.ID, RecordID: r.ID, URL: r.HTML, Title: r.Metadata.Title, Created: r.Created})
			}
		}
	}
	return out, nil
}

// DropOrphan deletes such a draft. It looks once more whether it is one.
func (e *Engine) DropOrphan(ctx context.Context, o Orphan) error {
	state, _, err := e.o.Zenodo.State(ctx, o.RecordID)
	if err != nil {
		return failure.Wrap("look at the draft", err)
	}
	if state != zenodo.StateDraft {
		return failure.Refuse("the draft "+o.RecordID+" is "+string(state), "", "look at it in the browser: "+o.URL, nil)
	}
	now, err := e.Orphans(ctx)
	if err != nil {
		return err
	}
	for _, n := range now {
		if n.RecordID != o.RecordID {
			continue
		}
		if err := e.o.Zenodo.DeleteDraft(ctx, o.RecordID); err != nil && !errors.Is(err, zenodo.ErrNotFound) {
			return failure.Wrap("the draft can't be deleted", err)
		}
		return nil
	}
	return failure.Refuse("an export needs the draft "+o.RecordID, "", "", nil)
}

// NoteWait tells the runs under way that a client waits, such as for the
// server's request budget (zenodo.Options.OnWait).
func (e *Engine) NoteWait(d time.Duration, why string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for id, r := range e.runs {
		r.emit(Event{Kind: EventWaiting, Time: e.o.Now(), Job: id, Message: why + " (" + d.Round(time.Second).String() + ")"})
	}
}
