package flow_test

import (
	"testing"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/session"
)

// login is a session with a token of its own, for one Zenodo.
type login struct {
	*flowtest.Fake
	who    session.Who
	zenodo string
	token  string
}

func (l *login) Who() session.Who { return l.who }

func (l *login) TakeToken(former flow.Session) { l.token = former.(*login).token }

func (l *login) At(zenodo string) (flow.Session, session.Target, error) {
	_, target, err := l.Fake.At(zenodo)
	return &login{Fake: l.Fake, who: l.who, zenodo: zenodo}, target, err
}

// Who logs in again goes on with the token and the Zenodo in use; another person
// does not get the token.
func TestLoggingInAgainKeepsTheToken(t *testing.T) {
	fake := flowtest.New()
	jane, richard := fake.Person, fake.Person
	richard.Person.UserID = "rroe"
	for name, c := range map[string]struct {
		who   session.Who
		other string // Zenodo that was gone to
		token string
	}{
		"the same person": {jane, "", "t0"}, "at another Zenodo": {jane, "https://zenodo.org", "t0"}, "another person": {richard, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			f := flow.New(fake, false)
			f.Connected(&login{Fake: fake, who: jane})
			if c.other != "" {
				if err := f.Retarget(c.other); err != nil {
					t.Fatal(err)
				}
			}
			f.Session.(*login).token = "t0"
			anew := f.Connected(&login{Fake: fake, who: c.who})
			got := f.Session.(*login)
			if got.token != c.token || got.zenodo != c.other || anew != (c.token == "") {
				t.Errorf("token %q at %q, anew: %v", got.token, got.zenodo, anew)
			}
		})
	}
}
