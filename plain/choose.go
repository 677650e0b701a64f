package plain

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/tree"
)

// picked are the rows of "3", "2-5", "1,4", or those whose names fit a pattern.
func (b *browser) picked(arg string) []tree.ID {
	var out []tree.ID
	if strings.ContainsAny(arg, "0123456789") && strings.Trim(arg, "0123456789-, ") == "" {
		for _, part := range strings.FieldsFunc(arg, func(r rune) bool { return r == ',' || r == ' ' }) {
			first, last, ranged := strings.Cut(part, "-")
			if !ranged {
				last = first
			}
			lo, err1 := strconv.Atoi(first)
			hi, err2 := strconv.Atoi(last)
			if err1 != nil || err2 != nil || lo < 1 || hi > len(b.rows) || lo > hi {
				return nil
			}
			out = append(out, b.rows[lo-1:hi]...)
		}
		return out
	}
	if arg == "all" {
		arg = "*"
	}
	for _, id := range b.rows {
		if it := b.Tree.Item(id); arg != "" && (fits(arg, it.Label) || fits(arg, it.Code)) {
			out = append(out, id)
		}
	}
	return out
}

// fits matches a name with a pattern of * and ?, whatever the case.
func fits(pattern, name string) bool {
	pattern, name = strings.ToLower(pattern), strings.ToLower(name)
	for pattern != "" {
		switch {
		case pattern[0] == '*':
			for i := range len(name) + 1 {
				if fits(pattern[1:], name[i:]) {
					return true
				}
			}
			return false
		case name == "" || pattern[0] != '?' && pattern[0] != name[0]:
			return false
		}
		pattern, name = pattern[1:], name[1:]
	}
	return name == ""
}

func (b *browser) choose(ctx context.Context, arg string) (bool, error) {
	ids := b.picked(arg)
	switch {
	case len(ids) == 0:
		b.say("No row matches. Give a number, 2-5, 1,4, a name with * or all.")
		return false, nil
	case len(ids) == 1:
		part := b.Tree.Mark(ids[0]) == tree.Partly
		if !b.Tree.Toggle(ids[0]) {
			b.say(flow.CutChoice)
			return false, nil
		}
		words := b.MarkWords(ids[0])
		if part && b.Tree.Mark(ids[0]) == tree.Full {
			words += ", " + flow.PartReplaced + "; undo brings that back"
		}
		b.sayf("%s: %s.", b.Tree.Item(ids[0]).Label, words)
	default:
		take := slices.ContainsFunc(ids, func(id tree.ID) bool { return b.Tree.Mark(id) != tree.Full })
		if !b.Tree.TakeAll(ids, take) {
			b.say(flow.CutChoice)
			return false, b.weigh(ctx)
		}
		b.sayf("%s %s.", human.Count(len(ids), "row", "rows"), map[bool]string{true: "selected", false: "taken out"}[take])
	}
	return false, b.taken(ctx)
}

// taken tells, where it is so, that what is selected now can't become anything,
// and then what it weighs.
func (b *browser) taken(ctx context.Context) error {
	if b.OnlyLinks() {
		b.say(flow.OnlyLinksText)
	}
	return b.weigh(ctx)
}

func (b *browser) byType(ctx context.Context, arg string) (bool, error) {
	var ids []tree.ID
	for _, id := range b.rows {
		if flow.IsType(b.Tree.Item(id).Type, arg) {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		b.say("No row here is of that type.")
		return false, nil
	}
	b.Tree.TakeAll(ids, true)
	b.sayf("%s selected.", human.Count(len(ids), "row", "rows"))
	return false, b.weigh(ctx)
}

func (b *browser) only(ctx context.Context, arg string) (bool, error) {
	id, ok := b.row(arg)
	if !ok {
		return false, nil
	}
	if !b.Tree.ToggleOnly(id) {
		b.say("It is taken already, with something above it.")
		return false, nil
	}
	b.sayf("%s: %s.", b.Tree.Item(id).Label, b.MarkWords(id))
	return false, b.taken(ctx)
}

func (b *browser) undo(ctx context.Context, _ string) (bool, error) {
	if !b.Tree.Undo() {
		b.say("Nothing to undo.")
		return false, nil
	}
	return false, b.weigh(ctx)
}

// countingTakes is how long the selection is counted before it is said.
const countingTakes = 5 * time.Second

// weigh says what is selected, counted as far as that goes quickly.
func (b *browser) weigh(ctx context.Context) error {
	end := b.now().Add(countingTakes)
	if keys := b.Tree.Unplaced(); len(keys) > 0 {
		var items []tree.Item
		err, stop := b.called(ctx, func() (err error) {
			items, err = flow.Learn(ctx, b.Session, keys)
			return err
		})
		if stop != nil {
			return stop
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err == nil { // without it the count is a lower bound
			b.Tree.Learn(keys, items)
		}
	}
	for b.now().Before(end) {
		todo := b.Tree.Uncounted()
		if len(todo) == 0 { // below objects openBIS does not count: what is there is loaded
			ids := b.Tree.Pending(flow.CountSize)
			if refs, ok := b.FamilyRefs(ids); ok {
				var pages []flow.Page
				err, stop := b.called(ctx, func() (err error) {
					pages, err = flow.Families(ctx, b.Session, refs)
					return err
				})
				if stop != nil {
					return stop
				}
				if ctx.Err() != nil {
					return ctx.Err()
				}
				b.AddFamilies(ids, pages, err)
			} else if len(ids) == 0 {
				break
			} else if got, err := b.fetch(ctx, ids[0]); err != nil {
				return err
			} else if !got {
				break
			}
		}
		for k, so := range todo {
			id, ok := b.Tree.Find(k)
			if !ok {
				so.Failed = true
			} else {
				got := so
				err, stop := b.called(ctx, func() (err error) {
					got, err = flow.Count(ctx, b.Session, b.Ref(id), b.Tree.Asked(k), so)
					return err
				})
				switch {
				case stop != nil:
					return stop
				case ctx.Err() != nil:
					return ctx.Err()
				case err != nil:
					so.Failed = true
				default:
					so = got
				}
			}
			b.Tree.Know(k, so)
		}
	}
	weight, tooMuch := b.Weight(true)
	if tooMuch {
		weight += ": too large"
	}
	if b.Tree.RuleCount() == 0 {
		b.say("Nothing is selected.")
		return nil
	}
	b.say("Selected: " + strings.TrimSuffix(b.SelectedText()+", "+weight, ", ") + ".")
	return nil
}

func (b *browser) tray(context.Context, string) (bool, error) {
	if b.Tree.RuleCount() == 0 {
		b.say("Nothing is selected.")
	}
	for i := range b.Tree.RuleCount() {
		l := b.TrayLine(i)
		how := map[tree.Mark]string{tree.Full: "with everything below", tree.Self: "alone", tree.Excluded: "taken out",
			tree.Partly: "some files"}[l.Mark]
		b.say(strings.TrimSpace(fmt.Sprintf("%d  %s %s, %s. %s", i+1, l.Kind, l.Name, how, l.Weight)))
	}
	return false, nil
}

func (b *browser) drop(ctx context.Context, arg string) (bool, error) {
	rules := b.Tree.Rules()
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(rules) {
		b.sayf("A number from 1 to %d, please.", len(rules))
		return false, nil
	}
	b.Tree.Drop(tree.Key{Kind: rules[n-1].Kind, PermID: rules[n-1].PermID})
	return false, b.weigh(ctx)
}

func (b *browser) save(_ context.Context, arg string) (bool, error) {
	if err := b.SaveSelection(arg); err != nil {
		b.complain(err)
	} else {
		b.say("Saved as " + arg)
	}
	return false, nil
}

func (b *browser) load(ctx context.Context, arg string) (bool, error) {
	err, stop := b.called(ctx, func() error {
		sel, err := flow.ReadSelection(ctx, b.Session, arg)
		if err == nil {
			b.Tree.Restore(sel)
		}
		return err
	})
	if err != nil || stop != nil {
		b.complain(err)
		return false, stop
	}
	return false, b.weigh(ctx)
}
