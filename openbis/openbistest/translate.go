package openbistest

import (
	"encoding/json"
	"strconv"
	"time"
)

// translator makes DTOs for one operation. As on the server, an entity has
// one DTO for each fetch options under which it is met: objects that share a
// collection refer to the same one, but a member of a list and the same
// entity as somebody's parent are two, unless the options are the same too
// (recursive ones). With Options.OneDTO an entity has a single one.
type translator struct {
	s      *Server
	c      *call
	dtos   map[fetched]*obj
	fresh  map[any]*obj // DTOs of other things: users, stores
	done   map[fetched]bool
	fos    map[*node]*obj
	typed  map[typeFetch]*obj
	stores map[*store]*obj
}

type fetched struct {
	what any
	fo   *node
}

type typeFetch struct {
	what any
	fo   *node
}

func (c *call) translator() *translator {
	return &translator{s: c.s, c: c, dtos: map[fetched]*obj{}, fresh: map[any]*obj{}, done: map[fetched]bool{},
		fos: map[*node]*obj{}, typed: map[typeFetch]*obj{}, stores: map[*store]*obj{}}
}

// freshFetch is fetch options of a class as a new instance has them.
func freshFetch(class string) *obj {
	o := newObj(class)
	o.set("cacheMode", "NO_CACHE")
	switch shortName(o.class.name) {
	case "PersonFetchOptions":
		o.set("allWebAppSettings", false)
	case "WebAppSettingsFetchOptions":
		o.set("allSettings", false)
	}
	return o
}

// fetch writes fetch options as they were asked for. Cyclic ones come out
// cyclic.
func (t *translator) fetch(n *node) *obj {
	if n == nil {
		return nil
	}
	if o := t.fos[n]; o != nil {
		return o
	}
	o := newObj(n.typ)
	t.fos[n] = o
	base := freshFetch(n.typ)
	copy(o.vals, base.vals)
	for _, k := range n.keys {
		i, ok := o.class.index[k]
		if !ok {
			continue
		}
		switch v := n.fields[k].(type) {
		case *node:
			if k == "sort" {
				o.vals[i] = t.sort(v)
			} else {
				o.vals[i] = t.fetch(v)
			}
		case map[string]any:
			var m pairs
			for _, key := range sortedKeys(v) {
				x, _ := v[key].(*node)
				m = append(m, pair{key, t.fetch(x)})
			}
			o.vals[i] = m
		case json.Number:
			if x, err := v.Int64(); err == nil {
				o.vals[i] = x
			}
		case string, bool:
			if k != "sortBy" {
				o.vals[i] = v
			}
		case []any:
			var l list
			for _, x := range v {
				if s, ok := x.(string); ok {
					l = append(l, s)
				}
			}
			o.vals[i] = l
		}
	}
	if i, ok := o.class.index["sort"]; ok {
		if j, ok := o.class.index["sortBy"]; ok {
			o.vals[j] = o.vals[i]
		}
	}
	return o
}

// sort writes the sort options of nested fetch options.
func (t *translator) sort(n *node) *obj {
	c := &class{name: n.typ, keys: []string{"sortings"}, index: map[string]int{"sortings": 0}}
	o := &obj{class: c, vals: make([]any, 1)}
	l := list{}
	for _, x := range n.nodes("sortings") {
		order := newObj("as.dto.common.fetchoptions.SortOrder").set("asc", ascending(x))
		l = append(l, newObj("as.dto.common.fetchoptions.Sorting").set("field", x.str("field"), "order", order))
	}
	return o.set("sortings", l)
}

func permIDObj(class, id string) *obj { return newObj(class).set("permId", id) }

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// users

func (t *translator) user(u *user, fo *node) any {
	if u == nil {
		return nil
	}
	o := t.fresh[u]
	if o == nil {
		o = newObj("as.dto.person.Person")
		t.fresh[u] = o
		o.set("fetchOptions", freshFetch("as.dto.person.fetchoptions.PersonFetchOptions"),
			"permId", permIDObj("as.dto.person.id.PersonPermId", u.userID), "userId", u.userID, "firstName", u.first,
			"lastName", u.last, "email", u.email, "registrationDate", millis(u.registered), "active", true)
	}
	if fo == nil || t.done[fetched{u, fo}] {
		return o
	}
	t.done[fetched{u, fo}] = true
	f := o.get("fetchOptions").(*obj)
	if n := fo.node("space"); n != nil {
		f.set("space", t.fetch(n))
		if home := t.s.lab.byPerm[kindSpace][u.home]; home != nil && t.s.sees(t.c.caller.user, home) {
			o.set("space", t.entity(home, n))
		}
	}
	if n := fo.node("registrator"); n != nil {
		f.set("registrator", t.fetch(n))
	}
	if n := fo.node("roleAssignments"); n != nil {
		f.set("roleAssignments", t.fetch(n))
		l := list{}
		for i, r := range u.roles {
			l = append(l, t.role(u, i, r, n))
		}
		o.set("roleAssignments", l)
	}
	t.settings(u, o, f, fo)
	return o
}

// settings adds the settings of web apps: those of others are for instance
// admins only.
func (t *translator) settings(u *user, o, f *obj, fo *node) {
	all := fo.flag("allWebAppSettings")
	asked, _ := fo.fields["webAppSettings"].(map[string]any)
	f.set("allWebAppSettings", all)
	if !all && asked == nil {
		return
	}
	var fm pairs
	for _, app := range sortedKeys(asked) {
		n, _ := asked[app].(*node)
		fm = append(fm, pair{app, t.fetch(n)})
	}
	if asked != nil {
		f.set("webAppSettings", fm)
	}
	me := t.c.caller.user
	if u != me && me.instanceRole < rankAdmin {
		return
	}
	var out pairs
	for _, app := range sortedKeys(u.settings) {
		n, named := asked[app].(*node)
		if !all && !named {
			continue
		}
		every := all || n.flag("allSettings")
		names := map[string]bool{}
		for _, x := range n.list("settings") {
			if s, ok := x.(string); ok {
				names[s] = true
			}
		}
		var m pairs
		for _, k := range sortedKeys(u.settings[app]) {
			if every || names[k] {
				m = append(m, pair{k, newObj("as.dto.webapp.WebAppSetting").set("name", k, "value", u.settings[app][k])})
			}
		}
		wf := t.fetch(n)
		if wf == nil {
			wf = freshFetch("as.dto.webapp.fetchoptions.WebAppSettingsFetchOptions").set("allSettings", true)
		}
		out = append(out, pair{app, newObj("as.dto.webapp.WebAppSettings").set("fetchOptions", wf, "webAppId", app, "settings", m)})
	}
	if out == nil {
		out = pairs{}
	}
	o.set("webAppSettings", out)
}

func (t *translator) role(u *user, i int, r RoleSpec, fo *node) *obj {
	id := u.id*100 + i
	o := newObj("as.dto.roleassignment.RoleAssignment").set("fetchOptions", t.fetch(fo),
		"id", newObj("as.dto.roleassignment.id.RoleAssignmentTechId").set("techId", id, "id", strconv.Itoa(id)),
		"role", r.Role, "roleLevel", "INSTANCE", "registrationDate", millis(u.registered))
	if r.Space != "" {
		o.set("roleLevel", "SPACE")
	}
	if r.Project != "" {
		o.set("roleLevel", "PROJECT")
	}
	if n := fo.node("user"); n != nil {
		o.set("user", t.user(u, n))
	}
	if n := fo.node("space"); n != nil {
		if e := t.s.lab.byPerm[kindSpace][r.Space]; e != nil {
			o.set("space", t.entity(e, n))
		}
	}
	if n := fo.node("project"); n != nil {
		if e := t.s.lab.byIdent[kindProject][r.Project]; e != nil {
			o.set("project", t.entity(e, n))
		}
	}
	if n := fo.node("registrator"); n != nil {
		o.set("registrator", t.user(t.s.lab.users["system"], n))
	}
	return o
}

// store is a data store server.
func (t *translator) store(d *store) *obj {
	if o := t.stores[d]; o != nil {
		return o
	}
	url := d.url
	if url == "" {
		url = t.c.base
	}
	o := newObj("as.dto.datastore.DataStore").set("fetchOptions", freshFetch("as.dto.datastore.fetchoptions.DataStoreFetchOptions"),
		"code", d.code, "downloadUrl", url, "remoteUrl", url, "registrationDate", millis(labEpoch()), "modificationDate", millis(labEpoch()))
	t.stores[d] = o
	return o
}

func (t *translator) tags(e *entity, fo *node) list {
	l := list{}
	for _, code := range e.tags {
		id := "/" + e.registrator.userID + "/" + code
		key := typeFetch{"tag " + id, fo}
		o := t.typed[key]
		if o == nil {
			o = newObj("as.dto.tag.Tag").set("fetchOptions", t.fetch(fo), "permId", permIDObj("as.dto.tag.id.TagPermId", id), "code", code,
				"private", true, "registrationDate", millis(labEpoch()))
			t.typed[key] = o
			if n := fo.node("owner"); n != nil {
				o.set("owner", t.user(e.registrator, n))
			}
		}
		l = append(l, o)
	}
	return l
}
