package flowtest

import (
	"context"
	"slices"

	"zenobis/openbis"
)

func (f *Fake) list(ctx context.Context, key string, p openbis.Page) (openbis.Listing, error) {
	if f.Block != nil {
		select {
		case <-f.Block:
		case <-ctx.Done():
			return openbis.Listing{}, ctx.Err()
		}
	}
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Calls[key]++
	if err := f.Fail[key]; err != nil {
		return openbis.Listing{}, err
	}
	all := f.Kids[key]
	end := len(all)
	if p.Count > 0 {
		end = min(p.From+p.Count, end)
	}
	next := end
	if end == len(all) {
		next = -1
	}
	return openbis.Listing{Entities: all[p.From:end], Total: len(all), Next: next}, nil
}

func (f *Fake) Spaces(context.Context) ([]openbis.Entity, error) {
	f.Calls["spaces"]++
	return f.SpaceList, f.Fail["spaces"]
}

func (f *Fake) Published(context.Context) (map[string]string, error) {
	return f.Before, f.Fail["published"]
}

func (f *Fake) Projects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/projects", p)
}

func (f *Fake) Collections(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/collections", p)
}

func (f *Fake) CollectionObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/objects", p)
}

func (f *Fake) ProjectObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/direct", p)
}

func (f *Fake) SpaceObjects(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/shared", p)
}

func (f *Fake) ChildObjects(ctx context.Context, id, _ string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/children", p)
}

func (f *Fake) CollectionDataSets(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/loose", p)
}

func (f *Fake) ObjectDataSets(ctx context.Context, id string, p openbis.Page) (openbis.Listing, error) {
	return f.list(ctx, id+"/sets", p)
}

// Families lists what is below several objects.
func (f *Fake) Families(ctx context.Context, objects []openbis.Ref) ([]openbis.Family, error) {
	out := make([]openbis.Family, len(objects))
	for i, r := range objects {
		if r.Collection != "" {
			l, err := f.list(ctx, r.PermID+"/children", openbis.Page{})
			if err != nil {
				return nil, err
			}
			out[i].Children = slices.Clone(l.Entities)
		}
		l, err := f.list(ctx, r.PermID+"/sets", openbis.Page{})
		if err != nil {
			return nil, err
		}
		out[i].DataSets = slices.Clone(l.Entities)
	}
	return out, nil
}

// Below goes through the listings of the tree.
func (f *Fake) Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	f.Mu.Lock()
	f.Calls[node.PermID+"/below"]++
	err := f.Fail[node.PermID+"/below"]
	all := f.below(kind, node.Kind, node.PermID)
	f.Mu.Unlock()
	if err != nil {
		return openbis.Listing{}, err
	}
	end, next := len(all), -1
	if p.Count > 0 && p.From+p.Count < end {
		end = p.From + p.Count
		next = end
	}
	return openbis.Listing{Entities: all[min(p.From, end):end], Total: len(all), Next: next}, ctx.Err()
}

// Total counts what Below lists.
func (f *Fake) Total(ctx context.Context, kind openbis.Kind, node openbis.Ref) (int, error) {
	l, err := f.Below(ctx, kind, node, openbis.Page{})
	return l.Total, err
}

func (f *Fake) below(kind, of openbis.Kind, id string) (all []openbis.Entity) {
	seen := map[string]bool{}
	var walk func(kind2 openbis.Kind, id string)
	walk = func(of openbis.Kind, id string) {
		for _, list := range map[openbis.Kind][]string{openbis.KindSpace: {"/projects", "/shared"}, openbis.KindProject: {"/collections",
			"/direct"},
			openbis.KindCollection: {"/objects", "/loose"}, openbis.KindObject: {"/sets"}}[of] {
			for _, e := range f.Kids[id+list] {
				if key := string(e.Kind) + e.PermID; !seen[key] {
					seen[key] = true
					if e.Kind == kind {
						all = append(all, e)
					}
					walk(e.Kind, e.PermID)
				}
			}
		}
	}
	walk(of, id)
	return all
}

func (f *Fake) Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error) {
	if err := f.held(ctx, "get"); err != nil {
		return nil, err
	}
	f.Mu.Lock()
	defer f.Mu.Unlock()
	f.Calls["get"]++
	found := map[string]openbis.Entity{}
	for _, id := range ids {
		if e, ok := f.Places[id]; ok {
			if kind == "" || e.Kind == kind {
				found[id] = e
			}
			continue
		}
		for _, list := range f.Kids {
			for _, e := range list {
				if e.PermID == id && e.Kind == kind {
					found[id] = e
				}
			}
		}
	}
	return found, nil
}

func (f *Fake) Types(context.Context, openbis.Kind) (map[string]openbis.EntityType, error) {
	return map[string]openbis.EntityType{"EXPERIMENTAL_STEP": {Properties: []openbis.Assignment{{Code: "GOAL", Label: "Goal"}}}}, nil
}

func (f *Fake) Find(ctx context.Context, q openbis.Query, limit int) ([]openbis.Entity, int, error) {
	if err := f.held(ctx, "find"); err != nil {
		return nil, 0, err
	}
	f.Asked = append(f.Asked, q)
	total := max(f.FoundTotal, len(f.Found))
	return f.Found[:min(limit, len(f.Found))], total, nil
}

func (f *Fake) Files(_ context.Context, _ openbis.DataStore, ds string, yield func(openbis.File) error) error {
	if err := f.Fail["files"]; err != nil {
		return err
	}
	for _, file := range f.FileLists[ds] {
		if err := yield(file); err != nil {
			return err
		}
	}
	return nil
}
