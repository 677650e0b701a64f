package zenodo

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"zenobis/safetext"
)

// ownRecords asks for the user's own drafts and records. The list lags: what was
// just made may be missing for seconds (docs/zenodo-api.md, Lists and search).
func (c *Client) ownRecords(ctx context.Context, op, query, size string, all bool) ([]Record, error) {
	q := url.Values{"q": {query}, "size": {size}}
	k := call{op: op, method: http.MethodGet, path: tokenPath, query: q}
	if all {
		k.class = classSearch
		everyVersion(q)
	}
	return c.search(ctx, k)
}

// FindDrafts finds the user's unpublished drafts that carry the marker as an
// alternate identifier, be it one that a new version has from the version before
// (Record.Follows).
func (c *Client) FindDrafts(ctx context.Context, marker string) ([]Record, error) {
	list, err := c.ownRecords(ctx, "look for the draft", `metadata.identifiers.identifier:`+phrase(marker), "25", false)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(r Record) bool {
		return r.IsPublished || !slices.ContainsFunc(r.Metadata.Identifiers, func(i Identifier) bool {
			return i.Identifier == safetext.Line(marker)
		})
	}), nil
}

// MarkedDrafts are the user's unpublished drafts that have an alternate identifier
// which begins with prefix, a word of letters, and a colon.
func (c *Client) MarkedDrafts(ctx context.Context, prefix string) ([]Record, error) {
	list, err := c.ownRecords(ctx, "look for drafts", `metadata.identifiers.identifier:`+prefix+`* AND is_published:false`, "100", false)
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(list, func(r Record) bool {
		return r.IsPublished || !slices.ContainsFunc(r.Metadata.Identifiers, func(i Identifier) bool {
			return strings.HasPrefix(i.Identifier, prefix+":")
		})
	}), nil
}

// OpenVersion finds the draft of a new version that the user has open in a record
// as a whole, by its concept id. ErrNotFound where the list has none (yet).
func (c *Client) OpenVersion(ctx context.Context, concept string) (Record, error) {
	const op = "look for the draft of the new version"
	if err := checkID(op, concept); err != nil {
		return Record{}, err
	}
	list, err := c.ownRecords(ctx, op, "parent.id:"+phrase(concept)+" AND is_published:false", "5", false)
	if err != nil {
		return Record{}, err
	}
	for _, r := range list {
		if !r.IsPublished && r.ConceptID == concept {
			return c.Draft(ctx, r.ID) // the list says less than the draft itself
		}
	}
	return Record{}, &APIError{Op: op, Kind: ErrNotFound, Message: "none is listed"}
}

// everyVersion lifts the restriction of a list to newest versions: for drafts and
// records together that is the newest draft, which hides a published record as soon
// as a draft of a newer version is open. The two names are InvenioRDM's and Zenodo's.
func everyVersion(q url.Values) {
	q.Set("allversions", "true")
	q.Set("all_versions", "true")
}

// Mine reports whether a published record is one of the user's own. The record
// itself tells where it was read with the token; the list, which lags, where not.
func (c *Client) Mine(ctx context.Context, r Record) (bool, error) {
	if r.Own {
		return true, nil
	}
	list, err := c.ownRecords(ctx, "look whether the record is yours", "id:"+phrase(r.ID), "5", true)
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(list, func(o Record) bool { return o.ID == r.ID }), nil
}

// phrase is a text as the query language takes it word for word.
func phrase(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(s) + `"`
}
