package ui

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow/flowtest"
	"zenobis/session"
)

// order is what happened, in order.
type order struct {
	mu   sync.Mutex
	list []string
}

func (o *order) note(what string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if !slices.Contains(o.list, what) {
		o.list = append(o.list, what)
	}
}

// Write is the terminal: it notes when there is something to read.
func (o *order) Write(p []byte) (int, error) {
	if bytes.Contains(p, []byte("Connect")) {
		o.note("first frame")
	}
	return len(p), nil
}

// Nothing asks a server before the first frame is on the terminal, also where the
// program logs in by itself.
func TestFirstFrameComesBeforeTheNetwork(t *testing.T) {
	for name, login := range map[string]*session.Login{"by a token": nil, "the demo": {URL: "http://127.0.0.1:1", User: "jdoe", Password: "p"}} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				f, seen := flowtest.New(), &order{}
				f.Known.TokenFrom, f.Known.Servers = "the environment", []string{"https://openbis.example.org"}
				ctx, leave := context.WithCancel(t.Context())
				f.OnConnect = func(session.Login) error {
					seen.note("network")
					leave()
					return errors.New("no server")
				}
				keys, typed := io.Pipe()
				defer time.Sleep(time.Hour) // the bubble's: timers that are still armed end
				defer typed.Close()
				env := func(string) string { return "" }
				if _, err := run(ctx, options{backend: f, in: keys, out: seen, env: env, demo: login}, tea.WithWindowSize(80, 24)); err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(seen.list, []string{"first frame", "network"}) {
					t.Errorf("in order: %q", seen.list)
				}
			})
		})
	}
}
