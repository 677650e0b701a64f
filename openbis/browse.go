package openbis

import (
	"context"
	"errors"
	"fmt"
)

// sortFallbacks are the orders of entities with properties: by name as the
// ELN's menu does, and what is left where a server refuses the field.
var sortFallbacks = [][]string{{"PROPERTY$NAME", "CODE"}, {"PROPERTYNAME", "CODE"}, {"CODE"}}

const (
	batch      = 500 // entities a request when everything is asked for
	emptyPages = 50  // in a row: what a user may not see is dropped after paging
)

// Spaces lists all spaces that the user may see, by code.
func (c *Client) Spaces(ctx context.Context) ([]Entity, error) {
	l, err := c.list(ctx, "list spaces", KindSpace, tree, nil, Page{})
	return l.Entities, err
}

// Projects lists the projects of a space, by code.
func (c *Client) Projects(ctx context.Context, space string, p Page) (Listing, error) {
	op := "list projects of space " + space
	return c.listed(ctx, op, p, func(ctx context.Context) (Listing, error) {
		return c.list(ctx, op, KindProject, tree, []any{criteria(KindSpace, code(space))}, p)
	})
}

// Collections lists the collections of a project, by name.
func (c *Client) Collections(ctx context.Context, projectPermID string, p Page) (Listing, error) {
	op := "list collections of project " + projectPermID
	return c.listed(ctx, op, p, func(ctx context.Context) (Listing, error) {
		return c.list(ctx, op, KindCollection, tree, []any{criteria(KindProject, permID(projectPermID))}, p)
	})
}

// listed is a page that was read a moment ago, or reads it.
func (c *Client) listed(ctx context.Context, op string, p Page, read func(context.Context) (Listing, error)) (Listing, error) {
	p.Last = false // it says nothing of what is asked for
	return briefly(ctx, c, fmt.Sprint(op, p), read)
}

// CollectionObjects lists all objects of a collection, by name, those below
// other objects included. Parents hold the collection of each parent, so that
// the tree can hang a child below its parent.
func (c *Client) CollectionObjects(ctx context.Context, collectionPermID string, p Page) (Listing, error) {
	return c.list(ctx, "list objects of collection "+collectionPermID, KindObject, family,
		[]any{criteria(KindCollection, permID(collectionPermID))}, p)
}

// ProjectObjects lists the objects directly in a project, without collection.
func (c *Client) ProjectObjects(ctx context.Context, projectPermID string, p Page) (Listing, error) {
	return c.list(ctx, "list objects of project "+projectPermID, KindObject, family,
		[]any{noCollection(), criteria(KindProject, permID(projectPermID))}, p)
}

// SpaceObjects lists the objects directly in a space, without project.
func (c *Client) SpaceObjects(ctx context.Context, space string, p Page) (Listing, error) {
	return c.list(ctx, "list objects of space "+space, KindObject, family,
		[]any{noProject(), noCollection(), criteria(KindSpace, code(space))}, p)
}

// ChildObjects lists the children of an object in a collection; with an empty
// collectionPermID wherever they are.
func (c *Client) ChildObjects(ctx context.Context, objectPermID, collectionPermID string, p Page) (Listing, error) {
	members := []any{of("sample.search.SampleParentsSearchCriteria", "operator", "AND", "criteria", []any{permID(objectPermID)})}
	if collectionPermID != "" {
		members = append(members, criteria(KindCollection, permID(collectionPermID)))
	}
	return c.list(ctx, "list children of object "+objectPermID, KindObject, tree, members, p)
}

// CollectionDataSets lists the data sets of a collection that hang on no object.
func (c *Client) CollectionDataSets(ctx context.Context, collectionPermID string, p Page) (Listing, error) {
	return c.list(ctx, "list data sets of collection "+collectionPermID, KindDataSet, tree,
		[]any{criteria(KindCollection, permID(collectionPermID)), noObject()}, p)
}

// ObjectDataSets lists the data sets of an object.
func (c *Client) ObjectDataSets(ctx context.Context, objectPermID string, p Page) (Listing, error) {
	return c.list(ctx, "list data sets of object "+objectPermID, KindDataSet, tree,
		[]any{criteria(KindObject, permID(objectPermID))}, p)
}

// list asks for one page, or in batches for everything.
func (c *Client) list(ctx context.Context, op string, kind Kind, d detail, members []any, p Page) (Listing, error) {
	if p.Detail {
		d = full
	}
	return paged(op, p, func(from, count int) (Listing, error) { return c.page(ctx, kind, d, members, from, count) })
}

// paged asks for one page, or in batches for everything.
func paged(op string, p Page, page func(from, count int) (Listing, error)) (l Listing, err error) {
	switch {
	case p.From < 0 || p.Count < 0:
		err = errors.New("negative page")
	case p.Count > 0:
		l, err = page(p.From, p.Count)
	default:
		l, err = all(p.From, page)
	}
	if err != nil {
		return Listing{}, fmt.Errorf("%s: %w", op, err)
	}
	return l, nil
}

// all pages through everything. The next page begins count later, however few came
// (docs/openbis-api.md, Searching); what moved meanwhile and comes again is
// dropped.
func all(from int, page func(from, count int) (Listing, error)) (Listing, error) {
	size, empty := batch, 0
	out := Listing{Next: -1}
	seen := map[string]bool{}
	for from >= 0 {
		l, err := page(from, size)
		if errors.Is(err, errTooBig) && size > 1 {
			size = max(1, size/4)
			continue
		}
		if err != nil {
			return Listing{}, err
		}
		fresh := false
		for _, e := range l.Entities {
			if !seen[e.PermID] {
				seen[e.PermID], fresh = true, true
				out.Entities = append(out.Entities, e)
			}
		}
		if empty++; fresh {
			empty = 0
		}
		if empty > emptyPages {
			return Listing{}, fmt.Errorf("%w: it announces %d entities and sends none", ErrNotOpenBIS, l.Total)
		}
		out.Total, from = l.Total, l.Next
	}
	return out, nil
}

// page asks for one page, in the first order that the server takes.
func (c *Client) page(ctx context.Context, kind Kind, d detail, members []any, from, count int) (Listing, error) {
	if kind == KindSpace || kind == KindProject {
		return c.search(ctx, kind, d, members, from, count, []string{"CODE"})
	}
	known := int(c.sort.Load())
	l, first := c.search(ctx, kind, d, members, from, count, sortFallbacks[known])
	if first == nil || !plain(first) {
		return l, first
	}
	for i := known + 1; i < len(sortFallbacks); i++ {
		l, err := c.search(ctx, kind, d, members, from, count, sortFallbacks[i])
		if err == nil {
			c.sort.Store(int32(i)) // so that one listing keeps one order
			return l, nil
		}
		if !plain(err) {
			return Listing{}, err
		}
	}
	return Listing{}, first
}

func (c *Client) search(ctx context.Context, kind Kind, d detail, members []any, from, count int, order []string) (Listing, error) {
	return c.find(ctx, kind, d, criteria(kind, members...), from, count, order)
}

// find makes one search. A count of 0 counts: the server then lists nothing.
func (c *Client) find(ctx context.Context, kind Kind, d detail, search dto, from, count int, order []string) (Listing, error) {
	options := fetch(kind, d).with("from", from).with("count", count)
	if len(order) > 0 {
		options["sort"] = sortings(kind, order)
	}
	g, err := c.call(ctx, "search"+api[kind].plural, search, options)
	if err != nil {
		return Listing{}, err
	}
	l, err := g.listing(kind)
	if err != nil {
		return Listing{}, err
	}
	l.Next = -1
	if next := from + count; next < l.Total && next > from {
		l.Next = next
	}
	return l, nil
}

// listing reads a SearchResult.
func (g *graph) listing(kind Kind) (Listing, error) {
	m := g.obj(g.root)
	total, ok := number(m["totalCount"])
	if _, isList := m["objects"].([]any); !isList {
		return Listing{}, errShape
	}
	l := Listing{Total: int(total)}
	for _, o := range g.list(m["objects"]) {
		if e := g.entity(kind, o); e.PermID != "" {
			l.Entities = append(l.Entities, e)
		}
	}
	if !ok || l.Total < len(l.Entities) {
		l.Total = len(l.Entities)
	}
	return l, nil
}
