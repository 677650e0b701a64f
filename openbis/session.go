package openbis

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"zenobis/wire"
)

// needToken is the token of the session.
func (c *Client) needToken() (string, error) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if c.token == "" {
		return "", fmt.Errorf("%w: nobody is logged in", ErrSession)
	}
	return c.token, nil
}

// Session says who is logged in; the zero value when nobody is.
func (c *Client) Session() Session {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.session
}

// Login opens a session. A session that this client opened before is ended.
// ErrLogin where user or password are wrong, or the user has no role. One
// login opens one session: the server ends a user's oldest one beyond five.
func (c *Client) Login(ctx context.Context, user, password string) error {
	op := "log in to " + c.base.Host
	if user == "" || password == "" {
		return fmt.Errorf("%s: %w: user and password are needed", op, ErrLogin)
	}
	if err := c.private(c.base); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	g, err := c.do(ctx, request{url: c.base.String() + asPath, method: "login", params: []any{user, password}, secrets: []string{password}})
	if err != nil {
		return fmt.Errorf("%s: %w", op, tooOld(err))
	}
	token, _ := g.root.(string)
	if token == "" {
		return fmt.Errorf("%s: %w: wrong user or password", op, ErrLogin) // null, HTTP 200 (docs/openbis-api.md, Envelope and errors)
	}
	s, err := c.sessionOf(ctx, token, c.do)
	if err != nil {
		_ = c.end(context.WithoutCancel(ctx), token) // the reason for failing is err
		return fmt.Errorf("%s: %w", op, err)
	}
	s.Owned = true
	c.take(ctx, token, s)
	return nil
}

// take makes a session the client's. One that it opened before is ended, since nobody
// else knows it; most likely it has ended by itself.
func (c *Client) take(ctx context.Context, token string, s Session) {
	c.mu.Lock()
	before, owned := c.token, c.session.Owned
	c.token, c.session = token, s
	c.epoch++
	c.mu.Unlock()
	if owned && before != token {
		_ = c.end(ctx, before)
	}
}

// private refuses to send a secret where others could read it on the way.
func (c *Client) private(u *url.URL) error {
	if c.o.AllowHTTP {
		return nil
	}
	return wire.Plain(u)
}

// UseToken takes a session token or a personal access token that was handed
// in, after asking the server whether it is good: ErrSession where not.
func (c *Client) UseToken(ctx context.Context, token string) error {
	op := "use a token for " + c.base.Host
	token = wire.Token(token)
	if token == "" {
		return fmt.Errorf("%s: %w: the token is empty", op, ErrSession)
	}
	if err := c.private(c.base); err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	s, err := c.sessionOf(ctx, token, c.do)
	if err != nil {
		return fmt.Errorf("%s: %w", op, tooOld(err))
	}
	c.take(ctx, token, s)
	return nil
}

// Logout ends a session that Login opened; a token that was handed in stays
// valid. The client is logged out either way.
func (c *Client) Logout(ctx context.Context) error {
	c.mu.Lock()
	token, owned := c.token, c.session.Owned
	c.token, c.session = "", Session{}
	c.mu.Unlock()
	if !owned {
		return nil
	}
	if err := c.end(ctx, token); err != nil && !errors.Is(err, ErrSession) {
		return fmt.Errorf("log out: %w", err)
	}
	return nil
}

// CloseIdle closes the connections that no call uses.
func (c *Client) CloseIdle() { c.http.CloseIdleConnections() }

// KeepAlive uses the session, since its timeout counts inactivity. ErrSession
// when it has ended.
func (c *Client) KeepAlive(ctx context.Context) error {
	err := c.withSession(ctx, func(token string) error {
		_, err := c.sessionOf(ctx, token, c.do)
		return err
	})
	if err != nil {
		return fmt.Errorf("keep the session alive: %w", err)
	}
	return nil
}

func (c *Client) end(ctx context.Context, token string) error {
	_, err := c.do(ctx, request{url: c.base.String() + asPath, method: "logout", params: []any{token}, secrets: []string{token}})
	return err
}

// sessionOf asks whose session a token is (docs/openbis-api.md, Sessions).
func (c *Client) sessionOf(ctx context.Context, token string, do func(context.Context, request) (*graph, error)) (Session, error) {
	g, err := do(ctx, request{url: c.base.String() + asPath, method: "getSessionInformation", params: []any{token}, secrets: []string{token}})
	if err != nil {
		return Session{}, err
	}
	m := g.obj(g.root)
	if m == nil {
		return Session{}, fmt.Errorf("%w: the server does not know the token", ErrSession)
	}
	s := Session{
		UserID:    line(m["userName"]),
		HomeSpace: line(m["homeGroupCode"]),
		PAT:       truth(m["personalAccessTokenSession"]) || strings.HasPrefix(token, "$pat"),
	}
	if p := g.person(m["person"]); p != nil {
		s.Person = *p
	}
	if s.UserID == "" {
		s.UserID = s.Person.UserID
	}
	if s.Person.UserID == "" {
		s.Person.UserID = s.UserID
	}
	return s, nil
}

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
