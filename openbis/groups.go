package openbis

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// Groups lists the prefixes of the groups of a server with several, by the
// settings objects that the user may read: "GENERAL" first, then by name.
func (c *Client) Groups(ctx context.Context) ([]string, error) {
	objects, err := c.settingsObjects(ctx)
	if err != nil {
		return nil, fmt.Errorf("list groups: %w", err)
	}
	var all []string
	for _, o := range objects {
		if prefix := strings.TrimSuffix(o.Code, "_"+settingsSuffix); prefix != o.Code && prefix != "" && !slices.Contains(all, prefix) {
			all = append(all, prefix)
		}
	}
	slices.SortFunc(all, func(a, b string) int {
		if (a == GeneralGroup) != (b == GeneralGroup) {
			if a == GeneralGroup {
				return -1
			}
			return 1
		}
		return strings.Compare(a, b)
	})
	return all, nil
}

// GroupOf is the group, of those given, to which a space belongs: its code
// begins with the group's prefix. GENERAL for a space of none of them.
func GroupOf(space string, groups []string) string {
	best := GeneralGroup
	for _, g := range groups {
		if g == GeneralGroup || !strings.HasPrefix(strings.ToUpper(space), strings.ToUpper(g)+"_") {
			continue
		}
		if best == GeneralGroup || len(g) > len(best) {
			best = g
		}
	}
	return best
}

// PublicationsSpace is the space in which a group's publications are.
func PublicationsSpace(group string) string {
	space, _, _ := publicationPlace(group)
	return space
}

// PublicationsVisible reports whether the user sees the collection in which a
// group's publications are ("" is GENERAL): without that a registration can't
// be looked up.
func (c *Client) PublicationsVisible(ctx context.Context, group string) (bool, error) {
	seen, err := c.PublicationsSeen(ctx, group)
	return seen[group], err
}

// PublicationsSeen is PublicationsVisible for several groups, in one call.
func (c *Client) PublicationsSeen(ctx context.Context, groups ...string) (map[string]bool, error) {
	var ids []any
	for _, group := range groups {
		_, _, collection := publicationPlace(group)
		id, _ := idOf(KindCollection, collection)
		ids = append(ids, id)
	}
	g, err := c.call(ctx, "getExperiments", ids, fetch(KindCollection, bare))
	if err != nil {
		return nil, fmt.Errorf("look for the collections of publications: %w", err)
	}
	there := map[string]bool{}
	for asked, v := range g.obj(g.root) { // by what was asked for
		there[strings.ToUpper(asked)] = true
		there[strings.ToUpper(line(g.obj(g.obj(v)["identifier"])["identifier"]))] = true
	}
	seen := map[string]bool{}
	for _, group := range groups {
		_, _, collection := publicationPlace(group)
		seen[group] = there[collection]
	}
	return seen, nil
}

// InstanceRole reports whether the user has a role on the whole server, and so
// sees every space. Roles through groups of users are not known.
func (c *Client) InstanceRole(ctx context.Context) (bool, error) {
	g, err := c.call(
		ctx,
		"getPersons",
		[]any{me()},
		person().with("roleAssignments", of("roleassignment.fetchoptions.RoleAssignmentFetchOptions")),
	)
	if err != nil {
		return false, fmt.Errorf("read your roles: %w", err)
	}
	for _, v := range g.obj(g.root) {
		for _, role := range g.list(g.obj(v)["roleAssignments"]) {
			if line(role["roleLevel"]) == "INSTANCE" {
				return true, nil
			}
		}
	}
	return false, nil
}
