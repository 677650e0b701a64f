package crate

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math"
	"path"
	"slices"
	"strings"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

// node is one entity of a crate's graph.
type node map[string]any

func ref(id string) node { return node{"@id": id} }

// encoded writes a value as JSON on one line; keys are sorted: same input, same bytes.
func encoded(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return bytes.TrimRight(b.Bytes(), "\n"), err
}

func quote(s string) string {
	b, err := encoded(s)
	if err != nil {
		return `""`
	}
	return string(b)
}

// single is a single value itself, several as a list.
func single(list []any) any {
	if len(list) == 1 {
		return list[0]
	}
	return list
}

// begin puts what stands between two nodes.
func (g *graph) begin() {
	if g.nodes > 0 {
		g.w.WriteString(",\n")
	}
	g.nodes++
}

func (g *graph) put(nodes ...node) {
	for _, n := range nodes {
		if g.err != nil {
			return
		}
		var b []byte
		if b, g.err = encoded(n); g.err != nil {
			return
		}
		g.begin()
		_, g.err = g.w.Write(b)
	}
}

// distinct drops references that came before.
func distinct(refs []any) []any {
	seen := map[any]bool{}
	return slices.DeleteFunc(refs, func(r any) bool {
		id := r.(node)["@id"]
		was := seen[id]
		seen[id] = true
		return was
	})
}

// stream writes a node with parts that are not held in memory. A node that has
// none must not say so, but where readers want a list.
func (g *graph) stream(n node, parts func(part func(id string)) error) error {
	b, err := encoded(n)
	if err != nil {
		return err
	}
	g.begin()
	g.w.Write(b[:len(b)-1])
	count := 0
	err = parts(func(id string) {
		if count == 0 {
			g.w.WriteString(`,"hasPart":[`)
		} else {
			g.w.WriteByte(',')
		}
		count++
		_, g.err = g.w.WriteString(`{"@id":` + quote(id) + `}`)
	})
	if err != nil {
		return err
	}
	switch {
	case count > 0:
		g.w.WriteByte(']')
	case g.lists:
		g.w.WriteString(`,"hasPart":[]`)
	}
	_, err = g.w.WriteString("}")
	return err
}

// entityID is an entity's folder, or a name where it has none: only what is
// there may be a path.
func (g *graph) entityID(i int32) string {
	b := g.tree.bones.At(i)
	if b.exists {
		return names.Encode(b.folder) + "/"
	}
	return outsideID(b.permID)
}

func outsideID(permID string) string { return "#" + names.Encode(permID) }

func (g *graph) fileID(f FileNode) string {
	return names.Encode(cmp.Or(f.Key, f.Path))
}

// entity writes a project, collection, object or data set as a Dataset, then
// its values and those of its relatives that nothing else describes.
func (g *graph) entity(n EntityNode) error {
	e := n.Entity
	i, ok := g.tree.find(e.Kind, ownPermID(e.Ref))
	if !ok {
		return fmt.Errorf("%s %q was not there before", e.Kind, e.PermID)
	}
	out := node{"@id": g.entityID(i), "@type": "Dataset", "name": page.OneLine(page.Title(e)),
		"identifier": page.OneLine(ownPermID(e.Ref)), "additionalType": page.KindName(e.Kind)}
	if out["name"] == "" {
		out["name"] = "Untitled"
	}
	if e.Type != "" {
		out["genre"] = page.OneLine(e.Type)
	}
	out["description"] = about(n)
	if e.Identifier != "" && e.Identifier != e.PermID {
		out["alternateName"] = page.OneLine(e.Identifier)
	}
	if d := page.Time(e.Registered); d != "" {
		out["dateCreated"] = d
	}
	if d := page.Time(e.Modified); d != "" {
		out["dateModified"] = d
	}
	if keys := keywords(e.Tags, false); keys != nil {
		out["keywords"] = keys
	}
	var after []node
	if id, nodes := g.agents.person(e.Registrator); id != "" {
		out["creator"], after = ref(id), nodes
	}
	for _, r := range []struct {
		key  string
		list [][]openbis.Ref
	}{{"isBasedOn", [][]openbis.Ref{e.Parents}}, {"mentions", [][]openbis.Ref{e.Children, e.Components}}} {
		var refs []any
		for _, list := range r.list {
			for _, to := range list {
				refs = append(refs, ref(g.relative(to, &after)))
			}
		}
		if len(refs) > 0 {
			out[r.key] = single(refs)
		}
	}
	values := g.values(n, &after)
	if measured := refsTo(values); len(measured) > 0 {
		out["variableMeasured"] = single(measured)
	}
	err := g.stream(out, func(part func(id string)) error {
		g.tree.children(i, func(c int32) { part(g.entityID(c)) })
		for _, p := range n.Pages {
			part(names.Encode(p))
		}
		if g.tree.bones.At(i).exists {
			g.tree.strays(i, func(p string) { part(names.Encode(p)) })
		}
		if e.Kind == openbis.KindDataSet {
			return g.ids.of(i, part)
		}
		return nil
	})
	if err != nil {
		return err
	}
	g.put(append(values, after...)...)
	return g.err
}

// about says what an entity is: its own description, that of its type, or its
// type's name.
func about(n EntityNode) string {
	e, kind := n.Entity, page.KindName(n.Entity.Kind)
	if d := page.Description(e); d != "" {
		return d
	}
	best, text := math.MaxInt, ""
	for _, v := range page.Values(e, n.Type, n.Refer) {
		if i := record.GoalOf(v.Code); i >= 0 && i < best && v.Text != "" {
			best, text = i, v.Text
		}
	}
	if text != "" {
		return text
	}
	if n.Type != nil && page.OneLine(n.Type.Description) != "" {
		return kind + ": " + page.OneLine(n.Type.Description)
	}
	if e.Type != "" {
		return kind + " of type " + page.OneLine(e.Type)
	}
	return kind
}

func refsTo(nodes []node) (refs []any) {
	for _, n := range nodes {
		refs = append(refs, ref(n["@id"].(string)))
	}
	return refs
}

// relative is the id of a relative; one outside of the package gets a node once.
func (g *graph) relative(r openbis.Ref, after *[]node) string {
	if i, ok := g.tree.find(r.Kind, ownPermID(r)); ok {
		return g.entityID(i)
	}
	id := outsideID(ownPermID(r))
	if key := names.Hash64(id); !g.stubs[key] {
		g.stubs[key] = true
		n := node{"@id": id, "@type": "CreativeWork", "name": page.OneLine(r.Label()), "identifier": page.OneLine(ownPermID(r)),
			"description": "Not in this package"}
		if n["name"] == "" {
			n["name"] = page.OneLine(ownPermID(r))
		}
		*after = append(*after, n)
	}
	return id
}

// values are an entity's properties as nodes. Pictures and tables are in the pages.
func (g *graph) values(n EntityNode, after *[]node) (out []node) {
	base := outsideID(ownPermID(n.Entity.Ref)) + "/"
	for _, v := range page.Values(n.Entity, n.Type, n.Refer) {
		if v.Text == "" {
			continue
		}
		value := node{"@id": base + names.Encode(v.Code), "@type": "PropertyValue", "name": v.Label, "propertyID": v.Code, "value": v.Text}
		var refs []any
		for _, l := range v.Refs {
			refs = append(refs, ref(g.relative(l.Ref, after)))
		}
		if len(refs) > 0 {
			value["valueReference"] = single(refs)
		}
		out = append(out, value)
	}
	return out
}

func (g *graph) file(f FileNode) {
	if g.err != nil {
		return
	}
	n := node{"@id": g.fileID(f), "@type": "File", "name": path.Base(f.Path), "contentSize": fmt.Sprint(f.Size),
		"encodingFormat": names.MediaType(f.Path, f.MediaType)}
	if f.SHA256 != "" {
		n["sha256"] = sum(f.SHA256)
	}
	if d := page.Time(f.Modified); d != "" {
		n["dateModified"] = d
	}
	if f.Key != "" {
		n["alternateName"] = f.Path // where it belongs in the tree
	}
	if f.Original != "" && !strings.HasSuffix(f.Path, "/"+f.Original) {
		n["name"] = page.OneLine(path.Base(f.Original))
		n["description"] = "In openBIS: " + page.OneLine(f.Original)
	}
	switch i, ok := g.tree.owner(f.Path); {
	case f.DataSet == "" && ok:
		n["about"] = ref(g.entityID(i))
		n["description"] = "Page about it"
	case f.DataSet == "":
		n["description"] = "About this package as a whole"
	case n["description"] == nil:
		n["description"] = "Data file of data set " + f.DataSet
	}
	g.put(n)
}

// partIDs hands out the files of one data set after the other. Where a source
// has them in the order of its data sets, as ours do, none are held in memory.
type partIDs struct {
	next func() (fileOf, error, bool)
	stop func()
	head fileOf
	ok   bool
	err  error
	held map[int32][]string
}

var errStopped = errors.New("stopped")

// fileOf is a data file and the data set that it belongs to.
type fileOf struct {
	set int32
	id  string
}

// scan notes which folders hold files, and whether the data files come in the
// order of their data sets.
func (g *graph) scan(src Source) (*partIDs, error) {
	last, ordered := int32(-1), true
	err := src.Files(func(f FileNode) error {
		i, ok := g.tree.find("dataset", f.DataSet)
		if f.DataSet == "" || !ok {
			return nil
		}
		if f.Key == "" {
			g.tree.mark(i)
		}
		ordered = ordered && i >= last
		last = i
		return nil
	})
	if err != nil {
		return nil, err
	}
	files := iter.Seq2[fileOf, error](func(yield func(fileOf, error) bool) {
		err := src.Files(func(f FileNode) error {
			if i, ok := g.tree.find("dataset", f.DataSet); f.DataSet != "" && ok && !yield(fileOf{i, g.fileID(f)}, nil) {
				return errStopped
			}
			return nil
		})
		if err != nil && !errors.Is(err, errStopped) {
			yield(fileOf{}, err)
		}
	})
	p := &partIDs{}
	if !ordered {
		p.held = map[int32][]string{}
		for f, err := range files {
			if err != nil {
				return nil, err
			}
			p.held[f.set] = append(p.held[f.set], f.id)
		}
		return p, nil
	}
	p.next, p.stop = iter.Pull2(files)
	return p, nil
}

// of hands out the files of a data set. Data sets are asked for in the order of
// the source's entities.
func (p *partIDs) of(set int32, part func(id string)) error {
	if p.held != nil {
		for _, id := range p.held[set] {
			part(id)
		}
		return nil
	}
	if !p.ok && p.next != nil {
		p.pull()
	}
	for p.ok && p.err == nil && p.head.set <= set {
		if p.head.set == set {
			part(p.head.id)
		}
		p.pull()
	}
	return p.err
}

func (p *partIDs) pull() {
	var err error
	if p.head, err, p.ok = p.next(); err != nil {
		p.err = err
	}
	if !p.ok {
		p.stop()
		p.next = nil
	}
}

func (p *partIDs) close() {
	if p.stop != nil {
		p.stop()
	}
}
