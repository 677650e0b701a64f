package zenodotest

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

// Deposit is a draft or record as the server holds it.
type Deposit struct {
	ID, Concept, Owner string
	Status             string
	Title, Description string
	DOI                string
	Revision           int
	Published          bool
	Draft              bool
	Review             string // state of the review, "" if none
	Community          string // slug of its receiver
	Metadata           map[string]any
	Access             map[string]any
	Files              []File
	Counted            int64 // bytes counted against the quota
	Created, Updated   time.Time
}

// File is a file of a Deposit.
type File struct {
	Key, MD5, Status string
	Size             int64
}

// Drafts lists the open drafts, oldest first; edits of published records included.
func (s *Server) Drafts() []Deposit {
	return s.deposits(func(it *item) *document { return it.draft })
}

// Records lists what is published and not deleted, oldest first.
func (s *Server) Records() []Deposit {
	return s.deposits(func(it *item) *document {
		if it.tombstone != nil {
			return nil
		}
		return it.record
	})
}

func (s *Server) deposits(pick func(*item) *document) []Deposit {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []Deposit
	for _, it := range s.items {
		if d := pick(it); d != nil {
			out = append(out, s.deposit(it, d))
		}
	}
	slices.SortFunc(out, func(a, b Deposit) int {
		if n := a.Created.Compare(b.Created); n != 0 {
			return n
		}
		return strings.Compare(a.ID, b.ID)
	})
	return out
}

func (s *Server) deposit(it *item, d *document) Deposit {
	b := it.files(d == it.draft)
	out := Deposit{
		ID: it.id, Concept: it.concept.id, Owner: it.concept.owner.id, Status: it.status(d), Title: text(d.metadata["title"]),
		Description: text(d.metadata["description"]),
		DOI: doiOf(
			d,
		), Revision: d.revision, Published: it.record != nil, Draft: d == it.draft, Counted: b.size, Created: d.created, Updated: d.updated,
		Metadata: deepCopy(d.metadata).(object), Access: deepCopy(d.access).(object),
	}
	if r := it.concept.review; r != nil && r.community != nil {
		out.Review, out.Community = r.status, r.community.slug
	}
	for _, e := range b.entries {
		f := File{Key: e.key, Status: "pending"}
		if e.completed {
			f.Status, f.Size, f.MD5 = "completed", e.content.size, e.content.md5
		}
		out.Files = append(out.Files, f)
	}
	return out
}

// Deposit finds one by id: the draft, or else the record.
func (s *Server) Deposit(id string) (Deposit, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[id]
	if it == nil || it.tombstone != nil {
		return Deposit{}, false
	}
	return s.deposit(it, it.current()), true
}

// FileBytes reads the stored content of a file, committed or not.
func (s *Server) FileBytes(id, key string) ([]byte, error) {
	s.mu.Lock()
	it := s.items[id]
	var e *entry
	if it != nil {
		e = it.files(it.draft != nil).find(key)
	}
	if e == nil || e.content == nil {
		s.mu.Unlock()
		return nil, fmt.Errorf("record %s has no content for %q", id, key)
	}
	b := s.retain(e.content)
	s.mu.Unlock()
	defer func() {
		s.mu.Lock()
		s.release(b)
		s.mu.Unlock()
	}()
	r, err := b.open()
	if err != nil {
		return nil, fmt.Errorf("read %q of %s: %w", key, id, err)
	}
	return io.ReadAll(r)
}

// with runs f on the draft of an id, as its owner's hand in the browser.
func (s *Server) with(id string, f func(*item) *apiError) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[id]
	if it == nil || it.draft == nil {
		return fmt.Errorf("no draft %s", id)
	}
	if e := f(it); e != nil {
		return fmt.Errorf("draft %s: %w", id, e)
	}
	return nil
}

// Publish presses Publish, Discard presses Discard, on the draft's page.
func (s *Server) Publish(id string) error {
	return s.with(id, func(it *item) *apiError { return s.publish(it, false) })
}

// Discard deletes the draft.
func (s *Server) Discard(id string) error {
	return s.with(id, func(it *item) *apiError {
		if it.inReview() {
			return refuse(400, "You cannot delete a draft with an open review. Please cancel the review first.")
		}
		s.discard(it)
		return nil
	})
}

// SubmitReview sends the draft to its community.
func (s *Server) SubmitReview(id string) error {
	return s.with(id, func(it *item) *apiError { return s.submit(it, true) })
}

// Accept is the curator's yes: the record is published.
func (s *Server) Accept(id string) error { return s.decideOn(id, "accepted") }

// Decline is the curator's no.
func (s *Server) Decline(id string) error { return s.decideOn(id, "declined") }

// Expire is the end of a review that nobody has decided in time.
func (s *Server) Expire(id string) error { return s.decideOn(id, "expired") }

func (s *Server) decideOn(id, status string) error {
	return s.with(id, func(it *item) *apiError {
		if it.concept.review == nil {
			return missing()
		}
		return s.decide(it.concept.review, status)
	})
}

// EditMetadata saves the form with changed metadata.
func (s *Server) EditMetadata(id string, f func(md map[string]any)) error {
	return s.with(id, func(it *item) *apiError {
		md := deepCopy(it.draft.metadata).(object)
		f(md)
		_, e := s.replace(it, object{"metadata": md, "access": deepCopy(it.draft.access), "custom_fields": it.draft.custom}, &checker{s: s})
		return e
	})
}

// SetExternalDOI enters a DOI of elsewhere in the form.
func (s *Server) SetExternalDOI(id, doi string) error {
	return s.with(id, func(it *item) *apiError {
		s.change(it, func(d *document) { d.pids = object{"doi": object{"identifier": doi, "provider": "external"}} })
		return nil
	})
}

// RemoveFile deletes a file in the form.
func (s *Server) RemoveFile(id, key string) error {
	return s.with(id, func(it *item) *apiError {
		f := it.draftFiles.find(key)
		if f == nil {
			return noFile(id, key)
		}
		s.removeEntry(it, f)
		return nil
	})
}

// EditRecord opens a published record for editing.
func (s *Server) EditRecord(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[id]
	if it == nil || it.record == nil || it.tombstone != nil {
		return fmt.Errorf("no record %s", id)
	}
	s.edit(it)
	return nil
}

// DeleteRecord removes a published record; its tombstone stays.
func (s *Server) DeleteRecord(id string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	it := s.items[id]
	if it == nil || it.record == nil {
		return fmt.Errorf("no record %s", id)
	}
	s.deleteRecord(it, "retracted")
	return nil
}

// RevokeToken makes a token invalid.
func (s *Server) RevokeToken(token string) {
	s.mu.Lock()
	delete(s.tokens, token)
	s.mu.Unlock()
}

// GrantToken makes a token valid for the owner of Token.
func (s *Server) GrantToken(token string) {
	s.mu.Lock()
	for _, u := range s.users {
		if u.name == "owner" {
			s.tokens[token] = u
		}
	}
	s.mu.Unlock()
}

// Maintenance makes every request end in a proxy's 503 page.
func (s *Server) Maintenance(on bool) {
	s.mu.Lock()
	s.down = on
	s.mu.Unlock()
}

// SetLag changes how long lists lag behind, for changes from now on.
func (s *Server) SetLag(d time.Duration) {
	s.mu.Lock()
	s.lag = d
	s.mu.Unlock()
}

// SetQuota changes the quota of all drafts, open and future, in bytes.
func (s *Server) SetQuota(n int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quota = n
	for _, it := range s.items {
		if it.draftFiles != nil {
			it.draftFiles.quota = n
		}
	}
}

// OwnerID is the id of the user of Token.
func (s *Server) OwnerID() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, u := range s.users {
		if u.name == "owner" {
			return u.id
		}
	}
	return ""
}
