// Package flow is what a person has chosen so far on the way from an openBIS to
// a draft: the session, the selection, the description, the plan, the run, the
// draft, and what must be there before the next step. It is plain data with the
// words that every front end says about it, and knows no terminal. What takes a
// context asks a server or the disk, and is called beside the screen; nothing else
// blocks.
package flow

import (
	"context"
	"errors"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/tree"
)

// Step is where the way stands.
type Step int

// The steps, in their order.
const (
	Connect Step = iota
	Token
	Browse
	Describe
	Review
	Export
)

// Steps are the names of the steps.
func Steps() []string {
	return []string{"Connect", "Token", "Browse", "Describe", "Review", "Export"}
}

// Flow is the whole. It belongs to one goroutine.
type Flow struct {
	Backend Backend
	Facts   session.Facts
	Session Session // nil before the login
	Who     session.Who
	// OpenedWith is what of the configuration the session was opened with, as
	// ConfiguredLogin says it; "" where it was typed.
	OpenedWith string

	Tree        *tree.Tree
	Listed      map[string]Files // of data sets, by permId
	Description *Description
	Switches    export.Request // what the review can switch; without selection and metadata
	Plan        Plan
	Run         Run
	Waiting     []export.Job // exports that start when the one that runs has ended
	Draft       Draft
	Earlier     Earlier
	Searches    []string // that were asked, the last one first
	Demo        bool     // servers, exports and what is typed end with the program

	home      session.Target  // the Zenodo that was configured
	answered  map[string]bool // data stores about which the session's question was answered
	resumable bool            // a run was cut off from outside
	discarded bool            // the draft that was followed last is no more
	selected  bool            // something was, when it was last looked
	handed    handed          // what the last export that started or waits took
}

// New starts a way with what the configuration says. Only the demo is for
// practice: what listens on this machine may be the way to a real server.
func New(b Backend, demo bool) *Flow {
	facts := b.Facts()
	facts.Zenodo = honest(facts.Zenodo, demo)
	f := &Flow{
		Backend: b, Facts: facts, home: facts.Zenodo, Tree: tree.New(safetext.Line), Listed: make(map[string]Files),
		Switches: facts.Request, answered: make(map[string]bool), Demo: demo,
	}
	f.Description = newDescription(facts.Request.Metadata, facts.Locked)
	return f
}

// honest says of a server that is reached through this machine what is known of
// it: it may be a tunnel to the real one.
func honest(t session.Target, demo bool) session.Target {
	if t.Practice && !demo {
		t.Practice, t.Real, t.Tunnel = false, true, true
		t.Name = Host(t.URL)
	}
	return t
}

// Connected takes a new session. It is true where what was loaded and typed
// belongs to another server or person, and was dropped. Who logs in again goes on
// with the Zenodo and the token that are in use.
func (f *Flow) Connected(s Session) (anew bool) {
	who := s.Who()
	anew = f.Session != nil && (f.Who.Server != who.Server || f.Who.Person.UserID != who.Person.UserID)
	if anew {
		f.Tree, f.Listed = tree.New(safetext.Line), make(map[string]Files)
		f.Description, f.Switches = f.freshDescription(), f.firstSwitches()
	}
	if f.Facts.Zenodo.URL != f.home.URL {
		if there, _, err := s.At(f.Facts.Zenodo.URL); err == nil {
			s = there
		} else { // what is shown is where it goes
			f.Facts.Zenodo = f.home
		}
	}
	if f.Session != nil && !anew {
		s.TakeToken(f.Session)
	}
	f.Session, f.Who = s, who
	clear(f.answered) // consent ends with its session
	return anew
}

// ConfiguredLogin is what a session can be opened with without a question, and where
// it comes from: "password from ZENOBIS_OPENBIS_PASSWORD". "" for nothing.
func (f *Flow) ConfiguredLogin() string {
	switch x := f.Facts; {
	case len(x.Servers) == 0:
		return ""
	case x.PasswordFrom != "":
		return "password from " + x.PasswordFrom
	case x.TokenFrom != "":
		return "token from " + x.TokenFrom
	}
	return ""
}

// ConfiguredRefused reports that a login for which nothing was typed failed because
// what is configured was refused: sent again, it could lock the account.
func (f *Flow) ConfiguredRefused(l session.Login, err error) bool {
	return l.Password == "" && l.Token == "" && f.ConfiguredLogin() != "" &&
		(errors.Is(err, openbis.ErrLogin) || errors.Is(err, openbis.ErrSession))
}

// Keeper is what looks at exports: the session, once there is one.
func (f *Flow) Keeper() Keeper {
	if f.Session != nil {
		return f.Session
	}
	return f.Backend
}

// Request is everything that was chosen, as the engine is asked for it.
func (f *Flow) Request() export.Request {
	r := f.Switches
	r.Selection = f.Selection()
	r.Metadata = f.Description.Metadata()
	r.Groups = f.ChosenGroups()
	return r
}

// Silent reports whether an error is only the answer to our own giving up.
func Silent(err error) bool { return errors.Is(err, context.Canceled) }
