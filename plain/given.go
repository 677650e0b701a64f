package plain

import (
	"context"
	"errors"

	"zenobis/flow"
)

// given asks for what is needed; again is true where what fell short is to be tried
// again. The error is the way that the person takes instead: what was not answered
// is asked the next time.
func (t *talk) given(ctx context.Context, n flow.Need) (again bool, err error) {
	if n.Login {
		return t.renewed(ctx)
	}
	for c := n.Store; c != nil; {
		t.say(c.Title + " " + c.Text)
		yes, err := t.yes(ctx, "Send the session there?", false)
		if err != nil {
			return false, err
		}
		again = again || yes
		c = t.Answered(c, yes)
	}
	return again, nil
}

// renewed asks for a way back into an ended session until one is taken; again is
// false where it is left for now.
func (t *talk) renewed(ctx context.Context) (again bool, err error) {
	t.say(flow.EndedText() + ". " + t.RenewText())
	for {
		typed, err := t.secret(ctx, flow.RenewLabel+", or empty to leave it for now")
		switch {
		case errors.Is(err, errBack) || err == nil && typed == "":
			return false, nil
		case err != nil:
			return false, err
		}
		err = t.Session.Renew(ctx, typed)
		if err == nil {
			t.Renewed()
			return true, nil
		}
		t.complain(err)
		if ctx.Err() != nil {
			return false, ctx.Err()
		}
	}
}

// called makes a call, again where a person gave what it needed. The error is the
// call's; stop is the way that the person takes instead.
func (t *talk) called(ctx context.Context, call func() error) (err, stop error) {
	for {
		err := call()
		again, stop := t.given(ctx, t.Needs(err))
		if !again || stop != nil {
			return err, stop
		}
	}
}
