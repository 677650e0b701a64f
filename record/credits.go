package record

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"zenobis/openbis"
)

// Most entities of a kind below a root that are asked who made them. A share
// counted to here says "at least".
const (
	maxCredited = 2000
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
	people      People
	byUser      map[string]*Credit
	order       []string
	atLeast     bool
	first, last time.Time // registrations
}

func newCredits(p People) *credits { return &credits{people: p, byUser: map[string]*Credit{}} }

// add counts an entity for its registrator and its modifier, once each.
func (c *credits) add(e *openbis.Entity) {
	if !e.Registered.IsZero() {
		if c.first.IsZero() || e.Registered.Before(c.first) {
			c.first = e.Registered
		}
		if e.Registered.After(c.last) {
			c.last = e.Registered
		}
	}
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

// credit counts what is below a root, itself included.
func (d *defaults) credit(root *openbis.Entity) error {
	d.credits.add(root)
	kinds := []openbis.Kind{openbis.KindObject, openbis.KindDataSet}
	switch root.Kind {
	case openbis.KindSpace, openbis.KindProject:
		kinds = append([]openbis.Kind{openbis.KindCollection}, kinds...)
	case openbis.KindCollection:
	case openbis.KindObject:
		kinds = kinds[1:]
	default:
		return nil
	}
	for _, kind := range kinds {
		for p := (openbis.Page{Count: creditPage, Credits: true}); p.From >= 0; {
			l, err := d.below(kind, root, p)
			if err != nil {
				return err
			}
			for i := range l.Entities {
				e := &l.Entities[i]
				if e.PermID != root.PermID && d.in.Selected(e.Ref, holders(e, root)...) {
					d.credits.add(e)
					d.keywords(e)
				}
			}
			if p.From = l.Next; p.From >= maxCredited {
				d.credits.atLeast = true
				break
			}
		}
	}
	return nil
}

func (d *defaults) below(kind openbis.Kind, root *openbis.Entity, p openbis.Page) (openbis.Listing, error) {
	if root.Kind == openbis.KindObject {
		return d.cat.DataSetsOf(d.ctx, []string{root.PermID}, p)
	}
	return d.cat.Below(d.ctx, kind, root.Ref, p)
}

// holders are what holds an entity below a root, the nearest first.
func holders(e, root *openbis.Entity) []openbis.Ref {
	var out []openbis.Ref
	for _, r := range []*openbis.Ref{e.ObjectRef, e.CollRef, e.ProjectRef} {
		if r != nil {
			out = append(out, *r)
		}
	}
	if !slices.ContainsFunc(out, func(r openbis.Ref) bool { return r.Kind == root.Kind && r.PermID == root.PermID }) {
		out = append(out, root.Ref)
	}
	return out
}
