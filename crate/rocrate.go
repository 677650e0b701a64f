package crate

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"zenobis/names"
	"zenobis/page"
)

// The addresses that RO-Crate 1.2 and the ELN file format name themselves by.
const (
	crateContext = "https://w3id.org/ro/crate/1.2/context"
	crateProfile = "https://w3id.org/ro/crate/1.2"
	// What 1.2 asks of a crate like ours includes what 1.1 asked; readers of 1.1
	// look for its name.
	crateProfile11 = "https://w3id.org/ro/crate/1.1"
	elnProfile     = "https://purl.archive.org/purl/elnconsortium/eln-spec/1.2+20260923"
	crateName      = "ro-crate-metadata.json"
)

// dialect is what RO-Crate and .eln write differently.
type dialect struct {
	prefix string // of the ids of data entities
	eln    bool
}

var (
	plainCrate = dialect{}
	elnCrate   = dialect{prefix: "./", eln: true}
)

// WriteCrate writes the RO-Crate 1.2 metadata of the package as a stream, padded
// to size with blanks (0: as long as it is). It is written twice, once without
// hashes to count, once with them; both are equally long.
func WriteCrate(w io.Writer, f Facts, src Source, size int64) error {
	return writeCrate(w, f, src, size, plainCrate)
}

// WriteELN writes the metadata of an .eln file, the ELN consortium's dialect of
// RO-Crate. It lies in the archive's one folder, with all the rest.
func WriteELN(w io.Writer, f Facts, src Source, size int64) error {
	return writeCrate(w, f, src, size, elnCrate)
}

func writeCrate(w io.Writer, f Facts, src Source, size int64, d dialect) error {
	f = told(f)
	err := fitted(w, size, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		g := &graph{w: b, d: d, f: f, src: src, people: map[string]string{}, stubs: map[uint64]bool{}}
		if err := g.write(); err != nil {
			return err
		}
		return b.Flush()
	})
	if err != nil {
		return fmt.Errorf("write RO-Crate: %w", err)
	}
	return nil
}

// graph writes the nodes of a crate one after the other.
type graph struct {
	w      *bufio.Writer
	d      dialect
	f      Facts
	src    Source
	tree   *skeleton
	ids    *partIDs
	people map[string]string // ids by name
	stubs  map[uint64]bool   // relatives outside of the package that have a node
	nodes  int
	err    error
}

// write writes everything: what describes the record, then the entities with
// their values, the files, and what of these is referred to only.
func (g *graph) write() error {
	var err error
	if g.tree, err = bonesOf(g.src, false); err != nil {
		return err
	}
	if g.ids, err = g.scan(); err != nil {
		return err
	}
	defer g.ids.close()
	fmt.Fprintf(g.w, "{\"@context\": %s,\n\"@graph\": [\n", quote(crateContext))
	g.descriptor()
	if err := g.root(); err != nil {
		return err
	}
	g.record()
	if err := g.src.Entities(func(n EntityNode) error { return g.entity(n) }); err != nil {
		return err
	}
	if err := g.src.Files(func(n FileNode) error { g.file(n); return g.err }); err != nil {
		return err
	}
	for _, p := range g.packages() {
		n := node{"@id": packageID(p), "@type": "File", "name": p.Name, "contentSize": fmt.Sprint(p.Size), "encodingFormat": names.MediaType(p.Name, ""),
			"description": fmt.Sprintf("File of the record with %d data files; unpack it to get what is described here", p.Files), "localPath": p.Name}
		if p.SHA256 != "" {
			n["sha256"] = sum(p.SHA256)
		}
		g.put(n)
	}
	g.w.WriteString("\n]}\n")
	return g.err
}

// packages are the record files that hold the described files: they need not
// lie beside them, so their ids are no paths.
func (g *graph) packages() (list []PackageNode) {
	all := g.src.Packages()
	if len(all) < 2 || g.d.eln {
		return nil
	}
	for _, p := range all {
		if strings.HasSuffix(p.Name, ".zip") {
			list = append(list, p)
		}
	}
	return list
}

func packageID(p PackageNode) string { return "#" + names.Encode(p.Name) }

func (g *graph) descriptor() {
	n := node{"@id": crateName, "@type": "CreativeWork", "about": ref("./"), "conformsTo": []any{ref(crateProfile), ref(crateProfile11)}}
	if g.d.eln {
		n["version"] = "1.0"
		n["dateCreated"] = day(g.f.Date)
		n["sdPublisher"] = ref("#generator")
	}
	g.put(n)
}

// day is a date as a time: some readers of .eln know no plain dates.
func day(date string) string { return date + "T00:00:00Z" }

// root writes the root data set, its parts as a stream.
func (g *graph) root() error {
	f := g.f
	n := node{
		"@id": "./", "@type": "Dataset", "name": cmp.Or(page.OneLine(f.Title), "Untitled"), "datePublished": f.Date,
		"description": cmp.Or(page.PlainText(f.Description), page.OneLine(f.Title), "Untitled"), "mentions": ref("#export"),
		"license": ref(f.licenseID()),
	}
	var authors []any
	for i := range f.Creators {
		authors = append(authors, ref(f.Creators[i].id(i)))
	}
	switch {
	case len(authors) == 1 || len(authors) > 1 && g.d.eln:
		n["author"] = authors[0]
		if len(authors) > 1 {
			n["contributor"] = single(authors[1:])
		}
	case len(authors) > 1:
		n["author"] = authors
	}
	if f.Publisher != "" {
		n["publisher"] = ref("#publisher")
	}
	if keys := keywords(f.Keywords, g.d); keys != nil {
		n["keywords"] = keys
	}
	if f.Language != "" {
		n["inLanguage"] = f.Language
	}
	if f.Version != "" {
		n["version"] = page.OneLine(f.Version)
	}
	switch doi := doiAddress(f.DOI); {
	case f.DOI != "" && g.d.eln:
		n["identifier"], n["cite-as"] = f.DOI, doi
	case f.DOI != "":
		n["identifier"], n["cite-as"] = ref(doi), doi
	case f.URL != "":
		n["url"] = f.URL
	}
	if g.d.eln {
		n["conformsTo"] = []any{ref(crateProfile), ref(elnProfile)}
	}
	return g.stream(n, func(part func(id string)) error {
		if g.d.eln { // readers look for all data sets here
			for i := range g.tree.bones {
				if g.tree.bones[i].entity() {
					part(g.entityID(int32(i)))
				}
			}
		} else {
			g.tree.children(-1, func(i int32) { part(g.entityID(i)) })
		}
		for _, p := range g.packages() {
			part(packageID(p))
		}
		return g.src.Files(func(n FileNode) error {
			if !g.owned(n) {
				part(g.fileID(n))
			}
			return g.err
		})
	})
}

// owned reports whether a file is a part of an entity.
func (g *graph) owned(n FileNode) bool {
	if n.DataSet != "" {
		_, ok := g.tree.find("dataset", n.DataSet)
		return ok
	}
	_, ok := g.tree.owner(n.Path)
	return ok
}

// record writes creators with their organisations, licence, publisher, DOI, the
// export and what made it.
func (g *graph) record() {
	f := g.f
	seen := map[string]bool{}
	once := func(n node) {
		if id := n["@id"].(string); !seen[id] {
			seen[id] = true
			g.put(n)
		}
	}
	for i, a := range f.Creators {
		once(a.node(i))
		g.people[strings.TrimSpace(page.OneLine(a.Given)+" "+page.OneLine(a.Family))] = a.id(i)
		for _, o := range a.Affiliations {
			once(node{"@id": o.id(), "@type": "Organization", "name": cmp.Or(page.OneLine(o.Name), o.id())})
		}
	}
	once(f.license())
	if f.Publisher != "" {
		once(node{"@id": "#publisher", "@type": "Organization", "name": page.OneLine(f.Publisher)})
	}
	if f.DOI != "" && !g.d.eln {
		once(node{"@id": doiAddress(f.DOI), "@type": "PropertyValue", "name": "DOI", "propertyID": "https://registry.identifiers.org/registry/doi", "value": "doi:" + f.DOI, "url": doiAddress(f.DOI)})
	}
	name, version, _ := strings.Cut(page.OneLine(f.Generator), " ")
	generator := node{"@id": "#generator", "@type": "CreativeWork", "name": cmp.Or(name, "zenobis"), "description": "Program that made this from openBIS"}
	if version != "" {
		generator["version"] = version
	}
	once(generator)
	action := node{"@id": "#export", "@type": "CreateAction", "name": "Export from openBIS", "instrument": ref("#generator"), "result": ref("./")}
	if f.Source != "" {
		action["object"] = ref(f.Source)
		once(node{"@id": f.Source, "@type": "CreativeWork", "name": "openBIS", "description": "Electronic lab notebook that the data comes from"})
	}
	if p := page.OneLine(f.ExportedBy); p != "" {
		action["agent"] = ref(g.person(p))
	}
	once(action)
	if g.d.eln {
		once(node{"@id": crateProfile, "@type": []string{"CreativeWork", "Profile"}, "name": "RO-Crate 1.2 Specification"})
		once(node{"@id": elnProfile, "@type": []string{"CreativeWork", "Profile"}, "name": "ELN-File Format 1.2+20260923 Specification"})
	}
}
