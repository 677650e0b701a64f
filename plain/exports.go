package plain

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
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
		t.TakeExports(jobs)
		jobs = t.ListedExports()
		t.readOrphans(ctx)
		if len(jobs) == 0 && len(t.Earlier.Orphans) == 0 {
			t.say("No exports yet.")
			return nil
		}
		for i, j := range jobs {
			t.sayf("%d  %s: %s %s %s", i+1, safetext.Line(j.Title), flow.StateText(j), human.Day(j.Created), flow.AddressOf(j))
			t.leftOut(j)
		}
		if text := flow.OrphansText(t.Earlier.Orphans); text != "" {
			t.say(text)
		}
		for i, o := range t.Earlier.Orphans {
			t.sayf("left over %d  %s %s", i+1, flow.OrphanText(o), safetext.Line(o.URL))
		}
		verbs := []string{}
		if len(jobs) > 0 {
			verbs = append(verbs, "resume N, look N, discard N, version N")
		}
		if len(t.Earlier.Orphans) > 0 {
			verbs = append(verbs, "delete N")
		}
		s, err := t.ask(ctx, strings.Join(append(verbs, "or empty to go on"), ", "), "")
		if err != nil || s == "" {
			if errors.Is(err, errBack) {
				err = nil
			}
			return err
		}
		if asksHelp(s) {
			t.help("resume N: go on with export N", "look N: ask for its state now", "discard N: delete it, with its draft",
				"version N: the same selection as a new version of what was published", "delete N: delete the left over draft N")
			continue
		}
		verb, num, _ := strings.Cut(s, " ")
		n, err := strconv.Atoi(strings.TrimSpace(num))
		if verb == "delete" {
			if err := t.deleteOrphan(ctx, n); err != nil {
				return err
			}
			continue
		}
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
		if why := flow.AgainstResume(j); why != "" {
			t.say(why)
			return nil
		}
		return t.export(ctx, j)
	case "version":
		if why := t.AgainstVersion(j); why != "" {
			t.say(why)
			return nil
		}
		t.say(t.NextVersion(j))
		return errDescribe
	case "look":
		err, stop := t.called(ctx, func() error {
			_, err := t.Keeper().Sync(ctx, j.ID)
			return err
		})
		t.complain(err)
		return stop
	case "discard":
		if why := t.AgainstDiscard(j); why != "" {
			t.say(why)
			return nil
		}
		yes, err := t.yes(ctx, "Discard it? "+flow.DiscardText(j), false)
		if err != nil {
			return err
		}
		if yes {
			err, stop := t.called(ctx, func() error {
				forget, err := t.Discard(j)(ctx)
				forget()
				return err
			})
			t.complain(err)
			return stop
		}
	default:
		t.say("resume, look, discard or version.")
	}
	return nil
}

// readOrphans asks which drafts at Zenodo no export needs; it is only an offer.
func (t *talk) readOrphans(ctx context.Context) {
	if t.Session == nil {
		return
	}
	if list, err := t.Session.Orphans(ctx); err == nil {
		t.Earlier.Orphans = list
	}
}

// deleteOrphan deletes a draft that is left over, once that was confirmed.
func (t *talk) deleteOrphan(ctx context.Context, n int) error {
	list := t.Earlier.Orphans
	if n < 1 || n > len(list) {
		t.say("There is no such draft.")
		return nil
	}
	t.say(flow.DiscardOrphanText)
	yes, err := t.yes(ctx, "Delete "+flow.OrphanText(list[n-1])+"?", false)
	if err != nil || !yes {
		return err
	}
	if err := t.Session.DiscardOrphan(ctx, list[n-1].Draft); err != nil {
		t.complain(err)
	}
	return nil
}
