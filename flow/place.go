package flow

import (
	"context"
	"errors"
	"net/url"
	"strings"

	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
	"zenobis/tree"
)

// ErrNoPlace is returned where a place can't be found.
var ErrNoPlace = errors.New("nothing of that name is there, or you may not see it")

// views are the names of the ELN's views in its links, by what they show.
var views = map[string]openbis.Kind{
	"showViewSamplePageFromPermId": openbis.KindObject, "showExperimentPageFromIdentifier": openbis.KindCollection,
	"showSamplesPage": openbis.KindCollection, "showProjectPageFromPermId": openbis.KindProject,
	"showProjectPageFromIdentifier": openbis.KindProject,
	"showSpacePage":                 openbis.KindSpace, "showViewDataSetPageFromPermId": openbis.KindDataSet,
}

// parsePlace reads what a person gives for a place: a path, an identifier, a
// permId, with or without a kind in front, or a link copied from the ELN.
func parsePlace(text string) string {
	text = strings.TrimSpace(text)
	if !strings.Contains(text, "://") {
		return text
	}
	u, err := url.Parse(text)
	if err != nil {
		return text
	}
	kind := views[u.Query().Get("viewName")]
	data := u.Query().Get("viewData") + " " + u.Query().Get("permId") + " " + u.Fragment
	prefix := ""
	if kind != "" {
		prefix = string(kind) + ":"
	}
	if id := openbis.FindPermID(data); id != "" {
		return prefix + id
	}
	if i := strings.Index(data, "/"); i >= 0 { // an identifier within quotes
		id := data[i:]
		if end := strings.IndexAny(id, `"',}&% `); end >= 0 {
			id = id[:end]
		}
		return prefix + strings.TrimRight(id, "/")
	}
	if kind == openbis.KindSpace {
		return prefix + strings.Trim(data, ` "'`)
	}
	return openbis.FindPermID(text)
}

// Way is an entity with everything that holds it, from the space down.
type Way []openbis.Entity

// FindPlace looks a place up and the way to it, as the ELN's tree draws it.
func FindPlace(ctx context.Context, cat Catalog, text string) (Way, error) {
	place := parsePlace(text)
	if place == "" { // a link that names nothing
		return nil, ErrNoPlace
	}
	rule, err := selection.Resolve(ctx, cat, place)
	if errors.Is(err, selection.ErrUnknown) && strings.Count(strings.Trim(place, "/"), "/") == 1 && !strings.Contains(place, ":") {
		rule, err = selection.Resolve(ctx, cat, "object:"+place) // one that stands in a space, and is no project
	}
	if errors.Is(err, selection.ErrUnknown) || errors.Is(err, selection.ErrSyntax) && !strings.Contains(text, "/") {
		return nil, ErrNoPlace
	} else if err != nil {
		return nil, err
	}
	return wayTo(ctx, cat, rule.Kind, rule.PermID)
}

// wayMost is how deep objects are nested at most.
const wayMost = 50

func wayTo(ctx context.Context, cat Catalog, kind openbis.Kind, id string) (Way, error) {
	var way Way
	for range wayMost {
		got, err := cat.Get(ctx, kind, id)
		if err != nil {
			return nil, err
		}
		e, ok := got[id]
		if !ok {
			return nil, ErrNoPlace
		}
		way = append(Way{e}, way...)
		up := holder(&e)
		if up == nil {
			return way, nil
		}
		kind, id = up.Kind, selection.KeyOf(*up).PermID
	}
	return nil, ErrNoPlace
}

// holder is what the tree draws an entity below; nil for a space.
func holder(e *openbis.Entity) *openbis.Ref {
	switch e.Kind {
	case openbis.KindSpace:
		return nil
	case openbis.KindObject:
		if e.Collection != "" || e.CollRef != nil {
			coll := e.Collection
			if e.CollRef != nil {
				coll = e.CollRef.PermID
			}
			above := openbis.Ref{Kind: openbis.KindCollection, PermID: coll}
			if shownBelowParent(above, e) {
				for i := range e.Parents {
					if e.Parents[i].Collection == coll && e.Parents[i].PermID != e.PermID {
						return &e.Parents[i]
					}
				}
			}
			return &above
		}
	case openbis.KindDataSet:
		if e.ObjectRef != nil {
			return e.ObjectRef
		}
		if e.CollRef != nil {
			return e.CollRef
		}
	}
	if e.ProjectRef != nil && e.Kind != openbis.KindProject {
		return e.ProjectRef
	}
	if e.Space != "" {
		return &openbis.Ref{Kind: openbis.KindSpace, PermID: e.Space, Code: e.Space}
	}
	return nil
}

// Show puts a way into the tree, where it is not loaded yet, and the cursor on
// its end. It is false where the tree has no such space.
func (f *Flow) Show(way Way) bool {
	at, ok := tree.ID(0), false
	for i := range way {
		it := ItemOf(&way[i])
		if i == 0 {
			if at, ok = f.Tree.Find(it.Key); !ok {
				return false
			}
			continue
		}
		at = f.Tree.Insert(at, it)
	}
	f.Tree.Reveal(at)
	return true
}

// PlaceText is what is said of a place that was gone to.
func PlaceText(way Way) string {
	last := way[len(way)-1]
	return safetext.Line(last.Label())
}
