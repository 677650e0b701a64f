package plain

import (
	"context"
	"strconv"
	"strings"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/tree"
)

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
	var at tree.ID // whose children are listed; 0 the spaces
	t.say("Choose data. N opens, select N takes it with everything below (again: takes it away), only N takes it alone,")
	t.say("up, more, find TEXT, hidden, list, continue.")
	for {
		rows := t.list(at)
		for again := true; again; {
			s, err := t.ask(ctx, "Choose", "continue")
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
				why := t.AgainstDescribe()
				if why == "" {
					return nil
				}
				t.say(why)
				again = true
			case verb == "up":
				if at != 0 {
					if at = t.Tree.Parent(at); t.Tree.Item(at).Kind == tree.Section {
						at = 0
					}
				}
			case verb == "more" && at != 0:
				t.fetch(ctx, at)
			case verb == "hidden":
				t.Tree.ShowHidden(!t.Tree.Hidden())
			case verb == "list":
			case verb == "find" && arg != "":
				t.find(ctx, arg)
				at = 0
			case verb == "open" && known:
				at = t.openRow(ctx, at, rows[n-1])
			case verb == "select" && known:
				t.choose(rows[n-1])
				again = true
			case verb == "only" && known:
				if !t.Tree.ToggleOnly(rows[n-1]) {
					t.say("A mark above takes it already.")
				}
				t.say(t.SelectedText())
				again = true
			default:
				t.say("Not understood: " + s)
				again = true
			}
		}
	}
}

func (t *talk) choose(id tree.ID) {
	it := t.Tree.Item(id)
	if !t.Tree.Toggle(id) {
		t.say(flow.CutChoice)
	}
	weight, tooMuch := t.Weight(true)
	if tooMuch {
		weight += ": too large"
	}
	t.sayf("%s %s. %s, %s", flow.Sign(t.Tree.Mark(id)), it.Label, t.SelectedText(), weight)
}

// openRow goes into a row, loading it if it must be.
func (t *talk) openRow(ctx context.Context, at, id tree.ID) tree.ID {
	if !t.Tree.Foldable(id) {
		t.say("There is nothing below it.")
		return at
	}
	if st, _ := t.Tree.State(id); st == tree.Unloaded || st == tree.Failed {
		if !t.fetch(ctx, id) {
			return at
		}
	}
	return id
}

// fetch loads the next page below a node, waiting for it.
func (t *talk) fetch(ctx context.Context, id tree.ID) bool {
	gen, at, ok := t.Tree.Begin(id)
	if !ok {
		t.say("That is all.")
		return true
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

func (t *talk) find(ctx context.Context, text string) {
	q, _, err := flow.ParseQuery(text)
	if err != nil {
		t.say("Error: " + err.Error())
		return
	}
	found, _, err := t.Session.Find(ctx, q, flow.SearchLimit)
	if err != nil {
		t.complain(err)
		return
	}
	items := make([]tree.Item, 0, len(found))
	for i := range found {
		items = append(items, flow.FoundItem(&found[i]))
	}
	t.Tree.SetFound(items)
	t.say(human.Count(len(items), "hit", "hits"))
}

// list prints what is below a node, numbered.
func (t *talk) list(at tree.ID) []tree.ID {
	var rows []tree.ID
	if at == 0 {
		for _, id := range t.Tree.Rows(0, t.Tree.RowCount()) {
			switch t.Tree.Depth(id) {
			case 0:
				t.say(t.Tree.Item(id).Label)
			case 1:
				rows = append(rows, id)
				t.line(len(rows), id)
			}
		}
		return rows
	}
	t.say(strings.Join(t.Tree.Path(at), ", "))
	more := false
	t.Tree.EachChild(at, func(id tree.ID) {
		if t.Tree.Item(id).Kind == tree.More {
			more = true
			return
		}
		rows = append(rows, id)
		t.line(len(rows), id)
	})
	if len(rows) == 0 {
		t.say("Nothing here.")
	}
	if more {
		t.say("There is more.")
	}
	return rows
}

func (t *talk) line(n int, id tree.ID) {
	it := t.Tree.Item(id)
	st, why := t.Tree.State(id)
	kind := string(it.Kind)
	if it.Kind == openbis.KindDataSet {
		kind = "data set"
	}
	aside, size := flow.Aside(it, st, why)
	if size != "" {
		aside += ", " + human.Bytes(it.Size)
	}
	t.sayf("%d  %s %s, %s %s", n, flow.Sign(t.Tree.Mark(id)), it.Label, kind, aside)
}
