package selection

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"zenobis/openbis"
	"zenobis/safetext"
)

// prefixes are the kinds as the command line spells them.
var prefixes = map[string]openbis.Kind{
	"space":      openbis.KindSpace,
	"project":    openbis.KindProject,
	"collection": openbis.KindCollection,
	"experiment": openbis.KindCollection,
	"object":     openbis.KindObject,
	"sample":     openbis.KindObject,
	"dataset":    openbis.KindDataSet,
}

// kinds in the order in which a permId without prefix is looked up.
var kinds = []openbis.Kind{
	openbis.KindDataSet, openbis.KindObject, openbis.KindCollection, openbis.KindProject, openbis.KindSpace,
}

// The errors of reading and looking up; test with errors.Is.
var (
	ErrSyntax  = errors.New("selection not understood") // wrong usage, or two entities fit
	ErrUnknown = errors.New("selection not found")      // no such entity, or invisible to this user
)

// Finder looks entities up by permId, identifier or, spaces, code;
// *openbis.Client implements it.
type Finder interface {
	Get(ctx context.Context, kind openbis.Kind, ids ...string) (map[string]openbis.Entity, error)
}

// Parse reads a rule as the command line spells what is selected, such as
// "object:/LAB/P/S". The rule's PermID still is the text after the prefix, its
// Kind is "" where only openBIS can tell. Resolve looks it up. Errors wrap
// ErrSyntax.
func Parse(s string) (Rule, error) {
	text := strings.TrimSpace(s)
	r := Rule{Mode: All, Label: text}
	if prefix, rest, ok := strings.Cut(text, ":"); ok && !strings.Contains(prefix, "/") {
		kind, known := prefixes[strings.ToLower(prefix)]
		if !known {
			return Rule{}, fmt.Errorf("%w: %s: unknown prefix %s; use space, project, collection, object or dataset",
				ErrSyntax, safetext.Quote(s), safetext.Quote(prefix))
		}
		r.Kind, text = kind, strings.TrimSpace(rest)
	}
	if strings.Trim(text, "/ ") == "" {
		return Rule{}, fmt.Errorf("%w: %s names nothing", ErrSyntax, safetext.Quote(s))
	}
	if !strings.Contains(text, "/") {
		r.PermID = text
		return r, nil
	}
	parts := strings.Split(strings.Trim(text, "/"), "/")
	for _, p := range parts {
		if p == "" {
			return Rule{}, fmt.Errorf("%w: %s has an empty part", ErrSyntax, safetext.Quote(s))
		}
	}
	fits := map[openbis.Kind][2]int{
		openbis.KindSpace:      {1, 1},
		openbis.KindProject:    {2, 2},
		openbis.KindCollection: {3, 3},
		openbis.KindObject:     {2, 3},
		openbis.KindDataSet:    {0, 0},
		"":                     {1, 3},
	}[r.Kind]
	if len(parts) < fits[0] || len(parts) > fits[1] {
		if r.Kind == openbis.KindDataSet {
			return Rule{}, fmt.Errorf("%w: %s: a data set is named by its permId", ErrSyntax, safetext.Quote(s))
		}
		return Rule{}, fmt.Errorf("%w: %s has %d parts; a space has one, a project two, a collection three, an object two or three",
			ErrSyntax, safetext.Quote(s), len(parts))
	}
	r.PermID = "/" + strings.Join(parts, "/")
	if r.Kind == "" {
		r.Kind = map[int]openbis.Kind{1: openbis.KindSpace, 2: openbis.KindProject, 3: ""}[len(parts)]
	}
	if r.Kind == openbis.KindSpace {
		r.PermID = parts[0]
	}
	return r, nil
}

// Spell is how an entity is named on the command line: Parse and Resolve make it of
// that again. Where a path alone may mean something else, its kind stands before it.
func Spell(e openbis.Ref) string {
	text := strings.TrimSpace(e.Identifier)
	switch e.Kind {
	case openbis.KindSpace:
		text = cmp.Or(text, "/"+cmp.Or(e.Code, e.PermID))
	case openbis.KindCollection, openbis.KindObject:
		text = string(e.Kind) + ":" + text
	case openbis.KindDataSet: // has no path
		return e.PermID
	}
	if r, err := Parse(text); err != nil || r.Kind != e.Kind { // such as an object that lies nowhere
		return string(e.Kind) + ":" + e.PermID
	}
	return text
}

// Resolve reads a selection and looks it up; PermID and Label are openBIS' then.
// Errors wrap ErrSyntax or ErrUnknown, or come from openBIS.
func Resolve(ctx context.Context, find Finder, s string) (Rule, error) {
	r, err := Parse(s)
	if err != nil {
		return Rule{}, err
	}
	look := []openbis.Kind{r.Kind}
	switch {
	case r.Kind == "" && strings.HasPrefix(r.PermID, "/"):
		look = []openbis.Kind{openbis.KindCollection, openbis.KindObject}
	case r.Kind == "":
		look = kinds
	}
	var found []openbis.Entity
	for _, kind := range look {
		got, err := find.Get(ctx, kind, r.PermID)
		if err != nil {
			return Rule{}, fmt.Errorf("look up %s: %w", safetext.Quote(s), err)
		}
		if e, ok := got[r.PermID]; ok {
			found = append(found, e)
		}
	}
	switch len(found) {
	case 0:
		if r.Kind == openbis.KindProject && strings.HasPrefix(strings.TrimSpace(s), "/") { // an object straight in a space has such a path, too
			got, err := find.Get(ctx, openbis.KindObject, r.PermID)
			if _, ok := got[r.PermID]; ok && err == nil {
				return Rule{}, fmt.Errorf("%w: there is no project %s; the object of that path is %s:%s",
					ErrUnknown, safetext.Quote(s), openbis.KindObject, safetext.Line(r.PermID))
			}
		}
		return Rule{}, fmt.Errorf("%w: %s does not exist, or you may not see it", ErrUnknown, safetext.Quote(s))
	case 1:
		e := found[0]
		r.Kind, r.PermID, r.Label = e.Kind, e.PermID, cmp.Or(e.Identifier, e.Code)
		return r, nil
	}
	names := make([]string, len(found))
	for i, e := range found {
		names[i] = string(e.Kind) + ":" + r.PermID
	}
	return Rule{}, fmt.Errorf("%w: %s is more than one thing; say %s", ErrSyntax, safetext.Quote(s), strings.Join(names, " or "))
}
