package crate

import (
	"bufio"
	"cmp"
	"fmt"
	"io"
	"strings"

	"zenobis/doi"
	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
	"zenobis/richtext"
)

// The addresses that RO-Crate 1.2 names itself by.
const (
	crateContext = "https://w3id.org/ro/crate/1.2/context"
	crateProfile = "https://w3id.org/ro/crate/1.2"
	// Readers and validators of 1.1 look for its name; what 1.2 asks of a crate
	// like ours includes what 1.1 asked.
	crateProfile11 = "https://w3id.org/ro/crate/1.1"
)

// WriteCrate writes the RO-Crate 1.2 metadata of the package as a stream, padded
// to size with blanks (0: as long as it is). It is written twice, once without
// hashes to count, once with them; both are equally long.
func WriteCrate(w io.Writer, f Facts, src Source, size int64) error {
	return writeGraph(w, f, size, func(g *graph) error { return g.crate(src) })
}

// graph writes the nodes of a crate one after the other.
type graph struct {
	w      *bufio.Writer
	f      Facts
	agents *agents
	stubs  map[uint64]bool // relatives outside of the package that have a node
	lists  bool            // a node without parts has an empty list of them
	nodes  int
	err    error

	// Of the tree of the record only.
	tree *skeleton
	ids  *partIDs
}

// writeGraph writes what write puts into a graph, padded to size.
func writeGraph(w io.Writer, f Facts, size int64, write func(g *graph) error) error {
	f = told(f)
	err := fitted(w, size, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		g := &graph{w: b, f: f, agents: newAgents(f), stubs: map[uint64]bool{}}
		if err := write(g); err != nil {
			return err
		}
		b.WriteString("\n]}\n")
		return cmp.Or(g.err, b.Flush())
	})
	if err != nil {
		return fmt.Errorf("write RO-Crate: %w", err)
	}
	return nil
}

func (g *graph) head(context string) {
	fmt.Fprintf(g.w, "{\"@context\": %s,\n\"@graph\": [\n", quote(context))
}

// crate writes everything: what describes the record, then the entities with
// their values, the files, and what of these is referred to only.
func (g *graph) crate(src Source) error {
	var err error
	if g.tree, err = bonesOf(src); err != nil {
		return err
	}
	if g.ids, err = g.scan(src); err != nil {
		return err
	}
	defer g.ids.close()
	g.head(crateContext)
	g.put(node{"@id": names.Crate, "@type": "CreativeWork", "about": ref("./"), "conformsTo": []any{ref(crateProfile), ref(crateProfile11)}})
	packages := recordFiles(src)
	root, about := g.root()
	err = g.stream(root, func(part func(id string)) error {
		g.tree.children(-1, func(i int32) { part(g.entityID(i)) })
		for _, p := range packages {
			part(packageID(p))
		}
		g.tree.strays(-1, func(p string) { part(names.Encode(p)) })
		return src.Files(func(n FileNode) error {
			if !g.owned(n) {
				part(g.fileID(n))
			}
			return g.err
		})
	})
	if err != nil {
		return err
	}
	g.put(about...)
	if err := src.Entities(func(n EntityNode) error { return g.entity(n) }); err != nil {
		return err
	}
	if err := src.Files(func(n FileNode) error { g.file(n); return g.err }); err != nil {
		return err
	}
	for _, p := range packages {
		n := node{
			"@id": packageID(p), "@type": "File", "name": p.Name, "contentSize": fmt.Sprint(p.Size), "encodingFormat": names.MediaType(p.Name, ""),
			"description": fmt.Sprintf("File of the record with %s; unpack it to get what is described here", human.Count(p.Files, "data file",
				"data files")),
			"localPath": p.Name,
		}
		if p.SHA256 != "" {
			n["sha256"] = sum(p.SHA256)
		}
		if ids := prints(p); len(ids) > 0 {
			n["identifier"] = single(ids)
		}
		g.put(n)
	}
	return g.err
}

// recordFiles are the packages that hold the described files: they need not lie
// beside them, so their ids are no paths.
func recordFiles(src Source) (list []PackageNode) {
	all := src.Packages()
	if len(all) < 2 {
		return nil
	}
	for _, p := range all {
		if strings.HasSuffix(p.Name, ".zip") {
			list = append(list, p)
		}
	}
	return list
}

// prints name what a package holds.
func prints(p PackageNode) (list []any) {
	for _, id := range []string{p.Fingerprint, p.Source} {
		if id != "" {
			list = append(list, id)
		}
	}
	return list
}

func packageID(p PackageNode) string { return "#" + names.Encode(p.Name) }

// root is the root data set, without its parts, and what describes the record:
// people with their organisations, licence, publisher, DOI, funding, related
// works, the export and what made it.
func (g *graph) root() (root node, about []node) {
	f := g.f
	seen := map[string]bool{}
	once := func(list ...node) {
		for _, n := range list {
			if id := n["@id"].(string); !seen[id] {
				seen[id] = true
				about = append(about, n)
			}
		}
	}
	root = node{
		"@id": "./", "@type": "Dataset", "name": cmp.Or(page.OneLine(f.Title), "Untitled"), "datePublished": f.Date,
		"description": cmp.Or(strings.TrimSpace(richtext.Readable("", "", f.Description)), page.OneLine(f.Title), "Untitled"),
		"mentions":    ref("#export"),
		"license":     ref(f.licenseID()), "conditionsOfAccess": f.access(),
	}
	for _, list := range []struct {
		key    string
		agents []record.Agent
	}{{"author", f.Creators}, {"contributor", f.Contribs}} {
		var refs []any
		for _, a := range list.agents {
			id, nodes := g.agents.one(a)
			refs = append(refs, ref(id))
			once(nodes...)
		}
		if len(refs) > 0 {
			root[list.key] = single(distinct(refs))
		}
	}
	once(f.license())
	if f.Publisher != "" {
		p := node{"@id": "#publisher", "@type": "Organization", "name": page.OneLine(f.Publisher)}
		if f.PublisherURL != "" {
			p["@id"], p["url"], p["contactPoint"] = f.PublisherURL, f.PublisherURL, ref("#publisher-contact")
			once(node{"@id": "#publisher-contact", "@type": "ContactPoint", "name": p["name"], "contactType": "publisher", "url": f.PublisherURL})
		}
		root["publisher"] = ref(p["@id"].(string))
		once(p)
	}
	if keys := keywords(f.Keywords, false); keys != nil {
		root["keywords"] = keys
	}
	if f.Language != "" {
		root["inLanguage"] = f.Language
	}
	if f.Version != "" {
		root["version"] = page.OneLine(f.Version)
	}
	switch doi := doi.Address(f.DOI); {
	case f.DOI != "":
		root["identifier"], root["cite-as"] = ref(doi), doi
		once(node{"@id": doi, "@type": "PropertyValue", "name": "DOI", "propertyID": "https://registry.identifiers.org/registry/doi",
			"value": "doi:" + f.DOI, "url": doi})
	case f.URL != "":
		root["url"] = f.URL
	}
	once(g.funding(root)...)
	once(g.works(root)...)
	once(g.export()...)
	return root, about
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

// funding puts funders and grants into the root.
func (g *graph) funding(root node) (nodes []node) {
	var funders, grants []any
	for _, x := range g.f.Funding {
		id, more := g.agents.organisation(funderOf(x))
		nodes, funders = append(nodes, more...), append(funders, ref(id))
		if x.Award != "" {
			n := grant(x, id)
			nodes, grants = append(nodes, n), append(grants, ref(n["@id"].(string)))
		}
	}
	if len(funders) > 0 {
		root["funder"] = single(distinct(funders))
	}
	if len(grants) > 0 {
		root["funding"] = single(distinct(grants))
	}
	return nodes
}

// works puts the related works into the root.
func (g *graph) works(root node) (nodes []node) {
	refs := map[string][]any{}
	for _, r := range g.f.Related {
		n := work(r)
		key := cmp.Or(relations[strings.ToLower(r.Relation)], "citation")
		nodes, refs[key] = append(nodes, n), append(refs[key], ref(n["@id"].(string)))
	}
	if v := g.f.Follows; v.DOI != "" {
		n := node{
			"@id": doi.Address(v.DOI), "@type": "CreativeWork", "url": doi.Address(v.DOI), "name": page.OneLine(v.DOI),
			"description": "The former version of this data set, which this one replaces",
		}
		if v.Number > 0 {
			n["version"] = fmt.Sprint(v.Number)
		}
		nodes, refs["isBasedOn"] = append(nodes, n), append(refs["isBasedOn"], ref(n["@id"].(string)))
	}
	for key, list := range refs {
		root[key] = single(distinct(list))
	}
	return nodes
}

// export tells how all this was made.
func (g *graph) export() (nodes []node) {
	f := g.f
	name, version, _ := strings.Cut(page.OneLine(f.Generator), " ")
	generator := node{"@id": "#generator", "@type": "CreativeWork", "name": cmp.Or(name, "zenobis"),
		"description": "Program that made this from openBIS"}
	if version != "" {
		generator["version"] = version
	}
	action := node{"@id": "#export", "@type": "CreateAction", "name": "Export from openBIS", "instrument": ref("#generator"),
		"result": ref("./")}
	if f.Source != "" {
		action["object"] = ref(f.Source)
		nodes = append(nodes, node{"@id": f.Source, "@type": "CreativeWork", "name": "openBIS",
			"description": "Electronic lab notebook that the data comes from"})
	}
	if id, more := g.agents.person(&openbis.Person{UserID: f.ExportedByID, FirstName: f.ExportedBy}); id != "" {
		action["agent"] = ref(id)
		nodes = append(nodes, more...)
	}
	return append(nodes, generator, action)
}
