// Package session is an open session, as every front end uses it: from the
// settings that a process was started with to the login at openBIS, its renewal
// and its end, the consent to data stores, the Zenodo token with its source,
// and the engine.
package session

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"zenobis/config"
	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo"
)

// Settings are what a process was started with. They open sessions and do what
// needs no login: looking at drafts, listing exports.
type Settings struct {
	Config  *config.Config
	Env     func(string) string
	Version string
	Log     *slog.Logger
	Now     func() time.Time
	Sleep   func(ctx context.Context, d time.Duration) error // nil waits by the clock
	// HostNote says what ends an export when the login ends; "" if nothing does.
	HostNote string
	// TakeLock takes over an export that another host left locked.
	TakeLock bool
	// Waits is told what the clients wait for; nil tells nobody.
	Waits *Waits
	// Lines knows the clients that were made; whoever made the settings closes it.
	Lines *Lines
	// ZenodoGiven says that this run was told its Zenodo by flag or environment.
	ZenodoGiven bool
}

func (s *Settings) agent() string { return "zenobis/" + s.Version + " (export from openBIS)" }

// openBIS returns a client without a session. address "" is the configured one.
// allow is asked before the session goes to a data store on another host, or
// one without TLS; renew opens an ended session again. brief is openbis.Options.Brief.
func (s *Settings) openBIS(
	address string, brief bool, allow func(openbis.DataStore) bool, renew func(context.Context) error,
) (*openbis.Client, error) {
	o := s.Config.OpenBIS
	if address == "" {
		address = o.URL
	}
	if address == "" {
		return nil, &config.Error{
			Where: "openbis.url",
			What:  "no openBIS is configured: give --openbis URL, or put its address into " + s.Config.File,
		}
	}
	hc, err := wire.Client(wire.Options{CAFile: o.CAFile, Proxy: o.Proxy})
	if err != nil {
		return nil, &config.Error{Where: "openbis", What: err.Error()}
	}
	c, err := openbis.New(openbis.Options{
		URL: address, HTTP: hc, UserAgent: s.agent(), DataStores: o.DataStores, Log: s.Log,
		AllowStore: allow, AllowHTTP: o.AllowHTTP && wire.Host(address) == wire.Host(o.URL),
		Retry: s.retry(), Renew: renew, Keep: keepCounted, Brief: brief, Now: s.Now,
	})
	if err == nil {
		s.Lines.add(c)
	}
	return c, err
}

// retry is how the clients of a session repeat their calls.
func (s *Settings) retry() *wire.Retry {
	return &wire.Retry{Waiting: s.Waits.repeated, Now: s.Now, Sleep: s.Sleep}
}

// keepCounted is how long what was read to count a selection is kept for its plan.
const keepCounted = 5 * time.Minute

// Looker returns a client for looking at drafts of a Zenodo ("" is the
// configured one): public addresses tell most; the configured one's token, if
// it is at hand without a login, tells the rest, such as a review.
func (s *Settings) Looker(ctx context.Context, address string) (*zenodo.Client, error) {
	if address != "" && address != s.Config.Zenodo.URL {
		return s.at(address).Zenodo("")
	}
	token, err := s.ZenodoToken(ctx, nil)
	if err != nil && !errors.Is(err, ErrNoToken) {
		s.Log.Warn("looking without a token", "err", err)
	}
	return s.Zenodo(token.Value)
}

// Zenodo returns a client for the configured Zenodo. token may be "": public
// addresses need none.
func (s *Settings) Zenodo(token string) (*zenodo.Client, error) {
	z := s.Config.Zenodo
	hc, err := wire.Client(wire.Options{CAFile: z.CAFile, Proxy: z.Proxy})
	if err != nil {
		return nil, &config.Error{Where: "zenodo", What: err.Error()}
	}
	c, err := zenodo.New(zenodo.Options{
		URL: z.URL, Token: token, Kind: zenodo.Kind(z.Kind), HTTP: hc, UserAgent: s.agent(), Log: s.Log, OnWait: s.Waits.budget,
		Retry: s.retry(), Clock: s.Now, Sleep: s.Sleep,
	})
	if err == nil {
		s.Lines.add(c)
	}
	return c, err
}
