package plain

import (
	"context"
	"errors"

	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/session"
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

// renewed asks for the password after an ended session; true if it was opened again.
func (t *talk) renewed(ctx context.Context) (bool, error) {
	t.say(session.Sentence(session.Explain(openbis.ErrSession).What))
	pw, err := t.secret(ctx, "Password of "+t.Who.Person.UserID)
	if err != nil {
		if errors.Is(err, errBack) { // it is left for now
			err = nil
		}
		return false, err
	}
	if err := t.Session.Renew(ctx, session.Login{URL: t.Who.Server, User: t.Who.Person.UserID, Password: pw}); err != nil {
		t.complain(err)
		return false, nil
	}
	return true, nil
}
