package zenodotest

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// user is somebody with an account.
type user struct {
	id, name, email, fullName string
	confirmed                 time.Time
	super                     bool // may do everything
}

// concept is what the versions of a record have in common (the API's parent).
type concept struct {
	id          string
	owner       *user
	doi         object // nil until the first publication
	review      *review
	communities []string
	versions    []*item // in order
}

// item is one version: a draft, a published record, or a record being edited.
type item struct {
	id          string
	concept     *concept
	index       int // version number from 1
	draft       *document
	record      *document
	tombstone   object // of a deleted record
	revision    int    // of the last draft, from which an edit goes on
	draftFiles  *bucket
	recordFiles *bucket
	upload      chan struct{} // holds one token: who has it may write content
	busy        int           // content PUTs running or waiting
	listed      object        // what lists show
	next        []snapshot    // what they will show
	reopened    bool          // the new-version draft was asked for again
	filesOpen   bool          // the owner asked to change the files of the next edit
}

// snapshot is a document as lists show it from a moment on.
type snapshot struct {
	at  time.Time
	doc object
}

// document is the state of a draft or record.
type document struct {
	created, updated time.Time
	revision         int
	metadata         object
	access           object
	custom           object
	pids             object
}

// bucket holds the files.
type bucket struct {
	id      string
	size    int64 // as the site counts it: uncommitted content that was replaced or deleted stays in (docs/zenodo-api.md, Files)
	quota   int64
	locked  bool
	preview string // key of the default preview, "" for none
	entries []*entry
	graves  map[string]bool // keys a delete-all made unusable
}

// entry is one file.
type entry struct {
	key              string
	created, updated time.Time
	announced        any // size as announced, nil if not
	checksum         any
	hasChecksum      bool
	metadata         any
	hidden           bool
	transfer         object
	parts            map[int]*blob
	completed        bool
	content          *blob
	putting          bool
	fileID           string
	versionID        string
}

func (b *bucket) find(key string) *entry {
	for _, e := range b.entries {
		if e.key == key {
			return e
		}
	}
	return nil
}

func (b *bucket) remove(e *entry) {
	b.entries = slices.DeleteFunc(b.entries, func(x *entry) bool { return x == e })
}

func (b *bucket) pending() bool {
	return slices.ContainsFunc(b.entries, func(e *entry) bool { return !e.completed })
}

// committed is the size of the committed files.
func (b *bucket) committed() (n int64) {
	for _, e := range b.entries {
		if e.completed && e.content != nil {
			n += e.content.size
		}
	}
	return n
}

// now is the instance's time; the site has microseconds.
func (s *Server) now() time.Time { return s.Now().UTC().Truncate(time.Microsecond) }

// stamp is how the site writes times.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000+00:00") }

func (s *Server) hex(n int) string {
	b := make([]byte, 0, 2*n)
	for range 2 * n {
		b = append(b, "0123456789abcdef"[s.rng.IntN(16)])
	}
	return string(b)
}

func (s *Server) uuid() string {
	h := s.hex(16)
	return h[:8] + "-" + h[8:12] + "-4" + h[13:16] + "-a" + h[17:20] + "-" + h[20:]
}

func (s *Server) token() string {
	const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
	b := make([]byte, 60)
	for i := range b {
		b[i] = letters[s.rng.IntN(len(letters))]
	}
	return string(b)
}

// ids gives the ids of a new concept and its first version: running integers on
// Zenodo, unrelated random strings elsewhere (docs/zenodo-api.md, The DOI).
func (s *Server) ids() (concept, record string) {
	if !s.o.zenodo() {
		return s.randomID(), s.randomID()
	}
	n := s.nextID
	s.nextID += 2
	return strconv.FormatInt(n, 10), strconv.FormatInt(n+1, 10)
}

// recordID gives the id of a further version.
func (s *Server) recordID() string {
	if !s.o.zenodo() {
		return s.randomID()
	}
	s.nextID++
	return strconv.FormatInt(s.nextID-1, 10)
}

// randomID is eight letters of Crockford's alphabet and two digits: 4d0ns-ntd89.
func (s *Server) randomID() string {
	const letters = "0123456789abcdefghjkmnpqrstvwxyz"
	for {
		var b strings.Builder
		for i := range 8 {
			if i == 5 {
				b.WriteByte('-')
			}
			b.WriteByte(letters[s.rng.IntN(32)])
		}
		fmt.Fprintf(&b, "%02d", s.rng.IntN(97))
		id := b.String()
		if s.items[id] == nil && s.concepts[id] == nil {
			return id
		}
	}
}

// addPeople makes the accounts and communities every instance starts with.
func (s *Server) addPeople() {
	first := int64(1)
	if s.o.zenodo() {
		first = 12345
	}
	add := func(i int64, name, full string) *user {
		u := &user{id: strconv.FormatInt(first+i, 10), name: name, email: name + "@lab.invalid", fullName: full, confirmed: s.now()}
		s.users[u.id] = u
		return u
	}
	owner := add(0, "owner", "Olga Owner")
	second := add(1, "second", "Sam Second")
	curator := add(2, "curator", "Cora Curator")
	admin := add(3, "admin", "Ada Admin")
	admin.super = true
	s.Token = s.o.Token
	if s.Token == "" {
		s.Token = s.token()
	}
	s.SecondToken, s.CuratorToken, s.NoScopeToken, s.AdminToken = s.token(), s.token(), s.token(), s.token()
	s.tokens[s.AdminToken] = admin
	s.tokens[s.Token], s.tokens[s.NoScopeToken] = owner, owner
	s.tokens[s.SecondToken], s.tokens[s.CuratorToken] = second, curator
	s.communities = []*community{
		{id: s.uuid(), slug: "my-lab", title: "My lab", submission: "open", review: "open", members: []*user{owner}, created: s.now()},
		{id: s.uuid(), slug: "reviewed", title: "Reviewed", submission: "open", review: "closed", members: []*user{curator}, created: s.now()},
		{
			id:         s.uuid(),
			slug:       "members-only",
			title:      "Members only",
			submission: "closed",
			review:     "closed",
			members:    []*user{curator},
			created:    s.now(),
		},
	}
}

// newBucket makes room for the files of a draft.
func (s *Server) newBucket() *bucket {
	return &bucket{id: s.uuid(), quota: s.quota, graves: map[string]bool{}}
}

// newItem makes a version without a document.
func (s *Server) newItem(id string, c *concept) *item {
	it := &item{id: id, concept: c, index: len(c.versions) + 1, upload: make(chan struct{}, 1)}
	it.upload <- struct{}{}
	c.versions = append(c.versions, it)
	s.items[id] = it
	return it
}

// owns reports whether the user may see and change the item's draft.
func (it *item) owns(u *user) bool { return u != nil && (it.concept.owner == u || u.super) }

// draftItem finds the draft of a call and checks that its user may use it. What
// it says of a published record without a draft depends on who asks for what
// (docs/zenodo-api.md, Where a draft stands).
func (c *call) draftItem() (*item, *apiError) {
	it := c.s.items[c.id]
	if it == nil {
		return nil, noPID()
	}
	if it.draft == nil {
		bare := strings.HasSuffix(c.path, "/draft") && (c.r.Method == "GET" || c.r.Method == "HEAD")
		if bare || it.record == nil {
			return nil, noPID()
		}
		return nil, missing()
	}
	if !it.owns(c.user) && !(it.concept.review != nil && it.concept.review.open() && it.concept.review.community.member(c.user)) {
		return nil, denied()
	}
	return it, nil
}

// ownDraft is draftItem for the owner only.
func (c *call) ownDraft() (*item, *apiError) {
	it, e := c.draftItem()
	if e == nil && !it.owns(c.user) {
		return nil, denied()
	}
	return it, e
}

// retain and release count the holders of a blob: a draft, a record, a new
// version that imported it, a download.
func (s *Server) retain(b *blob) *blob {
	if b != nil {
		b.refs++
	}
	return b
}

func (s *Server) release(b *blob) {
	if b == nil {
		return
	}
	b.refs--
	if b.refs <= 0 {
		s.blobs.free(b)
	}
}

// dropFiles releases the content of a bucket that nobody needs any more.
func (s *Server) dropFiles(b *bucket) {
	for _, e := range b.entries {
		s.release(e.content)
		for _, p := range e.parts {
			s.release(p)
		}
	}
	b.entries = nil
}

// touched files the item for the lists: at once, or after the lag.
func (s *Server) touched(it *item) {
	doc := s.native(it, it.current(), nil, "")
	if s.lag <= 0 {
		it.listed, it.next = doc, nil
		return
	}
	it.next = append(it.next, snapshot{s.now().Add(s.lag), doc})
}

// files is the bucket of the draft or of the record.
func (it *item) files(draft bool) *bucket {
	if draft {
		return it.draftFiles
	}
	return it.recordFiles
}

// current is the draft, or else the record.
func (it *item) current() *document {
	if it.draft != nil {
		return it.draft
	}
	return it.record
}

// shown is the item as lists show it now, nil if they do not.
func (s *Server) shown(it *item) object {
	now := s.now()
	for len(it.next) > 0 && !it.next[0].at.After(now) {
		it.listed, it.next = it.next[0].doc, it.next[1:]
	}
	return it.listed
}
