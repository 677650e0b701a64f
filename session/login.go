package session

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/wire"
)

// ErrNoLogin is returned where neither a token nor a user with a password is known.
var ErrNoLogin = failure.Mark(failure.Login, errors.New("no openBIS login is known"))

// logoutPatience is how long a logout with its second try may take. What is lost
// then is little: the server ends an unused session by itself.
const logoutPatience = 10 * time.Second

// Login is what a person types: Password, or Token alone, or neither: then what
// is configured is used, which is meant for the configured server only.
type Login struct {
	URL      string // "" is the configured server
	User     string
	Password string
	Token    string // personal access token or session token
}

// account is a login at openBIS. Sessions that differ only in their Zenodo share
// it, with the client.
type account struct {
	consent consent

	mu          sync.Mutex
	credentials credentials
}

// credentials are a token, or a user with a password.
type credentials struct {
	user     string
	password string
	token    config.Secret
}

// Connect opens a session. The errors of package openbis tell which field of a
// login is concerned.
func (s *Settings) Connect(ctx context.Context, l Login) (*Session, error) {
	ctx = wire.Patient(ctx)
	if err := s.keepsLogin(l); err != nil {
		return nil, err
	}
	o, err := s.open(l.URL, false)
	if err != nil {
		return nil, err
	}
	if _, err := o.Client.PublicInfo(ctx); err != nil {
		return nil, err
	}
	cr, err := s.credentials(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := o.login(ctx, cr); err != nil {
		return nil, err
	}
	o.memory = export.NewMemory(s.Config.StateDir, s.Now)
	if err := o.meet(ctx); err != nil {
		_ = o.Close(ctx) // why it can't be used counts
		return nil, err
	}
	return o, nil
}

// keepsLogin refuses what was typed where the site's file fixes something else.
func (s *Settings) keepsLogin(l Login) error {
	if l.URL != "" {
		if err := s.Config.Keeps("openbis.url", l.URL, "this login"); err != nil {
			return err
		}
	}
	if l.Password != "" {
		return s.Config.Keeps("openbis.user", l.User, "this login")
	}
	return nil
}

// Reach asks the configured openBIS whether it is one. No login.
func (s *Settings) Reach(ctx context.Context) error {
	o, err := s.open("", true)
	if err == nil {
		_, err = o.Client.PublicInfo(ctx)
	}
	return err
}

// ConnectTo opens a session with what is configured, for an export that came
// from address ("" is any): a login goes to no server that it was not meant for.
func (s *Settings) ConnectTo(ctx context.Context, address string) (*Session, error) {
	o, err := s.open("", true)
	if err != nil {
		return nil, err
	}
	if at := o.Client.URL(); address != "" && address != at {
		return nil, &config.Error{
			Where: "openbis.url",
			What:  fmt.Sprintf("the export came from %s, this run is set to %s: add --openbis %s", address, at, address),
		}
	}
	cr, err := s.credentials(ctx, Login{})
	if err != nil {
		return nil, err
	}
	if err := o.login(ctx, cr); err != nil {
		return nil, fmt.Errorf("log in to %s: %w", o.Client.URL(), err)
	}
	return o, nil
}

// open makes a session to which nobody is logged in yet. A brief one is for one
// command; in others a person looks around.
func (s *Settings) open(address string, brief bool) (*Session, error) {
	o := &Session{settings: s, account: &account{}}
	client, err := s.openBIS(address, brief, o.account.consent.allow, o.renew)
	o.Client = client
	return o, err
}

// credentials are what was typed, or what is configured for its own server.
func (s *Settings) credentials(ctx context.Context, l Login) (credentials, error) {
	switch {
	case l.Token != "":
		return credentials{token: config.Secret{Value: wire.Token(l.Token), Source: "the connect screen"}}, nil
	case l.Password != "":
		return credentials{user: l.User, password: l.Password}, nil
	case l.URL != "" && !s.isConfigured(l.URL):
		return credentials{}, ErrNoLogin
	}
	return s.configured(ctx)
}

// configured are the credentials of the environment and the configuration: a
// token first, then a user with a password. ErrNoLogin if there are none.
func (s *Settings) configured(ctx context.Context) (credentials, error) {
	token, err := s.Config.OpenBISToken(ctx, s.Env)
	if err != nil {
		return credentials{}, err
	}
	user := s.Config.OpenBIS.User // of the environment, too, unless the site's file fixes it
	password := s.Config.OpenBISPassword(s.Env)
	// What comes with this run's environment is meant for this run, so a
	// password there comes before a token that an earlier session has kept.
	if password.Found() && user != "" && token.Source != config.EnvOpenBISToken {
		return credentials{user: user, password: password.Value}, nil
	}
	if !token.Found() {
		return credentials{}, ErrNoLogin
	}
	return credentials{token: token}, nil
}

// isConfigured reports whether an address is that of the configured openBIS.
func (s *Settings) isConfigured(address string) bool {
	is := func(text string) string {
		c, err := openbis.New(openbis.Options{URL: text, AllowHTTP: true}) // it only reads the address
		if err != nil {
			return ""
		}
		return c.URL()
	}
	own := is(s.Config.OpenBIS.URL)
	return own != "" && is(address) == own
}

// login opens a session, or uses the token that was handed in, and keeps what it
// was opened with for its renewal.
func (s *Session) login(ctx context.Context, cr credentials) error {
	open := func() error { return s.Client.Login(ctx, cr.user, cr.password) }
	if cr.token.Found() {
		open = func() error { return s.Client.UseToken(ctx, cr.token.Value) }
	}
	if err := open(); err != nil {
		return err
	}
	s.account.mu.Lock()
	defer s.account.mu.Unlock()
	s.account.credentials = cr
	return nil
}

// Renew opens the session again after openbis.ErrSession, with what its person
// typed: the password, or a token; what was loaded and planned stays. A session
// whose password is known renews itself, whatever it is used for. ErrNoLogin where
// nothing was typed: what is configured has been tried then. A token of somebody
// else is refused, since what was planned is not theirs.
func (s *Session) Renew(ctx context.Context, typed string) error {
	if strings.TrimSpace(typed) == "" {
		return ErrNoLogin
	}
	person := s.Client.Session().Person.UserID
	if isToken(typed, person) { // which must not count as a wrong password
		return s.renewBy(ctx, typed, person)
	}
	err := s.login(ctx, credentials{user: person, password: typed})
	if !errors.Is(err, openbis.ErrLogin) {
		return err
	}
	other := s.renewBy(ctx, typed, person) // of a form that we do not know
	if errors.Is(other, openbis.ErrSession) {
		return err
	}
	return other
}

// renewBy goes on with a token, if it belongs to the same person.
func (s *Session) renewBy(ctx context.Context, typed, person string) error {
	look, err := s.settings.openBIS(s.Client.URL(), true, s.account.consent.allow, nil)
	if err != nil {
		return err
	}
	defer look.CloseIdle()
	if err := look.UseToken(ctx, typed); err != nil {
		return err
	}
	if whose := look.Session().Person.UserID; !strings.EqualFold(whose, person) {
		return &failure.Error{
			Kind: failure.Login, What: fmt.Sprintf("this token belongs to %s, and the session to %s", whose, person),
			Do: "log in as " + person + "; nothing of the session changes hands",
		}
	}
	return s.login(ctx, credentials{token: config.Secret{Value: wire.Token(typed), Source: "what was typed"}})
}

// isToken reports whether a text has the form of a token: a personal access token,
// or one of a session, which names its person (docs/openbis-api.md, Sessions).
func isToken(text, person string) bool {
	text = wire.Token(text)
	if strings.HasPrefix(text, "$pat-") {
		return true
	}
	rest, named := strings.CutPrefix(text, person+"-")
	at := strings.IndexByte(rest, 'x')
	if !named || at < 1 {
		return false
	}
	_, err := strconv.ParseUint(rest[:at], 10, 64)
	return err == nil
}

// renew opens an expired session again with the password that it was opened
// with, which is forgotten where it is refused. openbis.ErrSession where it is not
// known: a token that was handed in can't be renewed.
func (s *Session) renew(ctx context.Context) error {
	s.account.mu.Lock()
	cr := s.account.credentials
	s.account.mu.Unlock()
	if cr.password == "" {
		return openbis.ErrSession
	}
	err := s.login(ctx, cr)
	if errors.Is(err, openbis.ErrLogin) { // sent again, it would lock the account
		s.account.mu.Lock()
		if s.account.credentials.password == cr.password {
			s.account.credentials.password = ""
		}
		s.account.mu.Unlock()
	}
	return err
}

// Close ends a session that was opened here, also when ctx has ended; a token
// that was handed in stays valid. The client tries a logout twice.
func (s *Session) Close(ctx context.Context) error {
	s.ForgetAnswers()
	if s.ahead != nil {
		s.ahead.cancel()
		<-s.ahead.done
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), logoutPatience)
	defer cancel()
	err := s.Client.Logout(ctx)
	s.Client.CloseIdle()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zenodo != nil {
		s.zenodo.CloseIdle()
	}
	return err
}
