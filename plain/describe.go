package plain

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"zenobis/flow"
)

// stepDescribe asks for the title and offers the rest.
func (t *talk) stepDescribe(ctx context.Context) error {
	d := t.Description
	sel := t.Selection()
	m, offers, err := t.Session.DefaultMetadata(ctx, sel)
	if t.renewed(ctx, err) {
		return t.stepDescribe(ctx)
	}
	if err != nil {
		t.complain(err)
	} else {
		d.Fill(sel, m, offers)
	}
	for {
		title, err := t.ask(ctx, "Title", cmp.Or(d.Title, d.Offer))
		if err != nil {
			return err
		}
		d.Title = title
		if p := t.Problems()["title"]; p != "" {
			t.say("Error: " + p)
			continue
		}
		break
	}
	for {
		problems := t.Problems()
		for i, f := range d.Fields() {
			t.sayf("%d  %s: %s", i+1, f.Label, cut(d.Glance(f)))
			if p := problems[f.Name]; p != "" {
				t.say("   Error: " + p)
			}
		}
		if t.MultiGroup() {
			t.sayf("%d  Groups: %s", len(d.Fields())+1, strings.Join(t.ChosenGroups(), ", "))
		}
		s, err := t.ask(ctx, "Number to change, or", "continue")
		if err != nil {
			return err
		}
		if s == "continue" {
			if len(problems) == 0 {
				return nil
			}
			t.say("There is still a mistake.")
			continue
		}
		n, err := strconv.Atoi(s)
		switch {
		case err == nil && n >= 1 && n <= len(d.Fields()):
			err = t.change(ctx, d.Fields()[n-1])
		case err == nil && n == len(d.Fields())+1 && t.MultiGroup():
			err = t.changeGroups(ctx)
		default:
			t.say("Not understood: " + s)
			continue
		}
		if err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

func (t *talk) change(ctx context.Context, f flow.Field) error {
	d := t.Description
	t.say(f.Hint)
	if !f.Several {
		s, err := t.ask(ctx, f.Label, d.Text(f.Name))
		if err != nil {
			return err
		}
		d.Put(f.Name, s)
		return nil
	}
	for _, l := range strings.Split(d.Text(f.Name), "\n") {
		t.say("now: " + l)
	}
	t.say("Type the new lines; a line with a single dot ends. Only a dot leaves it as it is.")
	var lines []string
	for {
		s, err := t.ask(ctx, f.Label, "")
		if err != nil {
			return err
		}
		if s == "." {
			break
		}
		lines = append(lines, s)
	}
	if len(lines) > 0 {
		d.Put(f.Name, strings.Join(lines, "\n"))
	}
	return nil
}

func (t *talk) changeGroups(ctx context.Context) error {
	s, err := t.ask(ctx, "Groups, with commas ("+strings.Join(t.OwnGroups(), ", ")+")", strings.Join(t.ChosenGroups(), ","))
	if err != nil {
		return err
	}
	chosen := strings.Split(s, ",")
	for _, g := range t.OwnGroups() {
		t.SetGroup(g, slices.ContainsFunc(chosen, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), g) }))
	}
	return nil
}

// cut keeps a line that is read aloud from going on for ever.
func cut(s string) string {
	if r := []rune(s); len(r) > 200 {
		return string(r[:200]) + "..."
	}
	return s
}
