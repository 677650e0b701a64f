package flow

import (
	"errors"
	"strings"

	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/session"
)

// Need is what only a person can give, and after which something that failed or
// fell short can be tried again. The zero Need asks nothing.
type Need struct {
	Login bool     // the session has ended
	Store *Consent // nil where no data store waits for an answer
}

// Consent is the question whether the session may be sent to a data store at
// another address than openBIS, or without encryption.
type Consent struct {
	Title   string
	Text    string
	No, Yes string // what either answer does
	code    string
}

// Needs says what to ask a person after a call that ended with err.
func (f *Flow) Needs(err error) Need {
	switch {
	case f.SessionEnded(err):
		return Need{Login: true}
	case errors.Is(err, openbis.ErrStoreURL):
		return Need{Store: f.storeToAsk()}
	}
	return Need{}
}

// planNeeds says it after a plan, which leaves out what lies in a data store that
// was not agreed to, whatever else it ends with.
func (f *Flow) planNeeds(err error) Need {
	n := f.Needs(err)
	if !n.Login && !Silent(err) {
		n.Store = f.storeToAsk()
	}
	return n
}

// EndedText says that the session has ended, without a full stop; RenewText what can
// be typed then, to be handed to the session's Renew. Renewed is to be called after it.
func EndedText() string {
	return strings.TrimSuffix(session.Sentence(session.Explain(openbis.ErrSession).What), ".")
}

// RenewText implements the question after EndedText.
func (f *Flow) RenewText() string {
	return "Type the password of " + safetext.Line(f.Who.Person.UserID) + ", or paste a token. What you selected and typed stays."
}

// RenewLabel names what is typed.
const RenewLabel = "Password or token"

// Renewed takes how the session was opened again.
func (f *Flow) Renewed() { f.Who = f.Session.Who() }

// SessionEnded reports whether an error means that openBIS wants a login again.
func (f *Flow) SessionEnded(err error) bool {
	return errors.Is(err, openbis.ErrSession) && f.Session != nil
}

// storeToAsk is the question about the next data store to which the session is
// not sent before a person agrees, until it is answered.
func (f *Flow) storeToAsk() *Consent {
	if f.Session == nil {
		return nil
	}
	for _, st := range f.Session.PendingStores() {
		if !f.answered[st.Code] {
			return &Consent{
				Title: "Trust this data store?",
				Text: "openBIS keeps data at " + safetext.Line(st.URL) + " (" + safetext.Line(st.Code) +
					"), another address than its own, or one without encryption. To read files your session must be sent there.",
				No: "no, leave its files out", Yes: "yes, send the session there", code: st.Code,
			}
		}
	}
	return nil
}

// Answered takes an answer, which counts for the session, and returns the next
// question, nil for none. Who gives no answer is asked again. What is left out
// since a person said no is an omission of the plan.
func (f *Flow) Answered(c *Consent, yes bool) *Consent {
	f.answered[c.code] = true
	if yes {
		f.Session.AllowStore(c.code)
	}
	return f.storeToAsk()
}
