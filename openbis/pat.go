package openbis

import (
	"context"
	"fmt"
	"time"
)

// CreatePAT makes a personal access token of the user. The server shortens its
// life to its own limit (ServerInfo.MaxPATValidity). ErrPATDenied in a session
// that is one itself.
func (c *Client) CreatePAT(ctx context.Context, name string, from, to time.Time) (string, error) {
	const op = "create a personal access token"
	if c.Session().PAT {
		return "", fmt.Errorf("%s: %w", op, ErrPATDenied)
	}
	g, err := c.create(ctx, "createPersonalAccessTokens", []any{of("pat.create.PersonalAccessTokenCreation",
		"sessionName", name, "validFromDate", from.UnixMilli(), "validToDate", to.UnixMilli())})
	if err != nil {
		return "", fmt.Errorf("%s: %w", op, err)
	}
	for _, id := range g.list(g.root) {
		if token := text(id["permId"]); token != "" {
			return token, nil
		}
	}
	return "", fmt.Errorf("%s: %w", op, errShape)
}

// PATs lists the personal access tokens of the user. The tokens themselves,
// which the server tells as their ids, are left out.
func (c *Client) PATs(ctx context.Context) ([]PAT, error) {
	const op = "list personal access tokens"
	if c.Session().PAT {
		return nil, fmt.Errorf("%s: %w", op, ErrPATDenied)
	}
	g, err := c.call(ctx, "searchPersonalAccessTokens",
		of("pat.search.PersonalAccessTokenSearchCriteria", "operator", "AND", "criteria", []any{}),
		of("pat.fetchoptions.PersonalAccessTokenFetchOptions", "owner", person()))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", op, err)
	}
	user := c.Session().UserID
	var all []PAT
	for _, m := range g.list(g.obj(g.root)["objects"]) {
		// An administrator is told those of everybody.
		if o := g.person(m["owner"]); o != nil && o.UserID != user {
			continue
		}
		all = append(all, PAT{Name: line(m["sessionName"]), From: date(m["validFromDate"]), To: date(m["validToDate"])})
	}
	return all, nil
}
