package command

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/session"
)

func (c *call) discardCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "discard [flags] JOB",
		Short: "delete an unpublished draft",
		Long: "Delete the draft of an export on Zenodo, as long as it is not published, and close the export.\n" +
			"For a draft that an export made and that none on this computer needs (zenobis doctor names\n" +
			"them), give its id on Zenodo instead.",
		Example: "  zenobis discard 20260102-kbm3ei2o",
		Args:    arguments(1, 1, "export (zenobis jobs lists them)"),
	}
	c.lock(flags{cmd.Flags(), "Flags"})
	cmd.ValidArgsFunction = offered(c.jobs).cobra()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) {
			return args[0], r.discard(ctx, args[0])
		})
	}
	return cmd
}

func (r *invocation) discard(ctx context.Context, id string) error {
	job, err := r.local().Job(id)
	if errors.Is(err, failure.NoJob) {
		return r.discardOrphan(ctx, id, err)
	}
	if err != nil {
		return err
	}
	if err := r.target(job); err != nil {
		return err
	}
	eng, done, err := r.discarder(ctx, job)
	if err != nil {
		return err
	}
	defer done()
	if err := eng.Discard(ctx, id); err != nil {
		return err
	}
	if job, err = eng.Job(id); err != nil {
		return err
	}
	r.showJob(job)
	return nil
}

// discardOrphan deletes a draft that no export on this computer needs; unknown is
// the error where there is none of that id.
func (r *invocation) discardOrphan(ctx context.Context, id string, unknown error) error {
	token, err := r.ZenodoToken(ctx, nil)
	if errors.Is(err, session.ErrNoToken) {
		return unknown
	}
	if err != nil {
		return err
	}
	z, err := r.CheckedZenodo(ctx, token)
	if err != nil {
		return err
	}
	eng := r.Engine(z)
	list, err := eng.Orphans(ctx)
	if err != nil {
		return err
	}
	for _, o := range list {
		if o.Draft != id && o.Job != id {
			continue
		}
		if err := eng.DiscardOrphan(ctx, o.Draft); err != nil {
			return err
		}
		r.showJob(export.Job{ID: o.Job, Title: o.Title, State: export.StateDiscarded, RecordID: o.Draft, URL: o.URL,
			Updated: o.Updated, Reason: "no export on this computer needed the draft"})
		unknown = nil
	}
	return unknown
}

// discarder is the engine that deletes an export's draft; done ends its session.
func (r *invocation) discarder(ctx context.Context, job export.Job) (eng *export.Engine, done func(), err error) {
	done = func() {}
	token, err := r.ZenodoToken(ctx, nil)
	switch {
	case err == nil && job.RecordID != "":
		z, err := r.CheckedZenodo(ctx, token)
		if err != nil {
			return nil, nil, err
		}
		return r.Engine(z), done, nil
	case errors.Is(err, session.ErrNoToken) && job.RecordID != "":
		s, err := r.ConnectTo(ctx, job.OpenBIS)
		if errors.Is(err, session.ErrNoLogin) {
			return nil, nil, session.ErrNoToken // the login was only for the token in the profile
		} else if err != nil {
			return nil, nil, err
		}
		if eng, err = sender(ctx, s); err != nil {
			s.Close(ctx)
			return nil, nil, err
		}
		return eng, func() { s.Close(ctx) }, nil
	case err != nil && !errors.Is(err, session.ErrNoToken):
		return nil, nil, err
	}
	// A draft may have been made without anybody having heard of it.
	z, err := r.Zenodo(token.Value)
	if err != nil {
		return nil, nil, err
	}
	return r.Engine(z), done, nil
}
