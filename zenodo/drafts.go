package zenodo

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"zenobis/safetext"
)

var errNoRecord = errors.New("answer without a record")

// draftPath is the address of a draft.
func draftPath(id string) string { return "/api/records/" + url.PathEscape(id) + "/draft" }

// checkID refuses ids that would name another address.
func checkID(op, id string) error {
	if id == "" || id == "." || id == ".." || len(id) > 100 || strings.ContainsFunc(id, func(r rune) bool {
		return r <= ' ' || r == '/' || r == '\\' || r >= 0x7f
	}) {
		return &APIError{Op: op, Kind: ErrInvalid, Message: strconv.Quote(safetext.Redact(short(id, 80))) + " is no record id"}
	}
	return nil
}

// recordCall carries a call out whose answer is a draft or record.
func (c *Client) recordCall(ctx context.Context, k call) (Record, error) {
	k.has = "id"
	a, err := c.do(ctx, k)
	if err != nil {
		return Record{}, err
	}
	r, err := c.record(a.body)
	if err != nil {
		return Record{}, c.notInvenio(k.op, a)
	}
	return r, nil
}

// tokenPath is an address that answers to a good token only.
const tokenPath = "/api/user/records"

// CheckToken reports whether the token is good (ErrToken) and the server what
// it should be (ErrNotInvenio). Public addresses can't tell: with a bad token
// they answer as to a guest (docs/zenodo-api.md, Who am I).
func (c *Client) CheckToken(ctx context.Context) error {
	const op = "check token"
	if c.o.Token == "" {
		return &APIError{Op: op, Kind: ErrToken, Message: "there is none"}
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, path: tokenPath, query: url.Values{"size": {"1"}}, has: "hits"})
	if errors.Is(err, ErrNotFound) {
		return c.notInvenio(op, answer{status: http.StatusNotFound})
	}
	if err != nil {
		return err
	}
	var list struct {
		Hits *struct{} `json:"hits"`
	}
	if decode(a.body, &list) != nil || list.Hits == nil {
		return c.notInvenio(op, a)
	}
	return nil
}

// Create makes a draft. Problems of its metadata are in Record.Errors; an
// unknown id of a vocabulary refuses it as a whole (ErrInvalid).
func (c *Client) Create(ctx context.Context, b DraftBody) (Record, error) {
	b, err := c.prepare(ctx, b)
	if err != nil {
		return Record{}, err
	}
	return c.recordCall(ctx, call{op: "create draft", method: http.MethodPost, path: "/api/records", body: b, timeout: 2 * c.o.CallTimeout})
}

// Draft reads a draft; ErrNotFound when it is published or discarded (State tells).
func (c *Client) Draft(ctx context.Context, id string) (Record, error) {
	const op = "read draft"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	return c.recordCall(ctx, call{op: op, method: http.MethodGet, path: draftPath(id)})
}

// Save replaces the draft's metadata and access as a whole; DOI, review and
// files stay. With a revision it fails with ErrRevision when somebody has saved
// since; 0 saves in any case. "Missing uploaded files" among Record.Errors is
// expected before the upload.
func (c *Client) Save(ctx context.Context, id string, revision int, b DraftBody) (Record, error) {
	const op = "save draft"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	b, err := c.prepare(ctx, b)
	if err != nil {
		return Record{}, err
	}
	return c.recordCall(
		ctx,
		call{op: op, method: http.MethodPut, path: draftPath(id), body: b, ifMatch: revision, timeout: 2 * c.o.CallTimeout},
	)
}

// prepare completes a body: a record always has files, access is public unless
// said otherwise, and a description of a type that only Zenodo knows becomes
// "other" elsewhere, since an unknown type refuses the whole draft
// (docs/zenodo-api.md, The document).
func (c *Client) prepare(ctx context.Context, b DraftBody) (DraftBody, error) {
	b.Files.Enabled = true
	if b.whole != nil {
		return b, nil
	}
	b.Access.Record = cmp.Or(b.Access.Record, AccessPublic)
	b.Access.Files = cmp.Or(b.Access.Files, AccessPublic)
	b.Metadata.Identifiers = distinct(b.Metadata.Identifiers)
	if c.o.Kind == KindZenodo || !slices.ContainsFunc(b.Metadata.Additional, func(d Description) bool { return d.Type.ID == "notes" }) {
		return b, nil
	}
	known, err := c.descriptionTypes(ctx)
	if err != nil {
		return b, err
	}
	if !known["notes"] {
		b.Metadata.Additional = slices.Clone(b.Metadata.Additional)
		for i, d := range b.Metadata.Additional {
			if d.Type.ID == "notes" {
				b.Metadata.Additional[i].Type.ID = "other"
			}
		}
	}
	return b, nil
}

// distinct drops what is there twice: the server would drop the whole list, and
// with it the marker by which a draft is found again.
func distinct(list []Identifier) []Identifier {
	var out []Identifier
	for _, i := range list {
		if !slices.Contains(out, i) {
			out = append(out, i)
		}
	}
	return out
}

// descriptionTypes asks for the vocabulary once.
func (c *Client) descriptionTypes(ctx context.Context) (map[string]bool, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.types != nil {
		return c.types, nil
	}
	list, err := c.Vocabulary(ctx, "descriptiontypes", "", 100)
	if err != nil {
		return nil, err
	}
	known := map[string]bool{}
	for _, v := range list {
		known[v.ID] = true
	}
	c.types = known
	return known, nil
}

// ReserveDOI reserves the draft's DOI. One that exists already, reserved before
// or entered by the user, is a success. ErrNoDOI: this instance has none to give.
func (c *Client) ReserveDOI(ctx context.Context, id string) (Record, error) {
	const op = "reserve DOI"
	if err := checkID(op, id); err != nil {
		return Record{}, err
	}
	r, err := c.recordCall(ctx, call{op: op, method: http.MethodPost, path: draftPath(id) + "/pids/doi", timeout: 2 * c.o.CallTimeout})
	var refused *APIError
	switch {
	case err == nil:
	case !errors.As(err, &refused):
		return r, err
	case errors.Is(refused, ErrInvalid) && strings.Contains(refused.Error(), "already exists"):
		if r, err = c.Draft(ctx, id); err != nil {
			return r, err
		}
	case errors.Is(refused, ErrInvalid), errors.Is(refused, ErrNotFound) && !strings.Contains(refused.Message, "persistent identifier"):
		// DataCite is off: no such provider, or no such address. A draft that is
		// gone speaks of its persistent identifier.
		refused.Kind = ErrNoDOI
		return r, refused
	default:
		return r, err
	}
	if r.DOI == "" {
		return r, &APIError{Op: op, Kind: ErrNoDOI, Message: "the server answered without one"}
	}
	return r, nil
}

// search reads a list of records.
func (c *Client) search(ctx context.Context, k call) ([]Record, error) {
	var list wireHits
	k.has = "hits"
	if err := c.json(ctx, k, &list); err != nil {
		return nil, err
	}
	var out []Record
	for _, h := range list.Hits.Hits {
		r, err := c.record(h)
		if err != nil {
			return nil, &APIError{Op: k.op, Status: http.StatusOK, Kind: ErrNotInvenio, Message: err.Error()}
		}
		out = append(out, r)
	}
	return out, nil
}

// DeleteDraft discards an unpublished draft with its files. It waits for a
// running upload; in review it is refused (ErrInvalid).
func (c *Client) DeleteDraft(ctx context.Context, id string) error {
	const op = "discard draft"
	if err := checkID(op, id); err != nil {
		return err
	}
	_, err := c.do(ctx, call{op: op, method: http.MethodDelete, path: draftPath(id), timeout: c.o.AnswerTimeout})
	return err
}

// State tells where a draft stands (docs/zenodo-api.md, Where a draft stands).
// Without a token, or when the draft isn't ours, the public address still tells a
// draft from a published and a discarded one.
func (c *Client) State(ctx context.Context, id string) (State, Record, error) {
	draft, err := c.Draft(ctx, id)
	ours := false // the draft is ours to see, and gone
	switch {
	case err == nil && !draft.IsPublished:
		if draft.Status == "in_review" {
			return StateInReview, draft, nil
		}
		return StateDraft, draft, nil
	case err == nil: // published before, and now being edited
	case errors.Is(err, ErrNotFound):
		ours = true
	case errors.Is(err, ErrToken), errors.Is(err, ErrDenied):
	case errors.Is(err, ErrGone):
		return StateDeleted, Record{ID: id}, nil
	default:
		return StateUnknown, Record{}, err
	}
	r, err := c.Record(ctx, id)
	var refused *APIError
	switch {
	case err == nil:
		return StatePublished, r, nil
	case errors.Is(err, ErrGone):
		return StateDeleted, Record{ID: id}, nil
	case draft.IsPublished:
		return StatePublished, draft, nil
	case errors.Is(err, ErrToken), errors.Is(err, ErrDenied):
		return StateUnknown, Record{}, nil
	case errors.As(err, &refused) && errors.Is(refused, ErrNotFound):
		switch {
		case strings.Contains(refused.Message, "is not registered"):
			if ours { // there was no draft a moment ago: it is just being published
				return StateUnknown, Record{}, nil
			}
			return StateDraft, Record{ID: id, IsDraft: true}, nil
		case strings.Contains(refused.Message, "does not exist"):
			return StateDiscarded, Record{ID: id}, nil
		}
		return StateUnknown, Record{}, nil
	}
	return StateUnknown, Record{}, err
}
