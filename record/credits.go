package record

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"zenobis/openbis"
)

// Most entities of a kind below a root that are asked who made them. A share
// counted to here says "at least".
const (
	maxCredited = 2500 // the first page, and four that come at once
	creditPage  = 500
)

// systemUser is the account that openBIS itself works with; it has a name on
// some servers, and is nobody.
const systemUser = "system"

// Credit is a person who registered or changed what is selected.
type Credit struct {
	Agent       Agent
	Collections int
	Objects     int
	DataSets    int
	AtLeast     bool // there is more than was counted
}

// Share says how much of the selection is the person's: "4 objects, 12 data sets".
func (c Credit) Share() string {
	var parts []string
	for _, p := range []struct {
		n    int
		word string
	}{{c.Collections, "collection"}, {c.Objects, "object"}, {c.DataSets, "data set"}} {
		switch {
		case p.n == 1:
			parts = append(parts, "1 "+p.word)
		case p.n > 1:
			parts = append(parts, fmt.Sprintf("%d %ss", p.n, p.word))
		}
	}
	text := strings.Join(parts, ", ")
	if text != "" && c.AtLeast {
		return "at least " + text
	}
	return text
}

// credits counts who made what.
type credits struct {
	people  People
	byUser  map[string]*Credit
	order   []string
	atLeast bool
	period  Period // of registrations
}

func newCredits(p People) *credits { return &credits{people: p, byUser: map[string]*Credit{}} }

// add counts an entity for its registrator and its modifier, once each.
func (c *credits) add(e *openbis.Entity) {
	c.period.Add(e.Registered)
	people := []*openbis.Person{e.Registrator, e.Modifier}
	if e.Registrator != nil && e.Modifier != nil && e.Modifier.UserID == e.Registrator.UserID {
		people = people[:1]
	}
	for _, p := range people {
		if p == nil || p.UserID == systemUser {
			continue
		}
		agent := c.people.Fill(AgentOf(*p))
		if agent.Family == "" {
			continue // an account without a name
		}
		key := cmp.Or(p.UserID, agent.Name())
		credit := c.byUser[key]
		if credit == nil {
			credit = &Credit{Agent: agent}
			c.byUser[key] = credit
			c.order = append(c.order, key)
		}
		switch e.Kind {
		case openbis.KindCollection:
			credit.Collections++
		case openbis.KindObject:
			credit.Objects++
		case openbis.KindDataSet:
			credit.DataSets++
		}
	}
}

// list are the people with the most first.
func (c *credits) list() []Credit {
	var out []Credit
	for _, key := range c.order {
		credit := *c.byUser[key]
		credit.AtLeast = c.atLeast
		out = append(out, credit)
	}
	total := func(c Credit) int { return c.Collections + c.Objects + c.DataSets }
	slices.SortStableFunc(out, func(a, b Credit) int { return total(b) - total(a) })
	return first(out, maxOffered)
}

// AgentOf is a person of openBIS as metadata names them.
func AgentOf(p openbis.Person) Agent {
	a := Agent{Kind: Person, Family: p.LastName, Given: p.FirstName, User: p.UserID}
	if a.Family == "" {
		a.Family, a.Given = a.Given, ""
	}
	return a
}

// credited reads what is below a root as part of g.
func (d *defaults) credited(ctx context.Context, g *errgroup.Group, root *openbis.Entity) []creditList {
	kinds := []openbis.Kind{openbis.KindObject, openbis.KindDataSet}
	switch root.Kind {
	case openbis.KindSpace, openbis.KindProject:
		kinds = append([]openbis.Kind{openbis.KindCollection}, kinds...)
	case openbis.KindCollection:
	default:
		return nil // the data sets of objects are read together
	}
	lists := make([]creditList, len(kinds))
	for i, kind := range kinds {
		g.Go(func() error {
			return lists[i].read(func(p openbis.Page) (openbis.Listing, error) {
				if kind == openbis.KindCollection && root.Kind == openbis.KindProject { // as a plan asks for them
					return d.cat.Collections(ctx, root.PermID, p)
				}
				return d.cat.Below(ctx, kind, root.Ref, p)
			})
		})
	}
	return lists
}

// creditObjects counts the data sets of the roots that are objects.
func (d *defaults) creditObjects() error {
	var ids []string
	for i := range d.roots {
		if d.roots[i].Kind == openbis.KindObject {
			ids = append(ids, d.roots[i].PermID)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	var l creditList
	if err := l.read(func(p openbis.Page) (openbis.Listing, error) { return d.cat.DataSetsOf(d.ctx, ids, p) }); err != nil {
		return err
	}
	d.creditBelow(nil, l)
	return nil
}

// creditBelow counts what is below a root, or below the objects that are roots.
func (d *defaults) creditBelow(root *openbis.Entity, l creditList) {
	d.credits.atLeast = d.credits.atLeast || l.more
	for _, page := range l.pages {
		for i := range page {
			e := &page[i]
			if (root == nil || e.PermID != root.PermID) && d.in.Selected(e.Ref, holders(e, root)...) {
				d.credits.add(e)
				d.keywords(e)
			}
		}
	}
}

// creditList are the entities of a kind below a root.
type creditList struct {
	pages [][]openbis.Entity
	more  bool // there are more than are asked
}

// read reads them: the first page tells how many more there are, which come at once.
// They are whole pages, as a plan wants them, since the client keeps them for it.
func (l *creditList) read(ask func(openbis.Page) (openbis.Listing, error)) error {
	read := func(from int) ([]openbis.Entity, openbis.Listing, error) {
		got, err := ask(openbis.Page{From: from, Count: creditPage, Detail: true})
		page := make([]openbis.Entity, 0, len(got.Entities))
		for i := range got.Entities { // the rest is not needed here
			e := &got.Entities[i]
			page = append(page, openbis.Entity{
				Ref: e.Ref, Tags: e.Tags, Registrator: e.Registrator, Modifier: e.Modifier, Registered: e.Registered,
				ObjectRef: e.ObjectRef, CollRef: e.CollRef, ProjectRef: e.ProjectRef,
			})
		}
		got.Entities = nil
		return page, got, err
	}
	first, got, err := read(0)
	if err != nil {
		return err
	}
	l.pages = [][]openbis.Entity{first}
	if got.Next != creditPage { // the end, or a server with steps of its own
		at := 0
		for got.Next > at && got.Next < maxCredited { // pages that go backwards have no end
			var page []openbis.Entity
			at = got.Next
			if page, got, err = read(at); err != nil {
				return err
			}
			l.pages = append(l.pages, page)
		}
		l.more = got.Next > at
		return nil
	}
	l.more = got.Total > maxCredited
	n := (min(got.Total, maxCredited) + creditPage - 1) / creditPage
	l.pages = append(l.pages, make([][]openbis.Entity, n-1)...)
	var g errgroup.Group
	for i := 1; i < n; i++ {
		g.Go(func() (err error) {
			l.pages[i], _, err = read(i * creditPage)
			return err
		})
	}
	return g.Wait()
}

// holders are what holds an entity below a root, the nearest first. Without a root
// it holds it by itself.
func holders(e, root *openbis.Entity) []openbis.Ref {
	var out []openbis.Ref
	for _, r := range []*openbis.Ref{e.ObjectRef, e.CollRef, e.ProjectRef} {
		if r != nil {
			out = append(out, *r)
		}
	}
	if root != nil && !slices.ContainsFunc(out, func(r openbis.Ref) bool { return r.Kind == root.Kind && r.PermID == root.PermID }) {
		out = append(out, root.Ref)
	}
	return out
}
