package zenodotest

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// community is a place a draft can be submitted to.
type community struct {
	id, slug, title string
	submission      string // open, closed: who may submit (closed = members)
	review          string // open = members publish without review, closed = always reviewed
	members         []*user
	created         time.Time
}

func (k *community) member(u *user) bool { return u != nil && slices.Contains(k.members, u) }

// review is a request: of a community's curators, or of the record's owner.
type review struct {
	id, kind, status, title string
	number                  string
	revision                int
	item                    *item
	by                      *user
	community               *community // nil for other requests
	payload                 object
	reply                   object
	created, updated        time.Time
}

func (r *review) open() bool   { return r.status == "submitted" }
func (r *review) closed() bool { return r.status != "submitted" && r.status != "created" }

func (s *Server) community(idOrSlug string) *community {
	for _, k := range s.communities {
		if k.id == idOrSlug || k.slug == idOrSlug {
			return k
		}
	}
	return nil
}

func (s *Server) communityDoc(k *community) object {
	base := s.base + "/api/communities/" + k.id
	l := object{
		"self":           base,
		"self_html":      s.base + "/communities/" + k.slug + "/",
		"settings_html":  s.base + "/communities/" + k.slug + "/settings",
		"public_members": base + "/members/public",
	}
	for _, n := range []string{"logo", "rename", "members", "invitations", "requests", "records"} {
		l[n] = base + "/" + n
	}
	l["collection_trees"], l["membership_requests"] = base+"/collection-trees", base+"/membership-requests"
	return object{
		"id": k.id, "created": stamp(k.created), "updated": stamp(k.created), "links": l, "revision_id": 2, "slug": k.slug,
		"metadata": object{"title": k.title},
		"access": object{
			"visibility":               "public",
			"members_visibility":       "public",
			"member_policy":            "open",
			"record_submission_policy": k.submission,
			"review_policy":            k.review,
		},
		"custom_fields": object{}, "deletion_status": object{"is_deleted": false, "status": "P"}, "children": object{"allow": false},
	}
}

// uiFor adds what the native form says of the user's rights.
func (k *community) uiFor(u *user, doc object) object {
	doc["ui"] = object{"permissions": object{"can_include_directly": k.member(u) && k.review == "open", "can_update": k.member(u)}}
	return doc
}

func getCommunity(c *call) (*answer, error) {
	kind, e := c.accept(jsonType, nativeType)
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	k := c.s.community(c.id)
	if k == nil {
		return nil, noPID()
	}
	doc := c.s.communityDoc(k)
	if kind == nativeType {
		k.uiFor(c.user, doc)
	}
	return &answer{status: http.StatusOK, kind: kind, revision: 2, body: doc}, nil
}

// listCommunities is GET /api/communities and /api/user/communities.
func listCommunities(c *call) (*answer, error) {
	kind, e := c.accept(jsonType, nativeType)
	if e != nil {
		return nil, e
	}
	mine := strings.HasPrefix(c.path, "/api/user/")
	if mine && c.user == nil {
		return nil, denied()
	}
	page, size, e := c.paging(10, 1000)
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	words := wordsOf(c.q.Get("q"))
	var hits []object
	for _, k := range c.s.communities {
		if mine && !k.member(c.user) || !matches(k.slug, object{"title": k.title}, words) {
			continue
		}
		doc := c.s.communityDoc(k)
		if kind == nativeType {
			k.uiFor(c.user, doc)
		}
		hits = append(hits, doc)
	}
	sort := "newest"
	if len(words) > 0 {
		sort = "bestmatch"
	}
	out := c.page(hits, page, size, sort)
	out["aggregations"] = object{
		"type":       object{"buckets": []any{}, "label": "Type"},
		"visibility": object{"buckets": []any{}, "label": "Visibility"},
	}
	return &answer{status: http.StatusOK, kind: kind, body: out}, nil
}

func (s *Server) newRequest(kind string, it *item, by *user) *review {
	s.nextRequest++
	now := s.now()
	number := strconv.Itoa(s.nextRequest)
	if !s.o.zenodo() {
		number = strconv.FormatInt(int64(s.nextRequest), 36)
	}
	r := &review{id: s.uuid(), kind: kind, status: "created", number: number, revision: 2, item: it, by: by, created: now, updated: now}
	s.reviews[r.id] = r
	return r
}

func (s *Server) requestDoc(r *review, reader *user) object {
	base := s.base + "/api/requests/" + r.id
	actions := object{}
	offer := func(names ...string) {
		for _, n := range names {
			actions[n] = base + "/actions/" + n
		}
	}
	switch {
	case r.status == "created":
		offer("submit")
	case r.open() && r.community.member(reader):
		offer("accept", "decline")
		if r.by == reader {
			offer("cancel")
		}
	case r.open():
		offer("cancel")
	}
	l := object{"self": base, "self_html": s.base + "/me/requests/" + r.id, "actions": actions}
	for _, n := range []string{"comments", "timeline", "timeline_focused", "lock", "unlock"} {
		l[n] = base + "/" + n
	}
	d := object{
		"id": r.id, "created": stamp(r.created), "updated": stamp(r.updated), "links": l, "revision_id": r.revision, "type": r.kind,
		"title":  r.title,
		"number": r.number, "status": r.status, "is_closed": r.closed(), "is_open": r.open(), "expires_at": nil,
		"is_expired": r.status == "expired",
		"last_reply": nil, "last_activity_at": stamp(r.updated), "created_by": object{"user": r.by.id}, "receiver": nil,
		"topic": object{"record": r.item.id}, "files": object{"enabled": true},
	}
	if r.community != nil {
		d["receiver"] = object{"community": r.community.id}
	}
	if r.payload != nil {
		d["payload"] = r.payload
	}
	if r.reply != nil {
		d["last_reply"] = r.reply
	}
	return d
}

// putReview chooses the community of a draft (docs/zenodo-api.md, Communities and
// review).
func putReview(c *call, it *item) (*answer, error) {
	if it.inReview() {
		return nil, refuse(http.StatusBadRequest, "An open review cannot be deleted.")
	}
	if it.record != nil || it.index > 1 {
		return nil, refuse(http.StatusBadRequest, "You cannot create a review for an already published record.")
	}
	body, _ := c.body.(object)
	if body["type"] != "community-submission" {
		return nil, invalid(field("type", "Invalid review type."))
	}
	rc, _ := body["receiver"].(object)
	var k *community
	for _, x := range c.s.communities {
		if x.id == text(rc["community"]) { // a slug is not accepted
			k = x
		}
	}
	if k == nil {
		return nil, missing()
	}
	if old := it.concept.review; old != nil && !old.closed() {
		delete(c.s.reviews, old.id)
	}
	r := c.s.newRequest("community-submission", it, c.user)
	r.community = k
	it.concept.review = r
	c.s.touched(it)
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.requestDoc(r, c.user)}, nil
}

func getReview(c *call, it *item) (*answer, error) {
	r := it.concept.review
	if r == nil {
		return nil, refuse(http.StatusNotFound, "Review for draft not found")
	}
	return &answer{status: http.StatusOK, kind: jsonType, body: c.s.requestDoc(r, c.user)}, nil
}

func deleteReview(c *call, it *item) (*answer, error) {
	r := it.concept.review
	if r == nil {
		return nil, refuse(http.StatusNotFound, "Review for draft not found")
	}
	if r.open() {
		return nil, refuse(http.StatusBadRequest, "An open review cannot be deleted.")
	}
	it.concept.review = nil
	delete(c.s.reviews, r.id)
	c.s.touched(it)
	return &answer{status: http.StatusNoContent}, nil
}

// submitReview is POST …/draft/actions/submit-review.
func submitReview(c *call, it *item) (*answer, error) {
	body, _ := c.body.(object)
	if e := c.s.submit(it, body["require_review"] != false); e != nil {
		return nil, e
	}
	doc := c.s.requestDoc(it.concept.review, c.user)
	doc["links"].(object)["next_html"] = c.s.base + "/me/requests/" + it.concept.review.id
	return &answer{status: http.StatusAccepted, kind: jsonType, body: doc}, nil
}

// submit sends the draft to its community. A member of one that needs no review
// publishes at once, unless review is asked for.
func (s *Server) submit(it *item, review bool) *apiError {
	r := it.concept.review
	if r == nil {
		return refuse(http.StatusNotFound, "Review for draft not found")
	}
	owner := it.concept.owner
	if r.community.submission == "closed" && !r.community.member(owner) {
		return refuse(http.StatusForbidden, "Submission to this community is only allowed to community members.")
	}
	if r.status != "created" && r.status != "declined" && r.status != "cancelled" && r.status != "expired" {
		return internalError() // submitted already
	}
	if e := s.submittable(it); e != nil {
		return e
	}
	r.status, r.title, r.updated = "submitted", text(it.draft.metadata["title"]), s.now()
	r.revision++
	it.draft.revision++
	s.touched(it)
	if !review && r.community.member(owner) && r.community.review != "closed" {
		return s.decide(r, "accepted")
	}
	return nil
}

// decide ends an open request.
func (s *Server) decide(r *review, status string) *apiError {
	if !r.open() {
		return refuse(http.StatusBadRequest, "Action not allowed: the request is "+r.status+".")
	}
	if status == "accepted" {
		if e := s.publish(r.item, true); e != nil {
			return e
		}
		r.item.concept.communities = append(r.item.concept.communities, r.community.id)
	}
	r.status, r.updated = status, s.now()
	r.revision++
	if r.item.draft != nil {
		r.item.draft.revision++
	}
	s.touched(r.item)
	return nil
}

// requestAction is POST /api/requests/ID/actions/NAME; getRequest reads it.
func requestAction(c *call) (*answer, error) {
	v, e := c.json()
	if e != nil {
		return nil, e
	}
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	r := c.s.reviews[c.id]
	if r == nil {
		return nil, noPID()
	}
	var status string
	switch curator := r.community != nil && r.community.member(c.user); c.key {
	case "accept", "decline":
		if !curator {
			return nil, denied()
		}
		status = map[string]string{"accept": "accepted", "decline": "declined"}[c.key]
	case "cancel", "submit":
		if c.user != r.by {
			return nil, denied()
		}
		status = "cancelled"
	default:
		return nil, missing()
	}
	if c.key == "submit" {
		e = c.s.submit(r.item, true)
	} else {
		e = c.s.decide(r, status)
	}
	if e != nil {
		return nil, e
	}
	body, _ := v.(object)
	if p, ok := body["payload"].(object); ok && text(p["content"]) != "" {
		now := stamp(c.s.now())
		r.reply = object{"id": c.s.uuid(), "created": now, "updated": now, "links": object{}, "revision_id": 1, "type": "C",
			"created_by": object{"user": c.user.id}, "permissions": object{}, "parent_id": nil}
	}
	return &answer{status: http.StatusOK, kind: jsonType, revision: r.revision, body: c.s.requestDoc(r, c.user)}, nil
}

func getRequest(c *call) (*answer, error) {
	c.s.mu.Lock()
	defer c.s.mu.Unlock()
	r := c.s.reviews[c.id]
	if r == nil {
		return nil, noPID()
	}
	if c.user == nil || c.user != r.by && !(r.community != nil && r.community.member(c.user)) {
		return nil, denied()
	}
	return &answer{status: http.StatusOK, kind: jsonType, revision: r.revision, body: c.s.requestDoc(r, c.user)}, nil
}
