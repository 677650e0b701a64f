package labdata

import (
	"cmp"
	"fmt"
	"sort"
	"strings"
	"time"
)

// DataSet is what only data sets have.
type DataSet struct {
	Kind      string // PHYSICAL, CONTAINER, LINK
	Store     *Store
	Status    string
	Size      int64 // bytes; -1 unknown
	InArchive bool
	Location  string
	Files     []File // in path order, directories not among them
	Links     []Link
	// Available is when a data set that is being unarchived will be back.
	Available time.Time
	Accessed  time.Time
}

// File is one file as the store lists it. Content is either body or, for
// generated files, a function of seed.
type File struct {
	Path string
	Size int64
	Seed uint64
	body []byte
	Dir  bool // an empty folder
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
	e := l.NewEntity(KindDataSet, s.Code, "", "")
	e.Code = e.PermID
	switch {
	case s.Object != "":
		e.Sample = l.Must(KindSample, s.Object)
		e.Exp, e.Project, e.Space = e.Sample.Exp, e.Sample.Project, e.Sample.Space
	case s.Collection != "":
		e.Exp = l.Must(KindExperiment, s.Collection)
		e.Project, e.Space = e.Exp.Project, e.Exp.Space
	default:
		panic("labdata: data set without object and collection")
	}
	l.fill(e, cmp.Or(s.Type, "RAW_DATA"), s.Name, s.Properties, s.Tags, s.Registrator, s.Registered)
	d := &DataSet{Kind: cmp.Or(s.Kind, "PHYSICAL"), Store: l.store(cmp.Or(s.Store, "DSS1")),
		Status: cmp.Or(s.Status, "AVAILABLE"), InArchive: s.InArchive || s.Status == "ARCHIVED", Accessed: e.Registered}
	if d.Store == nil {
		panic("labdata: no data store " + s.Store)
	}
	e.Data = d
	switch d.Kind {
	case "PHYSICAL":
		d.Files = CollectFiles(s.Files, s.Generated, s.Folders)
		d.Location = Location(e.Code)
	case "CONTAINER":
		for _, c := range s.Components {
			Contain(e, l.Must(KindDataSet, c))
		}
	case "LINK":
		d.Links = s.Links
		for i := range d.Links {
			d.Links[i].DMS = cmp.Or(d.Links[i].DMS, "EDMS")
			code := d.Links[i].DMS
			if l.Dms[code] == nil {
				l.Dms[code] = &externalDMS{Code: code, Label: code, Address: "host:/path"}
			}
		}
	default:
		panic("labdata: kind of data set " + d.Kind)
	}
	for _, f := range d.Files {
		d.Size += f.Size
	}
	if s.SizeUnknown {
		d.Size = -1
	}
	for _, p := range s.Parents {
		Connect(l.Must(KindDataSet, p), e)
	}
	l.Insert(e)
	return e.Code
}

// CollectFiles are all files of a data set in the order of a walk.
func CollectFiles(bodies map[string][]byte, generated []GeneratedFile, folders []string) []File {
	files := make([]File, 0, len(bodies)+len(generated)+len(folders))
	if len(bodies)+len(generated)+len(folders) == 0 {
		folders = []string{"original"}
	}
	for _, p := range folders {
		files = append(files, File{Path: p, Dir: true})
	}
	for p, b := range bodies {
		files = append(files, File{Path: p, Size: int64(len(b)), body: b})
	}
	for _, g := range generated {
		files = append(files, File{Path: g.Path, Size: g.Size, Seed: g.Seed | 1<<63})
	}
	sortFiles(files)
	return files
}

// sortFiles puts files in the order of a walk through their folders.
func sortFiles(files []File) {
	sort.Slice(files, func(i, j int) bool { return walkLess(files[i].Path, files[j].Path) })
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

// Contain puts a data set into a container.
func Contain(container, component *Entity) {
	container.Components = append(container.Components, component)
	component.Containers = append(component.Containers, container)
}

// Location is the folder in the store, as openBIS shards it.
func Location(code string) string {
	h := Splitmix(hash64(code))
	return fmt.Sprintf("A4C0F1DE-7B1D-4B6E-9D55-0C3C1B0F6E2A/%02x/%02x/%02x/%s", h&255, h>>8&255, h>>16&255, code)
}

// Content lists all files that a data set shows: its own, or those of its
// components, of which an earlier one wins.
func (e *Entity) Content() []File {
	if e.Data.Kind != "CONTAINER" {
		return e.Data.Files
	}
	if len(e.Components) == 1 {
		return e.Components[0].Content()
	}
	seen := map[string]bool{}
	var all []File
	for _, c := range e.Components {
		if c.Trashed {
			continue
		}
		for _, f := range c.Content() {
			if !seen[f.Path] {
				seen[f.Path] = true
				all = append(all, f)
			}
		}
	}
	sortFiles(all)
	return all
}

// FindFile looks a path up in files in walk order.
func FindFile(files []File, path string) (File, bool) {
	i := sort.Search(len(files), func(i int) bool { return !walkLess(files[i].Path, path) })
	if i < len(files) && files[i].Path == path && !files[i].Dir {
		return files[i], true
	}
	return File{}, false
}

// IsFolder reports whether some file is below path.
func IsFolder(files []File, path string) bool {
	if path == "" {
		return true
	}
	i := sort.Search(len(files), func(i int) bool { return !walkLess(files[i].Path, path) })
	if i < len(files) && files[i].Path == path && files[i].Dir {
		return true
	}
	return i < len(files) && strings.HasPrefix(files[i].Path, path+"/")
}

// Owner is the component that holds a path of a container, or e itself.
func (e *Entity) Owner(path string) *Entity {
	if e.Data.Kind != "CONTAINER" {
		return e
	}
	for _, c := range e.Components {
		if _, ok := FindFile(c.Content(), path); ok {
			return c.Owner(path)
		}
	}
	return e
}
