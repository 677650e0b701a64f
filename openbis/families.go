package openbis

import (
	"context"
	"slices"
	"strings"
)

// Family is what stands below an object in the ELN's tree, by name.
type Family struct {
	Children []Entity // in the object's own collection
	DataSets []Entity
}

// Families lists what is below several objects (best up to 500), as ChildObjects and
// ObjectDataSets do for each: with one paged search for the children of all and one
// for their data sets, where a search for each would be thousands. Without a
// Collection an object has no children here.
func (c *Client) Families(ctx context.Context, objects []Ref) ([]Family, error) {
	out := make([]Family, len(objects))
	at := make(map[string]int, len(objects))
	var ids, nesting []string
	for i, r := range objects {
		at[r.PermID] = i
		ids = append(ids, r.PermID)
		if r.Collection != "" {
			nesting = append(nesting, r.PermID)
		}
	}
	if len(nesting) > 0 {
		l, err := c.ChildrenOf(ctx, nesting, Page{})
		if err != nil {
			return nil, err
		}
		for _, e := range l.Entities {
			for _, p := range e.Parents {
				if i, ok := at[p.PermID]; ok && objects[i].Collection != "" && objects[i].Collection == e.Collection {
					out[i].Children = append(out[i].Children, e)
				}
			}
		}
	}
	if len(ids) > 0 {
		l, err := c.DataSetsOf(ctx, ids, Page{})
		if err != nil {
			return nil, err
		}
		for _, e := range l.Entities {
			if e.ObjectRef == nil {
				continue
			}
			if i, ok := at[e.ObjectRef.PermID]; ok {
				out[i].DataSets = append(out[i].DataSets, e)
			}
		}
	}
	for i := range out {
		byName(out[i].Children)
		byName(out[i].DataSets)
	}
	return out, nil
}

// byName is the order of page: what has no name comes last.
func byName(list []Entity) {
	slices.SortStableFunc(list, func(a, b Entity) int {
		switch {
		case a.Name == b.Name:
			return strings.Compare(a.Code, b.Code)
		case a.Name == "":
			return 1
		case b.Name == "":
			return -1
		}
		return strings.Compare(a.Name, b.Name)
	})
}
