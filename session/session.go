// Package session opens what both front ends work with: the two clients and
// the engine, with the configuration's addresses, certificates and tokens.
package session

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"zenobis/config"
	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Setup is what a process was started with.
type Setup struct {
	Config  *config.Config
	Env     func(string) string
	Version string
	Log     *slog.Logger
	// AllowStore is asked before the session goes to a data store on another
	// host, or one without TLS. nil means no.
	AllowStore func(openbis.DataStore) bool
	// Waits is told what the Zenodo client waits for. nil tells nobody.
	Waits *Waits
	// ZenodoGiven says that this run was told its Zenodo by flag or environment.
	ZenodoGiven bool
}

// ErrNoLogin is returned where neither a token nor a user with a password is known.
var ErrNoLogin = errors.New("no openBIS login")

// ErrNoToken is returned where no Zenodo token is known.
var ErrNoToken = errors.New("no Zenodo token")

// Credentials are a token, or a user with a password.
type Credentials struct {
	User     string
	Password string
	Token    config.Secret
}

func (s *Setup) agent() string { return "zenobis/" + s.Version + " (export from openBIS)" }

// OpenBIS returns a client without a session. address "" is the configured one.
func (s *Setup) OpenBIS(address string) (*openbis.Client, error) {
	o := s.Config.OpenBIS
	if address == "" {
		address = o.URL
	}
	if address == "" {
		return nil, &config.Error{Where: "openbis.url", What: "no openBIS is configured: give --openbis URL, or put its address into " + s.Config.Dir + "/config.toml"}
	}
	hc, err := wire.Client(wire.Options{CAFile: o.CAFile, Proxy: o.Proxy})
	if err != nil {
		return nil, &config.Error{Where: "openbis", What: err.Error()}
	}
	return openbis.New(openbis.Options{
		URL: address, HTTP: hc, UserAgent: s.agent(), DataStores: o.DataStores, AllowStore: s.AllowStore, Log: s.Log,
	})
}

// Credentials are those of the environment and the configuration: a token
// first, then a user with a password. ErrNoLogin if there are none.
func (s *Setup) Credentials(ctx context.Context) (Credentials, error) {
	token, err := s.Config.OpenBISToken(ctx, s.Env)
	if err != nil {
		return Credentials{}, err
	}
	user := s.Env("ZENOBIS_OPENBIS_USER")
	password := s.Config.OpenBISPassword(s.Env)
	if user == "" {
		user = s.Config.OpenBIS.User
	}
	// What comes with this run's environment is meant for this run, so a
	// password there comes before a token that an earlier session has kept.
	if password.Found() && user != "" && token.Source != "ZENOBIS_OPENBIS_TOKEN" {
		return Credentials{User: user, Password: password.Value}, nil
	}
	if !token.Found() {
		return Credentials{}, ErrNoLogin
	}
	return Credentials{Token: token}, nil
}

// Login opens a session on a client, or uses the token that was handed in.
func Login(ctx context.Context, c *openbis.Client, cr Credentials) error {
	if cr.Token.Found() {
		return c.UseToken(ctx, cr.Token.Value)
	}
	return c.Login(ctx, cr.User, cr.Password)
}

// SettingKey is the profile setting that holds the token for the configured
// Zenodo: the ELN's own for the Zenodo that belongs to it, else one with the
// host, so that a token is never sent to a host it was not made for.
func (s *Setup) SettingKey() string {
	const key = "personal-zenodo-api-token"
	if s.Config.Zenodo.URL == s.Config.OpenBIS.ProfileZenodo {
		return key
	}
	return key + "@" + config.Host(s.Config.Zenodo.URL)
}

// ZenodoToken looks for the token: environment, command, file, and with an open
// session the openBIS profile. ErrNoToken if there is none.
func (s *Setup) ZenodoToken(ctx context.Context, c *openbis.Client) (config.Secret, error) {
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

// Looker returns a client for looking at drafts of a Zenodo ("" is the
// configured one): public addresses tell most; the configured one's token, if
// it is at hand without a login, tells the rest, such as a review.
func (s *Setup) Looker(ctx context.Context, address string) (*zenodo.Client, error) {
	if address != "" && address != s.Config.Zenodo.URL {
		other, c := *s, *s.Config
		c.Zenodo = c.Zenodo.At(address)
		other.Config = &c
		return other.Zenodo("")
	}
	token, err := s.ZenodoToken(ctx, nil)
	if err != nil && !errors.Is(err, ErrNoToken) {
		s.Log.Warn("looking without a token", "err", err)
	}
	return s.Zenodo(token.Value)
}

// Zenodo returns a client for the configured Zenodo. token may be "": public
// addresses need none.
func (s *Setup) Zenodo(token string) (*zenodo.Client, error) {
	z := s.Config.Zenodo
	hc, err := wire.Client(wire.Options{CAFile: z.CAFile, Proxy: z.Proxy})
	if err != nil {
		return nil, &config.Error{Where: "zenodo", What: err.Error()}
	}
	return zenodo.New(zenodo.Options{
		URL: z.URL, Token: token, Kind: zenodo.Kind(z.Kind), HTTP: hc, UserAgent: s.agent(), Log: s.Log, OnWait: s.Waits.tell,
	})
}
