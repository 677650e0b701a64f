package plan

import (
	"context"

	"zenobis/export/snapshot"
	"zenobis/openbis"
)

// relative is an entity that another one names.
type relative struct {
	kind  openbis.Kind
	id    string // permId or identifier
	space string // of the entity that names it
	via   relation
}

// relation says how one entity names another; a set of bits.
type relation uint8

const (
	viaParent relation = 1 << iota
	viaChild
	viaReference
	viaAll = viaParent | viaChild | viaReference
)

// noteRelatives remembers what the options ask for beside what is below, as far
// as the lines say that are to be followed from an entity.
func (w *walker) noteRelatives(e *openbis.Entity, lines relation) {
	it, ok := w.idx.find(keyOf(e.Ref))
	if !ok || (e.Kind != openbis.KindObject && e.Kind != openbis.KindDataSet) {
		return
	}
	lines &^= it.lines
	it.lines |= lines
	note := func(refs []openbis.Ref, via relation) {
		for _, r := range refs {
			if at, ok := w.idx.find(keyOf(r)); !ok || at.lines&via == 0 {
				w.related = append(w.related, relative{r.Kind, r.PermID, spaceOf(e), via})
			}
		}
	}
	if w.req.WithParents && lines&viaParent != 0 {
		note(e.Parents, viaParent)
	}
	if w.req.WithChildren && lines&viaChild != 0 {
		note(e.Children, viaChild)
	}
	if w.req.WithReferences && lines&viaReference != 0 {
		for code, values := range e.Properties {
			if !w.refersToObject(e.Kind, e.Type, code) {
				continue
			}
			for _, v := range values {
				if v != "" {
					w.related = append(w.related, relative{openbis.KindObject, v, spaceOf(e), viaReference})
				}
			}
		}
	}
}

func (w *walker) refersToObject(kind openbis.Kind, typ, code string) bool {
	t, ok := w.types[snapshot.TypeKey(kind, typ)]
	if !ok {
		return false
	}
	for _, a := range t.Properties {
		if a.Code == code {
			return a.DataType == "SAMPLE" || a.DataType == "OBJECT"
		}
	}
	return false
}

func spaceOf(e *openbis.Entity) string {
	for _, r := range []*openbis.Ref{&e.Ref, e.ObjectRef, e.CollRef, e.ProjectRef} {
		if r == nil {
			continue
		}
		if r.Kind == openbis.KindSpace {
			return spaceCode(*r)
		}
		if r.Space != "" {
			return r.Space
		}
		if s := firstPart(r.Identifier); s != "" {
			return s
		}
	}
	return ""
}

// firstPart is the space of an identifier such as /LAB/P/E.
func firstPart(identifier string) string {
	if len(identifier) < 2 || identifier[0] != '/' {
		return ""
	}
	for i := 1; i < len(identifier); i++ {
		if identifier[i] == '/' {
			return identifier[1:i]
		}
	}
	return ""
}

// takeRelated takes parents, children and referenced objects with their data
// sets. Parents of parents and children of children follow; references are
// followed once, from what was selected.
func (w *walker) takeRelated(ctx context.Context) error {
	w.extra = true
	defer func() { w.extra = false }()
	todo := w.related
	w.related = nil
	asked := map[openbis.Kind]map[string][]relative{}
	ids := map[openbis.Kind][]string{}
	for _, r := range todo {
		if asked[r.kind] == nil {
			asked[r.kind] = map[string][]relative{}
		}
		if asked[r.kind][r.id] == nil {
			ids[r.kind] = append(ids[r.kind], r.id)
		}
		asked[r.kind][r.id] = append(asked[r.kind][r.id], r)
	}
	for _, kind := range []openbis.Kind{openbis.KindObject, openbis.KindDataSet} {
		var objects []string
		err := w.get(ctx, kind, ids[kind], func(id string, e *openbis.Entity) error {
			var lines relation
			for _, r := range asked[kind][id] {
				if w.req.OtherSpaces || r.space == "" || r.space == spaceOf(e) {
					lines |= r.via
				}
			}
			if lines == 0 || w.excluded(e.Ref) {
				return nil
			}
			if err := w.take(e); err != nil {
				return err
			}
			w.noteRelatives(e, lines&^viaReference)
			if kind == openbis.KindObject && w.once(keyOf(e.Ref)) {
				objects = append(objects, e.PermID)
			}
			return nil
		}, nil)
		if err != nil {
			return err
		}
		if err := w.dataOf(ctx, openbis.Ref{Kind: openbis.KindObject, Code: objectCount(len(objects))}, objects); err != nil {
			return err
		}
	}
	return nil
}
