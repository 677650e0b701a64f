package openbistest

import (
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

func (c *call) person(id *jackson.Node) *labdata.User {
	if id.Short() == "Me" {
		return c.caller.user
	}
	return c.s.lab.Users[id.Str("permId")]
}

func getPersons(c *call) (any, error) {
	fo := c.node(1)
	if fo == nil {
		return nil, jackson.RuntimeFailure("Fetch options cannot be null.")
	}
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m, seen := jackson.Pairs{}, map[string]bool{}
	for _, id := range c.nodes(0) {
		if u := c.person(id); u != nil && !seen[idText(id)] {
			seen[idText(id)] = true
			m = append(m, jackson.Pair{idText(id), t.user(u, fo)})
		}
	}
	return m, nil
}

// updatePersons changes settings of web apps, and nothing else.
func updatePersons(c *call) (any, error) {
	if c.caller.pat != nil {
		return nil, jackson.UserFailure("Personal access tokens cannot be used to manage persons.").Bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	updates := c.nodes(0)
	type change struct {
		u    *labdata.User
		apps map[string]any
	}
	var changes []change
	for i, n := range updates {
		id := n.Node("userId")
		if id == nil {
			return nil, jackson.UserFailure("User id cannot be null.")
		}
		u := c.person(id)
		if u == nil {
			return nil, jackson.NotFound(id.Short(), idText(id))
		}
		apps, _ := n.Fields["webAppSettings"].(map[string]any)
		if apps != nil && u != c.caller.user && c.caller.user.InstanceRole < labdata.RankAdmin {
			return nil, jackson.AccessDenied("PersonPermId", u.UserID).
				In(jackson.ContextOf("updating relation person-web-app-settings", i, len(updates),
					jackson.EntityContext("PersonPE", u.Id, u.UserID, u.UserID), "update", n))
		}
		changes = append(changes, change{u, apps})
	}
	for _, ch := range changes {
		for app, v := range ch.apps {
			if n, ok := v.(*jackson.Node); ok {
				updateSettings(ch.u, app, n)
			}
		}
	}
	return nil, nil
}

// updateSettings runs the actions on one web app: all removes, then all adds, then
// the last set, whatever their order.
func updateSettings(u *labdata.User, app string, n *jackson.Node) {
	m := u.Settings[app]
	if m == nil {
		m = map[string]string{}
	}
	var sets *jackson.Node
	var adds []*jackson.Node
	for _, a := range n.Nodes("actions") {
		switch a.Short() {
		case "ListUpdateActionRemove":
			for _, x := range a.List("items") {
				if k, ok := x.(string); ok {
					delete(m, k)
				}
			}
		case "ListUpdateActionAdd":
			adds = append(adds, a.Nodes("items")...)
		case "ListUpdateActionSet":
			sets = a
		}
	}
	if sets != nil {
		adds, m = sets.Nodes("items"), map[string]string{}
	}
	for _, x := range adds {
		m[x.Str("name")] = x.Str("value")
	}
	if len(m) == 0 {
		delete(u.Settings, app)
		return
	}
	u.Settings[app] = m
}

// Setting is a setting of the web app ELN-LIMS of a user, "" for none.
func (s *Server) Setting(user, key string) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if u := s.lab.Users[user]; u != nil {
		return u.Settings["ELN-LIMS"][key]
	}
	return ""
}

// SetSetting sets a setting of the web app ELN-LIMS, as the ELN would.
func (s *Server) SetSetting(user, key, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.lab.Users[user]
	if u.Settings["ELN-LIMS"] == nil {
		u.Settings["ELN-LIMS"] = map[string]string{}
	}
	u.Settings["ELN-LIMS"][key] = value
}

func createPATs(c *call) (any, error) {
	if c.s.o.NoPATs {
		return nil, jackson.UserFailure("Personal access tokens are disabled.").Bare()
	}
	if c.caller.pat != nil {
		return nil, jackson.UserFailure("Personal access tokens cannot be used to manage personal access tokens.").Bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := jackson.List{}
	var made []*pat
	for _, n := range c.nodes(0) {
		owner := c.caller.user
		if id := n.Node("ownerId"); id != nil {
			if owner = c.person(id); owner == nil {
				return nil, jackson.NotFound(id.Short(), idText(id))
			}
			if owner != c.caller.user && c.caller.user.InstanceRole < labdata.RankAdmin {
				return nil, jackson.AccessDenied("PersonPermId", owner.UserID)
			}
		}
		from, to := timeOf(n, "validFromDate"), timeOf(n, "validToDate")
		switch {
		case n.Str("sessionName") == "":
			return nil, jackson.UserFailure("Session name cannot be empty.")
		case from.IsZero():
			return nil, jackson.UserFailure("Valid from date cannot be null.")
		case to.IsZero():
			return nil, jackson.UserFailure("Valid to date cannot be null.")
		case to.Before(s.now()):
			return nil, jackson.UserFailure("Valid to date cannot be in the past.")
		case !from.Before(to):
			return nil, jackson.UserFailure("Valid from date cannot be later than valid to date.")
		}
		if last := from.Add(s.o.MaxPATValidity); to.After(last) {
			to = last
		}
		p := &pat{token: patPrefix + s.newToken(owner.UserID), name: n.Str("sessionName"), owner: owner, from: from, to: to, registered: s.now()}
		made = append(made, p)
		ids = append(ids, permIDObj("as.dto.pat.id.PersonalAccessTokenPermId", p.token))
	}
	s.tokens = append(s.tokens, made...)
	return ids, nil
}

func (c *call) visiblePAT(p *pat) bool {
	return p.owner == c.caller.user || c.caller.user.InstanceRole >= labdata.RankAdmin
}

func getPATs(c *call) (any, error) {
	c.s.mu.RLock()
	defer c.s.mu.RUnlock()
	t := c.translator()
	m := jackson.Pairs{}
	for _, id := range c.nodes(0) {
		for _, p := range c.s.tokens {
			if p.token == id.Str("permId") && c.visiblePAT(p) {
				m = append(m, jackson.Pair{p.token, t.pat(p, c.node(1))})
			}
		}
	}
	return m, nil
}

func searchPATs(c *call) (any, error) {
	if c.node(0) == nil {
		return nil, jackson.RuntimeFailure("Criteria cannot be null.")
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
	objects := jackson.List{}
	for _, p := range page(found, c.node(1)) {
		objects = append(objects, t.pat(p, c.node(1)))
	}
	return searchResult(objects, len(found)), nil
}

func (s *Server) matchesPAT(criteria *jackson.Node, p *pat) bool {
	for _, m := range criteria.Nodes("criteria") {
		switch m.Short() {
		case "PersonalAccessTokenSessionNameSearchCriteria":
			if !matchValue(m.Node("fieldValue"), p.name) {
				return false
			}
		case "PersonalAccessTokenOwnerSearchCriteria":
			if !s.matchesUser(m, p.owner) {
				return false
			}
		case "PermIdSearchCriteria":
			if !matchValue(m.Node("fieldValue"), p.token) {
				return false
			}
		}
	}
	return true
}

func (t *translator) pat(p *pat, fo *jackson.Node) *jackson.Obj {
	f := freshFetch("as.dto.pat.fetchoptions.PersonalAccessTokenFetchOptions")
	o := jackson.NewObj("as.dto.pat.PersonalAccessToken").
		Set("fetchOptions", f, "permId", permIDObj("as.dto.pat.id.PersonalAccessTokenPermId", p.token),
			"hash", p.token, "sessionName", p.name, "validFromDate", millis(p.from), "validToDate", millis(p.to),
			"registrationDate", millis(p.registered), "modificationDate", millis(p.registered), "accessDate", millis(p.accessed))
	for _, k := range []string{"owner", "registrator", "modifier"} {
		if n := fo.Node(k); n != nil {
			f.Set(k, t.fetch(n))
			o.Set(k, t.user(p.owner, n))
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
