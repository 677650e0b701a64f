package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"

	"zenobis/command"
	"zenobis/openbis/openbistest"
	"zenobis/session"
	"zenobis/ui"
	"zenobis/zenodo/zenodotest"
)

// demo is a built-in openBIS and a built-in Zenodo on loopback.
type demo struct {
	OpenBIS     string `json:"openbis_url"`
	Zenodo      string `json:"zenodo_url"`
	User        string `json:"user"`
	Password    string `json:"password"`
	OpenBISPAT  string `json:"openbis_token"`
	ZenodoToken string `json:"zenodo_token"`

	dir   string
	stops []func()
}

func startDemo(inv *command.Invocation) (*demo, error) {
	ob := openbistest.New(openbistest.Options{Lab: openbistest.DemoLab()})
	ze := zenodotest.New(zenodotest.Options{})
	d := &demo{User: ob.User, Password: ob.Password, OpenBISPAT: ob.PAT, ZenodoToken: ze.Token}
	var err error
	var stop func()
	if d.OpenBIS, stop, err = ob.Start(listen(inv.OpenBISListen)); err != nil {
		return nil, fmt.Errorf("start the built-in openBIS: %w", err)
	}
	d.stops = append(d.stops, stop)
	if d.Zenodo, stop, err = ze.Start(listen(inv.ZenodoListen)); err != nil {
		d.stop()
		return nil, fmt.Errorf("start the built-in Zenodo: %w", err)
	}
	d.stops = append(d.stops, stop)
	return d, nil
}

func listen(addr string) string {
	if addr == "" {
		return "127.0.0.1:0"
	}
	return addr
}

// stop ends the servers and forgets the demo's exports.
func (d *demo) stop() {
	for _, s := range d.stops {
		s()
	}
	if d.dir != "" {
		os.RemoveAll(d.dir)
	}
}

// environment points a run at the demo alone: no configuration, tokens or
// exports of the user are read or changed.
func (d *demo) environment(env func(string) string) func(string) string {
	d.dir, _ = os.MkdirTemp("", "zenobis-demo-")
	os.MkdirAll(filepath.Join(d.dir, "config", "zenobis"), 0o700)
	os.WriteFile(filepath.Join(d.dir, "config", "zenobis", "config.toml"), []byte("[zenodo]\nkind = \"zenodo\"\nname = \"Zenodo\"\n"), 0o600)
	set := map[string]string{
		"ZENOBIS_OPENBIS_URL": d.OpenBIS, "ZENOBIS_ZENODO_URL": d.Zenodo, "ZENOBIS_OPENBIS_USER": d.User,
		"ZENOBIS_STATE_DIR": filepath.Join(d.dir, "state"), "XDG_CONFIG_HOME": filepath.Join(d.dir, "config"),
		"ZENOBIS_CONFIG": "", "ZENOBIS_PROFILE": "", "ZENOBIS_OPENBIS_PASSWORD": "", "ZENOBIS_OPENBIS_TOKEN": "", "ZENOBIS_ZENODO_TOKEN": d.ZenodoToken,
		"HTTP_PROXY": "", "HTTPS_PROXY": "",
	}
	return func(k string) string {
		if v, ok := set[k]; ok {
			return v
		}
		return env(k)
	}
}

// login is what the demo's first screen is filled with.
func (d *demo) login(*command.Invocation) *ui.Login {
	return &ui.Login{URL: d.OpenBIS, User: d.User, Password: d.Password}
}

// serveDemo runs only the servers and prints where they are.
func serveDemo(ctx context.Context, inv *command.Invocation, std stdio) int {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	d, err := startDemo(inv)
	if err != nil {
		fmt.Fprintln(std.err, "zenobis: "+err.Error())
		return session.StatusFailed
	}
	defer d.stop()
	line, err := json.Marshal(d)
	if err != nil {
		return usage(std.err, err)
	}
	if _, err := fmt.Fprintf(std.out, "%s\n", line); err != nil && !errors.Is(err, syscall.EPIPE) {
		return usage(std.err, err)
	}
	<-ctx.Done()
	return session.StatusDone
}
