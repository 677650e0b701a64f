package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/session"
	"zenobis/wire"
)

func (c *call) doctorCommand() *cobra.Command {
	return &cobra.Command{
		Use:     "doctor [flags]",
		Short:   "check configuration, servers, logins, rights, limits",
		Long:    "Check everything that an export needs, and say what to do about each finding.",
		Example: "  zenobis doctor\n  zenobis doctor --profile sandbox",
		Args:    arguments(0, 0, ""),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.do(cmd.Context(), func(ctx context.Context, r *run) (string, error) { return "", r.doctor(ctx) })
		},
	}
}

// doctor checks everything that an export needs and says what to do about it.
func (r *run) doctor(ctx context.Context) error {
	failed := false
	check := func(name string, err error, message, hint string) bool {
		if err != nil {
			x := session.Explain(err)
			message, failed = x.Message(), true
			if hint == "" {
				hint = x.Do
			}
		}
		r.out.event("check", checkEvent{name, err == nil, message, hint})
		if !r.out.json {
			r.out.say("%s  %-14s %s", mark(err == nil), name, message)
			if hint != "" {
				r.out.say("        %s", hint)
			}
		}
		return err == nil
	}
	cfg := r.Config
	check("configuration", nil, fmt.Sprintf("openBIS %s, Zenodo %s (%s)", cmp.Or(cfg.OpenBIS.URL, "not set"), cfg.Zenodo.URL, cfg.Zenodo.Kind), "")
	check("state", writable(cfg.StateDir), "exports are kept in "+cfg.StateDir, "")

	var s *session.Session
	if check("openbis", r.Reach(ctx), "it answers", "") {
		var err error
		s, err = r.ConnectTo(ctx, "")
		if err == nil {
			defer s.Close(ctx)
			check("openbis login", nil, "logged in as "+s.Client.Session().Person.Name(), "")
			r.checkRights(ctx, s, check)
		} else {
			check("openbis login", err, "", "")
		}
	}
	r.checkZenodo(ctx, s, check)
	if n := r.HostNote; n != "" {
		check("session", nil, n, "")
	}
	if failed {
		return errors.New("some checks failed; they say what to do")
	}
	return nil
}

type checker func(name string, err error, message, hint string) bool

func (r *run) checkRights(ctx context.Context, s *session.Session, check checker) {
	ob := s.Client
	if info, err := ob.Info(ctx); err == nil {
		check("openbis version", nil, fmt.Sprintf("%s, API %s", info.Version, info.APIVersion), "")
	}
	spaces, err := ob.Spaces(ctx)
	check("openbis rights", err, fmt.Sprintf("%d spaces are visible; an export holds what you may see", len(spaces)), "")
	notice, err := s.Switch(ctx)
	check("lab's switch", err, cmp.Or(notice, "export to Zenodo is switched on"), "")
	groups, err := s.Groups(ctx)
	if err != nil {
		check("publications", err, "", "")
		return
	}
	if groups.Several() {
		mine := groups.Mine()
		if len(mine) == 0 {
			check("groups", errors.New("this openBIS has several groups, and you have a role in none that can record a publication"), "", "ask the lab manager for a role in a group")
			return
		}
		check("groups", nil, "publications can be recorded for "+strings.Join(mine, ", "), "")
	}
	for _, g := range groups {
		if g.Mine {
			checkPublications(g, check)
		}
	}
}

// checkPublications says whether a group's publications can be recorded and seen.
func checkPublications(g session.Group, check checker) {
	of := "the publications of " + g.Name
	switch g.Publications {
	case session.Visible:
		check("publications", nil, of+" are visible: a registration can be confirmed", "")
	case session.Missing:
		check("publications", errors.New(of+" have no collection: nothing can be recorded there"), "", "ask the lab manager for "+openbis.PublicationsSpace(g.Name))
	default:
		check("publications", nil, of+" are not visible to you: a registration can't be confirmed", "ask for OBSERVER on the space "+openbis.PublicationsSpace(g.Name))
	}
}

func (r *run) checkZenodo(ctx context.Context, s *session.Session, check checker) {
	var ob *openbis.Client // its profile may hold the token
	if s != nil {
		ob = s.Client
	}
	token, err := r.ZenodoToken(ctx, ob)
	if !check("zenodo token", err, "found in "+token.Source, "") {
		return
	}
	z, err := r.CheckedZenodo(ctx, token)
	if !check("zenodo login", err, wire.Host(r.Config.Zenodo.URL)+" accepts the token", "") {
		return
	}
	l := z.Limits()
	check("limits", nil, fmt.Sprintf("a record takes %s in %d files", human.Bytes(l.Bytes), l.Files), "")
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
