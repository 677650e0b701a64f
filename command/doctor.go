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

	"zenobis/disk"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
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
			return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) { return "", r.doctor(ctx) })
		},
	}
}

// doctor is a round of checks.
type doctor struct {
	*invocation
	failed bool
}

// found tells of a check that went well. hint is what could be better still.
func (d *doctor) found(name, message, hint string) { d.say(name, true, message, hint) }

// try tells how a check went. help is what to do where it failed; "" is what is
// said of such an error anywhere.
func (d *doctor) try(name string, err error, message, help string) bool {
	if err == nil {
		d.say(name, true, message, "")
		return true
	}
	if failure.Of(err) == failure.Interrupted { // it was left, which says nothing of what is checked
		return false
	}
	d.failed = true
	x := session.Explain(err)
	d.say(name, false, x.Message(), cmp.Or(help, x.Do))
	return false
}

func (d *doctor) say(name string, ok bool, message, hint string) {
	d.out.event("check", checkEvent{name, ok, message, hint})
	if d.out.json || ok && d.out.quiet {
		return
	}
	d.out.say("%s  %-15s %s", mark(ok), name, message)
	if hint != "" {
		d.out.say("        %s", hint)
	}
}

// doctor checks everything that an export needs and says what to do about it.
func (r *invocation) doctor(ctx context.Context) error {
	d := &doctor{invocation: r}
	d.configuration()
	var s *session.Session
	if d.try("openbis", r.Reach(ctx), "it answers", "") {
		var err error
		if s, err = r.ConnectTo(ctx, ""); d.try("openbis login", err, "accepted", "") {
			defer s.Close(ctx)
			d.openBIS(ctx, s)
		}
	}
	d.zenodo(ctx, s)
	what, help, _ := strings.Cut(cmp.Or(r.HostNote, "an export goes on when the terminal goes away"), "; ")
	d.found("session", what, help)
	if ctx.Err() != nil { // what was not looked at has not failed
		return ctx.Err()
	}
	if d.failed {
		return errors.New("some checks failed; they say what to do")
	}
	return nil
}

func (d *doctor) configuration() {
	c := d.Config
	text := fmt.Sprintf("openBIS %s, Zenodo %s (%s)", cmp.Or(c.OpenBIS.URL, "not set"), c.Zenodo.URL, c.Zenodo.Kind)
	if c.Profile != "" {
		text += ", profile " + c.Profile
	}
	if len(c.Site.Locked) > 0 {
		text += "; fixed by this server's administrator: " + strings.Join(c.Site.Locked, ", ")
	}
	d.found("configuration", text, "")
	d.try("state", writable(c.StateDir), "exports are kept in "+c.StateDir, "choose another folder with --state-dir")
}

// openBIS checks what the login may do.
func (d *doctor) openBIS(ctx context.Context, s *session.Session) {
	me := s.Client.Session()
	how := "with a session"
	if me.PAT {
		how = "with a personal access token"
	}
	d.found("openbis user", cmp.Or(me.Person.Name(), me.UserID)+" ("+me.UserID+"), "+how, "")
	if info, err := s.Info(ctx); err == nil || openbis.NoVerdict(err) {
		d.try("openbis version", err, fmt.Sprintf("%s, API %s", info.Version, info.APIVersion), "")
	}
	spaces, err := s.Spaces(ctx)
	help := ""
	if err == nil && len(spaces) == 0 {
		err = errors.New("no space is visible to you, so there is nothing to export")
		help = "ask the lab manager for a role in a space"
	}
	d.try(
		"openbis rights",
		err,
		human.Count(len(spaces), "space is", "spaces are")+" visible; an export holds what you may see",
		help,
	)
	notice, err := s.Switch(ctx)
	d.try("lab's switch", err, cmp.Or(notice, "exports to Zenodo are switched on"), "")
	groups, err := s.Groups(ctx)
	if err != nil {
		d.try("publications", err, "", "")
		return
	}
	if mine := groups.Mine(); groups.Several() && len(mine) > 0 {
		d.found("groups", "publications can be recorded for "+strings.Join(mine, ", "), "")
	} else if groups.Several() {
		d.try("groups", errors.New("this openBIS has several groups, and you have a role in none that can record a publication"), "",
			"ask the lab manager for a role in a group")
	}
	for _, g := range groups {
		if g.Mine {
			d.publications(g)
		}
	}
	notice, err = s.Recordable(ctx, groups)
	d.try("recording", err, cmp.Or(notice, "openBIS can record what was published"), "")
}

// publications says whether a group's publications can be recorded and seen.
func (d *doctor) publications(g session.Group) {
	of, space := "the publications of "+g.Name, openbis.PublicationsSpace(g.Name)
	switch g.Publications {
	case session.Visible:
		d.found("publications", of+" are visible: a registration can be confirmed", "")
	case session.Missing:
		d.try("publications", errors.New(of+" have no collection: nothing can be recorded there"), "", "ask the lab manager for "+space)
	default:
		d.found("publications", of+" are not visible to you: a registration can't be confirmed", "ask for OBSERVER on the space "+space)
	}
}

// zenodo checks the token and what the server takes. s is nil without a login;
// with one, its profile may hold the token.
func (d *doctor) zenodo(ctx context.Context, s *session.Session) {
	host := wire.Host(d.Config.Zenodo.URL)
	var ob *openbis.Client
	if s != nil {
		ob = s.Client
	}
	token, err := d.ZenodoToken(ctx, ob)
	if !d.try("zenodo token", err, "found in "+token.Source, "") {
		return
	}
	z, err := d.CheckedZenodo(ctx, token)
	if !d.try("zenodo login", err, host+" accepts the token", "") {
		return
	}
	l := z.Limits()
	text := fmt.Sprintf("a record takes %s in %s", human.Bytes(l.Bytes), human.Count(l.Files, "file", "files"))
	if own := d.Config.Export.MaxBytes; own > 0 && own < l.Bytes {
		text += fmt.Sprintf("; your lab allows %s", human.Bytes(own))
	}
	d.found("limits", text, "")
	d.drafts(ctx, d.Engine(z))
}

// drafts offers those for deletion that no export needs.
func (d *doctor) drafts(ctx context.Context, eng *export.Engine) {
	list, err := eng.Orphans(ctx)
	if err != nil {
		d.try("drafts", err, "", "")
		return
	}
	if len(list) == 0 {
		d.found("drafts", "none is left over from an export", "")
	}
	for _, o := range list {
		d.found("drafts", fmt.Sprintf("no export on this computer needs the draft %s, %s (%s, %s)", o.Draft, safetext.Quote(o.Title),
			human.Count(o.Files, "file", "files"), safetext.Line(o.URL)),
			"look at it; unless an export on another computer still works on it, delete it: zenobis discard "+o.Draft)
	}
}

// writable tries what every export does first.
func writable(dir string) error {
	if err := disk.Root(dir); err != nil {
		return fmt.Errorf("state directory: %w", err)
	}
	f, err := os.CreateTemp(dir, ".check-*")
	if err != nil {
		return fmt.Errorf("state directory %s can't be written: %w", dir, err)
	}
	return errors.Join(f.Close(), os.Remove(filepath.Clean(f.Name())))
}
