package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/session"
	"zenobis/shape"
	"zenobis/zenodo"
)

// exportFlags are the flags of export: what, how, and what describes it.
type exportFlags struct {
	selectionFlags
	session.Overrides
	metadataFlags
	runFlags
	dryRun        bool
	writeMetadata string
}

// runFlags make sense for an export that goes on, too.
type runFlags struct {
	leaveOutBroken, wait, open bool
}

func (e *runFlags) register(f flags) {
	f.on(&e.leaveOutBroken, "leave-out-broken", "leave out files that can't be had, and say so in the record")
	f.on(&e.wait, "wait", "stay until the draft is published and registered")
	f.on(&e.open, "open", "open the draft in a browser")
}

func (c *call) exportCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "export [flags] SELECTION...",
		Short: "export a selection without the UI",
		Long: "Take a selection out of openBIS and hand it to Zenodo as a draft: plan, draft, upload,\n" +
			"verify. The last line on stdout is the draft's address; publishing it is left to you.\n\n" +
			"A SELECTION is space:LAB, project:/LAB/P, collection:/LAB/P/E, object:/LAB/P/S,\n" +
			"dataset:PERMID, a path such as /LAB/P, or a permId. It stands for itself and everything\n" +
			"below it. The nearest rule above an entity decides; on the same entity --exclude wins\n" +
			"over --only, and --only over all.",
		Example: "  zenobis export --title \"Thin films, 2026\" /LAB/PROJECT\n" +
			"  zenobis export --dry-run space:LAB --exclude project:/LAB/DRAFTS\n" +
			"  zenobis export --metadata record.toml --file '20230101120000000-42:**/*.csv'",
	}
	var e exportFlags
	what, how := flags{cmd.Flags(), "What"}, flags{cmd.Flags(), "How"}
	e.selectionFlags.register(what)
	what.on(&e.MetadataOnly, "metadata-only", "pages without data files")
	what.on(&e.WithParents, "with-parents", "parents of the selected objects too, of the same space")
	what.on(&e.WithChildren, "with-children", "children of the selected objects too, of the same space")
	what.on(&e.WithReferences, "with-references", "objects that properties refer to too, of the same space")
	what.on(&e.OtherSpaces, "other-spaces", "such relatives in other spaces too")
	what.on(&e.Unarchive, "unarchive", "request archived data and wait for it")
	c.setting(
		how,
		"export.layout",
		"layout",
		"LAYOUT",
		"how data becomes files of the record: "+strings.Join(shape.Words(shape.Layouts()), ", "),
		"as configured ("+string(shape.Layouts()[0])+")",
		"single",
	)
	c.setting(
		how,
		"export.pages",
		"pages",
		"FORMATS",
		"formats of the entities' pages: "+strings.Join(shape.Words(shape.Formats()), ", "),
		"as configured ("+strings.Join(shape.Words(shape.DefaultFormats()), ",")+")",
		"html,docx",
	)
	c.setting(how, "export.crate", "crate", "KIND", "description for machines: "+strings.Join(shape.Words(shape.Crates()), ", "),
		"as configured ("+string(shape.Crates()[0])+")", "eln")
	how.on(&e.dryRun, "dry-run", "plan only: nothing is created anywhere")
	how.on(&e.Strict, "strict", "refuse where anything would be left out")
	how.on(&e.AcceptFindings, "accept-findings", "export although private details were found")
	c.setting(how, "export.limit_rate", "limit-rate", "BYTES", "at most this many bytes a second", "as configured (no limit)", "10MB")
	e.runFlags.register(how)
	e.metadataFlags.register(flags{cmd.Flags(), "Metadata"})
	e.stdin = c.In
	meta := flags{cmd.Flags(), "Metadata"}
	meta.text(
		&e.writeMetadata,
		"write-metadata",
		"FILE",
		"write the fields to a file, or - for stdout, filled in, and stop",
		"none",
		"record.toml",
	)
	meta.text(
		&e.NewVersionOf,
		"new-version-of",
		"DOI|ID|JOB",
		"make a new version of a published record",
		"a new record",
		"10.5281/zenodo.1234567",
	)
	meta.text(
		&e.IntoDraft,
		"into-draft",
		"ID",
		"with --new-version-of: add the files to this draft, which is open already; the rest of it stays as it is",
		"a new draft",
		"1234567",
	)
	meta.on(&e.AcceptRemovals, "accept-removals", "make the new version although files of the former one are missing in it")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		for key, v := range map[string]string{"export.license": e.License, "export.language": e.Language, "export.community": e.Community} {
			if v != "" {
				c.settings[key] = v
			}
		}
		e.selected = args
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) { return r.export(ctx, &e) })
	}
	return cmd
}

// export runs a whole export.
func (r *invocation) export(ctx context.Context, e *exportFlags) (string, error) {
	r.resumes = true
	given, err := e.form()
	if err != nil {
		return "", err
	}
	if _, err := given.Apply(&record.Metadata{}); err != nil { // before any server is asked
		return "", fmt.Errorf("%w: %w", errUsage, err)
	}
	if strings.TrimSpace(given.Title) == "" && e.writeMetadata == "" && !e.dryRun && e.NewVersionOf == "" {
		return "", misuse("an export needs a title: --title T")
	}
	if e.IntoDraft != "" && e.NewVersionOf == "" {
		return "", misuse("--into-draft goes with --new-version-of: of which record is the draft a new version?")
	}
	if e.NewVersionOf, err = r.versionOf(ctx, e.NewVersionOf); err != nil {
		return "", err
	}
	words, err := e.selectionFlags.words()
	if err != nil {
		return "", err
	}
	s, err := r.ConnectTo(ctx, "")
	if err != nil {
		return "", err
	}
	defer s.Close(ctx)
	selected, err := r.open(ctx, s, words, e.dryRun || e.writeMetadata != "")
	if err != nil {
		return "", err
	}
	e.LeaveOutBroken = e.leaveOutBroken
	req := r.Request(e.Overrides)
	req.Selection = selected
	var offers record.Offers
	if req.NewVersionOf != "" {
		req.Metadata, offers, err = s.NextMetadata(ctx, selected, req.NewVersionOf)
	} else {
		req.Metadata, offers, err = s.DefaultMetadata(ctx, selected)
	}
	if err != nil {
		return "", err
	}
	me, err := s.Me()
	if err != nil {
		return "", err
	}
	from, err := given.Apply(&req.Metadata)
	if err != nil {
		return "", err
	}
	req.Metadata.Creators = record.Recognise(req.Metadata.Creators, me, offers.People)
	req.Metadata.Contribs = record.Recognise(req.Metadata.Contribs, me, offers.People)
	for key, value := range map[string]string{
		"license": req.Metadata.License, "language": req.Metadata.Language, "community": req.Metadata.Community,
	} {
		if err := r.Config.Keeps("export."+key, value, cmp.Or(from.Of(key), "--"+key)); err != nil {
			return "", err
		}
	}
	req.Groups = given.Groups
	if e.writeMetadata != "" {
		return "", r.writeMetadata(e.writeMetadata, record.FormOf(req.Metadata, req.Groups), offers)
	}
	if e.NewVersionOf == "" {
		r.nameEarlier(selected)
	}
	job, plan, err := s.Plan(ctx, req, e.dryRun, r.out.planning)
	if plan != nil {
		r.showPlan(job.ID, plan, e.dryRun)
		r.planOnly = e.dryRun
	}
	if err != nil || e.dryRun {
		return job.ID, sourced(err, from)
	}
	eng, err := s.Engine()
	if err != nil {
		return job.ID, err
	}
	return job.ID, r.transfer(ctx, eng, job.ID, e.runFlags)
}

// open looks what is selected and whether it may be exported. Where nothing is created
// no Zenodo token is needed, and less can be checked without one.
func (r *invocation) open(ctx context.Context, s *session.Session, words selection.Words, nothing bool) (selection.Selection, error) {
	o, err := s.Open(ctx, words)
	if o.Notice != "" {
		r.out.note("%s", o.Notice)
	}
	switch {
	case err != nil || o.Token == nil:
		return o.Selection, err
	case !nothing, openbis.NoVerdict(o.Token), zenodo.NoVerdict(o.Token), ctx.Err() != nil:
		return o.Selection, o.Token
	case !errors.Is(o.Token, session.ErrNoToken):
		r.out.note("%s", session.Explain(o.Token))
	}
	return o.Selection, nil
}

// versionOf is the record that a new version is made of: a job stands for its record,
// which may have been published since it was looked at.
func (r *invocation) versionOf(ctx context.Context, what string) (string, error) {
	what = strings.TrimSpace(what)
	job, err := r.local().Job(what)
	switch {
	case what == "" || errors.Is(err, failure.NoJob):
		return what, nil
	case err != nil:
		return "", err
	}
	if err := r.target(job); err != nil {
		return "", err
	}
	if job.State == export.StateDraft || job.State == export.StateInReview {
		z, err := r.Looker(ctx, job.Zenodo)
		if err == nil {
			_, err = r.Engine(z).Sync(ctx, job.ID)
		}
		if err == nil {
			job, err = r.local().Job(job.ID)
		}
		if err != nil {
			return "", err
		}
	}
	if !job.State.Public() {
		return "", failure.Refuse(
			"there is no published record to make a new version of (--new-version-of)",
			"the export "+job.ID+" is "+string(job.State),
			"publish its draft first, or resume it",
			nil,
		)
	}
	return job.RecordID, nil
}

// nameEarlier says where the same was exported before.
func (r *invocation) nameEarlier(sel selection.Selection) {
	all, _ := r.local().Jobs() // what can't be read is told by zenobis jobs
	for i, j := range session.SameBefore(all, sel) {
		if i == 3 {
			return
		}
		hint := ""
		if j.State.Public() {
			hint = "; --new-version-of " + j.ID + " makes a new version of it"
		}
		r.out.note("The same selection was exported before: %s, %s, %s%s.", j.ID, j.State, safetext.Line(cmp.Or(j.DOI, j.URL)), hint)
	}
}

// sender returns the engine with a Zenodo token that the server has accepted.
func sender(ctx context.Context, s *session.Session) (*export.Engine, error) {
	if _, err := s.FindToken(ctx); err != nil {
		return nil, err
	}
	return s.Engine()
}

// misuse is a mistake on the command line.
func misuse(format string, args ...any) error {
	return fmt.Errorf("%w: %s", errUsage, fmt.Sprintf(format, args...))
}
