package openbis

import (
	"context"
	"errors"
	"fmt"
	"strings"
)

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
	for _, id := range ids {
		if _, ok := idOf(kind, id); ok && !asked[id] {
			asked[id] = true
			todo = append(todo, id)
		}
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
