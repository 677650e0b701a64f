package crate

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"slices"
	"strings"
	"testing"
	"time"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
)

// lab is a source in memory.
type lab struct {
	nodes     []EntityNode
	files     []FileNode
	packages  []PackageNode
	omissions []Omission
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

func (l *lab) Packages() []PackageNode { return l.packages }
func (l *lab) Omissions() []Omission   { return l.omissions }

var day1 = time.Date(2024, 3, 2, 9, 20, 0, 0, time.UTC)

func pngBytes() []byte {
	m := image.NewRGBA(image.Rect(0, 0, 12, 8))
	for i := range 12 {
		m.Set(i, i%8, color.RGBA{200, 40, 40, 255})
	}
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func sheetValue(json string) string {
	return "<DATA>" + base64.StdEncoding.EncodeToString([]byte(json)) + "</DATA>"
}

func fakeImage(src string) (string, []byte, error) {
	if strings.Contains(src, "gone") {
		return "", nil, fmt.Errorf("read %s?sessionID=alice-230101120000000x0123456789ABCDEF: %w", src, openbis.ErrNoBytes)
	}
	return "image/png", pngBytes(), nil
}

var stepType = &openbis.EntityType{Kind: openbis.KindObject, Code: "EXPERIMENTAL_STEP", Description: "A step of an experiment",
	Properties: []openbis.Assignment{
		{Code: "$NAME", Label: "Name", Section: "General info", DataType: "VARCHAR", Internal: true},
		{Code: "$SHOW_IN_PROJECT_OVERVIEW", Label: "Show in project overview", Section: "General info", DataType: "BOOLEAN", Internal: true},
		{Code: "FINISHED_FLAG", Label: "Experiment completed", Section: "General info", DataType: "BOOLEAN"},
		{Code: "START_DATE", Label: "Start date", Section: "General info", DataType: "TIMESTAMP"},
		{Code: "HOST", Label: "Host", Section: "General info", DataType: "CONTROLLEDVOCABULARY",
			Terms: map[string]string{"MOUSE": "Mouse, laboratory"}},
		{Code: "GOALS", Label: "Experimental goals", Section: "Experimental details", DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"},
		{
			Code:     "RESULTS",
			Label:    "Experimental results",
			Section:  "Experimental details",
			DataType: "MULTILINE_VARCHAR",
			Widget:   "Word Processor",
		},
		{Code: "EXPERIMENTAL_STEP.SPREADSHEET", Label: "Spreadsheet", Section: "Experimental details", DataType: "XML", Widget: "Spreadsheet"},
		{Code: "BROKEN_SHEET", Label: "Broken sheet", Section: "Experimental details", DataType: "XML", Widget: "Spreadsheet"},
		{Code: "WEB", Label: "Web page", Section: "References", DataType: "HYPERLINK"},
		{Code: "EVIL", Label: "Evil link", Section: "References", DataType: "HYPERLINK"},
		{Code: "COUNTS", Label: "Counts", Section: "References", DataType: "ARRAY_INTEGER"},
		{Code: "CONFIG", Label: "Configuration", Section: "References", DataType: "JSON"},
		{Code: "ODD", Label: "Odd", DataType: "QUATERNION"},
		{Code: "RAWXML", Label: "Raw XML", DataType: "XML"},
		{Code: "USES", Label: "Uses", DataType: "SAMPLE"},
		{Code: "DAY", Label: "Day", DataType: "DATE"},
		{Code: "$XMLCOMMENTS", Label: "Comments", DataType: "XML", Internal: true},
		{Code: "$ANNOTATIONS_STATE", Label: "Annotations State", DataType: "XML", Internal: true},
	}}

const richValue = `<h2>Aim</h2><p style="text-align:center">Grow <strong>cells</strong> at 37&nbsp;°C, CO<sub>2</sub> &amp; ` +
	`light&lt;dark</p>
<h3>Steps</h3><ol><li>thaw</li><li>wash <em>twice</em><ul><li>PBS</li><li>PBS again</li></ul></li></ol>
<figure class="image image_resized" style="width:40%"><img src="/openbis/openbis/file-service/eln-lims/aa/bb/1.png?` +
	`sessionID=alice-230101120000000x0123456789ABCDEF0123456789ABCDEF" alt="Cells"><figcaption>Day 1</figcaption></figure>
<p><img src="/openbis/openbis/file-service/eln-lims/aa/bb/1.png?sessionID=` +
	`alice-230101120000000x0123456789ABCDEF0123456789ABCDEF"><img src="/openbis/openbis/file-service/gone.png" alt="Gel"></p>
<table><caption>Counts</caption><thead><tr><th>Day</th><th>Cells</th></tr></thead><tbody><tr><td rowspan="2">1</td><td ` +
	`style="background-color:#ffe066">100</td></tr><tr><td>120</td></tr><tr><td colspan="2">sum</td></tr></tbody></table>
<blockquote><p>as <a href="https://example.org/p?a=1&amp;b=2">published</a>, <a href="/openbis/webapp/x">here</a></p></blockquote><pre>a  b
 c</pre><hr><script>alert(1)</script><p onclick="x()" style="color:red">red <span style="color:hsl(0, 75%, 60%)">more</span> 測定</p>`

// demo is a small lab with what labs have: names that are hard on disks, broken
// values, missing pictures, links to what is not in the package.
func demo(t testing.TB, formats ...page.Format) *lab {
	return demoIn(t, names.NewTree(page.Extensions()), formats...)
}

// demoIn is the demo with the names of a tree.
func demoIn(t testing.TB, tree *names.Tree, formats ...page.Format) *lab {
	t.Helper()
	alice := &openbis.Person{UserID: "alice", FirstName: "Alice", LastName: "Liddell", Email: "alice@example.org"}
	bob := &openbis.Person{UserID: "bob", FirstName: "bob@example.org", Email: "bob@example.org"}
	project := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindProject, PermID: "20240302092000000-1", Identifier: "/LAB/CELLS",
		Code: "CELLS"}, Description: "Cells & more\nof them", Registered: day1, Registrator: alice}
	coll := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindCollection, PermID: "20240302092000000-2", Identifier: "/LAB/CELLS/EXP_1", Code: "EXP_1",
			Name: "Größe: 50% / \"x\" #1?", Type: "DEFAULT_EXPERIMENT"},
		ProjectRef: &project.Ref, Properties: map[string][]string{"$NAME": {"Größe: 50% / \"x\" #1?"}, "ZETA": {"last"},
			"ALPHA": {"first <b> & co"}, "$DEFAULT_OBJECT_TYPE": {"X"}}, Registered: day1, Modified: day1, Registrator: bob,
	}
	protocol := openbis.Ref{Kind: openbis.KindObject, PermID: "20240302092000000-99", Identifier: "/METHODS/P/GEN1", Code: "GEN1",
		Name: "Protocol <1>"}
	step2 := openbis.Ref{Kind: openbis.KindObject, PermID: "20240302092000000-4", Identifier: "/LAB/CELLS/STEP2", Code: "STEP2",
		Type: "EXPERIMENTAL_STEP"}
	step := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindObject, PermID: "20240302092000000-3", Identifier: "/LAB/CELLS/STEP1", Code: "STEP1",
			Name: "Thaw", Type: "EXPERIMENTAL_STEP"},
		ProjectRef: &project.Ref, CollRef: &coll.Ref, Parents: []openbis.Ref{protocol}, Children: []openbis.Ref{step2},
		Tags:        []string{"cells", "ice cold"},
		Registrator: alice, Modifier: alice, Registered: day1, Modified: day1.Add(time.Hour),
		Properties: map[string][]string{
			"$NAME": {"Thaw"}, "$SHOW_IN_PROJECT_OVERVIEW": {"true"}, "FINISHED_FLAG": {"TRUE"}, "START_DATE": {"2025-03-02 10:20:00 +0200"},
			"HOST": {"MOUSE"}, "GOALS": {richValue},
			"RESULTS": {`<p>unclosed <b>bold<p>and <i>more</b></i><div><img src="`},
			"EXPERIMENTAL_STEP.SPREADSHEET": {sheetValue(`{"headers":["A","B","Volume, ` +
				`µl"],"data":[["x","1","2.5"],["=SUM(B1:B1)","","line\nbreak"],["","",""]],"style":{"A1":"text-align: center; font-weight: ` +
				`bold","B1":"background-color: #ff0000"}}`)},
			"BROKEN_SHEET": {"<DATA>!!!</DATA>"}, "WEB": {"https://example.org/a?b=1&c=2"}, "EVIL": {"javascript:alert(1)"}, "COUNTS": {"1",
				"2", "3"}, "CONFIG": {`{"a": [1, 2]}`}, "ODD": {"1+2i <x>"},
			"RAWXML": {"<root><a>1</a></root>"}, "USES": {"20240302092000000-4"}, "DAY": {"2025-03-02"},
			"$XMLCOMMENTS": {"<root>secret</root>"}, "$ANNOTATIONS_STATE": {"<root/>"}, "NOT_IN_TYPE": {"kept"},
		},
	}
	second := &openbis.Entity{Ref: step2, ProjectRef: &project.Ref, CollRef: &coll.Ref, Parents: []openbis.Ref{step.Ref},
		Properties: map[string][]string{}, Registered: day1, Modified: day1}
	loose := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, PermID: "20240302092000000-5", Identifier: "/LAB/CELLS/EXP_1",
		Code: "EXP_1", Type: "ENTRY"}, ProjectRef: &project.Ref, Properties: map[string][]string{"$DOCUMENT": {"<p>no type</p>"}},
		Registered: day1}
	data := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindDataSet, PermID: "20240302092000000-6", Identifier: "20240302092000000-6",
			Code: "20240302092000000-6", Name: "Raw data", Type: "RAW_DATA"},
		ProjectRef: &project.Ref, CollRef: &coll.Ref, ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Physical, Size: 5},
		Registered: day1, Modified: day1, Properties: map[string][]string{"NOTES": {"see 10.1.2.3"}},
	}
	linked := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindDataSet, PermID: "20240302092000000-7", Identifier: "20240302092000000-7",
			Code: "20240302092000000-7", Type: "RAW_DATA"},
		ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Link, LinkedTo: []string{"store: /a/b"}}, Registered: day1,
	}
	l := &lab{content: map[string][]byte{}}
	space := tree.Place(&openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindSpace, PermID: "LAB", Code: "LAB"}}, names.Place{})
	places := map[string]names.Place{}
	place := func(e *openbis.Entity, up names.Place) { places[e.PermID] = tree.Place(e, up) }
	place(project, space)
	place(coll, places[project.PermID])
	place(step, places[coll.PermID])
	place(second, places[coll.PermID])
	place(loose, places[project.PermID])
	place(data, places[step.PermID])
	place(linked, places[step.PermID])
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
			in.Below, in.BelowAll = links([]openbis.Ref{step.Ref, step2}), 5
		case data:
			in.Files, in.Bytes, in.Total = 2, 1234567, 5
		case linked:
			in.Omitted = "link data set: its data lies outside openBIS"
			l.omissions = append(l.omissions, Omission{Entity: e.Ref, Reason: "link", Message: "not here"})
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
