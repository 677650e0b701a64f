package plain

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/safetext"
)

// exportsList shows earlier exports and what can be done with them.
func (t *talk) exportsList(ctx context.Context) error {
	for {
		jobs, err := t.Backend.Jobs(ctx)
		if err != nil {
			t.complain(err)
			return nil
		}
		t.Earlier.Take(jobs)
		jobs = t.Earlier.Jobs
		if len(jobs) == 0 {
			t.say("No exports yet.")
			return nil
		}
		for i, j := range jobs {
			t.sayf("%d  %s: %s %s %s", i+1, safetext.Line(j.Title), flow.StateText(j), j.Created.Local().Format("2006-01-02"), j.URL)
		}
		s, err := t.ask(ctx, "resume N, look N, discard N, or empty to go on", "")
		if err != nil || s == "" {
			if errors.Is(err, errBack) {
				err = nil
			}
			return err
		}
		if asksHelp(s) {
			t.help("resume N: go on with export N", "look N: ask for its state now", "discard N: drop it, with its draft")
			continue
		}
		verb, num, _ := strings.Cut(s, " ")
		n, err := strconv.Atoi(strings.TrimSpace(num))
		if err != nil || n < 1 || n > len(jobs) {
			t.say("A word and a number, such as: look 1")
			continue
		}
		if err := t.exportsAct(ctx, verb, jobs[n-1]); err != nil {
			return err
		}
	}
}

func (t *talk) exportsAct(ctx context.Context, verb string, j export.Job) error {
	switch verb {
	case "resume":
		if t.Session == nil {
			t.say("Log in first.")
			return nil
		}
		return t.export(ctx, j)
	case "look":
		if _, err := t.Keeper().Sync(ctx, j.ID); err != nil {
			t.complain(err)
		}
	case "discard":
		s, err := t.ask(ctx, "Discard it, with its draft at Zenodo? yes or no", "no")
		if err != nil {
			return err
		}
		if s == "yes" {
			if err := t.Keeper().Discard(ctx, j.ID); err != nil {
				t.complain(err)
			}
		}
	default:
		t.say("resume, look or discard.")
	}
	return nil
}
