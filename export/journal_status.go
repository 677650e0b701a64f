package export

import (
	"maps"
	"slices"
	"time"

	"zenobis/zenodo"
)

// sentPackage is what the journal knows of a record file.
type sentPackage struct {
	Tried     bool // sending was begun
	Bytes     int64
	MD5       string // hex, as it was measured while sending
	SHA256    string
	Sent      bool // every byte was handed over once, and measured
	Confirmed bool // Zenodo has it with this length and MD5
}

// status is a journal, folded.
type status struct {
	Planned  bool
	Started  bool
	Creating bool // a draft may exist that we do not know of
	Marker   string

	ID, URL, Concept string
	Revision         int // as of our last change to the draft
	Saved            bool
	Fields           []zenodo.FieldError // that the server found fault with
	Reserved         bool                // a DOI was asked for
	DOI              string
	Reviewed         bool
	Announced        map[string]bool
	Unarchiving      bool
	Packages         map[string]sentPackage
	Uploaded         bool
	Forgotten        []string // drafts that were given up

	State      State // as looked up at Zenodo once uploaded; "" before
	Gone       bool  // the draft vanished while the upload was not complete
	Stopped    State // interrupted or failed, "" while going on
	Reason     string
	Kind       string
	Resumable  bool
	Title      string // as published
	Published  bool
	Asking     bool // a registration was begun, its end is unknown
	Failing    bool // Reason is that of a failed registration
	Registered bool
	Objects    []string
	Confirmed  bool
	Discarding bool
	Discarded  bool

	First, Updated time.Time
}

func newStatus() status {
	return status{Announced: map[string]bool{}, Packages: map[string]sentPackage{}}
}

func (st status) clone() status {
	st.Announced = maps.Clone(st.Announced)
	st.Packages = maps.Clone(st.Packages)
	st.Objects = slices.Clone(st.Objects)
	st.Forgotten = slices.Clone(st.Forgotten)
	return st
}

// apply folds one line. It never fails: a line that does not fit says nothing.
func (st *status) apply(e entry) {
	if st.First.IsZero() {
		st.First = e.Time
	}
	if e.Time.After(st.Updated) {
		st.Updated = e.Time
	}
	switch e.Event {
	case stepPlanned:
		st.Planned = true
	case stepStarted:
		st.Started, st.Stopped, st.Reason, st.Kind = true, "", "", ""
	case stepCreating:
		st.Creating, st.Marker = true, e.Marker
	case stepNotCreated:
		st.Creating = false
		st.forgetDraft("")
		st.ID, st.URL, st.Saved, st.Fields = "", "", false, nil
	case stepDraft:
		st.forgetDraft(e.ID)
		st.Creating, st.ID, st.URL, st.Revision, st.Saved, st.Fields = false, e.ID, e.URL, e.Revision, e.Confirm, e.Fields
	case stepSaved:
		st.Saved, st.Revision, st.Fields = true, e.Revision, e.Fields
	case stepDOI:
		st.Reserved, st.DOI, st.Revision = true, e.DOI, e.Revision
	case stepReview:
		st.Reviewed, st.Revision = true, e.Revision
	case stepAnnounced:
		for _, k := range e.Keys {
			st.Announced[k] = true
		}
	case stepUnarchiving:
		st.Unarchiving = true
	case stepSent:
		st.Packages[e.Package] = sentPackage{Bytes: e.Bytes, MD5: e.MD5, SHA256: e.SHA256, Tried: true, Sent: true}
	case stepConfirmed:
		st.Packages[e.Package] = sentPackage{Bytes: e.Bytes, MD5: e.MD5, SHA256: e.SHA256, Tried: true, Sent: true, Confirmed: true}
	case stepSending:
		st.Packages[e.Package] = sentPackage{Tried: true}
	case stepDeleting:
		delete(st.Packages, e.Package)
	case stepUploaded:
		st.Uploaded, st.State, st.Stopped, st.Reason = true, StateDraft, "", ""
	case stepInterrupted, stepFailed:
		st.Stopped, st.Reason, st.Kind, st.Resumable = StateInterrupted, e.Reason, e.Kind, true
		if e.Event == stepFailed {
			st.Stopped, st.Resumable = StateFailed, e.Resume
		}
	case stepGone:
		st.Gone, st.Reason = true, e.Reason
	case stepState:
		st.look(e)
	case stepRegistering:
		st.Asking = true
	case stepUnregistered:
		st.Asking, st.Reason, st.Failing = e.Confirm, e.Reason, true // Confirm: it may have happened all the same
	case stepRegistered:
		st.Registered, st.Asking, st.Objects, st.Confirmed, st.Reason = true, false, e.Objects, e.Confirm, e.Reason
	case stepDiscarding:
		st.Discarding = true
	case stepDiscarded:
		st.Discarded, st.Reason = true, e.Reason
	}
}

// look takes what was seen at Zenodo.
func (st *status) look(e entry) {
	st.Reason = e.Reason
	if e.URL != "" {
		st.URL = e.URL
	}
	switch e.State {
	case StatePublished:
		st.Published, st.State, st.Uploaded, st.Stopped = true, StatePublished, true, ""
		st.Title, st.DOI = e.Title, e.DOI
	case StateDraft, StateInReview:
		st.State = e.State
	case StateDiscarded:
		st.Discarded = true
	}
}

// forgetDraft makes room for another draft: nothing was sent to it yet.
func (st *status) forgetDraft(id string) {
	if st.ID == id {
		return
	}
	if st.ID != "" {
		st.Forgotten = append(st.Forgotten, st.ID)
	}
	st.Reserved, st.DOI, st.Reviewed, st.Gone, st.Concept = false, "", false, false, ""
	st.Announced, st.Packages = map[string]bool{}, map[string]sentPackage{}
}

// state is where the job stands; running says that a live process works on it.
func (st *status) state(running bool) State {
	switch {
	case st.Discarded:
		return StateDiscarded
	case st.Registered:
		return StateRegistered
	case st.Published:
		return StatePublished
	case st.Uploaded:
		return st.State
	case running:
		return StateUploading
	case st.Stopped != "":
		return st.Stopped
	case st.Started:
		return StateInterrupted // its process died
	}
	return StatePlanned
}
