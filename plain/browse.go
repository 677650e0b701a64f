package plain

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
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
		{"more", "", "load the next rows", func(ctx context.Context, _ string) (bool, error) { return true, b.more(ctx) }},
		{"list", "", "list the rows again", plainly(func(context.Context) {})},
		{"show", "N", "describe row N", b.show},
		{"select", "N, N-M, N,M or NAME*", "select rows with everything below them, or deselect them", b.choose},
		{"type", "CODE", "select all rows here of a type", b.byType},
		{"only", "N", "select row N alone, nothing below it", b.only},
		{"undo", "", "undo the last change of the selection", b.undo},
		{"tray", "", "list what is selected, as rules; drop N removes one", b.tray},
		{"drop", "N", "remove rule N from the selection", b.drop},
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
		var spaces []openbis.Entity
		err, stop := t.called(ctx, func() (err error) {
			spaces, err = t.Session.Spaces(ctx)
			return err
		})
		switch {
		case stop != nil:
			return stop
		case err != nil:
			t.complain(err)
			return errBack
		}
		t.AddSpaces(spaces)
		if dois, err := t.Session.Published(ctx); err == nil { // without it the review tells
			t.TellPublished(dois)
		}
	}
	b := &browser{talk: t}
	t.say("Choose data. A number opens a row, select N takes it with everything below, continue goes on, help lists all commands.")
	if !b.Tree.Empty() { // of an earlier start, or of the way back
		if err := b.weigh(ctx); err != nil {
			return err
		}
	}
	if text := t.VersionText(); text != "" {
		t.say(text + "; record takes that back.")
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
		if word == "record" && t.VersionText() != "" {
			t.NewRecord()
			t.say(flow.OwnRecordText)
			continue
		}
		list, err := b.do(ctx, word, strings.TrimSpace(arg))
		if text := t.Settle(); text != "" {
			t.say(text)
		}
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
		var got map[string]openbis.Entity
		var types map[string]openbis.EntityType
		var sets openbis.Listing
		err, stop := b.called(ctx, func() (err error) {
			if got, err = b.Session.Get(ctx, ref.Kind, ref.PermID); err == nil {
				types, err = b.Session.Types(ctx, ref.Kind)
			}
			if err == nil && ref.Kind == openbis.KindObject {
				sets, err = b.Session.ObjectDataSets(ctx, ref.PermID, openbis.Page{Count: 20})
			}
			return err
		})
		if stop != nil {
			return false, stop
		}
		if err != nil {
			b.complain(err)
			if got == nil {
				return false, nil
			}
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
	var found []openbis.Entity
	var total int
	err, stop := b.called(ctx, func() (err error) {
		found, total, err = flow.Find(ctx, b.Session, q, flow.SearchLimit)
		return err
	})
	if err != nil || stop != nil {
		b.complain(err)
		return false, stop
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
	var way flow.Way
	err, stop := b.called(ctx, func() (err error) {
		way, err = flow.FindPlace(ctx, b.Session, arg)
		return err
	})
	switch {
	case stop != nil:
		return false, stop
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

func (b *browser) more(ctx context.Context) error {
	got := false
	if b.at != 0 {
		var err error
		if got, err = b.fetch(ctx, b.at); err != nil {
			return err
		}
	}
	if !got {
		b.say("That is all.")
	}
	return nil
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
		} else if got, err := b.fetch(ctx, id); !got || err != nil {
			return false, err
		}
	}
	b.at, b.hits = id, false
	return true, nil
}

// fetch loads the next page below a node, waiting for it; got is false where
// nothing came. The error is that the person leaves.
func (t *talk) fetch(ctx context.Context, id tree.ID) (got bool, err error) {
	gen, at, ok := t.Tree.Begin(id)
	if !ok {
		return false, nil
	}
	ref := t.Ref(id)
	if ref.Kind != openbis.KindDataSet {
		p, err := flow.Children(ctx, t.Session, ref, at, flow.PageSize)
		if err != nil {
			return t.fetchFailed(ctx, id, gen, err)
		}
		added := t.Tree.Add(id, gen, p.Items(), p.Next, p.More, -1)
		if late := t.Tree.Late(); late != nil {
			late.Sort()
			t.Tree.Arrange(late)
		}
		return added, nil
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
	return t.AddFiles(id, gen, files), nil
}

// fetchFailed tries again with what the person can give, else says why it failed.
func (t *talk) fetchFailed(ctx context.Context, id tree.ID, gen uint32, err error) (got bool, stop error) {
	t.Tree.Fail(id, gen, flow.Words(err))
	switch again, stop := t.given(ctx, t.Needs(err)); {
	case again:
		return t.fetch(ctx, id)
	case stop != nil && !errors.Is(stop, errBack):
		return false, stop
	}
	t.complain(err) // and the rows are as they were
	return false, nil
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
