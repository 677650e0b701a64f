package flow

import (
	"slices"
	"strings"

	"zenobis/selection"
)

// MultiGroup reports whether a publication must be put into a group's list.
func (f *Flow) MultiGroup() bool { return f.Who.Groups.Several() }

// OwnGroups are the groups that can be chosen: the user's own.
func (f *Flow) OwnGroups() []string { return f.Who.Groups.Mine() }

// ChosenGroups are the groups that were chosen, in the server's order. Until
// somebody has, it is the only sensible one, if there is one.
func (f *Flow) ChosenGroups() []string {
	if f.Description.groups == nil {
		if name, _ := f.Who.Groups.Likely(f.selectedSpaces()); name != "" {
			return []string{name}
		}
		return nil
	}
	var out []string
	for _, g := range f.OwnGroups() {
		if f.Description.groups[g] {
			out = append(out, g)
		}
	}
	return out
}

// GroupsText are the chosen groups, and why where nobody has chosen.
func (f *Flow) GroupsText() string {
	if f.Description.groups == nil {
		if name, why := f.Who.Groups.Likely(f.selectedSpaces()); name != "" {
			return name + " (" + why + ")"
		}
	}
	return strings.Join(f.ChosenGroups(), ", ")
}

// InGroup reports whether a group is chosen.
func (f *Flow) InGroup(g string) bool { return slices.Contains(f.ChosenGroups(), g) }

// SetGroup chooses a group or takes it away.
func (f *Flow) SetGroup(g string, chosen bool) {
	if f.Description.groups == nil {
		before := f.ChosenGroups()
		f.Description.groups = make(map[string]bool)
		for _, x := range before {
			f.Description.groups[x] = true
		}
	}
	f.Description.groups[g] = chosen
}

// selectedSpaces are the spaces in which what is selected lies; "" for one that
// its label does not tell.
func (f *Flow) selectedSpaces() []string {
	spaces, unknown := f.Selection().Spaces(func(r selection.Rule) (string, bool) {
		path, ok := strings.CutPrefix(r.Label, "/")
		space, _, _ := strings.Cut(path, "/")
		return space, ok
	})
	if len(unknown) > 0 {
		spaces = append(spaces, "")
	}
	return spaces
}
