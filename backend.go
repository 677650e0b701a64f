package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"zenobis/config"
	"zenobis/export"
	"zenobis/handoff"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/session"
	"zenobis/ui"
	"zenobis/zenodo"
)

// backend is what the screens work with before a login.
type backend struct {
	setup *session.Setup
	env   func(string) string
	hint  string // what ends an export when the login ends; "" if nothing does
}

// Facts implements ui.Backend.
func (b *backend) Facts() ui.Facts {
	c := b.setup.Config
	z := c.Zenodo
	f := ui.Facts{
		User: c.OpenBIS.User, HistoryHint: b.hint, NoBrowser: b.env("BROWSER") == "none", CanRemember: true,
		TokenFile: c.KeptTokenPath("zenodo", z.URL), MaxSelectable: c.Export.MaxBytes,
	}
	if c.OpenBIS.URL != "" {
		f.Servers = []string{c.OpenBIS.URL}
	}
	for _, l := range c.Site.Locked {
		f.ServerLocked = f.ServerLocked || l == "openbis.url"
	}
	if cr, err := b.setup.Credentials(context.Background()); err == nil && cr.Token.Found() {
		f.TokenFrom = cr.Token.Source
	}
	f.Zenodo = ui.Target{URL: z.URL, Name: targetName(z), Kind: zenodo.Kind(z.Kind), Practice: config.Loopback(z.URL), Real: !z.Sandbox() && !config.Loopback(z.URL)}
	if zc, err := b.setup.Zenodo(""); err == nil {
		f.Zenodo.Limits, f.Zenodo.TokenURL = zc.Limits(), zc.TokenURL()
	}
	if req, err := b.setup.Request(session.Overrides{}); err == nil {
		f.Request = req
	}
	if err := os.MkdirAll(c.StateDir, 0o700); err != nil {
		f.StateProblem = err.Error()
	}
	return f
}

func targetName(z config.Zenodo) string {
	switch {
	case z.Sandbox():
		return "Zenodo sandbox"
	case z.Name == "Zenodo" || config.Loopback(z.URL):
		return z.Name
	}
	return z.Name + " (" + config.Host(z.URL) + ")"
}

// Connect implements ui.Backend.
func (b *backend) Connect(ctx context.Context, l ui.Login) (ui.Session, error) {
	s := &uiSession{backend: b, consent: &consent{}}
	setup := *b.setup
	setup.AllowStore = s.consent.allow
	s.setup = &setup
	client, err := setup.OpenBIS(l.URL)
	if err != nil {
		return nil, err
	}
	if _, err := client.PublicInfo(ctx); err != nil {
		return nil, err
	}
	cr, err := b.credentials(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := session.Login(ctx, client, cr); err != nil {
		return nil, err
	}
	s.Client, s.credentials = client, cr
	return s, s.lookAround(ctx)
}

// credentials are what was typed, or the configured token for its own server.
func (b *backend) credentials(ctx context.Context, l ui.Login) (session.Credentials, error) {
	switch {
	case l.Token != "":
		return session.Credentials{Token: config.Secret{Value: strings.TrimSpace(l.Token), Source: "the connect screen"}}, nil
	case l.Password != "":
		return session.Credentials{User: l.User, Password: l.Password}, nil
	case l.URL != "" && !sameServer(l.URL, b.setup.Config.OpenBIS.URL):
		return session.Credentials{}, session.ErrNoLogin
	}
	return b.setup.Credentials(ctx)
}

func sameServer(a, b string) bool {
	trim := func(s string) string { return strings.TrimRight(strings.TrimPrefix(s, "https://"), "/") }
	return strings.EqualFold(trim(a), trim(b))
}

// public is the engine without a login: it lists exports and looks at drafts.
func (b *backend) public(ctx context.Context) (*export.Engine, error) {
	z, err := b.setup.Looker(ctx, "")
	if err != nil {
		return nil, err
	}
	return b.setup.Engine(nil, z, nil, false), nil
}

// Jobs implements ui.Backend.
func (b *backend) Jobs(ctx context.Context) ([]export.Job, error) {
	e, err := b.public(ctx)
	if err != nil {
		return nil, err
	}
	return e.Jobs()
}

// Sync implements ui.Backend.
func (b *backend) Sync(ctx context.Context, id string) ([]export.Job, error) {
	e, err := b.public(ctx)
	if err != nil {
		return nil, err
	}
	return e.Sync(ctx, id)
}

// Discard implements ui.Backend.
func (b *backend) Discard(ctx context.Context, id string) error {
	token, err := b.setup.ZenodoToken(ctx, nil)
	if err != nil && !errors.Is(err, session.ErrNoToken) {
		return err
	}
	z, err := b.setup.Zenodo(token.Value)
	if err != nil {
		return err
	}
	return b.setup.Engine(nil, z, nil, false).Discard(ctx, id)
}

// OpenBrowser implements ui.Handoff.
func (b *backend) OpenBrowser(_ context.Context, url string) (bool, string) {
	if err := handoff.Check(url, b.setup.Config.Zenodo.URL); err != nil && !strings.HasPrefix(url, "https://doi.org/") {
		return false, err.Error()
	}
	return opener(b.env)(url)
}

// CopyBeside implements ui.Handoff.
func (b *backend) CopyBeside(ctx context.Context, text string) {
	handoff.CopyTmux(ctx, handoff.Env{Getenv: b.env}, text) // nobody can know whether a clipboard got it
}

// QR implements ui.Handoff.
func (b *backend) QR(url string) []string {
	lines, _, _, err := handoff.QR(url)
	if err != nil {
		return nil
	}
	return lines
}

// consent remembers data stores that wait for a person's word.
type consent struct {
	mu      sync.Mutex
	allowed map[string]bool
	pending []openbis.DataStore
}

func (c *consent) allow(s openbis.DataStore) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.allowed[s.Code] {
		return true
	}
	for _, p := range c.pending {
		if p == s {
			return false
		}
	}
	c.pending = append(c.pending, s)
	return false
}

// uiSession is an open session for the screens.
type uiSession struct {
	*openbis.Client
	*backend
	setup       *session.Setup
	consent     *consent
	credentials session.Credentials
	who         ui.Who

	mu     sync.Mutex
	token  config.Secret
	zenodo *zenodo.Client

	runs     *export.Engine // the one engine that runs exports, made for runsWith
	runsWith *zenodo.Client
}

// lookAround asks for what the screens show of the session.
func (s *uiSession) lookAround(ctx context.Context) error {
	me := s.Client.Session()
	s.who = ui.Who{Server: s.Client.URL(), Person: me.Person, HomeSpace: me.HomeSpace, PAT: me.PAT}
	if info, err := s.Client.Info(ctx); err == nil {
		s.who.PATs = info.PATs
	}
	if groups, err := s.Client.Groups(ctx); err == nil && len(groups) > 1 {
		s.who.Groups = groups
	}
	if _, err := s.setup.Switch(ctx, s.Client); err != nil {
		s.who.Refused = session.Explain(err).What + "; " + session.Explain(err).Do
	}
	return nil
}

// Who implements ui.Account.
func (s *uiSession) Who() ui.Who { return s.who }

// PendingStores implements ui.Account.
func (s *uiSession) PendingStores() []openbis.DataStore {
	s.consent.mu.Lock()
	defer s.consent.mu.Unlock()
	return append([]openbis.DataStore(nil), s.consent.pending...)
}

// AllowStore implements ui.Account.
func (s *uiSession) AllowStore(code string) {
	s.consent.mu.Lock()
	defer s.consent.mu.Unlock()
	if s.consent.allowed == nil {
		s.consent.allowed = map[string]bool{}
	}
	s.consent.allowed[code] = true
	var rest []openbis.DataStore
	for _, p := range s.consent.pending {
		if p.Code != code {
			rest = append(rest, p)
		}
	}
	s.consent.pending = rest
}

// RememberPAT implements ui.Account.
func (s *uiSession) RememberPAT(ctx context.Context, until time.Time) (string, error) {
	token, err := s.Client.CreatePAT(ctx, "zenobis", now(), until)
	if err != nil {
		return "", err
	}
	address := s.Client.URL()
	return s.setup.Config.KeptTokenPath("openbis", address), s.setup.Config.KeepToken("openbis", address, token)
}

// Renew implements ui.Session.
func (s *uiSession) Renew(ctx context.Context, l ui.Login) error {
	l.URL = s.Client.URL()
	cr, err := s.backend.credentials(ctx, l)
	if err != nil {
		return err
	}
	if err := session.Login(ctx, s.Client, cr); err != nil {
		return err
	}
	s.mu.Lock()
	s.credentials = cr
	s.mu.Unlock()
	return nil
}

// Close implements ui.Session.
func (s *uiSession) Close(ctx context.Context) error { return s.Client.Logout(ctx) }

// renew opens an expired session again with the password that was typed.
func (s *uiSession) renew(ctx context.Context) error {
	s.mu.Lock()
	cr := s.credentials
	s.mu.Unlock()
	if cr.Password == "" {
		return openbis.ErrSession
	}
	return session.Login(ctx, s.Client, cr)
}

// FindToken implements ui.Tokens.
func (s *uiSession) FindToken(ctx context.Context) (string, error) {
	token, err := s.setup.ZenodoToken(ctx, s.Client)
	if errors.Is(err, session.ErrNoToken) {
		return "", ui.ErrNoToken
	} else if err != nil {
		return "", err
	}
	return "from " + token.Source, s.use(ctx, token)
}

// UseToken implements ui.Tokens.
func (s *uiSession) UseToken(ctx context.Context, token string) error {
	return s.use(ctx, config.Secret{Value: strings.TrimSpace(token), Source: "the token screen"})
}

func (s *uiSession) use(ctx context.Context, token config.Secret) error {
	z, err := s.setup.Zenodo(token.Value)
	if err != nil {
		return err
	}
	if err := z.CheckToken(ctx); err != nil {
		return err
	}
	s.mu.Lock()
	s.token, s.zenodo = token, z
	s.mu.Unlock()
	return nil
}

// KeepToken implements ui.Tokens.
func (s *uiSession) KeepToken(ctx context.Context, where ui.TokenPlace) error {
	s.mu.Lock()
	token := s.token.Value
	s.mu.Unlock()
	switch where {
	case ui.KeepProfile:
		return s.Client.SetSetting(ctx, s.setup.SettingKey(), token)
	case ui.KeepFile:
		return s.setup.Config.KeepToken("zenodo", s.setup.Config.Zenodo.URL, token)
	}
	return nil
}

// DefaultMetadata implements ui.Describer.
func (s *uiSession) DefaultMetadata(ctx context.Context, sel export.Selection) (record.Metadata, record.Offers, error) {
	return s.setup.DefaultMetadata(ctx, s.Client, sel)
}

// Validate implements ui.Describer.
func (s *uiSession) Validate(m record.Metadata) []ui.Problem {
	var out []ui.Problem
	for _, f := range record.Validate(m) {
		field, _, _ := strings.Cut(f.Field, ".")
		out = append(out, ui.Problem{Field: field, Message: f.Message})
	}
	return out
}

// Suggest implements ui.Describer.
func (s *uiSession) Suggest(ctx context.Context, vocabulary, text string) ([]zenodo.VocabularyEntry, error) {
	z, err := s.client()
	if err != nil {
		return nil, err
	}
	switch vocabulary {
	case "communities":
		all, err := z.Communities(ctx)
		var out []zenodo.VocabularyEntry
		for _, c := range all {
			if strings.Contains(strings.ToLower(c.Slug+" "+c.Title), strings.ToLower(text)) {
				out = append(out, zenodo.VocabularyEntry{ID: c.Slug, Title: c.Title})
			}
		}
		return out, err
	case "funders":
		return z.Funders(ctx, text)
	case "awards":
		return z.Awards(ctx, "", text)
	case "affiliations":
		return z.Affiliations(ctx, text)
	}
	return z.Vocabulary(ctx, vocabulary, text, 20)
}

// keeper is the engine with everything this session may: the token that was
// typed in it, and the login that registering needs.
func (s *uiSession) keeper(ctx context.Context) (*export.Engine, error) {
	if e, err := s.engine(); err == nil {
		return e, nil
	}
	z, err := s.setup.Looker(ctx, "")
	if err != nil {
		return nil, err
	}
	return s.setup.Engine(s.Client, z, s.renew, false), nil
}

// Sync implements ui.Keeper.
func (s *uiSession) Sync(ctx context.Context, id string) ([]export.Job, error) {
	e, err := s.keeper(ctx)
	if err != nil {
		return nil, err
	}
	return e.Sync(ctx, id)
}

// Discard implements ui.Keeper.
func (s *uiSession) Discard(ctx context.Context, id string) error {
	e, err := s.keeper(ctx)
	if err != nil {
		return err
	}
	return e.Discard(ctx, id)
}

func (s *uiSession) client() (*zenodo.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zenodo == nil {
		return nil, fmt.Errorf("no Zenodo token yet: %w", zenodo.ErrToken)
	}
	return s.zenodo, nil
}

func (s *uiSession) engine() (*export.Engine, error) {
	z, err := s.client()
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.runs == nil || s.runsWith != z {
		s.runs, s.runsWith = s.setup.Engine(s.Client, z, s.renew, false), z
	}
	return s.runs, nil
}

// Plan implements ui.Engine.
func (s *uiSession) Plan(ctx context.Context, r export.Request, dry bool, progress func(string, int)) (export.Job, *export.Plan, error) {
	e, err := s.engine()
	if err != nil {
		return export.Job{}, nil, err
	}
	return e.Plan(ctx, r, dry, progress)
}

// Start implements ui.Engine.
func (s *uiSession) Start(ctx context.Context, id string) (ui.Running, error) {
	e, err := s.engine()
	if err != nil {
		return nil, err
	}
	run, err := e.Start(ctx, id)
	if errors.Is(err, export.ErrRunning) {
		// Another instance works on it: it is shown live and can be stopped.
		if attached, e := e.Attach(ctx, id); e == nil {
			return attached, nil
		}
	}
	if err != nil {
		return nil, err
	}
	return run, nil
}

// Watch implements ui.Engine.
func (s *uiSession) Watch(ctx context.Context, id string, every time.Duration, see func(export.Job)) error {
	e, err := s.engine()
	if err != nil {
		return err
	}
	return e.Watch(ctx, id, every, see)
}
