package crate

import (
	"slices"
	"testing"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/page/pagetest"
	"zenobis/record"
)

// lab is a source in memory.
type lab struct {
	nodes     []EntityNode
	files     []FileNode
	packages  []PackageNode
	omissions []omission.Entry
	content   map[string][]byte // of pages, by path
	gaps      []page.Gap
}

func (l *lab) Entities(yield func(EntityNode) error) error {
	for _, n := range l.nodes {
		if err := yield(n); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) Files(yield func(FileNode) error) error {
	for _, f := range l.files {
		if err := yield(f); err != nil {
			return err
		}
	}
	return nil
}

func (l *lab) Packages() []PackageNode     { return l.packages }
func (l *lab) Omissions() []omission.Entry { return l.omissions }

var (
	stepType   = pagetest.StepType()
	sheetValue = pagetest.Sheet
	fakeImage  = pagetest.Image
	day1       = pagetest.Day()
)

// demo is a small lab with what labs have: names that are hard on disks, broken
// values, missing pictures, links to what is not in the package.
func demo(t testing.TB, formats ...page.Format) *lab {
	return demoIn(t, names.NewTree(page.Extensions()), formats...)
}

// demoIn is the demo with the names of a tree.
func demoIn(t testing.TB, tree *names.Tree, formats ...page.Format) *lab {
	t.Helper()
	made := pagetest.New()
	project, coll, step, second, loose, data, linked := made.Project, made.Coll, made.Step, made.Second, made.Loose, made.Data, made.Linked
	l := &lab{content: map[string][]byte{}}
	places := made.Places(tree)
	if len(formats) == 0 {
		formats = []page.Format{page.HTML, page.JSON, page.Text, page.DOCX}
	}
	links := func(refs []openbis.Ref) (out []page.Link) {
		for _, r := range refs {
			out = append(out, page.Link{Ref: r, Page: places[r.PermID].Page})
		}
		return out
	}
	for _, e := range []*openbis.Entity{project, coll, step, second, loose, data, linked} {
		in := page.Input{Entity: e, Place: places[e.PermID], Parents: links(e.Parents), Children: links(e.Children), Image: fakeImage}
		switch e {
		case step, second:
			in.Type = stepType
		case coll:
			in.Below, in.BelowAll = links([]openbis.Ref{step.Ref, second.Ref}), 5
		case data:
			in.Files, in.Bytes, in.Total = 2, 1234567, 5
		case linked:
			in.Omitted = "link data set: its data lies outside openBIS"
			l.omissions = append(l.omissions, omission.Entry{Entity: e.Ref, Reason: "link", Message: "not here"})
		}
		pages, gaps, err := page.Render(t.Context(), in, formats)
		if err != nil {
			t.Fatal(err)
		}
		l.gaps = append(l.gaps, gaps...)
		n := EntityNode{Entity: e, Type: in.Type, Place: in.Place}
		for _, p := range pages {
			n.Pages = append(n.Pages, p.Path)
			l.content[p.Path] = p.Data
			l.files = append(l.files, FileNode{Path: p.Path, Size: int64(len(p.Data)), SHA256: names.Hash(string(p.Data), 64), Modified: day1})
		}
		l.nodes = append(l.nodes, n)
	}
	for _, f := range []string{"original/a b%.txt", "original/bild: 1.png"} {
		p := tree.FilePath(places[data.PermID].Folder, f)
		body := []byte("content of " + f)
		l.content[p] = body
		l.files = append(l.files, FileNode{Path: p, Original: f, Size: int64(len(body)), SHA256: names.Hash(string(body), 64),
			DataSet: data.PermID, Modified: day1})
	}
	return l
}

func (l *lab) paths() (out []string) {
	for p := range l.content {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

var demoFacts = Facts{
	Metadata: record.Metadata{
		Title: "Cells & \"more\" <2024>", Date: "2024-05-06", Description: "<p>All about <b>cells</b></p>",
		Creators: []record.Agent{
			{Family: "Liddell", Given: "Alice", ORCID: "0000-0002-1825-0097", User: "alice",
				Affiliations: []record.Affiliation{{ROR: "05a28rw58"}, {Name: "A & B"}}},
			{Family: "The Lab"},
		},
		Contribs: []record.Agent{{Family: "Builder", Given: "Bob", Role: "DataCurator", Affiliations: []record.Affiliation{{Name: "A & B"}}}},
		Funding:  []record.Grant{{Funder: "https://ror.org/00yjd3n13", Award: "200021_123456"}, {Funder: "00yjd3n13"}},
		Related: []record.Related{
			{Relation: "isSupplementTo", Identifier: "https://doi.org/10.1234/paper"}, {Relation: "isDerivedFrom",
				Identifier: "https://example.org/raw data"},
			{Relation: "isCitedBy", Identifier: "arXiv:2401.00001"},
		},
		Access:  "embargo:2030-01-01",
		License: "cc-by-4.0", Keywords: []string{"cells", "ice"}, Language: "eng", Version: "1",
	},
	DOI: "10.5281/zenodo.1234567", Publisher: "Zenodo", PublisherURL: "https://zenodo.org",
	Terms: record.License{Name: "Creative Commons Attribution 4.0 International",
		URL: "https://creativecommons.org/licenses/by/4.0/legalcode"},
	Generator: "zenobis 0.1.0", ExportedBy: "Alice Liddell", ExportedByID: "alice",
}
