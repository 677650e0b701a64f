package crate

import (
	"cmp"
	"fmt"
	"path"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
	"zenobis/richtext"
)

// face is what README.md and index.html say of the record, before the tree.
type face struct {
	title    string
	citation string // without address
	follows  string // which version this is and what it replaces, Markdown; "" of a first one
	address  string // of the DOI, else of the record; "" while there is neither
	license  link
	access   string
	about    []richtext.Block
	people   []person // creators, then contributors with their roles
	funding  []string
	works    []relatedWork
	keywords []string
	version  string
	notes    string
	origin   string
}

// follows says which version this is, and what it replaces; "" of a first one.
func follows(f Facts) string {
	switch v := f.Follows; {
	case v.DOI == "":
		return ""
	case v.Number > 0:
		return fmt.Sprintf("This is version %d of the record. It replaces version %d: <%s>", v.Number+1, v.Number, record.DOIAddress(v.DOI))
	default:
		return fmt.Sprintf("This is a new version of the record. It replaces the former one: <%s>", record.DOIAddress(v.DOI))
	}
}

// link is a text with an address, which may be missing.
type link struct{ Text, Address string }

// person is a creator or contributor.
type person struct {
	Name         string
	Role         string // contributors only
	ID           link   // ORCID or ROR
	Affiliations []link
}

// relatedWork is one with its relation in words.
type relatedWork struct {
	Relation string
	link
}

func faceOf(f Facts) face {
	f = told(f)
	out := face{
		title: cmp.Or(page.OneLine(f.Title), "Untitled"), access: f.access(), version: page.OneLine(f.Version),
		notes:   strings.TrimSpace(richtext.Readable("", "", f.Notes)),
		license: link{cmp.Or(page.OneLine(f.Terms.Name), f.License, "none was given"), f.Terms.URL},
	}
	out.citation = page.OneLine(record.Citation{Title: f.Title, Creators: f.Creators, Date: f.Date, Version: f.Version,
		Publisher: f.Publisher}.Text())
	out.follows = follows(f)
	switch {
	case f.DOI != "":
		out.address = record.DOIAddress(f.DOI)
	case f.URL != "":
		out.address = f.URL
	}
	if d, err := richtext.Read(richtext.SafeHTML("", "", f.Description), nil); err == nil {
		out.about = d.Blocks
	}
	for _, a := range f.Creators {
		out.people = append(out.people, f.person(a, ""))
	}
	for _, a := range f.Contribs {
		out.people = append(out.people, f.person(a, wordFor(record.RoleWords(), a.Role)))
	}
	for _, g := range f.Funding {
		text := page.OneLine(cmp.Or(g.FunderName, g.Funder))
		if award := page.OneLine(strings.TrimPrefix(g.Award, record.ROR(g.Funder)+"::")); award != "" {
			text += ", " + award
		}
		if t := page.OneLine(g.AwardTitle); t != "" {
			text += ": " + t
		}
		out.funding = append(out.funding, text)
	}
	for _, r := range f.Related {
		w := relatedWork{Relation: wordFor(record.RelationWords(), r.Relation)}
		w.Text = page.OneLine(r.Identifier)
		if doi := record.DOI(r.Identifier); doi != "" {
			w.Address = record.DOIAddress(doi)
		} else if a, _ := richtext.Link(r.Identifier); a != "" {
			w.Address = a
		}
		out.works = append(out.works, w)
	}
	for _, k := range f.Keywords {
		if k = page.OneLine(k); k != "" && !slices.Contains(out.keywords, k) {
			out.keywords = append(out.keywords, k)
		}
	}
	from, by := "an openBIS", "the person who exported it"
	if f.Source != "" {
		from = "the openBIS at " + f.Source
	}
	if f.ExportedBy != "" {
		by = page.OneLine(f.ExportedBy)
	}
	out.origin = "Made by " + cmp.Or(
		page.OneLine(f.Generator),
		"zenobis",
	) + " from " + from + ", with the rights of " + by + ": what that person may not see in openBIS is not in here."
	return out
}

func (f Facts) person(a record.Agent, role string) person {
	p := person{Name: page.OneLine(a.Name()), Role: role}
	switch {
	case a.ORCID != "":
		p.ID = link{"ORCID " + a.ORCID, "https://orcid.org/" + a.ORCID}
	case a.ROR != "":
		p.ID = link{"ROR " + a.ROR, "https://ror.org/" + a.ROR}
	}
	for _, o := range a.Affiliations {
		l := link{Text: page.OneLine(cmp.Or(o.Name, o.ROR))}
		if o.ROR != "" {
			l.Address = "https://ror.org/" + o.ROR
		}
		if l.Text != "" {
			p.Affiliations = append(p.Affiliations, l)
		}
	}
	return p
}

// wordFor is a vocabulary's id in words.
func wordFor(words []record.Word, id string) string {
	for _, w := range words {
		if strings.EqualFold(w.ID, id) {
			return w.Title
		}
	}
	return page.OneLine(id)
}

// summary is what the contents come to.
type summary struct {
	counts    map[openbis.Kind]int
	sets      []dataSet // the first maxLines by name
	files     int
	bytes     int64
	keys      bool // layout "files": data files lie beside this file
	pages     map[string]bool
	types     bool     // openbis-types.json is there
	long      []string // the first paths above 240 characters
	longCount int
	earliest  string
	latest    string
}

// dataSet is a data set's line.
type dataSet struct {
	name, kind, collection string
	permID, order          string
	packages               []string // record files that hold it
	files                  int
	bytes                  int64
}

// maxLines bounds each listing; longPath is what some systems take.
const (
	maxLines = 100
	longPath = 240
)

func sums(src Source) (*summary, error) {
	s := &summary{counts: map[openbis.Kind]int{}, pages: map[string]bool{}}
	err := src.Entities(func(n EntityNode) error {
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
		if e.Kind == openbis.KindDataSet {
			d := dataSet{name: page.OneLine(page.Title(e)), kind: page.TypeName(e.Ref), permID: e.PermID, order: n.Place.Folder}
			if e.ObjectRef != nil {
				d.name += " (" + page.OneLine(e.ObjectRef.Label()) + ")"
			}
			if e.CollRef != nil {
				d.collection = page.OneLine(e.CollRef.Label())
			}
			s.keep(d)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	s.cut()
	at := map[string]int{}
	for i, d := range s.sets {
		at[d.permID] = i
	}
	return s, src.Files(func(f FileNode) error {
		s.types = s.types || f.Path == typesName
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
		if i, ok := at[f.DataSet]; ok {
			d := &s.sets[i]
			d.files++
			d.bytes += f.Size
			if f.Package != "" && f.Key == "" && !slices.Contains(d.packages, f.Package) {
				d.packages = append(d.packages, f.Package)
			}
		}
		return nil
	})
}

// keep holds the first data sets by name, in bounded memory.
func (s *summary) keep(d dataSet) {
	if s.sets = append(s.sets, d); len(s.sets) >= 8*maxLines {
		s.cut()
	}
}

func (s *summary) cut() {
	slices.SortFunc(s.sets, func(a, b dataSet) int { return names.Natural(a.order, b.order) })
	s.sets = s.sets[:min(len(s.sets), maxLines)]
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
	return strings.Join(parts, ", ")
}

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
