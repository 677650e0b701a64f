package openbis

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"zenobis/wire"
)

// repeat makes a request by the policy of repetition. Until the application
// server has answered once the address may be wrong, which is told soon; data
// stores are named by openBIS and always get the whole patience.
func (c *Client) repeat(ctx context.Context, q request, f func(ctx context.Context) error) error {
	if c.o.Retry == nil || q.once {
		return f(ctx)
	}
	r := *c.o.Retry
	r.Server, r.Call = cmp.Or(q.url, c.base.String()+asPath), q.method
	switch {
	case q.method == "logout": // who leaves does not wait
		r.Tries = 2
	case !q.store && !c.answered.Load():
		r = r.FirstContact()
	}
	return r.Do(ctx, purpose(q), f)
}

// purpose says what a request is for, as the end of "waiting to ...".
func purpose(q request) string {
	w, ok := map[string]string{
		"login":                      "log in to openBIS",
		"logout":                     "log out of openBIS",
		"getSessionInformation":      "look at the openBIS session",
		"searchFiles":                "list files in the data store",
		"picture":                    "read a picture from openBIS",
		"getPersons":                 "read the openBIS profile",
		"updatePersons":              "save in the openBIS profile",
		"unarchiveDataSets":          "bring data back from the archive",
		"getServerInformation":       "reach openBIS",
		"getServerPublicInformation": "reach openBIS",
	}[q.method]
	if ok {
		return w
	}
	return "read from openBIS"
}

// renewal marks the context of a renewal, in which no second one is begun.
type renewal struct{}

// withSession calls f with the token of the session. When the server says that
// the session has ended, it is renewed and f is called again.
func (c *Client) withSession(ctx context.Context, f func(token string) error) error {
	for n := 1; ; n++ {
		token, err := c.needToken()
		if err != nil {
			return err
		}
		err = f(token)
		if !errors.Is(err, ErrSession) || c.o.Renew == nil || n == 3 || ctx.Value(renewal{}) != nil {
			return err
		}
		if err := c.renew(ctx, token, err); err != nil {
			return err
		}
	}
}

// renew opens the session again, unless that has happened since the old token
// was taken.
func (c *Client) renew(ctx context.Context, old string, why error) error {
	select {
	case c.renewing <- struct{}{}:
		defer func() { <-c.renewing }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	if token, _ := c.needToken(); token != old {
		return nil
	}
	err := c.o.Renew(context.WithValue(ctx, renewal{}, true))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil, errors.Is(err, ErrUnreachable):
		return err
	case errors.Is(err, ErrSession):
		return err
	}
	return fmt.Errorf("%w: %w", why, err)
}

// Epoch counts the sessions that were opened. What a data store says of a file
// is about the file only while it stays the same.
func (c *Client) Epoch() int64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.epoch
}

// doubtful is a refusal of a data store that may be about the session instead of
// the file. After a restart of the application server, stores answer an old token
// as they do for a missing right; only the application server tells the two apart.
type doubtful struct{ error }

// Unwrap returns the refusal.
func (d doubtful) Unwrap() error { return d.error }

// aboutTheFile asks the application server when a refusal is doubtful. If the
// session has ended, or nobody can tell, that is the error.
func (c *Client) aboutTheFile(ctx context.Context, token string, err error) error {
	var d doubtful
	if !errors.As(err, &d) {
		return err
	}
	if _, e := c.sessionOf(ctx, token, c.send); errors.Is(e, ErrSession) || wire.Transient(e) || ctx.Err() != nil {
		return e
	}
	return d.error
}
