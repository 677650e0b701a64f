package crate

import (
	"path"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
)

// summary is what the contents come to.
type summary struct {
	counts     map[openbis.Kind]int
	sets       []dataSet        // those with files, the first maxLines by name
	filled     int              // data sets with files
	containers []dataSet        // the first maxLines by name
	boxes      int              // containers
	left       int              // data sets without a file here, told among the omissions
	bare       int              // data sets of which only the page was asked for
	tallies    map[uint64]tally // by hash of a data set's permId
	gone       map[uint64]bool  // the same of what was left out
	files      int
	bytes      int64
	whole      string // the only package there is, "" where there are several
	keys       bool   // layout "files": data files lie beside this file
	pages      map[string]bool
	types      bool     // openbis-types.json is there
	long       []string // the first paths above 240 characters
	longCount  int
	earliest   string
	latest     string
}

// dataSet is a data set's line.
type dataSet struct {
	name, kind, collection string
	order                  string
	packages               []string // first and last record file that holds it
	parts                  string   // containers: what it holds
	files                  int
	bytes                  int64
}

// maxLines bounds each listing; longPath is what some systems take.
const (
	maxLines = 100
	longPath = 240
)

// tally is what the files of a data set come to.
type tally struct {
	bytes       int64
	files       int32
	first, last int32 // of its packages
}

func sums(src Source) (*summary, error) {
	s := &summary{counts: map[openbis.Kind]int{}, pages: map[string]bool{}, tallies: map[uint64]tally{}, gone: map[uint64]bool{}}
	packages, err := s.addFiles(src)
	if err != nil {
		return nil, err
	}
	for _, o := range src.Omissions() {
		s.gone[names.Hash64(ownPermID(o.Entity))] = true
	}
	err = src.Entities(func(n EntityNode) error {
		e := n.Entity
		s.counts[e.Kind]++
		if d := page.Time(e.Registered); d != "" {
			if s.earliest == "" || d < s.earliest {
				s.earliest = d
			}
			s.latest = max(s.latest, d)
		}
		for _, p := range n.Pages {
			s.pages[path.Ext(p)] = true
		}
		if e.Kind != openbis.KindDataSet {
			return nil
		}
		key := names.Hash64(e.PermID)
		t, ok := s.tallies[key]
		switch {
		case ok:
			s.filled++
			d := setLine(n)
			d.files, d.bytes = int(t.files), t.bytes
			if t.first >= 0 {
				d.packages = slices.Compact([]string{packages[t.first], packages[t.last]})
			}
			keep(&s.sets, d)
		case e.Data != nil && e.Data.Kind == openbis.Container:
			s.boxes++
			d := setLine(n)
			d.parts = partsOf(e)
			keep(&s.containers, d)
		case s.gone[key]:
			s.left++
		default:
			s.bare++
		}
		return nil
	})
	cut(&s.sets)
	cut(&s.containers)
	return s, err
}

// addFiles counts the files, by data set as well.
func (s *summary) addFiles(src Source) (packages []string, err error) {
	at := map[string]int32{}
	err = src.Files(func(f FileNode) error {
		s.types = s.types || f.Path == names.Types
		if len([]rune(f.Path)) > longPath {
			if s.longCount++; len(s.long) < 5 {
				s.long = append(s.long, f.Path)
			}
		}
		if f.DataSet == "" {
			return nil
		}
		s.files, s.bytes = s.files+1, s.bytes+f.Size
		s.keys = s.keys || f.Key != ""
		key := names.Hash64(f.DataSet)
		t, known := s.tallies[key]
		if !known {
			t.first = -1
		}
		t.files++
		t.bytes += f.Size
		if f.Package != "" && f.Key == "" {
			i, ok := at[f.Package]
			if !ok {
				i = int32(len(packages))
				at[f.Package] = i
				packages = append(packages, f.Package)
			}
			if t.last = i; t.first < 0 {
				t.first = i
			}
		}
		s.tallies[key] = t
		return nil
	})
	if len(packages) == 1 && !s.keys && len(src.Packages()) == 0 {
		s.whole = packages[0]
	}
	return packages, err
}

// toldOf says of a data set what of it is here, "" for all else.
func (s *summary) toldOf(e *openbis.Entity) string {
	if e.Kind != openbis.KindDataSet {
		return ""
	}
	key := names.Hash64(e.PermID)
	switch t, ok := s.tallies[key]; {
	case ok:
		return human.Count(int(t.files), "file", "files") + ", " + human.Bytes(t.bytes)
	case e.Data != nil && e.Data.Kind == openbis.Container:
		return "container"
	case s.gone[key]:
		return "left out"
	}
	return ""
}

func setLine(n EntityNode) dataSet {
	e := n.Entity
	d := dataSet{name: page.OneLine(page.Title(e)), kind: page.TypeName(e.Ref), order: n.Place.Folder}
	if e.ObjectRef != nil {
		d.name += " (" + page.OneLine(e.ObjectRef.Label()) + ")"
	}
	if e.CollRef != nil {
		d.collection = page.OneLine(e.CollRef.Label())
	}
	return d
}

// partsOf names what a container holds, the first of it.
func partsOf(e *openbis.Entity) string {
	const most = 10
	var list []string
	for i, r := range e.Components {
		if i == most {
			list = append(list, human.Count(len(e.Components)-i, "more", "more"))
			break
		}
		list = append(list, page.OneLine(r.Label()))
	}
	return strings.Join(list, "; ")
}

// keep holds the first data sets by name, in bounded memory.
func keep(list *[]dataSet, d dataSet) {
	if *list = append(*list, d); len(*list) >= 8*maxLines {
		cut(list)
	}
}

func cut(list *[]dataSet) {
	slices.SortFunc(*list, func(a, b dataSet) int { return names.Natural(a.order, b.order) })
	*list = (*list)[:min(len(*list), maxLines)]
}

// contents counts what there is.
func (s *summary) contents() string {
	var parts []string
	for _, k := range []struct {
		kind     openbis.Kind
		one, all string
	}{
		{openbis.KindSpace, "space", "spaces"}, {openbis.KindProject, "project", "projects"}, {openbis.KindCollection, "collection",
			"collections"},
		{openbis.KindObject, "object", "objects"}, {openbis.KindDataSet, "data set", "data sets"},
	} {
		if n := s.counts[k.kind]; n > 0 {
			parts = append(parts, human.Count(n, k.one, k.all))
		}
	}
	if len(parts) == 0 {
		return "nothing"
	}
	return strings.Join(parts, ", ") + s.kindsOfSets()
}

// kindsOfSets says of which data sets there are files here, where not of all: "
// (56 with files, 1 container, 4 whose files were left out)".
func (s *summary) kindsOfSets() string {
	all := s.counts[openbis.KindDataSet]
	if all == s.filled || all == s.bare {
		return ""
	}
	var parts []string
	add := func(n int, text string) {
		if n > 0 {
			parts = append(parts, human.Number(n)+" "+text)
		}
	}
	add(s.filled, "with files")
	add(s.boxes, map[bool]string{true: "container of others", false: "containers of others"}[s.boxes == 1])
	add(s.left, "left out")
	add(s.bare, "without files")
	return " (" + strings.Join(parts, ", ") + ")"
}

// entries reports the arrangement of an .eln.
func (s *summary) entries() bool { return strings.HasSuffix(s.whole, ".eln") }

// registered says when the contents were registered, "" where nobody knows.
func (s *summary) registered() string {
	switch {
	case s.earliest == "":
		return ""
	case s.earliest[:10] == s.latest[:10]:
		return "Registered in openBIS on " + s.latest[:10] + "."
	}
	return "Registered in openBIS between " + s.earliest[:10] + " and " + s.latest[:10] + "."
}
