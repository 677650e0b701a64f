package crate

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"net/url"
	"path"
	"strings"
	"time"

	"zenobis/openbis"
)

// The addresses that RO-Crate 1.2 and the ELN file format name themselves by.
const (
	crateContext = "https://w3id.org/ro/crate/1.2/context"
	crateProfile = "https://w3id.org/ro/crate/1.2"
	crateName    = "ro-crate-metadata.json"
)

// node is one entity of the crate's graph.
type node map[string]any

func ref(id string) node { return node{"@id": id} }

// dialect is what RO-Crate and .eln write differently.
type dialect struct {
	root      string // path from the metadata file to the root, "./"
	prefix    string // of the ids of data entities
	oneAuthor bool   // a single author object instead of a list
	strings   bool   // keywords and identifiers as strings
	publisher bool   // the descriptor names version and sdPublisher
}

// CrateLength returns the length to which ro-crate-metadata.json is padded.
func CrateLength(f Facts, src Source) (int64, error) { return crateLength(f, src, WriteCrate) }

// WriteCrate writes the RO-Crate 1.2 metadata of the package as a stream, padded
// to size with blanks (0: as long as it is). It is written twice, once without
// hashes to count, once with them; both are equally long.
func WriteCrate(w io.Writer, f Facts, src Source, size int64) error {
	return writeCrate(w, f, src, size, dialect{root: "./"})
}

// ELNLength returns the length to which the metadata of an .eln file is padded.
func ELNLength(f Facts, src Source) (int64, error) { return crateLength(f, src, WriteELN) }

// WriteELN writes the metadata of an .eln file, the ELN consortium's dialect of
// RO-Crate.
func WriteELN(w io.Writer, f Facts, src Source, size int64) error {
	return writeCrate(w, f, src, size, dialect{root: "./", prefix: "./", oneAuthor: true, strings: true, publisher: true})
}

func crateLength(f Facts, src Source, write func(io.Writer, Facts, Source, int64) error) (int64, error) {
	most := counter(0)
	for _, l := range longest(f) {
		var c counter
		if err := write(&c, l, unhashed{src}, 0); err != nil {
			return 0, err
		}
		most = max(most, c)
	}
	return int64(most), nil
}

// unhashed hides the hashes of a source, all of which are of the same length.
type unhashed struct{ Source }

func writeCrate(w io.Writer, f Facts, src Source, size int64, d dialect) error {
	err := fitted(w, size, func(w io.Writer) error {
		b := bufio.NewWriterSize(w, 64<<10)
		g := &graph{w: b, d: d, f: f}
		if err := g.write(src); err != nil {
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
	w     *bufio.Writer
	d     dialect
	f     Facts
	wrote bool
	err   error
}

func (g *graph) put(n node) {
	if g.err != nil {
		return
	}
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(n); err != nil { // keys are sorted: same input, same bytes
		g.err = err
		return
	}
	if g.wrote {
		g.w.WriteString(",\n")
	}
	g.wrote = true
	_, g.err = g.w.WriteString(strings.TrimRight(b.String(), "\n"))
}

func (g *graph) write(src Source) error {
	fmt.Fprintf(g.w, "{\"@context\": %q,\n\"@graph\": [\n", crateContext)
	g.put(g.descriptor())
	if err := g.root(src); err != nil {
		return err
	}
	g.people()
	if err := src.Entities(func(n EntityNode) error { g.entity(n); return g.err }); err != nil {
		return err
	}
	if err := src.Files(func(n FileNode) error { g.file(n); return g.err }); err != nil {
		return err
	}
	if packages := src.Packages(); len(packages) > 1 && !g.d.publisher {
		for _, p := range packages {
			if p.Name != crateName && p.Name != "README.md" {
				n := node{"@id": encode(p.Name), "@type": "File", "name": p.Name, "contentSize": fmt.Sprint(p.Size), "encodingFormat": mediaType(p.Name, "")}
				if p.SHA256 != "" { // metadata.zip holds this very file and so can't have its hash in it
					n["sha256"] = p.SHA256
				}
				g.put(n)
			}
		}
	}
	g.w.WriteString("\n]}\n")
	return g.err
}

func (g *graph) descriptor() node {
	n := node{"@id": crateName, "@type": "CreativeWork", "about": ref(g.d.root), "conformsTo": ref(crateProfile)}
	if g.d.publisher {
		n["version"] = "1.0"
		n["dateCreated"] = g.f.Date
		n["sdPublisher"] = ref("#generator")
	}
	return n
}

// root writes the root data set. Its parts are streamed: all entities, and all
// files that belong to none.
func (g *graph) root(src Source) error {
	f := g.f
	n := node{
		"@id": g.d.root, "@type": "Dataset", "name": f.Title, "datePublished": f.Date, "description": text(f.Description, f.Title),
	}
	var authors []any
	for i := range f.Creators {
		authors = append(authors, ref(agentID(f.Creators[i], i)))
	}
	switch {
	case len(authors) == 1 || (len(authors) > 1 && g.d.oneAuthor):
		n["author"] = authors[0]
	case len(authors) > 1:
		n["author"] = authors
	}
	if f.License != "" {
		n["license"] = ref(f.licenseURL())
	}
	if f.Publisher != "" {
		n["publisher"] = ref("#publisher")
	}
	if len(f.Keywords) > 0 {
		n["keywords"] = strings.Join(f.Keywords, ", ")
	}
	if f.Language != "" {
		n["inLanguage"] = f.Language
	}
	if f.Version != "" {
		n["version"] = f.Version
	}
	switch doi := "https://doi.org/" + f.DOI; {
	case f.DOI != "" && g.d.strings:
		n["identifier"] = doi
	case f.DOI != "":
		n["identifier"], n["cite-as"] = doi, doi
	case f.URL != "":
		n["url"] = f.URL
	}
	head, err := json.Marshal(n)
	if err != nil {
		return err
	}
	if g.wrote {
		g.w.WriteString(",\n")
	}
	g.w.Write(head[:len(head)-1])
	g.w.WriteString(`,"hasPart":[`)
	first := true
	part := func(id string) error {
		if !first {
			g.w.WriteByte(',')
		}
		first = false
		fmt.Fprintf(g.w, "\n{\"@id\":%s}", quote(id))
		return nil
	}
	if err := src.Entities(func(n EntityNode) error { return part(entityID(n.Entity.Ref)) }); err != nil {
		return err
	}
	if err := src.Files(func(n FileNode) error { return part(g.fileID(n)) }); err != nil {
		return err
	}
	if packages := src.Packages(); len(packages) > 1 && !g.d.publisher {
		for _, p := range packages {
			if p.Name != crateName && p.Name != "README.md" {
				if err := part(encode(p.Name)); err != nil {
					return err
				}
			}
		}
	}
	_, err = g.w.WriteString("]}")
	return err
}

// people writes creators with their organisations, licence, publisher, generator.
func (g *graph) people() {
	f := g.f
	seen := map[string]bool{}
	for i, a := range f.Creators {
		id := agentID(a, i)
		n := node{"@id": id, "@type": "Person", "name": strings.TrimSpace(a.Given + " " + a.Family)}
		if a.Name != "" {
			n["@type"], n["name"] = "Organization", a.Name
		} else {
			n["familyName"], n["givenName"] = a.Family, a.Given
		}
		var orgs []any
		for _, o := range a.Affiliations {
			orgs = append(orgs, ref(orgID(o)))
		}
		if len(orgs) > 0 {
			n["affiliation"] = orgs
		}
		if !seen[id] {
			g.put(n)
		}
		seen[id] = true
		for _, o := range a.Affiliations {
			if id := orgID(o); !seen[id] {
				seen[id] = true
				name := o.Name
				if name == "" {
					name = o.ROR
				}
				g.put(node{"@id": id, "@type": "Organization", "name": name})
			}
		}
	}
	if f.License != "" {
		name := f.LicenseName
		if name == "" {
			name = f.License
		}
		g.put(node{"@id": f.licenseURL(), "@type": "CreativeWork", "name": name, "identifier": f.licenseURL()})
	}
	if f.Publisher != "" {
		g.put(node{"@id": "#publisher", "@type": "Organization", "name": f.Publisher})
	}
	g.put(node{"@id": "#generator", "@type": "SoftwareApplication", "name": f.Generator})
}

// entity writes a project, collection, object or data set as a Dataset.
func (g *graph) entity(n EntityNode) {
	e := n.Entity
	out := node{"@id": entityID(e.Ref), "@type": "Dataset", "name": e.Label(), "identifier": e.PermID, "additionalType": string(e.Kind)}
	if e.Identifier != "" && e.Identifier != e.PermID {
		out["alternateName"] = e.Identifier
	}
	if e.Description != "" {
		out["description"] = clean(e.Description)
	}
	if d := isoTime(e.Registered); d != "" {
		out["dateCreated"] = d
	}
	if d := isoTime(e.Modified); d != "" {
		out["dateModified"] = d
	}
	if len(e.Tags) > 0 {
		out["keywords"] = strings.Join(e.Tags, ", ")
	}
	if up := parent(e); up != "" {
		out["isPartOf"] = ref(up)
	}
	for key, list := range map[string][]openbis.Ref{"isBasedOn": e.Parents, "mentions": e.Children} {
		var refs []any
		for _, r := range list {
			refs = append(refs, ref(entityID(r)))
		}
		if len(refs) > 0 {
			out[key] = refs
		}
	}
	var pages []any
	for _, p := range n.Pages {
		pages = append(pages, ref(g.d.prefix+encode(p)))
	}
	if len(pages) > 0 {
		out["subjectOf"] = pages
	}
	var measured []any
	props := g.properties(n)
	for _, p := range props {
		measured = append(measured, ref(p["@id"].(string)))
	}
	if len(measured) > 0 {
		out["variableMeasured"] = measured
	}
	g.put(out)
	for _, p := range props {
		g.put(p)
	}
}

// properties are an entity's values; tables and pictures are in its pages.
func (g *graph) properties(n EntityNode) (out []node) {
	for _, p := range properties(PageInput{Entity: n.Entity, Type: n.Type}) {
		r, _, _ := value(PageInput{Entity: n.Entity}, p)
		v := r.text
		switch {
		case r.rich != nil:
			v = r.rich.text()
		case r.table != nil:
			v = "table, see the page"
		}
		if v = clean(v); v != "" {
			out = append(out, node{"@id": entityID(n.Entity.Ref) + "/" + url.PathEscape(p.Code), "@type": "PropertyValue", "name": p.Label, "propertyID": p.Code, "value": v})
		}
	}
	return out
}

func (g *graph) file(f FileNode) {
	n := node{"@id": g.fileID(f), "@type": "File", "name": path.Base(f.Path), "contentSize": fmt.Sprint(f.Size), "encodingFormat": mediaType(f.Path, f.MediaType), "sha256": hashOr(f.SHA256)}
	if !f.Modified.IsZero() {
		n["dateModified"] = f.Modified.UTC().Truncate(time.Second).Format(time.RFC3339)
	}
	if f.DataSet != "" {
		n["isPartOf"] = ref(entityID(openbis.Ref{PermID: f.DataSet}))
	}
	if f.Key != "" {
		n["alternateName"] = f.Path // where it belongs in the tree
	}
	g.put(n)
}

func (g *graph) fileID(f FileNode) string {
	if f.Key != "" {
		return g.d.prefix + encode(f.Key)
	}
	return g.d.prefix + encode(f.Path)
}

// entityID names an entity of openBIS within the crate.
func entityID(r openbis.Ref) string { return "#" + url.PathEscape(r.PermID) }

// parent is the id of what an entity stands in.
func parent(e *openbis.Entity) string {
	for _, r := range []*openbis.Ref{e.ObjectRef, e.CollRef, e.ProjectRef} {
		if r != nil && r.PermID != "" && r.PermID != e.PermID {
			return entityID(*r)
		}
	}
	return ""
}

func agentID(a Agent, i int) string {
	if a.ORCID != "" {
		return "https://orcid.org/" + a.ORCID
	}
	return fmt.Sprintf("#creator-%d", i+1)
}

func orgID(o Affiliation) string {
	if o.ROR != "" {
		return "https://ror.org/" + strings.TrimPrefix(o.ROR, "https://ror.org/")
	}
	return "#organization-" + url.PathEscape(o.Name)
}

func (f Facts) licenseURL() string {
	if f.LicenseURL != "" {
		return f.LicenseURL
	}
	return "https://spdx.org/licenses/" + f.License
}

// encode percent-encodes a path as RO-Crate demands of ids.
func encode(p string) string {
	parts := strings.Split(p, "/")
	for i, s := range parts {
		parts[i] = url.PathEscape(s)
	}
	s := strings.Join(parts, "/")
	if first, _, _ := strings.Cut(s, "/"); strings.Contains(first, ":") {
		return "./" + s
	}
	return s
}

func quote(s string) string {
	b, err := json.Marshal(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

func hashOr(sha256 string) string {
	if sha256 == "" {
		return unknownHash
	}
	return sha256
}

// mediaTypes are those that a lab's files mostly have; the system's table is
// not asked, since it differs between machines.
var mediaTypes = map[string]string{
	".html": "text/html", ".json": "application/json", ".txt": "text/plain", ".csv": "text/csv", ".tsv": "text/tab-separated-values", ".md": "text/markdown",
	".pdf": "application/pdf", ".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".gif": "image/gif", ".tif": "image/tiff", ".tiff": "image/tiff",
	".svg": "image/svg+xml", ".zip": "application/zip", ".gz": "application/gzip", ".tar": "application/x-tar", ".xml": "application/xml",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document", ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
	".py": "text/x-python", ".r": "text/x-r", ".ipynb": "application/x-ipynb+json", ".h5": "application/x-hdf5", ".hdf5": "application/x-hdf5", ".nc": "application/netcdf",
	".mp4": "video/mp4", ".avi": "video/x-msvideo", ".fasta": "text/x-fasta", ".mat": "application/x-matlab-data",
}

func mediaType(name, given string) string {
	if given != "" {
		if t, _, err := mime.ParseMediaType(given); err == nil {
			return t
		}
	}
	if t := mediaTypes[strings.ToLower(path.Ext(name))]; t != "" {
		return t
	}
	return "application/octet-stream"
}

// text is HTML as plain text, or other where there is none.
func text(s, other string) string {
	nodes, err := fragment(s)
	if err != nil || strings.TrimSpace(s) == "" {
		return other
	}
	if t := (rich{nodes: nodes}).text(); t != "" {
		return t
	}
	return other
}

// ELNFolder is the one folder in an .eln archive: "content" for "content.eln".
func ELNFolder(archive string) string { return strings.TrimSuffix(archive, path.Ext(archive)) }
