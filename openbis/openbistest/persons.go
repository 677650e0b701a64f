package openbistest

import (
	"time"
)

func (c *call) person(id *node) *user {
	if id.short() == "Me" {
		return c.caller.user
	}
	return c.s.lab.users[id.str("permId")]
}

func getPersons(c *call) (any, error) {
	fo := c.node(1)
	if fo == nil {
		return nil, runtimeFailure("Fetch options cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m, seen := pairs{}, map[string]bool{}
	for _, id := range c.nodes(0) {
		if u := c.person(id); u != nil && !seen[idText(id)] {
			seen[idText(id)] = true
			m = append(m, pair{idText(id), t.user(u, fo)})
		}
	}
	return m, nil
}

// updatePersons changes settings of web apps, and nothing else.
func updatePersons(c *call) (any, error) {
	if c.caller.pat != nil {
		return nil, userFailure("Personal access tokens cannot be used to manage persons.").bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	updates := c.nodes(0)
	type change struct {
		u    *user
		apps map[string]any
	}
	var changes []change
	for i, n := range updates {
		id := n.node("userId")
		if id == nil {
			return nil, userFailure("User id cannot be null.")
		}
		u := c.person(id)
		if u == nil {
			return nil, notFound(id.short(), idText(id))
		}
		apps, _ := n.fields["webAppSettings"].(map[string]any)
		if apps != nil && u != c.caller.user && c.caller.user.instanceRole < rankAdmin {
			return nil, accessDenied("PersonPermId", u.userID).in(contextOf("updating relation person-web-app-settings", i, len(updates),
				entityContext("PersonPE", u.id, u.userID, u.userID), "update", n))
		}
		changes = append(changes, change{u, apps})
	}
	for _, ch := range changes {
		for app, v := range ch.apps {
			if n, ok := v.(*node); ok {
				ch.u.update(app, n)
			}
		}
	}
	return nil, nil
}

// update runs the actions on one web app: all removes, then all adds, then
// the last set, whatever their order.
func (u *user) update(app string, n *node) {
	m := u.settings[app]
	if m == nil {
		m = map[string]string{}
	}
	var sets *node
	var adds []*node
	for _, a := range n.nodes("actions") {
		switch a.short() {
		case "ListUpdateActionRemove":
			for _, x := range a.list("items") {
				if k, ok := x.(string); ok {
					delete(m, k)
				}
			}
		case "ListUpdateActionAdd":
			adds = append(adds, a.nodes("items")...)
		case "ListUpdateActionSet":
			sets = a
		}
	}
	if sets != nil {
		adds, m = sets.nodes("items"), map[string]string{}
	}
	for _, x := range adds {
		m[x.str("name")] = x.str("value")
	}
	if len(m) == 0 {
		delete(u.settings, app)
		return
	}
	u.settings[app] = m
}

// Setting is a setting of the web app ELN-LIMS of a user, "" for none.
func (s *Server) Setting(user, key string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if u := s.lab.users[user]; u != nil {
		return u.settings["ELN-LIMS"][key]
	}
	return ""
}

// SetSetting sets a setting of the web app ELN-LIMS, as the ELN would.
func (s *Server) SetSetting(user, key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.lab.users[user]
	if u.settings["ELN-LIMS"] == nil {
		u.settings["ELN-LIMS"] = map[string]string{}
	}
	u.settings["ELN-LIMS"][key] = value
}

func createPATs(c *call) (any, error) {
	if c.s.o.NoPATs {
		return nil, userFailure("Personal access tokens are disabled.").bare()
	}
	if c.caller.pat != nil {
		return nil, userFailure("Personal access tokens cannot be used to manage personal access tokens.").bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := list{}
	var made []*pat
	for _, n := range c.nodes(0) {
		owner := c.caller.user
		if id := n.node("ownerId"); id != nil {
			if owner = c.person(id); owner == nil {
				return nil, notFound(id.short(), idText(id))
			}
			if owner != c.caller.user && c.caller.user.instanceRole < rankAdmin {
				return nil, accessDenied("PersonPermId", owner.userID)
			}
		}
		from, to := timeOf(n, "validFromDate"), timeOf(n, "validToDate")
		switch {
		case n.str("sessionName") == "":
			return nil, userFailure("Session name cannot be empty.")
		case from.IsZero():
			return nil, userFailure("Valid from date cannot be null.")
		case to.IsZero():
			return nil, userFailure("Valid to date cannot be null.")
		case !from.Before(to):
			return nil, userFailure("Valid from date cannot be later than valid to date.")
		}
		if last := from.Add(s.o.MaxPATValidity); to.After(last) {
			to = last
		}
		p := &pat{token: patPrefix + s.newToken(owner.userID), name: n.str("sessionName"), owner: owner, from: from, to: to, registered: s.now()}
		made = append(made, p)
		ids = append(ids, permIDObj("as.dto.pat.id.PersonalAccessTokenPermId", p.token))
	}
	s.tokens = append(s.tokens, made...)
	return ids, nil
}

func (c *call) visiblePAT(p *pat) bool {
	return p.owner == c.caller.user || c.caller.user.instanceRole >= rankAdmin
}

func getPATs(c *call) (any, error) {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m := pairs{}
	for _, id := range c.nodes(0) {
		for _, p := range c.s.tokens {
			if p.token == id.str("permId") && c.visiblePAT(p) {
				m = append(m, pair{p.token, t.pat(p, c.node(1))})
			}
		}
	}
	return m, nil
}

func searchPATs(c *call) (any, error) {
	if c.node(0) == nil {
		return nil, runtimeFailure("Criteria cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	var found []*pat
	for _, p := range c.s.tokens {
		if c.visiblePAT(p) && c.s.matchesPAT(c.node(0), p) {
			found = append(found, p)
		}
	}
	objects := list{}
	for _, p := range page(found, c.node(1)) {
		objects = append(objects, t.pat(p, c.node(1)))
	}
	return searchResult(objects, len(found)), nil
}

func (s *Server) matchesPAT(criteria *node, p *pat) bool {
	for _, m := range criteria.nodes("criteria") {
		switch m.short() {
		case "PersonalAccessTokenSessionNameSearchCriteria":
			if !matchValue(m.node("fieldValue"), p.name) {
				return false
			}
		case "PersonalAccessTokenOwnerSearchCriteria":
			if !s.matchesUser(m, p.owner) {
				return false
			}
		case "PermIdSearchCriteria":
			if !matchValue(m.node("fieldValue"), p.token) {
				return false
			}
		}
	}
	return true
}

func (t *translator) pat(p *pat, fo *node) *obj {
	f := freshFetch("as.dto.pat.fetchoptions.PersonalAccessTokenFetchOptions")
	o := newObj("as.dto.pat.PersonalAccessToken").set("fetchOptions", f, "permId", permIDObj("as.dto.pat.id.PersonalAccessTokenPermId", p.token),
		"hash", p.token, "sessionName", p.name, "validFromDate", millis(p.from), "validToDate", millis(p.to),
		"registrationDate", millis(p.registered), "modificationDate", millis(p.registered), "accessDate", millis(p.accessed))
	for _, k := range []string{"owner", "registrator", "modifier"} {
		if n := fo.node(k); n != nil {
			f.set(k, t.fetch(n))
			o.set(k, t.user(p.owner, n))
		}
	}
	return o
}

// ExpirePATs lets all personal access tokens end at a time.
func (s *Server) ExpirePATs(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.tokens {
		p.to = at
	}
}
