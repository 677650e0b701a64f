package openbis

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

// globalKinds are the kinds that the global search finds.
var globalKinds = map[string]Kind{"EXPERIMENT": KindCollection, "SAMPLE": KindObject, "DATA_SET": KindDataSet}

// SearchText finds collections, objects and data sets in which text occurs, at
// most limit of them, each once. Where the server's global search refuses, names
// and codes are searched instead.
func (c *Client) SearchText(ctx context.Context, text string, limit int) ([]Entity, error) {
	text = strings.TrimSpace(text)
	if text == "" || limit <= 0 {
		return nil, nil
	}
	g, err := c.call(ctx, "searchGlobally",
		of("global.search.GlobalSearchCriteria", "operator", "AND", "criteria", []any{
			of("global.search.GlobalSearchTextCriteria", "fieldValue", contains(text)),
		}),
		of("global.fetchoptions.GlobalSearchObjectFetchOptions", "from", 0, "count", limit,
			"experiment", fetch(KindCollection, placed), "sample", fetch(KindObject, placed), "dataSet", fetch(KindDataSet, placed)))
	if plain(err) {
		return c.searchNames(ctx, text, limit, err)
	}
	if err != nil {
		return nil, fmt.Errorf("search for text: %w", err)
	}
	var found finds
	for _, o := range g.list(g.obj(g.root)["objects"]) {
		if e, ok := g.found(o); ok {
			found.add(e, limit)
		}
	}
	return found.list, nil
}

// found reads a result. What the hit was not fetched with still has its ids.
func (g *graph) found(o map[string]any) (Entity, bool) {
	kind, ok := globalKinds[line(o["objectKind"])]
	if !ok {
		return Entity{}, false
	}
	key := map[Kind]string{KindCollection: "experiment", KindObject: "sample", KindDataSet: "dataSet"}[kind]
	if m := g.obj(o[key]); m != nil {
		e := g.entity(kind, m)
		return e, e.PermID != ""
	}
	e := g.entity(kind, map[string]any{"permId": o["objectPermId"], "identifier": o["objectIdentifier"]})
	if i := strings.LastIndex(e.Identifier, "/"); i >= 0 {
		e.Code = e.Identifier[i+1:]
	}
	e.Data = nil // nothing is known of it
	return e, e.PermID != ""
}

// searchNames is the way without the global search.
func (c *Client) searchNames(ctx context.Context, text string, limit int, first error) ([]Entity, error) {
	var found finds
	worked := false
	for _, kind := range []Kind{KindCollection, KindObject, KindDataSet} {
		member := anyOf(kind, of("common.search.CodeSearchCriteria", "fieldValue", contains(text)), property("$NAME", contains(text)))
		l, err := c.page(ctx, kind, placed, []any{member}, 0, limit)
		if plain(err) {
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("search for text: %w", err)
		}
		worked = true
		for _, e := range l.Entities {
			found.add(e, limit)
		}
	}
	if !worked {
		return nil, fmt.Errorf("search for text: %w", first)
	}
	return found.list, nil
}

// finds are results, each once.
type finds struct {
	list []Entity
	seen map[string]bool
}

func (f *finds) add(e Entity, limit int) {
	if f.seen == nil {
		f.seen = map[string]bool{}
	}
	if key := string(e.Kind) + e.PermID; !f.seen[key] && len(f.list) < limit {
		f.seen[key] = true
		f.list = append(f.list, e)
	}
}

// Get reads entities in full. Ids are permIds or identifiers ("/A/B/C"; codes
// for spaces). The result's keys are the ids as they were given; what does not
// exist, or is invisible to the user, is absent (docs/openbis-api.md, Searching).
func (c *Client) Get(ctx context.Context, kind Kind, ids ...string) (map[string]Entity, error) {
	if _, ok := api[kind]; !ok {
		return nil, fmt.Errorf("get %s: no such kind", kind)
	}
	out := map[string]Entity{}
	asked := map[string]bool{}
	var todo []string
	recent := c.o.Brief && kind != KindDataSet && len(ids) <= fewRecent // where a data set's bytes are may change any moment
	epoch := c.Epoch()
	for _, id := range ids {
		if _, ok := idOf(kind, id); !ok || asked[id] {
			continue
		}
		asked[id] = true
		if e, ok := c.recent.found(kind, id, epoch, c.o.Now()); ok && recent {
			out[id] = e
			continue
		}
		todo = append(todo, id)
	}
	size := batch
	for len(todo) > 0 {
		n := min(size, len(todo))
		err := c.get(ctx, kind, todo[:n], out)
		if errors.Is(err, errTooBig) && n > 1 {
			size = max(1, n/4)
			continue
		}
		if err != nil {
			return nil, fmt.Errorf("get %s: %w", kind, err)
		}
		todo = todo[n:]
	}
	if recent {
		c.recent.note(kind, out, epoch, c.o.Now())
	}
	return out, nil
}

func (c *Client) get(ctx context.Context, kind Kind, ids []string, out map[string]Entity) error {
	list := make([]any, 0, len(ids))
	for _, id := range ids {
		d, _ := idOf(kind, id)
		list = append(list, d)
	}
	g, err := c.call(ctx, "get"+api[kind].plural, list, fetch(kind, full))
	if err != nil {
		return err
	}
	m, ok := g.root.(map[string]any)
	if !ok {
		return errShape
	}
	// Keys are the id's text; identifiers come back in upper case.
	byKey := make(map[string]map[string]any, 3*len(m))
	for key, v := range m {
		o := g.obj(v)
		if o == nil {
			continue
		}
		r := g.ref(kind, o)
		for _, k := range []string{r.PermID, r.Identifier, key} {
			byKey[strings.ToUpper(k)] = o
		}
	}
	for _, id := range ids {
		o := byKey[strings.ToUpper(id)]
		if o == nil && kind == KindSpace {
			o = byKey[strings.ToUpper(strings.TrimPrefix(id, "/"))]
		}
		if o != nil {
			out[id] = g.entity(kind, o)
		}
	}
	return nil
}
