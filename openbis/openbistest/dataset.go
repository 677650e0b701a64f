package openbistest

import (
	"cmp"
	"fmt"
	"sort"
	"strings"
	"time"
)

// dataSet is what only data sets have.
type dataSet struct {
	kind      string // PHYSICAL, CONTAINER, LINK
	store     *store
	status    string
	size      int64 // bytes; -1 unknown
	inArchive bool
	location  string
	files     []file // in path order, directories not among them
	links     []Link
	// available is when a data set that is being unarchived will be back.
	available time.Time
	accessed  time.Time
}

// file is one file as the store lists it. Content is either body or, for
// generated files, a function of seed.
type file struct {
	path string
	size int64
	seed uint64
	body []byte
	dir  bool // an empty folder
}

// Link says where the copy of a link data set is.
type Link struct {
	DMS  string // code of the external system; "" for EDMS
	Path string
}

// GeneratedFile is a file whose content is made on the fly from its seed, so
// that large ones cost nothing.
type GeneratedFile struct {
	Path string
	Size int64
	Seed uint64
}

// DataSetSpec describes a data set.
type DataSetSpec struct {
	Object, Collection string // permId or identifier; an object's collection is its data sets' too
	Code               string // "" for a generated one
	Type               string // "" for RAW_DATA
	Kind               string // PHYSICAL (the default), CONTAINER or LINK
	Store              string // "" for DSS1
	Name               string // property $NAME
	Properties         map[string]string
	Files              map[string][]byte // by path as stored, such as "original/default/a.csv"
	Generated          []GeneratedFile
	Folders            []string // empty folders; a data set without anything has "original"
	Status             string   // "" for AVAILABLE
	InArchive          bool     // a copy is in the archive
	SizeUnknown        bool     // the application server does not know the size
	Components         []string // of a container, in order
	Parents            []string
	Links              []Link // of a link data set
	Tags               []string
	Registrator        string    // user id; "" for system
	Registered         time.Time // zero for the lab's clock
}

// AddDataSet adds a data set and returns its code.
func (l *Lab) AddDataSet(s DataSetSpec) string {
	e := l.newEntity(kindDataSet, s.Code, "", "")
	e.code = e.permID
	switch {
	case s.Object != "":
		e.sample = l.must(kindSample, s.Object)
		e.exp, e.project, e.space = e.sample.exp, e.sample.project, e.sample.space
	case s.Collection != "":
		e.exp = l.must(kindExperiment, s.Collection)
		e.project, e.space = e.exp.project, e.exp.space
	default:
		panic("openbistest: data set without object and collection")
	}
	l.fill(e, cmp.Or(s.Type, "RAW_DATA"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	d := &dataSet{kind: cmp.Or(s.Kind, "PHYSICAL"), store: l.store(cmp.Or(s.Store, "DSS1")),
		status: cmp.Or(s.Status, "AVAILABLE"), inArchive: s.InArchive || s.Status == "ARCHIVED", accessed: e.registered}
	if d.store == nil {
		panic("openbistest: no data store " + s.Store)
	}
	e.data = d
	switch d.kind {
	case "PHYSICAL":
		d.files = collectFiles(s.Files, s.Generated, s.Folders)
		d.location = location(e.code)
	case "CONTAINER":
		for _, c := range s.Components {
			contain(e, l.must(kindDataSet, c))
		}
	case "LINK":
		d.links = s.Links
		for i := range d.links {
			d.links[i].DMS = cmp.Or(d.links[i].DMS, "EDMS")
			code := d.links[i].DMS
			if l.dms[code] == nil {
				l.dms[code] = &externalDMS{code: code, label: code, address: "host:/path"}
			}
		}
	default:
		panic("openbistest: kind of data set " + d.kind)
	}
	for _, f := range d.files {
		d.size += f.size
	}
	if s.SizeUnknown {
		d.size = -1
	}
	for _, p := range s.Parents {
		link(l.must(kindDataSet, p), e)
	}
	l.insert(e)
	return e.code
}

func collectFiles(bodies map[string][]byte, generated []GeneratedFile, folders []string) []file {
	files := make([]file, 0, len(bodies)+len(generated)+len(folders))
	if len(bodies)+len(generated)+len(folders) == 0 {
		folders = []string{"original"}
	}
	for _, p := range folders {
		files = append(files, file{path: p, dir: true})
	}
	for p, b := range bodies {
		files = append(files, file{path: p, size: int64(len(b)), body: b})
	}
	for _, g := range generated {
		files = append(files, file{path: g.Path, size: g.Size, seed: g.Seed | 1<<63})
	}
	sortFiles(files)
	return files
}

// sortFiles puts files in the order of a walk through their folders.
func sortFiles(files []file) {
	sort.Slice(files, func(i, j int) bool { return walkLess(files[i].path, files[j].path) })
}

// walkLess orders paths as a walk meets them: "/" before every other byte.
func walkLess(a, b string) bool {
	for i := 0; i < len(a) && i < len(b); i++ {
		if x, y := a[i], b[i]; x != y {
			if x == '/' {
				return true
			}
			if y == '/' {
				return false
			}
			return x < y
		}
	}
	return len(a) < len(b)
}

func contain(container, component *entity) {
	container.components = append(container.components, component)
	component.containers = append(component.containers, container)
}

// location is the folder in the store, as openBIS shards it.
func location(code string) string {
	h := splitmix(hash64(code))
	return fmt.Sprintf("A4C0F1DE-7B1D-4B6E-9D55-0C3C1B0F6E2A/%02x/%02x/%02x/%s", h&255, h>>8&255, h>>16&255, code)
}

// content lists all files that a data set shows: its own, or those of its
// components, of which an earlier one wins.
func (e *entity) content() []file {
	if e.data.kind != "CONTAINER" {
		return e.data.files
	}
	if len(e.components) == 1 {
		return e.components[0].content()
	}
	seen := map[string]bool{}
	var all []file
	for _, c := range e.components {
		if c.trashed {
			continue
		}
		for _, f := range c.content() {
			if !seen[f.path] {
				seen[f.path] = true
				all = append(all, f)
			}
		}
	}
	sortFiles(all)
	return all
}

// findFile looks a path up in files in walk order.
func findFile(files []file, path string) (file, bool) {
	i := sort.Search(len(files), func(i int) bool { return !walkLess(files[i].path, path) })
	if i < len(files) && files[i].path == path && !files[i].dir {
		return files[i], true
	}
	return file{}, false
}

// isFolder reports whether some file is below path.
func isFolder(files []file, path string) bool {
	if path == "" {
		return true
	}
	i := sort.Search(len(files), func(i int) bool { return !walkLess(files[i].path, path) })
	if i < len(files) && files[i].path == path && files[i].dir {
		return true
	}
	return i < len(files) && strings.HasPrefix(files[i].path, path+"/")
}

// owner is the component that holds a path of a container, or e itself.
func (e *entity) owner(path string) *entity {
	if e.data.kind != "CONTAINER" {
		return e
	}
	for _, c := range e.components {
		if _, ok := findFile(c.content(), path); ok {
			return c.owner(path)
		}
	}
	return e
}
