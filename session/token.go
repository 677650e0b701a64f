package session

import (
	"context"
	"errors"
	"fmt"
	"time"

	"zenobis/config"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo"
)

// ErrNoToken is returned where no Zenodo token is known.
var ErrNoToken = failure.Mark(failure.Token, errors.New("no Zenodo token is known"))

// errNoTokenYet is returned before a token was found or typed.
var errNoTokenYet = fmt.Errorf("no Zenodo token yet: %w", zenodo.ErrToken)

// TokenPlace is where a Zenodo token can be kept.
type TokenPlace string

// The places.
const (
	KeepNowhere TokenPlace = ""        // for this run only
	KeepProfile TokenPlace = "profile" // openBIS profile of the user
	KeepFile    TokenPlace = "file"    // 0600 file on this machine
)

// SettingKey is the profile setting that holds the token for the configured
// Zenodo: the ELN's own for the Zenodo that belongs to it, else one with the
// host, so that a token is never sent to a host it was not made for.
func (s *Settings) SettingKey() string {
	const key = "personal-zenodo-api-token"
	if s.Config.Zenodo.URL == s.Config.OpenBIS.ProfileZenodo {
		return key
	}
	return key + "@" + wire.Host(s.Config.Zenodo.URL)
}

// ZenodoToken looks for the token: environment, command, file, and with an open
// session the openBIS profile. ErrNoToken if there is none.
func (s *Settings) ZenodoToken(ctx context.Context, c *openbis.Client) (config.Secret, error) {
	token, err := s.Config.ZenodoToken(ctx, s.Env)
	if err != nil || token.Found() {
		return token, err
	}
	if c == nil {
		return config.Secret{}, ErrNoToken
	}
	value, ok, err := c.Setting(ctx, s.SettingKey())
	if err != nil {
		return config.Secret{}, fmt.Errorf("read the Zenodo token in the openBIS profile: %w", err)
	}
	if !ok || value == "" {
		return config.Secret{}, ErrNoToken
	}
	return config.Secret{Value: value, Source: "your openBIS profile"}, nil
}

// CheckedZenodo returns a client whose token the configured Zenodo has accepted.
func (s *Settings) CheckedZenodo(ctx context.Context, token config.Secret) (*zenodo.Client, error) {
	z, err := s.Zenodo(token.Value)
	if err != nil {
		return nil, err
	}
	if err := z.CheckToken(ctx); err != nil {
		return nil, fmt.Errorf("token for %s from %s: %w", wire.Host(z.URL()), token.Source, err)
	}
	return z, nil
}

// FindToken looks into environment, command, file and profile, checks what it
// finds at Zenodo, and uses it from then on. from is a phrase such as "from your
// openBIS profile", given also where the token found is refused (zenodo.ErrToken).
// ErrNoToken where there is none.
func (s *Session) FindToken(ctx context.Context) (from string, err error) {
	token, err := s.settings.ZenodoToken(ctx, s.Client)
	if err != nil {
		return "", err
	}
	return "from " + token.Source, s.use(ctx, token)
}

// UseToken checks a typed token and uses it from now on.
func (s *Session) UseToken(ctx context.Context, token string) error {
	return s.use(ctx, config.Secret{Value: wire.Token(token), Source: "the token screen"})
}

// TakeToken goes on with the token that a former session of the same person used
// for the same Zenodo, which has accepted it.
func (s *Session) TakeToken(former *Session) {
	if former == s || former.settings.Config.Zenodo.URL != s.settings.Config.Zenodo.URL {
		return
	}
	former.mu.Lock()
	token, z := former.token, former.zenodo
	former.mu.Unlock()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zenodo == nil {
		s.token, s.zenodo = token, z
	}
}

func (s *Session) use(ctx context.Context, token config.Secret) error {
	z, err := s.settings.CheckedZenodo(ctx, token)
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.token, s.zenodo = token, z
	s.mu.Unlock()
	return nil
}

// KeepToken keeps the token in use.
func (s *Session) KeepToken(ctx context.Context, where TokenPlace) error {
	s.mu.Lock()
	token := s.token.Value
	s.mu.Unlock()
	switch where {
	case KeepProfile:
		return s.Client.SetSetting(ctx, s.settings.SettingKey(), token)
	case KeepFile:
		return s.settings.Config.KeepToken("zenodo", s.settings.Config.Zenodo.URL, token)
	}
	return nil
}

// RememberPAT creates a personal access token valid until then and keeps it in
// a 0600 file for the next start; it returns where.
func (s *Session) RememberPAT(ctx context.Context, until time.Time) (string, error) {
	token, err := s.Client.CreatePAT(ctx, "zenobis", s.settings.Now(), until)
	if err != nil {
		return "", err
	}
	address := s.Client.URL()
	return s.settings.Config.KeptTokenPath("openbis", address), s.settings.Config.KeepToken("openbis", address, token)
}

// deposit returns the Zenodo client whose token the server has accepted.
func (s *Session) deposit() (*zenodo.Client, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zenodo == nil {
		return nil, errNoTokenYet
	}
	return s.zenodo, nil
}
