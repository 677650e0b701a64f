package openbistest

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// translator makes DTOs for one operation. As on the server, an entity has
// one DTO for each fetch options under which it is met: objects that share a
// collection refer to the same one, but a member of a list and the same
// entity as somebody's parent are two, unless the options are the same too
// (recursive ones). With Options.OneDTO an entity has a single one.
type translator struct {
	s      *Server
	c      *call
	dtos   map[fetched]*jackson.Obj
	fresh  map[any]*jackson.Obj // DTOs of other things: users, stores
	done   map[fetched]bool
	fos    map[*jackson.Node]*jackson.Obj
	typed  map[typeFetch]*jackson.Obj
	stores map[*labdata.Store]*jackson.Obj
}

type fetched struct {
	what any
	fo   *jackson.Node
}

type typeFetch struct {
	what any
	fo   *jackson.Node
}

func (c *call) translator() *translator {
	return &translator{s: c.s, c: c, dtos: map[fetched]*jackson.Obj{}, fresh: map[any]*jackson.Obj{}, done: map[fetched]bool{},
		fos: map[*jackson.Node]*jackson.Obj{}, typed: map[typeFetch]*jackson.Obj{}, stores: map[*labdata.Store]*jackson.Obj{}}
}

// freshFetch is fetch options of a class as a new instance has them.
func freshFetch(class string) *jackson.Obj {
	o := jackson.NewObj(class)
	o.Set("cacheMode", "NO_CACHE")
	switch jackson.ShortName(o.Class.Name) {
	case "PersonFetchOptions":
		o.Set("allWebAppSettings", false)
	case "WebAppSettingsFetchOptions":
		o.Set("allSettings", false)
	}
	return o
}

// fetch writes fetch options as they were asked for. Cyclic ones come out
// cyclic.
func (t *translator) fetch(n *jackson.Node) *jackson.Obj {
	if n == nil {
		return nil
	}
	if o := t.fos[n]; o != nil {
		return o
	}
	o := jackson.NewObj(n.Typ)
	t.fos[n] = o
	base := freshFetch(n.Typ)
	copy(o.Vals, base.Vals)
	for _, k := range n.Keys {
		i, ok := o.Class.Index[k]
		if !ok {
			continue
		}
		switch v := n.Fields[k].(type) {
		case *jackson.Node:
			if k == "sort" {
				o.Vals[i] = t.sort(v)
			} else {
				o.Vals[i] = t.fetch(v)
			}
		case map[string]any:
			var m jackson.Pairs
			for _, key := range slices.Sorted(maps.Keys(v)) {
				x, _ := v[key].(*jackson.Node)
				m = append(m, jackson.Pair{key, t.fetch(x)})
			}
			o.Vals[i] = m
		case json.Number:
			if x, err := v.Int64(); err == nil {
				o.Vals[i] = x
			}
		case string, bool:
			if k != "sortBy" {
				o.Vals[i] = v
			}
		case []any:
			var l jackson.List
			for _, x := range v {
				if s, ok := x.(string); ok {
					l = append(l, s)
				}
			}
			o.Vals[i] = l
		}
	}
	if i, ok := o.Class.Index["sort"]; ok {
		if j, ok := o.Class.Index["sortBy"]; ok {
			o.Vals[j] = o.Vals[i]
		}
	}
	return o
}

// sort writes the sort options of nested fetch options.
func (t *translator) sort(n *jackson.Node) *jackson.Obj {
	c := &jackson.Class{Name: n.Typ, Keys: []string{"sortings"}, Index: map[string]int{"sortings": 0}}
	o := &jackson.Obj{Class: c, Vals: make([]any, 1)}
	l := jackson.List{}
	for _, x := range n.Nodes("sortings") {
		order := jackson.NewObj("as.dto.common.fetchoptions.SortOrder").Set("asc", ascending(x))
		l = append(l, jackson.NewObj("as.dto.common.fetchoptions.Sorting").Set("field", x.Str("field"), "order", order))
	}
	return o.Set("sortings", l)
}

func permIDObj(class, id string) *jackson.Obj { return jackson.NewObj(class).Set("permId", id) }

func millis(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UnixMilli()
}

// users

func (t *translator) user(u *labdata.User, fo *jackson.Node) any {
	if u == nil {
		return nil
	}
	o := t.fresh[u]
	if o == nil {
		o = jackson.NewObj("as.dto.person.Person")
		t.fresh[u] = o
		o.Set("fetchOptions", freshFetch("as.dto.person.fetchoptions.PersonFetchOptions"),
			"permId", permIDObj("as.dto.person.id.PersonPermId", u.UserID), "userId", u.UserID, "firstName", u.FirstName,
			"lastName", u.LastName, "email", u.Email, "registrationDate", millis(u.Registered), "active", true)
	}
	if fo == nil || t.done[fetched{u, fo}] {
		return o
	}
	t.done[fetched{u, fo}] = true
	f := o.Get("fetchOptions").(*jackson.Obj)
	if n := fo.Node("space"); n != nil {
		f.Set("space", t.fetch(n))
		if home := t.s.lab.ByPerm[labdata.KindSpace][u.Home]; home != nil && t.s.sees(t.c.caller.user, home) {
			o.Set("space", t.entity(home, n))
		}
	}
	if n := fo.Node("registrator"); n != nil {
		f.Set("registrator", t.fetch(n))
	}
	if n := fo.Node("roleAssignments"); n != nil {
		f.Set("roleAssignments", t.fetch(n))
		l := jackson.List{}
		for i, r := range u.Roles {
			l = append(l, t.role(u, i, r, n))
		}
		o.Set("roleAssignments", l)
	}
	t.settings(u, o, f, fo)
	return o
}

// settings adds the settings of web apps: those of others are for instance
// admins only.
func (t *translator) settings(u *labdata.User, o, f *jackson.Obj, fo *jackson.Node) {
	all := fo.Flag("allWebAppSettings")
	asked, _ := fo.Fields["webAppSettings"].(map[string]any)
	f.Set("allWebAppSettings", all)
	if !all && asked == nil {
		return
	}
	var fm jackson.Pairs
	for _, app := range slices.Sorted(maps.Keys(asked)) {
		n, _ := asked[app].(*jackson.Node)
		fm = append(fm, jackson.Pair{app, t.fetch(n)})
	}
	if asked != nil {
		f.Set("webAppSettings", fm)
	}
	me := t.c.caller.user
	if u != me && me.InstanceRole < labdata.RankAdmin {
		return
	}
	var out jackson.Pairs
	for _, app := range slices.Sorted(maps.Keys(u.Settings)) {
		n, named := asked[app].(*jackson.Node)
		if !all && !named {
			continue
		}
		every := all || n.Flag("allSettings")
		names := map[string]bool{}
		for _, x := range n.List("settings") {
			if s, ok := x.(string); ok {
				names[s] = true
			}
		}
		var m jackson.Pairs
		for _, k := range slices.Sorted(maps.Keys(u.Settings[app])) {
			if every || names[k] {
				m = append(m, jackson.Pair{k, jackson.NewObj("as.dto.webapp.WebAppSetting").Set("name", k, "value", u.Settings[app][k])})
			}
		}
		wf := t.fetch(n)
		if wf == nil {
			wf = freshFetch("as.dto.webapp.fetchoptions.WebAppSettingsFetchOptions").Set("allSettings", true)
		}
		out = append(
			out,
			jackson.Pair{app, jackson.NewObj("as.dto.webapp.WebAppSettings").Set("fetchOptions", wf, "webAppId", app, "settings", m)},
		)
	}
	if out == nil {
		out = jackson.Pairs{}
	}
	o.Set("webAppSettings", out)
}

func (t *translator) role(u *labdata.User, i int, r labdata.RoleSpec, fo *jackson.Node) *jackson.Obj {
	id := u.Id*100 + i
	o := jackson.NewObj("as.dto.roleassignment.RoleAssignment").Set("fetchOptions", t.fetch(fo),
		"id", jackson.NewObj("as.dto.roleassignment.id.RoleAssignmentTechId").Set("techId", id, "id", strconv.Itoa(id)),
		"role", r.Role, "roleLevel", "INSTANCE", "registrationDate", millis(u.Registered))
	if r.Space != "" {
		o.Set("roleLevel", "SPACE")
	}
	if r.Project != "" {
		o.Set("roleLevel", "PROJECT")
	}
	if n := fo.Node("user"); n != nil {
		o.Set("user", t.user(u, n))
	}
	if n := fo.Node("space"); n != nil {
		if e := t.s.lab.ByPerm[labdata.KindSpace][r.Space]; e != nil {
			o.Set("space", t.entity(e, n))
		}
	}
	if n := fo.Node("project"); n != nil {
		if e := t.s.lab.ByIdent[labdata.KindProject][r.Project]; e != nil {
			o.Set("project", t.entity(e, n))
		}
	}
	if n := fo.Node("registrator"); n != nil {
		o.Set("registrator", t.user(t.s.lab.Users["system"], n))
	}
	return o
}

// store is a data store server.
func (t *translator) store(d *labdata.Store) *jackson.Obj {
	if o := t.stores[d]; o != nil {
		return o
	}
	url := d.Url
	if url == "" {
		url = t.c.base
	}
	o := jackson.NewObj("as.dto.datastore.DataStore").Set("fetchOptions", freshFetch("as.dto.datastore.fetchoptions.DataStoreFetchOptions"),
		"code", d.Code, "downloadUrl", url, "remoteUrl", url, "registrationDate", millis(labdata.LabEpoch()), "modificationDate",
		millis(labdata.LabEpoch()))
	t.stores[d] = o
	return o
}

func (t *translator) tags(e *labdata.Entity, fo *jackson.Node) jackson.List {
	l := jackson.List{}
	for _, code := range e.Tags {
		id := "/" + e.Registrator.UserID + "/" + code
		key := typeFetch{"tag " + id, fo}
		o := t.typed[key]
		if o == nil {
			o = jackson.NewObj("as.dto.tag.Tag").Set("fetchOptions", t.fetch(fo), "permId", permIDObj("as.dto.tag.id.TagPermId", id), "code", code,
				"private", true, "registrationDate", millis(labdata.LabEpoch()))
			t.typed[key] = o
			if n := fo.Node("owner"); n != nil {
				o.Set("owner", t.user(e.Registrator, n))
			}
		}
		l = append(l, o)
	}
	return l
}
