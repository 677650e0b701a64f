package zenodo

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"

	"zenobis/safetext"
)

// wireCommunity is a community; ui is there only in lists of the native form.
type wireCommunity struct {
	ID       text   `json:"id"`
	Slug     string `json:"slug"`
	Metadata struct {
		Title string `json:"title"`
	} `json:"metadata"`
	Access struct {
		Submission string `json:"record_submission_policy"`
		Review     string `json:"review_policy"`
	} `json:"access"`
	UI struct {
		Permissions struct {
			Direct bool `json:"can_include_directly"`
		} `json:"permissions"`
	} `json:"ui"`
}

func (w wireCommunity) community() Community {
	return Community{
		ID: safetext.Name(string(w.ID)), Slug: safetext.Name(w.Slug), Title: safetext.Name(w.Metadata.Title),
		MayInclude: w.UI.Permissions.Direct, Submission: safetext.Name(w.Access.Submission), Review: safetext.Name(w.Access.Review),
	}
}

// Community finds a community by its slug or id.
func (c *Client) Community(ctx context.Context, slug string) (Community, error) {
	const op = "find community"
	if err := checkID(op, slug); err != nil {
		return Community{}, err
	}
	a, err := c.do(ctx, call{op: op, method: http.MethodGet, path: "/api/communities/" + url.PathEscape(slug), has: "id"})
	if err != nil {
		return Community{}, err
	}
	var w wireCommunity
	if decode(a.body, &w) != nil || w.ID == "" {
		return Community{}, c.notInvenio(op, a)
	}
	return w.community(), nil
}

// Communities lists the communities the user belongs to.
func (c *Client) Communities(ctx context.Context) ([]Community, error) {
	return c.communities(ctx, "/api/user/communities", url.Values{"size": {"100"}})
}

// SearchCommunities finds communities that anybody may see.
func (c *Client) SearchCommunities(ctx context.Context, words string) ([]Community, error) {
	return c.communities(ctx, "/api/communities", url.Values{"q": {words}, "size": {"20"}})
}

func (c *Client) communities(ctx context.Context, path string, q url.Values) ([]Community, error) {
	const op = "list communities"
	var list wireHits
	if err := c.json(ctx, call{op: op, method: http.MethodGet, path: path, query: q, has: "hits"}, &list); err != nil {
		return nil, err
	}
	var out []Community
	for _, h := range list.Hits.Hits {
		var w wireCommunity
		if decode(h, &w) == nil && w.ID != "" {
			out = append(out, w.community())
		}
	}
	return out, nil
}

// SetReview chooses the community that the draft will be submitted to; the user
// submits it in the browser. It takes a community's id, not its slug, and
// replaces an earlier choice. The server accepts a community whose members
// alone may submit: look at Community.Submission first.
func (c *Client) SetReview(ctx context.Context, id, communityID string) error {
	const op = "choose community"
	if err := checkID(op, id); err != nil {
		return err
	}
	type receiver struct {
		Community string `json:"community"`
	}
	body := struct {
		Receiver receiver `json:"receiver"`
		Type     string   `json:"type"`
	}{receiver{communityID}, "community-submission"}
	a, err := c.do(ctx, call{op: op, method: http.MethodPut, path: draftPath(id) + "/review", body: body})
	if err != nil {
		return err
	}
	if !json.Valid(a.body) {
		return c.notInvenio(op, a)
	}
	return nil
}
