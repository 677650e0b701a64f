package plain

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/record"
)

// longestSaid is how much of a field is read aloud, in characters.
const longestSaid = 200

// stepDescribe asks for the title and offers the rest.
func (t *talk) stepDescribe(ctx context.Context) error {
	var take func()
	err, stop := t.called(ctx, func() (err error) {
		take, err = t.Prefill()(ctx)
		return err
	})
	switch {
	case stop != nil:
		return stop
	case err != nil:
		t.complain(err)
	default:
		take()
	}
	if err := t.askTitle(ctx); err != nil {
		return err
	}
	t.sayFields()
	for {
		s, err := t.ask(ctx, "Number to change, or", "continue")
		if err != nil {
			return err
		}
		if s == "continue" {
			wrong, found := t.FirstMistake()
			if !found {
				return t.askMe(ctx)
			}
			t.say("There is still a mistake. " + wrong.Text)
			s = wrong.Field
		}
		if err := t.describe(ctx, s); err != nil && !errors.Is(err, errBack) {
			return err
		}
	}
}

// describe does what was answered: changes a field by its number or name.
func (t *talk) describe(ctx context.Context, s string) error {
	fields := t.Description.Fields()
	n, err := strconv.Atoi(s)
	if err != nil {
		n = -1
	}
	at := slices.IndexFunc(fields, func(f flow.Field) bool { return strings.EqualFold(s, f.Name) || strings.EqualFold(s, f.Label) })
	switch {
	case asksHelp(s):
		t.help("A number: change that field; its name does it, too", "list: all fields again", "continue: go on to the review")
		return nil
	case strings.EqualFold(s, "list"):
		t.sayFields()
		return nil
	case n == 0 || strings.EqualFold(s, "title"):
		if err := t.askTitle(ctx); err != nil {
			return err
		}
		t.sayTitle()
		return nil
	case t.MultiGroup() && (n == len(fields)+1 || strings.EqualFold(s, "groups")):
		if err := t.changeGroups(ctx); err != nil {
			return err
		}
		t.sayGroups()
		return nil
	case n >= 1 && n <= len(fields):
		at = n - 1
	case at < 0:
		t.say("Not understood: " + s + ". help lists all commands.")
		return nil
	}
	if err := t.change(ctx, fields[at]); err != nil {
		return err
	}
	t.sayField(at, t.Problems())
	return nil
}

// askTitle asks for the title until there is one.
func (t *talk) askTitle(ctx context.Context) error {
	d := t.Description
	for {
		title, err := t.ask(ctx, "Title", cmp.Or(d.Title, d.Offer))
		if err != nil {
			return err
		}
		if asksHelp(title) {
			t.help("What the data is, in a line: people find the record by it")
			continue
		}
		if d.Title == "" && title != "" && title == d.Offer {
			t.say("The title is taken from what is selected: " + title + ". 0 changes it.")
		}
		d.Title = title
		p := t.Problems()["title"]
		if p == "" {
			return nil
		}
		t.say("Error: " + p)
	}
}

// sayFields says all that is described, each with the number that changes it.
func (t *talk) sayFields() {
	problems := t.Problems()
	t.sayTitle()
	for i := range t.Description.Fields() {
		t.sayField(i, problems)
	}
	t.sayGroups()
}

func (t *talk) sayTitle() { t.sayf("0  Title: %s", t.Description.Title) }

func (t *talk) sayField(i int, problems map[string]string) {
	f, fixed := t.Description.Fields()[i], ""
	if f.Fixed {
		fixed = ", " + flow.FixedText
	}
	t.sayf("%d  %s: %s%s", i+1, f.Label, human.Cut(t.Description.Glance(f), longestSaid), fixed)
	if p := problems[f.Name]; p != "" {
		t.say("   Error: " + p)
	}
}

func (t *talk) sayGroups() {
	if t.MultiGroup() {
		t.sayf("%d  Groups: %s", len(t.Description.Fields())+1, t.GroupsText())
	}
}

// askMe asks once whether what was typed of oneself is to be kept.
func (t *talk) askMe(ctx context.Context) error {
	me, ask := t.AskMe()
	if !ask {
		return nil
	}
	t.say(flow.AskMeText(me))
	yes, err := t.yes(ctx, "", true)
	if err != nil || !yes {
		return err
	}
	if err := t.Session.KeepMe(me); err != nil {
		t.complain(err)
	}
	return nil
}

// change asks for the new value of a field.
func (t *talk) change(ctx context.Context, f flow.Field) error {
	d := t.Description
	if f.Fixed {
		t.say(f.Label + " is " + flow.FixedText + ".")
		return nil
	}
	t.say(f.Hint)
	if f.Example != "" {
		t.say("Such as: " + f.Example)
	}
	if !f.Text {
		t.say("A question mark at the end looks it up.")
	}
	if f.One == "" && !f.Text {
		return t.value(ctx, f)
	}
	if !f.Text {
		return t.entries(ctx, f)
	}
	for i, l := range strings.Split(d.Text(f.Name), "\n") {
		t.sayf("now, line %d: %s", i+1, l)
	}
	t.say("Type the new lines; a line with a single dot ends. Only a dot leaves it as it is.")
	var lines []string
	for {
		s, err := t.ask(ctx, fmt.Sprintf("%s, line %d", f.Label, len(lines)+1), "")
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

// value changes a field of one value. A wrong one is not taken.
func (t *talk) value(ctx context.Context, f flow.Field) error {
	was := t.Description.Text(f.Name)
	if was != "" {
		t.say("A single dash empties it.")
	}
	for {
		s, err := t.entry(ctx, f, f.Label, was)
		switch {
		case err != nil:
			return err
		case asksHelp(s):
			t.help(f.Hint, "A single dash: empty it")
			continue
		case s == "-":
			s = ""
		}
		wrong := t.put(f, s)
		if wrong == "" || s == was {
			return nil
		}
		t.Description.Put(f.Name, was)
		t.sayf("Error: %s. It stays as it was.", strings.TrimSuffix(wrong, "."))
	}
}

// put puts a text into a field, and returns what is wrong since then.
func (t *talk) put(f flow.Field, text string) string {
	before := t.EntryProblems(f.Name)
	t.Description.Put(f.Name, text)
	after := t.EntryProblems(f.Name)
	for _, n := range slices.Sorted(maps.Keys(after)) {
		if after[n] != before[n] {
			return after[n]
		}
	}
	return ""
}

// entries changes the list of a field, an entry at a time. What is there stays
// unless it is dropped; a wrong entry is told, and not added.
func (t *talk) entries(ctx context.Context, f flow.Field) error {
	d := t.Description
	t.say("Each line that you type is added; drop N takes entry N away; an empty line ends.")
	for {
		var have []string
		for _, l := range strings.Split(d.Text(f.Name), "\n") {
			if strings.TrimSpace(l) != "" {
				have = append(have, l)
				t.sayf("%d  %s", len(have), l)
			}
		}
		s, err := t.entry(ctx, f, f.Label+", add, or empty to end", "")
		if err != nil {
			return err
		}
		word, num, _ := strings.Cut(s, " ")
		n, notNumber := strconv.Atoi(strings.TrimSpace(num))
		switch {
		case s == "" || s == ".":
			return nil
		case asksHelp(s):
			t.help("A line: one more entry, "+f.Hint, "drop N: entry N goes away", "An empty line: done")
			continue
		case word == "drop" && notNumber == nil:
			if n < 1 || n > len(have) {
				t.sayf("A number from 1 to %d, please.", len(have))
				continue
			}
			d.Put(f.Name, strings.Join(slices.Delete(have, n-1, n), "\n"))
		default:
			was := d.Text(f.Name)
			if wrong := t.put(f, strings.Join(append(have, s), "\n")); wrong != "" {
				d.Put(f.Name, was)
				t.sayf("Error: %s. Not added: %s", strings.TrimSuffix(wrong, "."), s)
			}
		}
	}
}

// entry asks for one line of a field; a question mark at its end looks it up.
func (t *talk) entry(ctx context.Context, f flow.Field, question, def string) (string, error) {
	for {
		s, err := t.ask(ctx, question, def)
		text, look := strings.CutSuffix(s, "?")
		if err != nil || !look || f.Text {
			return s, err
		}
		taken, goesOn, err := t.lookup(ctx, f, strings.TrimSpace(text))
		if err == nil && goesOn { // such as a funder before its award
			rest, err := t.ask(ctx, "What follows "+strings.TrimSpace(taken)+", or empty for nothing", "")
			return strings.TrimSpace(taken + rest), err
		}
		if err != nil || taken != "" {
			return taken, err
		}
	}
}

// lookup lists what the vocabularies have for a text and returns the line with
// what was taken; "" for nothing. It goes on where more belongs behind that.
func (t *talk) lookup(ctx context.Context, f flow.Field, text string) (taken string, goesOn bool, err error) {
	q := record.QueryAt(f.Name, text, len(text))
	choices := t.Description.Offered(f, text)
	own := len(choices)
	if q.Kind != "" {
		found, err := t.Session.Lookup(ctx, q)
		if err != nil {
			t.complain(err)
		}
		choices = append(choices, found[:min(len(found), 20)]...)
	}
	if len(choices) == 0 {
		t.say("Nothing was found.")
		return "", false, nil
	}
	for i, c := range choices {
		t.sayf("%d  %s %s", i+1, cmp.Or(c.Name, c.Text), c.Detail)
	}
	s, err := t.ask(ctx, "Number to take, or empty for none", "")
	if err != nil {
		return "", false, err
	}
	n, err := strconv.Atoi(s)
	if err != nil || n < 1 || n > len(choices) {
		return "", false, nil
	}
	if n <= own {
		return choices[n-1].Text, false, nil
	}
	taken = q.Take(choices[n-1])
	return taken, strings.HasSuffix(taken, " "), nil
}

func (t *talk) changeGroups(ctx context.Context) error {
	s, err := t.ask(ctx, "Groups, with commas ("+strings.Join(t.OwnGroups(), ", ")+")", strings.Join(t.ChosenGroups(), ","))
	if err != nil {
		return err
	}
	chosen := strings.Split(s, ",")
	for _, c := range chosen {
		c = strings.TrimSpace(c)
		if c != "" && !slices.ContainsFunc(t.OwnGroups(), func(g string) bool { return strings.EqualFold(c, g) }) {
			t.sayf("Error: %s is no group of yours; nothing was changed.", c)
			return nil
		}
	}
	for _, g := range t.OwnGroups() {
		t.SetGroup(g, slices.ContainsFunc(chosen, func(c string) bool { return strings.EqualFold(strings.TrimSpace(c), g) }))
	}
	return nil
}
