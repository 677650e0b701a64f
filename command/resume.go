package command

import (
	"context"

	"github.com/spf13/cobra"

	"zenobis/export"
	"zenobis/export/failure"
)

func (c *call) resumeCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "resume [flags] [JOB]",
		Short:   "go on with an interrupted export",
		Long:    "Go on with an interrupted export: the named one, or the newest that can be resumed.",
		Example: "  zenobis resume\n  zenobis resume --leave-out-broken 20260102-kbm3ei2o",
		Args:    arguments(0, 1, "export"),
	}
	var e runFlags
	f := flags{cmd.Flags(), "Flags"}
	e.register(f)
	c.lock(f)
	cmd.ValidArgsFunction = offered(c.jobs).cobra()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) {
			r.resumes = true
			return r.resume(ctx, first(args), e)
		})
	}
	return cmd
}

// first is the first argument, "" without one.
func first(args []string) string {
	if len(args) == 0 {
		return ""
	}
	return args[0]
}

func (r *invocation) resume(ctx context.Context, id string, e runFlags) (string, error) {
	job, err := r.resumable(id)
	if err != nil || job.ID == "" {
		if err == nil && id == "" {
			r.out.note("There is no interrupted export.")
		}
		return id, err
	}
	s, err := r.ConnectTo(ctx, job.OpenBIS)
	if err != nil {
		return job.ID, err
	}
	defer s.Close(ctx)
	eng, err := sender(ctx, s)
	if err != nil {
		return job.ID, err
	}
	if job.Plan != nil {
		r.showPlan(job.ID, job.Plan, false)
	}
	return job.ID, r.transfer(ctx, eng, job.ID, e)
}

// resumable finds the export to go on with: the named one, or the newest. A
// named one must belong to the configured Zenodo, since the token does.
func (r *invocation) resumable(id string) (export.Job, error) {
	eng := r.local()
	if id != "" {
		job, err := eng.Job(id)
		if err != nil {
			return job, err
		}
		if job.Holder != "" && !r.TakeLock {
			return job, held(job)
		}
		if job.State == export.StateFailed && !job.Resumable {
			return job, &failure.Error{Kind: failure.NotResumable, What: "the export " + job.ID + " can't be resumed", Why: job.Reason,
				Do: "make a new one; zenobis discard " + job.ID + " deletes its draft"}
		}
		if !job.Incomplete() {
			r.out.note("There is nothing to resume: %s is %s.", job.ID, job.State)
			return export.Job{}, nil
		}
		return job, r.target(job)
	}
	jobs, err := eng.Jobs()
	for _, j := range jobs { // newest first
		if j.Incomplete() && (j.Holder == "" || r.TakeLock) {
			return j, r.target(j)
		}
	}
	for _, j := range jobs {
		if j.Holder != "" { // there is one that is not complete, but it is not for us
			return j, held(j)
		}
	}
	return export.Job{}, err
}

// held says who works on an export, or may still begin to.
func held(j export.Job) error {
	f := &failure.Error{Kind: failure.Running, What: "the export " + j.ID + " is being worked on by " + j.Holder,
		Do: "wait for it, or stop it there; if no zenobis runs there any more, add --take-lock"}
	if !j.Running {
		f.What = "the export " + j.ID + " is planned and not started: " + j.Holder + " may still start it"
		f.Do = "start it or leave it there; if no zenobis runs there any more, add --take-lock"
	}
	return f
}
