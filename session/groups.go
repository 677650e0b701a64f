package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"golang.org/x/sync/errgroup"

	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
)

// Collection says what is known of the collection in which a group's
// publications are recorded.
type Collection int

// What can be known.
const (
	hidden  Collection = iota // the user does not see its space, so nobody can tell
	Missing                   // the user would see it if it were there
	Visible
)

// Group is a group of a server with several. Publications are recorded in a
// group's own list.
type Group struct {
	Name         string // prefix of its spaces; "GENERAL" is the one without
	Mine         bool   // the user has a role in one of its spaces
	Publications Collection
}

// Groups are those whose settings the user may read, GENERAL first. A server
// without groups has GENERAL alone.
type Groups []Group

// Groups asks which groups there are, and which of them are the user's.
func (s *Session) Groups(ctx context.Context) (Groups, error) {
	var names []string
	var spaces []openbis.Entity
	everywhere := false
	g, beside := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		names, err = s.Client.Groups(beside)
		if errors.Is(err, openbis.ErrDenied) || errors.Is(err, openbis.ErrNotFound) {
			return nil
		}
		return err
	})
	g.Go(func() (err error) {
		spaces, err = s.Client.Spaces(beside)
		return err
	})
	g.Go(func() (err error) {
		if everywhere, err = s.Client.InstanceRole(beside); !lasting(ctx, err) {
			return nil // roles are not told, which makes less certain
		}
		return err
	})
	if err := g.Wait(); err != nil {
		return nil, err
	}
	if len(names) == 0 { // no settings can be read: the service knows GENERAL then
		names = []string{openbis.GeneralGroup}
	}
	seen, err := s.PublicationsSeen(ctx, names...)
	if err != nil {
		return nil, err
	}
	out := make(Groups, 0, len(names))
	for _, name := range names {
		g := Group{Name: name}
		sees := everywhere
		for i := range spaces {
			code := spaces[i].Code
			_, hidden := openbis.SectionOf(code)
			g.Mine = g.Mine || !hidden && openbis.GroupOf(code, names) == name
			sees = sees || code == openbis.PublicationsSpace(name)
		}
		switch {
		case seen[name]:
			g.Publications = Visible
		case sees:
			g.Publications = Missing
		}
		out = append(out, g)
	}
	if len(out) == 1 {
		out[0].Mine = true // there is no other
	}
	return out, nil
}

// Several reports whether a publication must be put into a group's list.
func (g Groups) Several() bool { return len(g) > 1 || len(g) == 1 && g[0].Name != openbis.GeneralGroup }

// Mine are the names of the user's own groups that can record a publication.
func (g Groups) Mine() []string {
	var names []string
	for _, x := range g {
		if x.Mine && x.Publications != Missing {
			names = append(names, x.Name)
		}
	}
	return names
}

// find is the group of a name, in any spelling.
func (g Groups) find(name string) (Group, bool) {
	i := slices.IndexFunc(g, func(x Group) bool { return strings.EqualFold(x.Name, strings.TrimSpace(name)) })
	if i < 0 {
		return Group{}, false
	}
	return g[i], true
}

// Likely is the group that is preselected, and why: the only one of the user's, or
// the one in whose spaces all that is selected lies (spaces are codes). "" if there
// is no telling.
func (g Groups) Likely(spaces []string) (name, why string) {
	mine := g.Mine()
	var seen []string // those whose publications the user sees, if there are any
	for _, name := range mine {
		if x, _ := g.find(name); x.Publications == Visible {
			seen = append(seen, name)
		}
	}
	switch {
	case len(mine) == 1:
		return mine[0], "the only group of yours"
	case len(seen) == 1:
		return seen[0], "the only group of yours whose publications you see"
	}
	var names []string
	for _, x := range g {
		names = append(names, x.Name)
	}
	var of []string
	for _, space := range spaces {
		if name := openbis.GroupOf(space, names); !slices.Contains(of, name) {
			of = append(of, name)
		}
	}
	if len(of) == 1 && slices.Contains(mine, of[0]) {
		return of[0], "all that is selected lies in its spaces"
	}
	return "", ""
}

// ErrGroup refuses a group that was named; test with errors.Is.
var ErrGroup = errors.New("not a group for this")

// Check holds chosen groups against those of the server, and returns them as it
// spells them. A notice says what can't be seen. Errors are refusals.
func (g Groups) Check(chosen []string) (names []string, notice string, err error) {
	for _, c := range chosen {
		x, ok := g.find(c)
		if !ok {
			var known []string
			for _, x := range g {
				known = append(known, x.Name)
			}
			why := "you see " + strings.Join(known, ", ")
			if near := human.Nearest(strings.ToUpper(c), g.Mine()); near != "" {
				why = "did you mean " + near + "?"
			}
			return nil, "", failure.Refuse(
				fmt.Sprintf("openBIS has no group %q that you may see", safetext.Safe(c)),
				why,
				"name one of your groups: "+strings.Join(g.Mine(), ", "),
				ErrGroup,
			)
		}
		switch {
		case !x.Mine:
			return nil, "", failure.Refuse(
				"you have no role in the group "+x.Name,
				"",
				"name one of your groups: "+strings.Join(g.Mine(), ", "),
				ErrGroup,
			)
		case x.Publications == Missing:
			return nil, "", failure.Refuse(
				"the publication could not be recorded in openBIS",
				"the group "+x.Name+" has no collection of publications",
				"ask the lab manager for it, or name another group",
				ErrGroup,
			)
		case x.Publications == hidden:
			notice = "The publications of " + x.Name + " are not visible to you, so nobody can tell here whether the publication will be recorded."
		}
		if !slices.Contains(names, x.Name) {
			names = append(names, x.Name)
		}
	}
	return names, notice, nil
}

// SpacesOf are the codes of the spaces in which what is selected lies.
func (s *Session) SpacesOf(ctx context.Context, sel selection.Selection) ([]string, error) {
	s.mu.Lock()
	out, unknown := sel.Spaces(func(r selection.Rule) (string, bool) {
		space, known := s.spaces[selection.Key{Kind: r.Kind, PermID: r.PermID}]
		return space, known
	})
	s.mu.Unlock()
	ask := map[openbis.Kind][]string{}
	for _, r := range unknown {
		ask[r.Kind] = append(ask[r.Kind], r.PermID)
	}
	for kind, list := range ask {
		found, err := s.Client.Get(ctx, kind, list...)
		if err != nil {
			return nil, err
		}
		s.mu.Lock()
		for id, e := range found {
			out = append(out, e.Space)
			if s.spaces == nil {
				s.spaces = map[selection.Key]string{}
			}
			s.spaces[selection.Key{Kind: kind, PermID: id}] = e.Space
		}
		s.mu.Unlock()
	}
	slices.Sort(out)
	return slices.Compact(out), nil
}

// Choose settles in which groups' lists a publication is recorded: those asked
// for, else the likely one. It is refused where there is no telling.
func (g Groups) Choose(asked, spaces []string) (names []string, notice string, err error) {
	if len(asked) > 0 {
		return g.Check(asked)
	}
	if !g.Several() {
		_, notice, err := g.Check([]string{openbis.GeneralGroup})
		return nil, notice, err // the service knows it by itself
	}
	likely, why := g.Likely(spaces)
	if likely == "" {
		mine := g.Mine()
		if len(mine) == 0 {
			return nil, "", failure.Refuse(
				"no group of yours can record a publication",
				"this openBIS has several groups, and you have a role in none that has publications",
				"ask the lab manager",
				nil,
			)
		}
		return nil, "", failure.Refuse(
			"this openBIS has several groups: say in whose list the publication is to appear",
			"",
			"add --group "+strings.Join(mine, " or --group "),
			nil,
		)
	}
	names, hidden, err := g.Check([]string{likely})
	if err == nil {
		notice = strings.TrimSpace("The publication will be recorded for the group " + likely + ": " + why + ". " + hidden)
	}
	return names, notice, err
}
