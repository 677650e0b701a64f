package ui

import (
	"context"
	"errors"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/session"
)

// askRenewal asks for the password again and then repeats what had failed.
func (a *app) askRenewal(again func() tea.Cmd) tea.Cmd {
	for _, d := range a.dialogs {
		if d.title == renewTitle() {
			return nil // several requests failed at once
		}
	}
	in := a.newInput("", true)
	in.Focus()
	t := new(task)
	a.interrupt(&dialog{
		title: renewTitle(), label: "Password or token", input: &in, need: "Type the password, or paste a token; esc leaves it for now.",
		keep: true,
		text: "Type the password of " + a.flow.Who.Person.UserID + ", or paste a token. What you selected and typed stays.",
		choices: []choice{{"", "log in again", func() tea.Cmd {
			sess, user, server, typed := a.flow.Session, a.flow.Who.Person.UserID, a.flow.Who.Server, in.Value()
			return a.do(t, "Logging in", time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
				l := session.Login{URL: server, User: user, Password: typed}
				err := sess.Renew(ctx, l)
				if errors.Is(err, openbis.ErrLogin) { // it may have been a token
					if terr := sess.Renew(ctx, session.Login{URL: server, Token: typed}); terr == nil {
						err = nil
					}
				}
				return func() tea.Cmd {
					if err != nil {
						a.fail(flow.Words(err))
						return a.askRenewal(again)
					}
					a.flow.Who = sess.Who()
					if again != nil {
						return again()
					}
					return nil
				}
			})
		}}},
	})
	return nil
}

// renewTitle is what has happened, without the full stop of a sentence.
func renewTitle() string {
	return strings.TrimSuffix(session.Sentence(session.Explain(openbis.ErrSession).What), ".")
}

// askStore asks whether the session may be sent to a data store at another
// address; each is asked about once.
func (a *app) askStore(again func() tea.Cmd) tea.Cmd {
	st, ok := a.flow.StoreToAsk()
	if !ok {
		return nil
	}
	a.interrupt(&dialog{
		title: "Trust this data store?",
		text: "openBIS keeps data at " + safetext.Line(st.URL) + " (" + safetext.Line(st.Code) +
			"), another address than its own, or one without encryption. To read files your session must be sent there.",
		choices: []choice{
			{"n", "no, leave its files out", nil},
			{"y", "yes, send the session there", func() tea.Cmd {
				a.flow.Session.AllowStore(st.Code)
				if again != nil {
					return again()
				}
				return nil
			}},
		},
	})
	return nil
}
