package crate

import (
	"cmp"
	"encoding/json"
	"html"
	"io"
	"math"
	"path"
	"strconv"
	"strings"

	"zenobis/doi"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

// What readers of .eln look for: one of them takes no other context than this.
const (
	elnContext   = "https://w3id.org/ro/crate/1.1/context"
	elnPublisher = "#sd-publisher"
	elnProfile   = "https://purl.archive.org/purl/elnconsortium/eln-spec/1.2+20260923"
)

// WriteELN writes the metadata of an .eln file, the arrangement of a crate that
// other ELNs import. Readers take each data set
// of the root for an entry, look for its files directly in it and under their
// ids as they stand: so each object, and each collection with files or text, is
// one, holds all files of its data sets and its pages, and ids need no encoding.
// It holds the ids of all files in memory: an .eln is for entries.
func WriteELN(w io.Writer, f Facts, src Source, size int64) error {
	return writeGraph(w, f, size, func(g *graph) error { return g.eln(src) })
}

// entry is an object or collection with what hangs on it.
type entry struct {
	id    string   // "./SPACE--PROJECT--CODE/"
	sets  []string // permIds of its data sets
	files []string // ids
}

// entries are those of a source, by folder and by permId.
type entries struct {
	byFolder map[string]*entry
	byPermID map[string]*entry
	about    []string // what projects and spaces say
}

// eln writes the graph.
func (g *graph) eln(src Source) error {
	all, err := entriesOf(src)
	if err != nil {
		return err
	}
	g.lists = true
	g.head(elnContext)
	root, about := g.root()
	g.put(node{
		"@id": names.Crate, "@type": "CreativeWork", "about": ref("./"), "version": "1.1", "dateCreated": g.f.Date + "T00:00:00Z",
		"conformsTo": ref(crateProfile11), "sdPublisher": ref(elnPublisher),
	})
	err = g.stream(elnRoot(root, g.f, all), func(part func(id string)) error {
		return src.Entities(func(n EntityNode) error {
			if e := all.byFolder[n.Place.Folder]; e != nil && isEntry(n) {
				part(e.id)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	g.put(node{"@id": elnPublisher, "@type": "Organization", "name": generatorName(g.f), "url": g.f.PublisherURL})
	for _, n := range about {
		if id := n["@id"]; id != "#export" { // an action that nobody reads
			g.put(elnPerson(n))
		}
	}
	sets := map[string]EntityNode{}
	err = src.Entities(func(n EntityNode) error {
		if n.Entity.Kind == openbis.KindDataSet {
			sets[ownPermID(n.Entity.Ref)] = n
		}
		return nil
	})
	if err != nil {
		return err
	}
	err = src.Entities(func(n EntityNode) error {
		if e := all.byFolder[n.Place.Folder]; e != nil && isEntry(n) {
			return g.entry(n, e, all, sets)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return src.Files(func(f FileNode) error {
		if e := all.byFolder[path.Dir(f.Path)]; e != nil {
			g.put(elnFile(f))
		}
		return g.err
	})
}

// elnRoot is the root as readers want it: one author, texts where they look no
// further, and what projects and spaces say.
func elnRoot(root node, f Facts, all *entries) node {
	authors, _ := root["author"].([]any)
	if len(authors) > 0 {
		root["author"] = authors[0]
		others := authors[1:]
		switch c := root["contributor"].(type) {
		case []any:
			others = append(others, c...)
		case node:
			others = append(others, c)
		}
		root["contributor"] = distinct(others)
	}
	if keys := keywords(f.Keywords, true); keys != nil {
		root["keywords"] = keys
	}
	if f.DOI != "" {
		root["identifier"] = doi.Address(f.DOI)
	}
	if len(all.about) > 0 {
		root["description"] = strings.Join(append([]string{root["description"].(string)}, all.about...), "\n\n")
	}
	delete(root, "mentions")
	delete(root, "funding") // unknown to RO-Crate 1.1
	root["conformsTo"] = ref(elnProfile)
	return root
}

// elnPerson gives a person the identifier as a text.
func elnPerson(n node) node {
	if id := n["@id"].(string); n["@type"] == "Person" && strings.HasPrefix(id, record.ORCIDAddress("")) {
		n["identifier"] = id
	}
	return n
}

func generatorName(f Facts) string {
	name, _, _ := strings.Cut(page.OneLine(f.Generator), " ")
	return cmp.Or(name, "zenobis")
}

// isEntry reports whether an entity is of a kind that makes entries.
func isEntry(n EntityNode) bool {
	return n.Entity.Kind == openbis.KindObject || n.Entity.Kind == openbis.KindCollection
}

// entriesOf reads which entries there are, and what hangs on them.
func entriesOf(src Source) (*entries, error) {
	all := &entries{byFolder: map[string]*entry{}, byPermID: map[string]*entry{}}
	empty := map[string]bool{} // collections without a text of their own
	err := src.Entities(func(n EntityNode) error {
		id, folder := ownPermID(n.Entity.Ref), n.Place.Folder
		switch n.Entity.Kind {
		case openbis.KindSpace, openbis.KindProject:
			if d := page.Description(n.Entity); d != "" {
				all.about = append(all.about, page.KindName(n.Entity.Kind)+" "+page.OneLine(page.Title(n.Entity))+": "+d)
			}
		case openbis.KindObject, openbis.KindCollection:
			e := &entry{id: "./" + folder + "/"}
			all.byFolder[folder], all.byPermID[id] = e, e
			empty[folder] = n.Entity.Kind == openbis.KindCollection && !speaks(n)
		case openbis.KindDataSet:
			if e := all.byFolder[path.Dir(folder)]; e != nil {
				e.sets = append(e.sets, id)
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	err = src.Files(func(f FileNode) error {
		if e := all.byFolder[path.Dir(f.Path)]; e != nil {
			e.files = append(e.files, "./"+f.Path)
			if f.DataSet != "" {
				empty[path.Dir(f.Path)] = false
			}
		}
		return nil
	})
	for folder, e := range all.byFolder {
		if empty[folder] && len(e.sets) == 0 {
			delete(all.byFolder, folder)
			for id, other := range all.byPermID {
				if other == e {
					delete(all.byPermID, id)
				}
			}
		}
	}
	return all, err
}

// speaks reports whether a collection says anything beside its name.
func speaks(n EntityNode) bool {
	for _, v := range page.Values(n.Entity, n.Type, n.Refer) {
		if strings.TrimPrefix(v.Code, "$") != "NAME" && v.Text != "" {
			return true
		}
	}
	return false
}

// entry writes an entry, its values and those of its data sets.
func (g *graph) entry(n EntityNode, of *entry, all *entries, sets map[string]EntityNode) error {
	e := n.Entity
	text, plain := body(n, of, sets)
	out := node{
		"@id": of.id, "@type": "Dataset", "name": cmp.Or(page.OneLine(page.Title(e)), "Untitled"),
		"identifier":    cmp.Or(page.OneLine(e.Identifier), page.OneLine(ownPermID(e.Ref))),
		"alternateName": page.OneLine(ownPermID(e.Ref)), "genre": genre(e), "encodingFormat": "text/html", "text": text, "description": plain,
	}
	keys := append([]string{e.Type}, e.Tags...)
	if k := keywords(keys, true); k != nil {
		out["keywords"] = k
	}
	if d := page.Time(e.Registered); d != "" {
		out["dateCreated"] = d
	}
	if d := page.Time(e.Modified); d != "" {
		out["dateModified"] = d
	}
	var after []node
	if id, nodes := g.agents.person(e.Registrator); id != "" {
		out["author"] = ref(id)
		after = append(after, nodes...)
	}
	var mentions []any
	for _, list := range [][]openbis.Ref{e.Parents, e.Children} {
		for _, r := range list {
			if to := all.byPermID[ownPermID(r)]; to != nil {
				mentions = append(mentions, ref(to.id))
			}
		}
	}
	if len(mentions) > 0 {
		out["mentions"] = distinct(mentions)
	}
	measured := elnValues(n, "")
	for _, id := range of.sets {
		measured = append(measured, elnValues(sets[id], id+".")...)
	}
	out["variableMeasured"] = append([]any{}, refsTo(measured)...)
	if err := g.stream(out, func(part func(id string)) error {
		for _, f := range of.files {
			part(f)
		}
		return nil
	}); err != nil {
		return err
	}
	g.put(append(after, measured...)...)
	return g.err
}

// genre is an entity's kind in the consortium's words.
func genre(e *openbis.Entity) string {
	space, _, _ := strings.Cut(strings.TrimPrefix(e.Identifier, "/"), "/")
	section, _ := openbis.SectionOf(space)
	switch {
	case strings.Contains(e.Type, "PROTOCOL"):
		return "procedure"
	case e.Kind == openbis.KindObject && section != openbis.LabNotebook:
		return "sample"
	}
	return "experiment"
}

// body is what an entry's page says, and what those of its data sets say, as
// HTML and in plain words. Pictures and tables are among the entry's files.
func body(n EntityNode, of *entry, sets map[string]EntityNode) (text, plain string) {
	var h, p strings.Builder
	say := func(asHTML, asText string) {
		if asText != "" || asHTML != "" {
			h.WriteString(asHTML + "\n")
			p.WriteString(asText + "\n\n")
		}
	}
	add := func(n EntityNode) {
		say(page.Body(n.Entity, n.Type, n.Refer, n.Pages, path.Base))
		say("<h2>Identification</h2>", "Identification")
		say(page.About(n.Entity, n.Type))
	}
	add(n)
	for _, id := range of.sets {
		title := "Data set " + page.OneLine(page.Title(sets[id].Entity))
		say("<h1>"+html.EscapeString(title)+"</h1>", title)
		add(sets[id])
	}
	name := page.OneLine(page.Title(n.Entity))
	return cmp.Or(strings.TrimSpace(h.String()), "<p>"+html.EscapeString(name)+"</p>"), cmp.Or(strings.TrimSpace(p.String()), name)
}

// elnValues are an entity's properties. Numbers and truth values are such, all
// else is text. The names of a data set's begin with its permId.
func elnValues(n EntityNode, prefix string) (out []node) {
	types := map[string]string{}
	if n.Type != nil {
		for _, a := range n.Type.Properties {
			types[a.Code] = a.DataType
		}
	}
	base := "#" + names.Plain(ownPermID(n.Entity.Ref)) + "-"
	for _, v := range page.Values(n.Entity, n.Type, n.Refer) {
		if v.Text == "" {
			continue
		}
		var value any = v.Text
		switch number, err := strconv.ParseFloat(v.Text, 64); {
		case types[v.Code] == "BOOLEAN" && (v.Text == "true" || v.Text == "false"):
			value = v.Text == "true"
		case (types[v.Code] == "REAL" || types[v.Code] == "INTEGER") && err == nil && !math.IsInf(number, 0) && !math.IsNaN(number) &&
			json.Valid([]byte(v.Text)):
			value = json.Number(v.Text)
		}
		out = append(out, node{"@id": base + names.Plain(v.Code), "@type": "PropertyValue", "name": v.Label, "propertyID": prefix + v.Code,
			"value": value})
	}
	return out
}

// elnFile is a file of an entry. Its id is where it lies; its name is the path
// in its data set.
func elnFile(f FileNode) node {
	n := node{
		"@id": "./" + f.Path, "@type": "File", "name": cmp.Or(page.OneLine(f.Original), path.Base(f.Path)),
		"contentSize": strconv.FormatInt(f.Size, 10), "encodingFormat": names.MediaType(cmp.Or(f.Original, f.Path), f.MediaType),
		"sha256": sum(f.SHA256),
	}
	if f.DataSet != "" {
		n["description"] = "Data file of data set " + f.DataSet
	} else {
		n["description"] = "Page about it"
	}
	if d := page.Time(f.Modified); d != "" {
		n["dateModified"] = d
	}
	return n
}
