package openbis

import (
	"strings"

	"zenobis/safetext"
)

// nameProperties are the codes under which a name is kept: newer servers drop
// the prefix (docs/openbis-api.md, Versions).
var nameProperties = []string{"$NAME", "NAME"}

// ref reads what names an entity.
func (g *graph) ref(kind Kind, m map[string]any) Ref {
	r := Ref{
		Kind:       kind,
		PermID:     line(g.obj(m["permId"])["permId"]),
		Identifier: line(g.obj(m["identifier"])["identifier"]),
		Code:       line(m["code"]),
		Name:       g.name(m),
		Type:       g.typeCode(m),
		Collection: line(g.obj(g.obj(m["experiment"])["permId"])["permId"]),
	}
	switch kind {
	case KindSpace:
		if r.PermID == "" {
			r.PermID = r.Code
		}
		r.Identifier, r.Space = "/"+r.PermID, r.PermID
	case KindDataSet:
		if r.PermID == "" {
			r.PermID = r.Code
		}
		r.Identifier = r.PermID
	}
	if r.Code == "" {
		r.Code = r.PermID
	}
	if r.Space == "" {
		r.Space = g.space(kind, m, r.Identifier)
	}
	return r
}

func (g *graph) typeCode(m map[string]any) string {
	t := g.obj(m["type"])
	if code := line(t["code"]); code != "" {
		return code
	}
	return line(g.obj(t["permId"])["permId"])
}

func (g *graph) name(m map[string]any) string {
	p := g.obj(m["properties"])
	for _, code := range nameProperties {
		if v := values(p[code]); len(v) > 0 && strings.TrimSpace(v[0]) != "" {
			return safetext.Name(v[0])
		}
	}
	return ""
}

// space finds the code of the space: where the server fetched it, else in the
// identifier ("/LAB/P/E"; "/CODE" alone is an object that all spaces share).
func (g *graph) space(kind Kind, m map[string]any, identifier string) string {
	for _, holder := range []map[string]any{m, g.obj(m["project"]), g.obj(g.obj(m["experiment"])["project"])} {
		if code := line(g.obj(holder["space"])["code"]); code != "" {
			return code
		}
	}
	if kind == KindDataSet {
		for _, key := range []string{"sample", "experiment"} {
			if id := line(g.obj(g.obj(m[key])["identifier"])["identifier"]); id != "" {
				return g.space(KindObject, nil, id)
			}
		}
		return ""
	}
	if parts := strings.Split(strings.TrimPrefix(identifier, "/"), "/"); len(parts) > 1 {
		return parts[0]
	}
	return ""
}

// refs reads a list of relatives.
func (g *graph) refs(kind Kind, v any) []Ref {
	var all []Ref
	for _, m := range g.list(v) {
		if r := g.ref(kind, m); r.PermID != "" {
			all = append(all, r)
		}
	}
	return all
}

// one reads a single relative; nil where there is none.
func (g *graph) one(kind Kind, v any) *Ref {
	m := g.obj(v)
	if m == nil {
		return nil
	}
	if r := g.ref(kind, m); r.PermID != "" {
		return &r
	}
	return nil
}

// entity reads one entity with everything that was fetched.
func (g *graph) entity(kind Kind, m map[string]any) Entity {
	e := Entity{
		Ref:         g.ref(kind, m),
		Description: safetext.Text(text(m["description"])),
		Properties:  g.properties(m["properties"]),
		Registrator: g.person(m["registrator"]),
		Modifier:    g.person(m["modifier"]),
		Registered:  date(m["registrationDate"]),
		Modified:    date(m["modificationDate"]),
		Frozen:      m["frozen"] == true,
	}
	for _, t := range g.list(m["tags"]) {
		e.Tags = append(e.Tags, line(t["code"]))
	}
	if kind == KindCollection || kind == KindObject {
		e.ProjectRef = g.one(KindProject, m["project"])
	}
	if kind == KindObject || kind == KindDataSet {
		e.CollRef = g.one(KindCollection, m["experiment"])
		e.Parents = g.refs(kind, m["parents"])
		e.Children = g.refs(kind, m["children"])
		e.Components = g.refs(kind, m["components"])
		if e.ProjectRef == nil {
			e.ProjectRef = g.one(KindProject, g.obj(m["experiment"])["project"])
		}
	}
	switch kind {
	case KindObject:
		if c := g.one(kind, m["container"]); c != nil {
			e.Containers = []Ref{*c}
		}
	case KindDataSet:
		e.Containers = g.refs(kind, m["containers"])
		e.ObjectRef = g.one(KindObject, m["sample"])
		if e.ProjectRef == nil {
			e.ProjectRef = g.one(KindProject, g.obj(m["sample"])["project"])
		}
		e.Data = g.data(m)
	}
	return e
}

// properties are raw: who shows a value cleans it.
func (g *graph) properties(v any) map[string][]string {
	m, _ := v.(map[string]any)
	if len(m) == 0 {
		return nil
	}
	p := make(map[string][]string, len(m))
	for code, value := range m {
		if all := values(value); len(all) > 0 {
			p[code] = all
		}
	}
	return p
}

func (g *graph) person(v any) *Person {
	m := g.obj(v)
	if m == nil {
		return nil
	}
	p := Person{UserID: line(m["userId"]), FirstName: line(m["firstName"]), LastName: line(m["lastName"]), Email: line(m["email"])}
	if p.UserID == "" {
		p.UserID = line(g.obj(m["permId"])["permId"])
	}
	if p == (Person{}) {
		return nil
	}
	return &p
}

// data reads what only data sets have (docs/openbis-api.md, Data sets).
func (g *graph) data(m map[string]any) *Data {
	store := g.obj(m["dataStore"])
	physical := g.obj(m["physicalData"])
	d := &Data{
		Kind:      DataKind(line(m["kind"])),
		Size:      -1,
		Status:    line(physical["status"]),
		Store:     DataStore{Code: line(store["code"]), URL: trimStore(text(store["downloadUrl"]))},
		LinkedTo:  g.linked(g.obj(m["linkedData"])),
		InArchive: truth(physical["presentInArchive"]),
	}
	if n, ok := number(physical["size"]); ok && n >= 0 && n <= maxFile {
		d.Size = n
	}
	if d.Kind == "" {
		d.Kind = Physical
	}
	return d
}

// linked says where the copies of a link data set are. The name of the other
// system stands for its address, which tends to be internal.
func (g *graph) linked(m map[string]any) []string {
	var all []string
	for _, c := range g.list(m["contentCopies"]) {
		all = appendPlace(all, g.place(c))
	}
	if len(all) == 0 && m != nil {
		all = appendPlace(all, g.place(m)) // before content copies: one code in one system
	}
	return all
}

func (g *graph) place(c map[string]any) string {
	system := g.obj(c["externalDms"])
	name := line(system["label"])
	if name == "" {
		name = line(system["code"])
	}
	where := line(c["path"])
	if code := line(c["externalCode"]); where == "" && code != "" {
		where = code
		if t := line(system["urlTemplate"]); strings.Contains(t, "${code}") {
			return strings.ReplaceAll(t, "${code}", code)
		}
	}
	if commit := line(c["gitCommitHash"]); commit != "" {
		where = strings.TrimSpace(where + " commit " + commit)
	}
	if name != "" && where != "" {
		return name + ": " + where
	}
	return name + where
}

func appendPlace(all []string, place string) []string {
	if place == "" {
		return all
	}
	return append(all, place)
}
