package command

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"zenobis/config"
	"zenobis/openbis"
	"zenobis/session"
)

// doctor checks everything that an export needs and says what to do about it.
func (c *run) doctor(ctx context.Context) (string, error) {
	failed := false
	check := func(name string, err error, message, hint string) bool {
		if err != nil {
			x := session.Explain(err)
			message, failed = x.What, true
			if hint == "" {
				hint = x.Do
			}
		}
		c.out.event("check", "name", name, "ok", err == nil, "message", message, "hint", hint)
		if !c.inv.JSON {
			mark := "ok    "
			if err != nil {
				mark = "FAILED"
			}
			c.out.say("%s  %-14s %s", mark, name, message)
			if hint != "" {
				c.out.say("        %s", hint)
			}
		}
		return err == nil
	}
	cfg := c.Setup.Config
	check("configuration", nil, fmt.Sprintf("openBIS %s, Zenodo %s (%s)", orText(cfg.OpenBIS.URL, "not set"), cfg.Zenodo.URL, cfg.Zenodo.Kind), "")
	check("state", writable(cfg.StateDir), "exports are kept in "+cfg.StateDir, "")

	ob, err := c.Setup.OpenBIS("")
	if check("openbis", c.reach(ctx, ob, err), "it answers", "") {
		c.checkLogin(ctx, ob, check)
		defer logout(ctx, ob)
	}
	c.checkZenodo(ctx, ob, check)
	for _, n := range c.Notes {
		check("session", nil, n, "")
	}
	if failed {
		return "", errors.New("some checks failed; they say what to do")
	}
	return "", nil
}

func (c *run) reach(ctx context.Context, ob *openbis.Client, err error) error {
	if err == nil {
		_, err = ob.PublicInfo(ctx)
	}
	return err
}

type checker func(name string, err error, message, hint string) bool

func (c *run) checkLogin(ctx context.Context, ob *openbis.Client, check checker) {
	cr, err := c.Setup.Credentials(ctx)
	if err == nil {
		err = session.Login(ctx, ob, cr)
	}
	if !check("openbis login", err, "logged in as "+ob.Session().Person.Name(), "") {
		return
	}
	if info, err := ob.Info(ctx); err == nil {
		check("openbis version", nil, fmt.Sprintf("%s, API %s", info.Version, info.APIVersion), "")
	}
	spaces, err := ob.Spaces(ctx)
	check("openbis rights", err, fmt.Sprintf("%d spaces are visible; an export holds what you may see", len(spaces)), "")
	notice, err := c.Setup.Switch(ctx, ob)
	check("lab's switch", err, orText(notice, "export to Zenodo is switched on"), "")
	visible, err := ob.PublicationsVisible(ctx, "")
	switch {
	case err != nil:
		check("publications", err, "", "")
	case visible:
		check("publications", nil, "the publications collection is visible: registrations can be confirmed", "")
	default:
		check("publications", nil, "the publications collection is not visible to you: registrations can't be confirmed", "ask for OBSERVER on the space PUBLICATIONS")
	}
}

func (c *run) checkZenodo(ctx context.Context, ob *openbis.Client, check checker) {
	if ob != nil && ob.Session().UserID == "" {
		ob = nil
	}
	token, err := c.Setup.ZenodoToken(ctx, ob)
	if !check("zenodo token", err, "found in "+token.Source, "") {
		return
	}
	z, err := c.Setup.Zenodo(token.Value)
	if err == nil {
		err = z.CheckToken(ctx)
	}
	if !check("zenodo login", err, config.Host(c.Setup.Config.Zenodo.URL)+" accepts the token", "") {
		return
	}
	l := z.Limits()
	check("limits", nil, fmt.Sprintf("a record takes %s in %d files", Bytes(l.Bytes), l.Files), "")
}

// writable tries what every export does first.
func writable(dir string) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return fmt.Errorf("state directory %s can't be written: choose another one with --state-dir: %w", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(filepath.Clean(f.Name())))
}

func orText(s, other string) string {
	if s == "" {
		return other
	}
	return s
}
