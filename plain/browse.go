package plain

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/tree"
)

// browser is where one is in the tree: what is listed, with its numbers.
type browser struct {
	*talk
	at   tree.ID // whose children are listed; 0 the spaces
	hits bool    // what a search found is listed
	rows []tree.ID
}

// verb is a word that browsing understands.
type verb struct {
	word, args string
	does       string
	run        func(ctx context.Context, arg string) (list bool, err error)
}

// verbs are the words of browsing, in the order of the help.
func (b *browser) verbs() []verb {
	plainly := func(f func(ctx context.Context)) func(context.Context, string) (bool, error) {
		return func(ctx context.Context, _ string) (bool, error) { f(ctx); return true, nil }
	}
	return []verb{
		{"open", "N", "go into row N; the number alone does it too", b.open},
		{"up", "", "go up", plainly(func(context.Context) { b.up() })},
		{"more", "", "load the next rows", plainly(func(ctx context.Context) { b.more(ctx) })},
		{"list", "", "list the rows again", plainly(func(context.Context) {})},
		{"show", "N", "describe row N", b.show},
		{"select", "N, N-M, N,M or NAME*", "take rows with everything below, or take them away again", b.choose},
		{"type", "CODE", "select all rows here of a type", b.byType},
		{"only", "N", "take row N alone, nothing below it", b.only},
		{"undo", "", "undo the last change of the selection", b.undo},
		{"tray", "", "say what is selected, as rules; drop N takes one away", b.tray},
		{"drop", "N", "take rule N of the tray away", b.drop},
		{"save", "FILE", "save the selection, for zenobis export --selection", b.save},
		{"load", "FILE", "load such a file", b.load},
		{"find", "WORDS", "ask openBIS, as search does: " + flow.SearchHint, b.find},
		{"go", "PLACE", "go to a path, permId or link", b.goTo},
		{"sort", "", "next order of these rows", b.sort},
		{"hidden", "", "show or hide the ELN's system spaces", plainly(func(context.Context) { b.Tree.ShowHidden(!b.Tree.Hidden()) })},
	}
}

// stepBrowse walks through the tree, one listing at a time.
func (t *talk) stepBrowse(ctx context.Context) error {
	if t.Tree.Len() == 0 {
		spaces, err := t.Session.Spaces(ctx)
		if t.renewed(ctx, err) {
			return t.stepBrowse(ctx)
		}
		if err != nil {
			t.complain(err)
			return errBack
		}
		t.AddSpaces(spaces)
	}
	b := &browser{talk: t}
	t.say("Choose data. A number opens a row, select N takes it with everything below, continue goes on, help lists all commands.")
	if !b.Tree.Empty() { // of an earlier start, or of the way back
		if err := b.weigh(ctx); err != nil {
			return err
		}
	}
	b.list()
	for {
		s, err := t.ask(ctx, "Choose", "continue")
		if err != nil {
			return err
		}
		word, arg, _ := strings.Cut(s, " ")
		if _, err := strconv.Atoi(word); err == nil {
			word, arg = "open", word
		}
		if word == "continue" {
			why := t.AgainstDescribe()
			if why == "" {
				return nil
			}
			t.say(why)
			continue
		}
		list, err := b.do(ctx, word, strings.TrimSpace(arg))
		if err != nil {
			return err
		}
		if list {
			b.list()
		}
	}
}

// do does what a word says; list is true where the rows are to be said again.
func (b *browser) do(ctx context.Context, word, arg string) (list bool, err error) {
	if asksHelp(word) {
		for _, v := range b.verbs() {
			b.sayf("%s: %s", strings.TrimSpace(v.word+" "+v.args), v.does)
		}
		b.help("continue: go on to describe what is selected")
		return false, nil
	}
	if word == "search" { // as the screens call it
		word = "find"
	}
	for _, v := range b.verbs() {
		if v.word == word {
			return v.run(ctx, arg)
		}
	}
	b.say("Not understood: " + word + ". help lists all commands.")
	return false, nil
}

// row is the row of a number.
func (b *browser) row(arg string) (tree.ID, bool) {
	n, err := strconv.Atoi(arg)
	if err != nil || n < 1 || n > len(b.rows) {
		b.sayf("A number from 1 to %d, please.", len(b.rows))
		return 0, false
	}
	return b.rows[n-1], true
}

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
		b.say("No row fits. Say a number, 2-5, 1,4 or a name with *.")
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
		b.Tree.TakeAll(ids, take)
		b.sayf("%s %s.", human.Count(len(ids), "row", "rows"), map[bool]string{true: "selected", false: "taken out"}[take])
	}
	if b.OnlyLinks() {
		b.say(flow.OnlyLinksText)
	}
	return false, b.weigh(ctx)
}

func (b *browser) byType(ctx context.Context, arg string) (bool, error) {
	var ids []tree.ID
	for _, id := range b.rows {
		if strings.EqualFold(b.Tree.Item(id).Type, arg) {
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
	return false, b.weigh(ctx)
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
		items, err := flow.Learn(ctx, b.Session, keys)
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
			id, pending := b.Tree.NextPending()
			if !pending || !b.fetch(ctx, id) {
				break
			}
		}
		for k, so := range todo {
			id, ok := b.Tree.Find(k)
			if !ok {
				so.Failed = true
			} else if got, err := flow.Count(ctx, b.Session, b.Ref(id), b.Tree.Asked(k), so); err != nil {
				if ctx.Err() != nil {
					return ctx.Err()
				}
				so.Failed = true
			} else {
				so = got
			}
			b.Tree.Know(k, so)
		}
	}
	weight, tooMuch := b.Weight(true)
	if tooMuch {
		weight += ": too large"
	}
	b.say("Selected: " + strings.TrimSuffix(b.SelectedText()+", "+weight, ", ") + ".")
	return nil
}

func (b *browser) show(ctx context.Context, arg string) (bool, error) {
	id, ok := b.row(arg)
	if !ok {
		return false, nil
	}
	p := b.Brief(id)
	ref := b.Ref(id)
	switch ref.Kind {
	case tree.File, tree.Folder:
	default:
		got, err := b.Session.Get(ctx, ref.Kind, ref.PermID)
		if err != nil {
			b.complain(err)
			return false, nil
		}
		types, err := b.Session.Types(ctx, ref.Kind)
		var sets openbis.Listing
		if err == nil && ref.Kind == openbis.KindObject {
			sets, err = b.Session.ObjectDataSets(ctx, ref.PermID, openbis.Page{Count: 20})
		}
		if err != nil {
			b.complain(err)
		}
		if e, ok := got[ref.PermID]; ok {
			var typ *openbis.EntityType
			if t, known := types[e.Type]; known {
				typ = &t
			}
			p = flow.PreviewOf(&e, typ, sets)
		}
	}
	b.say(strings.TrimSpace(p.Title + ", " + p.Sub))
	b.say("In the selection: " + b.MarkWords(id))
	for _, l := range p.Lines {
		text := strings.ReplaceAll(l.Text, "\t", ", ")
		if l.Label != "" {
			text = l.Label + ": " + text
		}
		b.say(text)
	}
	return false, nil
}

func (b *browser) tray(context.Context, string) (bool, error) {
	lines := b.Tray()
	if len(lines) == 0 {
		b.say("Nothing is selected.")
	}
	for i, l := range lines {
		how := map[tree.Mark]string{tree.Full: "with everything below", tree.Self: "alone", tree.Excluded: "taken out",
			tree.Partly: "some files"}[l.Mark]
		b.sayf("%d  %s %s, %s. %s", i+1, l.Kind, l.Name, how, l.Weight)
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
	sel, err := flow.ReadSelection(ctx, b.Session, arg)
	if err != nil {
		b.complain(err)
		return false, nil
	}
	b.Tree.Restore(sel)
	return false, b.weigh(ctx)
}

func (b *browser) find(ctx context.Context, arg string) (bool, error) {
	q, _, err := flow.ParseQuery(arg)
	if err != nil {
		b.say("Error: " + err.Error())
		return false, nil
	}
	if q.Empty() {
		b.say("Say what to look for: " + flow.SearchHint)
		return false, nil
	}
	found, total, err := b.Session.Find(ctx, q, flow.SearchLimit)
	if err != nil {
		b.complain(err)
		return false, nil
	}
	items := make([]tree.Item, len(found))
	for i := range found {
		items[i] = flow.FoundItem(&found[i])
	}
	b.Tree.SetFound(items)
	b.at, b.hits = 0, len(items) > 0
	b.say(flow.HitsText(len(items), total) + ".")
	return b.hits, nil
}

func (b *browser) goTo(ctx context.Context, arg string) (bool, error) {
	way, err := flow.FindPlace(ctx, b.Session, arg)
	switch {
	case errors.Is(err, flow.ErrNoPlace):
		b.say("Error: " + arg + ": " + err.Error())
		return false, nil
	case err != nil:
		b.complain(err)
		return false, nil
	case !b.Show(way):
		b.say("Its space is not in the tree.")
		return false, nil
	}
	id, _ := b.Tree.Cursor()
	b.at, b.hits = b.Tree.Parent(id), false
	b.say("At " + flow.PlaceText(way) + ", in:")
	return true, nil
}

func (b *browser) sort(context.Context, string) (bool, error) {
	if len(b.rows) == 0 {
		return false, nil
	}
	kind := b.Tree.Kind(b.rows[0])
	o := b.Tree.OrderOf(kind).Next()
	b.Tree.SetOrder(kind, o)
	b.sayf("%s %s.", flow.KindsName(kind), o)
	return true, nil
}

func (b *browser) up() {
	b.hits = false
	if b.at == 0 {
		return
	}
	if b.at = b.Tree.Parent(b.at); b.Tree.Kind(b.at) == tree.Section {
		b.at = 0
	}
}

func (b *browser) more(ctx context.Context) {
	if b.at == 0 || !b.fetch(ctx, b.at) {
		b.say("That is all.")
	}
}

// open goes into a row, loading it if it must be.
func (b *browser) open(ctx context.Context, arg string) (bool, error) {
	id, ok := b.row(arg)
	if !ok {
		return false, nil
	}
	if !b.Tree.Foldable(id) {
		b.say("There is nothing below it.")
		return false, nil
	}
	if st, _ := b.Tree.State(id); st == tree.Unloaded || st == tree.Failed {
		if b.Tree.Kind(id) == tree.Folder {
			b.Tree.Unfold(id)
		} else if !b.fetch(ctx, id) {
			return false, nil
		}
	}
	b.at, b.hits = id, false
	return true, nil
}

// fetch loads the next page below a node, waiting for it.
func (t *talk) fetch(ctx context.Context, id tree.ID) bool {
	gen, at, ok := t.Tree.Begin(id)
	if !ok {
		return false
	}
	ref := t.Ref(id)
	if ref.Kind != openbis.KindDataSet {
		p, err := flow.Children(ctx, t.Session, ref, at, flow.PageSize)
		if err != nil {
			return t.fetchFailed(ctx, id, gen, err)
		}
		return t.Tree.Add(id, gen, p.Items(), p.Next, p.More, -1)
	}
	files, listed := t.Listed[ref.PermID]
	if !listed {
		store, _ := t.Tree.Item(id).Data.(openbis.DataStore)
		var err error
		if files, err = flow.ListFiles(ctx, t.Session, store, ref.PermID); err != nil {
			return t.fetchFailed(ctx, id, gen, err)
		}
	}
	if !files.Complete {
		t.say(flow.CutText)
	}
	return t.AddFiles(id, gen, files)
}

// fetchFailed says why, and tries again with what the person can give: the
// password, or the consent to a data store.
func (t *talk) fetchFailed(ctx context.Context, id tree.ID, gen uint32, err error) bool {
	t.Tree.Fail(id, gen, flow.Words(err))
	if t.renewed(ctx, err) {
		return t.fetch(ctx, id)
	}
	t.complain(err)
	for {
		st, ok := t.StoreToAsk()
		if !ok {
			return false
		}
		s, err := t.ask(ctx, "Trust the data store "+safetext.Line(st.URL)+"? Your session is sent there. yes or no", "no")
		if err == nil && s == "yes" {
			t.Session.AllowStore(st.Code)
			return t.fetch(ctx, id)
		}
	}
}

// list says what is below a node, numbered: the spaces, or what was found.
func (b *browser) list() {
	b.rows = nil
	t := b.Tree
	if b.hits {
		b.say("Found:")
		t.EachFound(b.line)
		return
	}
	if b.at == 0 {
		for _, id := range t.Rows(0, t.RowCount()) {
			switch {
			case t.IsFound(id):
			case t.Depth(id) == 0 && !strings.HasPrefix(t.Item(id).Label, "SEARCH"):
				b.say(t.Item(id).Label)
			case t.Depth(id) == 1:
				b.line(id)
			}
		}
		return
	}
	b.say(strings.Join(t.Path(b.at), ", "))
	more := false
	t.EachChild(b.at, func(id tree.ID) {
		if t.Kind(id) == tree.More {
			more = true
			return
		}
		b.line(id)
	})
	if len(b.rows) == 0 {
		b.say("Nothing here.")
	}
	if more {
		b.say("There is more: more loads it.")
	}
}

// line says one row: name, kind, what it is called, size, how it stands to the
// selection.
func (b *browser) line(id tree.ID) {
	b.rows = append(b.rows, id)
	it := b.Tree.Item(id)
	st, why := b.Tree.State(id)
	kind := string(it.Kind)
	if it.Kind == openbis.KindDataSet {
		kind = "data set"
	}
	aside, size := flow.Aside(it, st, why)
	parts := []string{strings.TrimSpace(kind + " " + aside)}
	if size != "" {
		parts = append(parts, human.Bytes(it.Size))
	}
	if words := b.MarkWords(id); words != "not selected" {
		parts = append(parts, words)
	}
	b.say(fmt.Sprintf("%d  %s, %s", len(b.rows), it.Label, strings.Join(parts, ", ")))
}
