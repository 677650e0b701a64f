package ui

import (
	"context"
	"strconv"
	"strings"

	"zenobis/human"
	"zenobis/tree"
)

// stepBrowse walks through the tree, one listing at a time.
func (p *plain) stepBrowse(ctx context.Context) error {
	if !p.browse.done {
		spaces, err := p.sess.Spaces(ctx)
		if p.renewed(ctx, err) {
			return p.stepBrowse(ctx)
		}
		if err != nil {
			p.complain(err)
			return errBack
		}
		items := make([]tree.Item, 0, len(spaces))
		for i := range spaces {
			items = append(items, p.spaceItem(&spaces[i]))
		}
		p.tree.AddSpaces(items, p.who.HomeSpace)
		p.browse.done = true
	}
	var at tree.ID // whose children are listed; 0 the spaces
	p.say("Choose data. N opens, select N takes it with everything below (again: takes it away), only N takes it alone,")
	p.say("up, more, find TEXT, hidden, list, continue.")
	for {
		rows := p.list(at)
		for again := true; again; {
			s, err := p.ask(ctx, "Choose", "continue")
			if err != nil {
				return err
			}
			again = false
			verb, arg, _ := strings.Cut(s, " ")
			if n, err := strconv.Atoi(verb); err == nil {
				verb, arg = "open", strconv.Itoa(n)
			}
			n, _ := strconv.Atoi(arg)
			known := n >= 1 && n <= len(rows)
			switch {
			case verb == "continue":
				if !p.tree.Empty() {
					return nil
				}
				p.say("Nothing is selected yet.")
				again = true
			case verb == "up":
				if at != 0 {
					if at = p.tree.Parent(at); p.tree.Item(at).Kind == tree.Section {
						at = 0
					}
				}
			case verb == "more" && at != 0:
				p.fetch(ctx, at)
			case verb == "hidden":
				p.tree.ShowHidden(!p.tree.Hidden())
			case verb == "list":
			case verb == "find" && arg != "":
				p.find(ctx, arg)
				at = 0
			case verb == "open" && known:
				at = p.openRow(ctx, at, rows[n-1])
			case verb == "select" && known:
				p.choose(rows[n-1])
				again = true
			case verb == "only" && known:
				if !p.tree.ToggleOnly(rows[n-1]) {
					p.say("A mark above takes it already.")
				}
				p.sayf("%s", p.browse.selected())
				again = true
			default:
				p.say("Not understood: " + s)
				again = true
			}
		}
	}
}

func (p *plain) choose(id tree.ID) {
	it := p.tree.Item(id)
	switch {
	case it.Kind == tree.File && !p.tree.ToggleFile(id):
		p.say("List all files first: more.")
	case it.Kind != tree.File:
		p.tree.Toggle(id)
	}
	p.sayf("%s %s. %s, %s", markGlyphs[p.tree.Mark(id)], it.Label, p.browse.selected(), p.browse.weight(true))
}

// openRow goes into a row, loading it if it must be.
func (p *plain) openRow(ctx context.Context, at, id tree.ID) tree.ID {
	if !p.tree.Foldable(id) {
		p.say("There is nothing below it.")
		return at
	}
	if st, _ := p.tree.State(id); st == tree.Unloaded || st == tree.Failed {
		if !p.fetch(ctx, id) {
			return at
		}
	}
	return id
}

// fetch loads the next page below a node, waiting for it.
func (p *plain) fetch(ctx context.Context, id tree.ID) bool {
	e, ok := p.tree.Item(id).Data.(*entry)
	if !ok {
		return false
	}
	gen, at, ok := p.tree.Begin(id)
	if !ok {
		p.say("That is all.")
		return true
	}
	ds := p.tree.Item(id).Kind == tree.DataSet
	var pg page
	var err error
	files, listed := p.browse.files[e.ref.PermID]
	switch {
	case ds && listed:
	case ds && e.data != nil:
		files, err = fileList(ctx, p.sess, *e)
		p.browse.files[e.ref.PermID] = files
	case !ds:
		pg, err = children(ctx, p.sess, *e, at, pageSize)
	}
	if err != nil {
		p.tree.Fail(id, gen, explain(err).String())
		delete(p.browse.files, e.ref.PermID)
		if p.renewed(ctx, err) {
			return p.fetch(ctx, id)
		}
		p.complain(err)
		for _, st := range p.sess.PendingStores() {
			s, aerr := p.ask(ctx, "Trust the data store "+st.URL+"? Your session is sent there. yes or no", "no")
			if aerr == nil && s == "yes" {
				p.sess.AllowStore(st.Code)
				return p.fetch(ctx, id)
			}
		}
		return false
	}
	if ds {
		pg = filePage(files, at.From, pageSize)
	}
	return p.tree.Add(id, gen, pg.items, pg.next, pg.more, pg.total)
}

func (p *plain) find(ctx context.Context, text string) {
	found, err := p.sess.SearchText(ctx, text, searchLimit)
	if err != nil {
		p.complain(err)
		return
	}
	items := make([]tree.Item, 0, len(found))
	for i := range found {
		it := itemOf(&found[i])
		it.Above = aboveOf(&found[i])
		items = append(items, it)
	}
	p.tree.SetFound(items)
	p.sayf("%s", human.Count(len(items), "hit", "hits"))
}

// list prints what is below a node, numbered.
func (p *plain) list(at tree.ID) []tree.ID {
	var rows []tree.ID
	if at == 0 {
		for _, id := range p.tree.Rows(0, p.tree.RowCount()) {
			switch p.tree.Depth(id) {
			case 0:
				p.say(p.tree.Item(id).Label)
			case 1:
				rows = append(rows, id)
				p.line(len(rows), id)
			}
		}
		return rows
	}
	p.say(strings.Join(p.tree.Path(at), ", "))
	more := false
	p.tree.EachChild(at, func(id tree.ID) {
		if p.tree.Item(id).Kind == tree.More {
			more = true
			return
		}
		rows = append(rows, id)
		p.line(len(rows), id)
	})
	if len(rows) == 0 {
		p.say("Nothing here.")
	}
	if more {
		p.say("There is more.")
	}
	return rows
}

func (p *plain) line(n int, id tree.ID) {
	it := p.tree.Item(id)
	st, why := p.tree.State(id)
	kind := string(it.Kind)
	if it.Kind == tree.DataSet {
		kind = "data set"
	}
	p.sayf("%d  %s %s, %s %s", n, markGlyphs[p.tree.Mark(id)], it.Label, kind, strings.TrimSpace(p.browse.aside(it, st, why)))
}
