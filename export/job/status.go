package job

import (
	"maps"
	"slices"
	"time"

	"zenobis/export/failure"
	"zenobis/zenodo"
)

// SentPackage is what the journal knows of a record file.
type SentPackage struct {
	Tried     bool // sending was begun
	Bytes     int64
	MD5       string // hex, as it was measured while sending
	SHA256    string
	Sent      bool // every byte was handed over once, and measured
	Confirmed bool // Zenodo has it with this length and MD5
}

// Status is a journal, folded.
type Status struct {
	Planned   bool
	PlannedBy *By
	Started   bool
	Creating  bool      // a draft may exist that we do not know of
	Versioned bool      // the record had no draft of a newer version when we looked
	MadeAt    time.Time // when the last draft was begun to be made

	ID, URL     string
	Revision    int // as of our last change to the draft
	Saved       bool
	Adopted     bool                // the draft is somebody else's: nothing of it is changed but our files
	Fields      []zenodo.FieldError // that the server found fault with
	Reserved    bool                // a DOI was asked for
	DOI         string
	Reviewed    bool
	Announced   map[string]bool
	Unarchiving bool
	Packages    map[string]SentPackage
	Uploaded    bool
	Importing   bool     // files of the former version may be in the draft
	Reused      bool     // what stands of them is confirmed
	HandedOver  bool     // the last save is done
	Differences []string // of what the server stored from what was sent
	Forgotten   []string // drafts that were given up

	State       State // as looked up at Zenodo once uploaded; "" before
	Gone        bool  // the draft vanished while the upload was not complete
	Stopped     State // interrupted or failed, "" while going on
	Reason      string
	Kind        failure.Kind // of what stopped the last run
	Resumable   bool
	Title       string // as published
	Review      Review
	Published   bool
	Lacking     []string // packages that were not published, or not as they were planned
	Asking      bool     // a registration was begun, its end is unknown
	AskedAt     time.Time
	Failing     bool // Reason is that of a failed registration
	Registered  bool
	Objects     []string
	Confirmed   bool
	Discarding  bool
	Discarded   bool
	DiscardedAt time.Time

	First, Updated time.Time
}

func newStatus() Status {
	return Status{Announced: map[string]bool{}, Packages: map[string]SentPackage{}}
}

func (st Status) clone() Status {
	st.Announced = maps.Clone(st.Announced)
	st.Packages = maps.Clone(st.Packages)
	st.Objects = slices.Clone(st.Objects)
	st.Forgotten = slices.Clone(st.Forgotten)
	return st
}

// fold takes one more line in.
func (st *Status) fold(at time.Time, r Record) {
	if st.First.IsZero() {
		st.First = at
	}
	if at.After(st.Updated) {
		st.Updated = at
	}
	was := *st
	r.apply(st)
	if st.Discarded && !was.Discarded {
		st.DiscardedAt = at
	}
	switch r.(type) {
	case Registering, *Registering:
		st.AskedAt = at
	case Creating, *Creating, Versioning, *Versioning:
		st.MadeAt = at
	}
}

func (r Planned) apply(st *Status)   { st.Planned, st.PlannedBy = true, r.By }
func (Started) apply(st *Status)     { st.Started, st.Stopped, st.Reason, st.Kind = true, "", "", 0 }
func (Creating) apply(st *Status)    { st.Creating = true }
func (r Saved) apply(st *Status)     { st.Saved, st.Revision, st.Fields = true, r.Revision, r.Fields }
func (r Reserved) apply(st *Status)  { st.Reserved, st.DOI, st.Revision = true, r.DOI, r.Revision }
func (Reviewed) apply(st *Status)    { st.Reviewed = true }
func (Unarchiving) apply(st *Status) { st.Unarchiving = true }
func (r Sending) apply(st *Status)   { st.Packages[r.Package] = SentPackage{Tried: true} }
func (r Deleting) apply(st *Status)  { delete(st.Packages, r.Package) }
func (Omitted) apply(*Status)        {}
func (Importing) apply(st *Status)   { st.Importing = true }
func (Reused) apply(st *Status)      { st.Reused = true }
func (r Differs) apply(st *Status)   { st.Differences = r.Texts }
func (r HandedOver) apply(st *Status) {
	st.HandedOver, st.Revision = true, r.Revision
}
func (r Vanished) apply(st *Status)  { st.Gone, st.Reason = true, r.Reason }
func (Versioning) apply(st *Status)  { st.Versioned = true }
func (Registering) apply(st *Status) { st.Asking = true }
func (Discarding) apply(st *Status)  { st.Discarding = true }
func (r Discarded) apply(st *Status) { st.Discarded, st.Reason = true, r.Reason }
func (r Uploaded) apply(st *Status) {
	st.Uploaded, st.State, st.Stopped, st.Reason = true, StateDraft, "", ""
}

func (r NotCreated) apply(st *Status) {
	st.Creating = false
	st.forgetDraft("")
	st.ID, st.URL, st.Saved, st.Fields = "", "", false, nil
}

func (r Created) apply(st *Status) {
	st.forgetDraft(r.ID)
	st.Creating, st.ID, st.URL, st.Revision, st.Saved, st.Fields = false, r.ID, r.URL, r.Revision, r.Saved, r.Fields
	st.Adopted, st.Versioned = r.Adopted, false
}

func (r Announced) apply(st *Status) {
	for _, k := range r.Keys {
		st.Announced[k] = true
	}
	for _, k := range r.Taken {
		delete(st.Announced, k)
	}
}

func (r Sent) apply(st *Status) {
	st.Packages[r.Package] = SentPackage{Bytes: r.Bytes, MD5: r.MD5, SHA256: r.SHA256, Tried: true, Sent: true}
}

func (r Confirmed) apply(st *Status) {
	st.Packages[r.Package] = SentPackage{Bytes: r.Bytes, MD5: r.MD5, SHA256: r.SHA256, Tried: true, Sent: true, Confirmed: true}
}

func (r Interrupted) apply(st *Status) {
	st.Stopped, st.Reason, st.Kind, st.Resumable = StateInterrupted, r.Reason, failure.Parse(r.Kind), true
}

func (r Failed) apply(st *Status) {
	st.Stopped, st.Reason, st.Kind, st.Resumable = StateFailed, r.Reason, failure.Parse(r.Kind), r.Resumable
}

func (r Seen) apply(st *Status) {
	st.Reason, st.Review = r.Reason, r.Review
	if r.URL != "" {
		st.URL = r.URL
	}
	switch r.State {
	case StatePublished:
		st.Published, st.State, st.Uploaded, st.Stopped = true, StatePublished, true, ""
		st.Lacking = r.Lacking
		st.Title, st.DOI, st.Discarded = r.Title, r.DOI, false
	case StateDraft, StateInReview:
		st.State = r.State
		st.Discarded = st.Discarded && st.Discarding // the server has it again
	case StateDiscarded:
		st.Discarded = true
	}
}

func (r NotRegistered) apply(st *Status) {
	st.Asking, st.Reason, st.Failing = r.Perhaps, r.Reason, true
}

func (r Registered) apply(st *Status) {
	st.Registered, st.Asking, st.Objects, st.Confirmed, st.Reason = true, false, r.Objects, r.Seen, r.Reason
}

// forgetDraft makes room for another draft: nothing was sent to it yet.
func (st *Status) forgetDraft(id string) {
	if st.ID == id {
		return
	}
	if st.ID != "" {
		st.Forgotten = append(st.Forgotten, st.ID)
	}
	st.Reserved, st.DOI, st.Reviewed, st.Gone, st.HandedOver, st.Differences = false, "", false, false, false, nil
	st.Importing, st.Reused = false, false
	st.Announced, st.Packages = map[string]bool{}, map[string]SentPackage{}
}

// Stands is where the job stands; running says that a live process works on it.
func (st *Status) Stands(running bool) State {
	switch {
	case st.Registered:
		return StateRegistered
	case st.Discarded:
		return StateDiscarded
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
