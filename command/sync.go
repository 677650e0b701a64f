package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/zenodo"
)

func (c *call) syncCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sync [flags] [JOB]",
		Short: "record in openBIS what was published since",
		Long: "Look at every draft that is not settled, and record in openBIS those that were published\n" +
			"since. Looking needs no login, recording does: without one the export stays published and\n" +
			"the exit status is 3. Fit for cron.",
		Example: "  zenobis sync --quiet\n  zenobis sync --watch",
		Args:    arguments(0, 1, "export"),
	}
	var watch bool
	flags{cmd.Flags(), "Flags"}.on(&watch, "watch", "go on until every export is settled")
	cmd.ValidArgsFunction = offered(c.jobs).cobra()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) {
			return first(args), r.sync(ctx, first(args), watch)
		})
	}
	return cmd
}

// sync looks at every draft not yet settled and registers what was published.
func (r *invocation) sync(ctx context.Context, id string, watch bool) error {
	if id != "" {
		if _, err := r.local().Job(id); err != nil {
			return err
		}
	}
	if !watch {
		_, err := r.syncOnce(ctx, id, true)
		return err
	}
	first := true
	err := r.local().Rounds(ctx, export.WatchAllEvery, func(ctx context.Context) (bool, error) {
		open, err := r.syncOnce(ctx, id, first)
		first = false
		return open == 0, err
	}, func(err error) { r.fail(id, err) })
	if err != nil && ctx.Err() != nil {
		return &failure.Error{Kind: failure.Interrupted, What: "watching the drafts was interrupted", Do: "zenobis sync looks again"}
	}
	return err
}

// syncOnce looks once; it logs in only if something is to be registered. With
// --quiet only what changed is told.
func (r *invocation) syncOnce(ctx context.Context, id string, first bool) (open int, err error) {
	due, unread := r.local().Due(id)
	if len(due) == 0 && unread != nil {
		return 0, unread
	}
	before := map[string]export.State{}
	servers := map[string]bool{}
	some := false // that were not settled, or were named
	for _, j := range due {
		if j.State == export.StateRegistered {
			continue
		}
		before[j.ID] = j.State
		servers[j.Zenodo] = true
		some = some || id != "" || !j.State.Settled()
	}
	if !some {
		r.out.note("Nothing to do.")
	}
	errs := []error{unread}
	for _, address := range slices.Sorted(maps.Keys(servers)) {
		errs = append(errs, r.look(ctx, address, id))
	}
	after, _ := r.local().Jobs() // what can't be read is told already
	for _, j := range after {
		was, ok := before[j.ID]
		if !ok {
			continue
		}
		if !j.State.Settled() {
			open++
		}
		if was != j.State || first && (r.out.json || !r.out.quiet) && (!was.Settled() || id != "") {
			r.showJob(j)
		}
	}
	return open, errors.Join(errs...)
}

// look looks at the drafts on one Zenodo and registers those published since.
func (r *invocation) look(ctx context.Context, address, id string) error {
	z, err := r.Looker(ctx, address)
	if err != nil {
		return err
	}
	looked, err := r.Engine(z).Sync(ctx, id)
	published := map[string][]string{} // by openBIS
	for _, j := range looked {
		if j.State == export.StatePublished && j.Zenodo == z.URL() {
			published[j.OpenBIS] = append(published[j.OpenBIS], j.ID)
		}
	}
	errs := []error{err}
	for _, openBIS := range slices.Sorted(maps.Keys(published)) {
		errs = append(errs, r.register(ctx, openBIS, z, published[openBIS]))
	}
	return errors.Join(errs...)
}

// register logs in at one openBIS and registers what was published from it.
func (r *invocation) register(ctx context.Context, address string, z *zenodo.Client, jobs []string) error {
	s, err := r.ConnectTo(ctx, address)
	if err != nil {
		return fmt.Errorf("register the publication in openBIS: %w", err)
	}
	defer s.Close(ctx)
	eng := s.EngineWith(z)
	var errs []error
	for _, id := range jobs {
		_, err := eng.Sync(ctx, id)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
