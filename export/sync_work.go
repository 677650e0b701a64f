package export

import (
	"errors"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// work is a job that is held for something short: looking, registering, discarding.
type work struct {
	e    *Engine
	dir  string
	jf   jobFile
	j    *journal
	lock *lock
}

// open takes a job's lock and opens its journal.
func (e *Engine) open(id string) (*work, error) {
	dir, err := e.dir(id)
	if err != nil {
		return nil, err
	}
	w := &work{e: e, dir: dir}
	if w.lock, err = e.locks(dir).take(); err != nil {
		return nil, failure.Wrap("the export can't be opened", err)
	}
	if w.jf, err = readJobFile(dir); err == nil {
		w.j, err = openJournal(dir, func() entry { return entry{Time: e.o.Now().UTC()} }, e.o.Step)
	}
	if err != nil {
		w.close()
		return nil, failure.Wrap("the export can't be opened", err)
	}
	return w, nil
}

func (w *work) close() {
	if w.j != nil {
		_ = w.j.close() // what had to be durable is
	}
	w.lock.release()
}

// job is the job as it stands when the lock, held for a moment, is given back.
func (w *work) job() Job { return w.e.fill(w.dir, w.jf, w.j.look(), false) }

func (w *work) noteState(s State, rec zenodo.Record, reason string) error {
	return w.j.add(stepState, func(e *entry) {
		e.State, e.Reason = s, reason
		if s == StatePublished {
			e.DOI, e.URL, e.Title = rec.DOI, rec.HTML, rec.Metadata.Title
		}
	})
}

// running reports a lock that somebody else holds.
func running(err error) bool { return errors.Is(err, failure.Running) }
