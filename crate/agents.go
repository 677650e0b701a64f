package crate

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

// agents gives each person and organisation one node. Persons are the same only
// by their ORCID or their openBIS user id, never by their name; ids count from 1
// in the order of the crate, since a hash of a user id could be guessed.
type agents struct {
	roles   map[string][]string // of contributors, by the key of an agent
	byUser  map[string]string   // node id by openBIS user id
	byName  map[string]string   // of those of whom only a name is known
	written map[string]bool
	count   int
}

func newAgents(f Facts) *agents {
	a := &agents{roles: map[string][]string{}, byUser: map[string]string{}, byName: map[string]string{}, written: map[string]bool{}}
	for _, c := range f.Contribs {
		if role := wordFor(record.RoleWords(), c.Role); role != "" && !slices.Contains(a.roles[agentKey(c)], role) {
			a.roles[agentKey(c)] = append(a.roles[agentKey(c)], role)
		}
	}
	return a
}

// agentKey is what makes two agents of the metadata the same.
func agentKey(x record.Agent) string {
	return cmp.Or(x.ROR, x.ORCID, x.User, fmt.Sprintf("%s\x00%s\x00%v", x.Family, x.Given, x.Affiliations))
}

// one gives an agent of the metadata its id, and the nodes that are not written yet.
func (a *agents) one(x record.Agent) (id string, nodes []node) {
	switch {
	case x.ROR != "":
		id = record.RORAddress(x.ROR)
	case x.ORCID != "":
		id = record.ORCIDAddress(x.ORCID)
	case x.User != "" && a.byUser[x.User] != "":
		id = a.byUser[x.User]
	default:
		id = a.next()
	}
	if x.User != "" {
		a.byUser[x.User] = id
	}
	if a.written[id] {
		return id, nil
	}
	a.written[id] = true
	n := node{"@id": id, "@type": "Person", "name": strings.TrimSpace(page.OneLine(x.Given) + " " + page.OneLine(x.Family)),
		"familyName": page.OneLine(x.Family)}
	if x.Given != "" {
		n["givenName"] = page.OneLine(x.Given)
	} else if x.Organisation() && x.User == "" {
		n["@type"] = "Organization"
		delete(n, "familyName")
	}
	if roles := a.roles[agentKey(x)]; len(roles) > 0 {
		n["jobTitle"] = strings.Join(roles, ", ")
	}
	var orgs []any
	for _, f := range x.Affiliations {
		if f.Name = page.OneLine(f.Name); f.Name == "" && f.ROR == "" {
			continue
		}
		org, more := a.organisation(f)
		orgs, nodes = append(orgs, ref(org)), append(nodes, more...)
	}
	if len(orgs) > 0 {
		n["affiliation"] = single(orgs)
	}
	return id, append([]node{n}, nodes...)
}

// organisation gives an organisation its id and its node where that is not
// written yet.
func (a *agents) organisation(f record.Affiliation) (id string, nodes []node) {
	if id = record.RORAddress(f.ROR); f.ROR == "" {
		id = "#organization-" + names.Hash(f.Name, 12)
	}
	if a.written[id] {
		return id, nil
	}
	a.written[id] = true
	n := node{"@id": id, "@type": "Organization", "name": f.Name}
	if f.ROR != "" {
		n["name"], n["url"] = cmp.Or(f.Name, id), id
	}
	return id, []node{n}
}

// person gives a person of openBIS an id, "" where nothing may be said of them,
// and the node where that is not written yet.
func (a *agents) person(p *openbis.Person) (id string, nodes []node) {
	name := page.PersonName(p)
	if name == "" {
		return "", nil
	}
	known, key := a.byUser, p.UserID
	if key == "" {
		known, key = a.byName, name
	}
	if known[key] == "" {
		known[key] = a.next()
	}
	if id = known[key]; a.written[id] {
		return id, nil
	}
	a.written[id] = true
	return id, []node{{"@id": id, "@type": "Person", "name": name}}
}

func (a *agents) next() string {
	a.count++
	return fmt.Sprintf("#person-%d", a.count)
}
