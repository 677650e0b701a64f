package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"zenobis/command"
	"zenobis/config"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/session"
	"zenobis/zenodo/zenodotest"
)

// demo is a built-in openBIS and a built-in Zenodo on loopback, as the first
// line of demo --serve tells of them.
type demo struct {
	OpenBIS     string `json:"openbis_url"`
	Zenodo      string `json:"zenodo_url"`
	User        string `json:"user"`
	Password    string `json:"password"`
	OpenBISPAT  string `json:"openbis_token"`
	ZenodoToken string `json:"zenodo_token"`

	dir   string // of the demo's own configuration and exports
	stops []func()
}

// startDemo starts both servers, each at the address given.
func startDemo(openbisListen, zenodoListen string) (_ command.Demo, err error) {
	ob := openbistest.New(openbistest.Options{Lab: labdata.DemoLab()})
	ze := zenodotest.New(zenodotest.Options{})
	d := &demo{User: ob.User, Password: ob.Password, OpenBISPAT: ob.PAT, ZenodoToken: ze.Token}
	defer func() {
		if err != nil {
			d.stop()
		}
	}()
	var stop func()
	if d.OpenBIS, stop, err = ob.Start(openbisListen); err != nil {
		return command.Demo{}, fmt.Errorf("start the built-in openBIS: %w", err)
	}
	d.stops = append(d.stops, stop)
	if d.Zenodo, stop, err = ze.Start(zenodoListen); err != nil {
		return command.Demo{}, fmt.Errorf("start the built-in Zenodo: %w", err)
	}
	d.stops = append(d.stops, stop)
	if err = d.configure(); err != nil {
		return command.Demo{}, fmt.Errorf("start the demo: %w", err)
	}
	line, err := json.Marshal(d)
	return command.Demo{
		Line: line, Login: session.Login{URL: d.OpenBIS, User: d.User, Password: d.Password}, Env: d.environment, Stop: d.stop,
	}, err
}

// configure makes a configuration of the demo's own.
func (d *demo) configure() error {
	dir, err := os.MkdirTemp("", "zenobis-demo-")
	if err != nil {
		return err
	}
	d.dir = dir
	path := filepath.Join(dir, "config", "zenobis")
	return errors.Join(os.MkdirAll(path, 0o700),
		os.WriteFile(filepath.Join(path, "config.toml"), []byte("[zenodo]\nkind = \"zenodo\"\nname = \"Zenodo\"\n"), 0o600))
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

// environment is the process's, pointed at the demo alone.
func (d *demo) environment(key string) string {
	switch key {
	case config.EnvOpenBIS:
		return d.OpenBIS
	case config.EnvZenodo:
		return d.Zenodo
	case config.EnvOpenBISUser:
		return d.User
	case config.EnvZenodoToken:
		return d.ZenodoToken
	case config.EnvStateDir:
		return filepath.Join(d.dir, "state")
	case "XDG_CONFIG_HOME":
		return filepath.Join(d.dir, "config")
	}
	if strings.HasPrefix(key, config.EnvPrefix) {
		return "" // whatever is set for another server
	}
	return os.Getenv(key)
}
