package page

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"testing"
	"time"

	"zenobis/names"
	"zenobis/openbis"
)

// lab is what was rendered of the demo.
type lab struct {
	content map[string][]byte // of pages and data files, by path
	gaps    []Gap
}

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

var stepType = &openbis.EntityType{
	Kind:        openbis.KindObject,
	Code:        "EXPERIMENTAL_STEP",
	Description: "A step of an experiment",
	Properties: []openbis.Assignment{
		{Code: "$NAME", Label: "Name", Section: "General info", DataType: "VARCHAR", Internal: true},
		{Code: "$SHOW_IN_PROJECT_OVERVIEW", Label: "Show in project overview", Section: "General info", DataType: "BOOLEAN", Internal: true},
		{Code: "FINISHED_FLAG", Label: "Experiment completed", Section: "General info", DataType: "BOOLEAN"},
		{Code: "START_DATE", Label: "Start date", Section: "General info", DataType: "TIMESTAMP"},
		{
			Code:     "HOST",
			Label:    "Host",
			Section:  "General info",
			DataType: "CONTROLLEDVOCABULARY",
			Terms:    map[string]string{"MOUSE": "Mouse, laboratory"},
		},
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
	},
}

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

// dataFiles are the files of the demo's data set.
var dataFiles = []string{"original/a b%.txt", "original/bild: 1.png", "original/run10/x.csv", "original/run2/x.csv"}

// demo is a small lab with what labs have: names that are hard on disks, broken
// values, missing pictures, links to what is not in the package.
func demo(t testing.TB, formats ...Format) *lab {
	t.Helper()
	alice := &openbis.Person{UserID: "alice", FirstName: "Alice", LastName: "Liddell", Email: "alice@example.org"}
	bob := &openbis.Person{UserID: "bob", FirstName: "bob@example.org", Email: "bob@example.org"}
	project := &openbis.Entity{
		Ref:         openbis.Ref{Kind: openbis.KindProject, PermID: "20240302092000000-1", Identifier: "/LAB/CELLS", Code: "CELLS"},
		Description: "Cells & more\nof them",
		Registered:  day1,
		Registrator: alice,
	}
	coll := &openbis.Entity{
		Ref: openbis.Ref{
			Kind:       openbis.KindCollection,
			PermID:     "20240302092000000-2",
			Identifier: "/LAB/CELLS/EXP_1",
			Code:       "EXP_1",
			Name:       "Größe: 50% / \"x\" #1?",
			Type:       "DEFAULT_EXPERIMENT",
		},
		ProjectRef: &project.Ref, Properties: map[string][]string{"$NAME": {"Größe: 50% / \"x\" #1?"}, "ZETA": {"last"},
			"ALPHA": {"first <b> & co"}, "$DEFAULT_OBJECT_TYPE": {"X"}}, Registered: day1, Modified: day1, Registrator: bob,
	}
	protocol := openbis.Ref{
		Kind:       openbis.KindObject,
		PermID:     "20240302092000000-99",
		Identifier: "/METHODS/P/GEN1",
		Code:       "GEN1",
		Name:       "Protocol <1>",
	}
	step2 := openbis.Ref{
		Kind:       openbis.KindObject,
		PermID:     "20240302092000000-4",
		Identifier: "/LAB/CELLS/STEP2",
		Code:       "STEP2",
		Type:       "EXPERIMENTAL_STEP",
	}
	step := &openbis.Entity{
		Ref: openbis.Ref{
			Kind:       openbis.KindObject,
			PermID:     "20240302092000000-3",
			Identifier: "/LAB/CELLS/STEP1",
			Code:       "STEP1",
			Name:       "Thaw",
			Type:       "EXPERIMENTAL_STEP",
		},
		ProjectRef: &project.Ref, CollRef: &coll.Ref, Parents: []openbis.Ref{protocol}, Children: []openbis.Ref{step2},
		Tags:        []string{"cells", "ice cold"},
		Registrator: alice, Modifier: alice, Registered: day1, Modified: day1.Add(time.Hour),
		Properties: map[string][]string{
			"$NAME": {
				"Thaw",
			}, "$SHOW_IN_PROJECT_OVERVIEW": {"true"}, "FINISHED_FLAG": {"TRUE"}, "START_DATE": {"2025-03-02 10:20:00 +0200"},
			"HOST": {"MOUSE"}, "GOALS": {richValue},
			"RESULTS": {
				`<p>unclosed <b>bold<p>and <i>more</b></i><div><img src="`,
			}, "EXPERIMENTAL_STEP.SPREADSHEET": {sheetValue(`{"headers":["A","B","Volume, ` +
				`µl"],"data":[["x","1","2.5"],["=SUM(B1:B1)","","line\nbreak"],["","",""]],"style":{"A1":"text-align: center; font-weight: ` +
				`bold","B1":"background-color: #ff0000"}}`)},
			"BROKEN_SHEET": {
				"<DATA>!!!</DATA>",
			}, "WEB": {"https://example.org/a?b=1&c=2"}, "EVIL": {"javascript:alert(1)"}, "COUNTS": {"1", "2", "3"},
			"CONFIG": {`{"a": [1, 2]}`}, "ODD": {"1+2i <x>"},
			"RAWXML": {
				"<root><a>1</a></root>",
			}, "USES": {"20240302092000000-4"}, "DAY": {"2025-03-02"}, "$XMLCOMMENTS": {"<root>secret</root>"},
			"$ANNOTATIONS_STATE": {"<root/>"}, "NOT_IN_TYPE": {"kept"},
		},
	}
	second := &openbis.Entity{
		Ref:        step2,
		ProjectRef: &project.Ref,
		CollRef:    &coll.Ref,
		Parents:    []openbis.Ref{step.Ref},
		Properties: map[string][]string{},
		Registered: day1,
		Modified:   day1,
	}
	loose := &openbis.Entity{
		Ref: openbis.Ref{
			Kind:       openbis.KindObject,
			PermID:     "20240302092000000-5",
			Identifier: "/LAB/CELLS/EXP_1",
			Code:       "EXP_1",
			Type:       "ENTRY",
		},
		ProjectRef: &project.Ref,
		Properties: map[string][]string{"$DOCUMENT": {"<p>no type</p>"}},
		Registered: day1,
	}
	data := &openbis.Entity{
		Ref: openbis.Ref{
			Kind:       openbis.KindDataSet,
			PermID:     "20240302092000000-6",
			Identifier: "20240302092000000-6",
			Code:       "20240302092000000-6",
			Name:       "Raw data",
			Type:       "RAW_DATA",
		},
		ProjectRef: &project.Ref, CollRef: &coll.Ref, ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Physical, Size: 5},
		Registered: day1, Modified: day1, Properties: map[string][]string{"NOTES": {"see 10.1.2.3"}},
	}
	linked := &openbis.Entity{
		Ref: openbis.Ref{
			Kind:       openbis.KindDataSet,
			PermID:     "20240302092000000-7",
			Identifier: "20240302092000000-7",
			Code:       "20240302092000000-7",
			Type:       "RAW_DATA",
		},
		ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Link, LinkedTo: []string{"store: /a/b"}}, Registered: day1,
	}
	l := &lab{content: map[string][]byte{}}
	tree := names.NewTree(Extensions())
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
		formats = []Format{HTML, JSON, Text, DOCX}
	}
	links := func(refs []openbis.Ref) (out []Link) {
		for _, r := range refs {
			out = append(out, Link{Ref: r, Page: places[r.PermID].Page})
		}
		return out
	}
	at := map[string]string{}
	for _, f := range dataFiles {
		at[f] = tree.FilePath(places[data.PermID].Folder, f)
		l.content[at[f]] = []byte("content of " + f)
	}
	lab1 := &openbis.Entity{
		Ref:         openbis.Ref{Kind: openbis.KindSpace, PermID: "LAB", Code: "LAB"},
		Description: "A lab below T<Tc",
		Registered:  day1,
		Registrator: alice,
	}
	places[lab1.PermID] = space
	refer := func(id string) (Link, bool) {
		for _, e := range []*openbis.Entity{step, second, data} {
			if id == e.PermID {
				return Link{Ref: e.Ref, Page: places[id].Page}, true
			}
		}
		return Link{}, false
	}
	above := map[*openbis.Entity][]openbis.Ref{
		project: {
			lab1.Ref,
		}, coll: {lab1.Ref, project.Ref}, loose: {lab1.Ref, project.Ref}, step: {lab1.Ref, project.Ref, coll.Ref}, second: {lab1.Ref,
			project.Ref, coll.Ref},
		data: {lab1.Ref, project.Ref, coll.Ref, step.Ref}, linked: {lab1.Ref, project.Ref, coll.Ref, step.Ref},
	}
	for _, e := range []*openbis.Entity{lab1, project, coll, step, second, loose, data, linked} {
		in := Input{
			Entity:   e,
			Place:    places[e.PermID],
			Above:    links(above[e]),
			Parents:  links(e.Parents),
			Children: links(e.Children),
			Refer:    refer,
			Image:    fakeImage,
		}
		switch e {
		case step:
			in.Type = stepType
			in.Next = &links([]openbis.Ref{second.Ref})[0]
			in.Below, in.BelowAll = links([]openbis.Ref{data.Ref, linked.Ref}), 2
			in.Below[0].Children = links([]openbis.Ref{linked.Ref})
		case second:
			in.Type = stepType
			in.Previous = &links([]openbis.Ref{step.Ref})[0]
		case coll:
			in.Below, in.BelowAll = links([]openbis.Ref{step.Ref, step2}), 5
			in.Members = func(yield func(Member) error) error {
				for _, o := range []*openbis.Entity{step, second} {
					if err := yield(Member{Entity: o, Type: stepType, Page: places[o.PermID].Page}); err != nil {
						return err
					}
				}
				return nil
			}
		case data:
			in.Files, in.Bytes, in.Total = 4, 1234567, 5
			crc := uint32(0xdeadbeef)
			in.DataFiles = func(yield func(DataFile) error) error {
				for i, f := range dataFiles {
					d := DataFile{Path: f, At: at[f], Bytes: int64(i) * 1234}
					if i == 0 {
						d.CRC = &crc
					}
					if err := yield(d); err != nil {
						return err
					}
				}
				return nil
			}
		case linked:
			in.Omitted = "link data set: its data lies outside openBIS"
		}
		pages, gaps := render(t, in, formats)
		l.gaps = append(l.gaps, gaps...)
		for _, p := range pages {
			l.content[p.Path] = p.Data
		}
	}
	return l
}

func (l *lab) page(t testing.TB, suffix string) []byte {
	t.Helper()
	for p, b := range l.content {
		if strings.HasSuffix(p, suffix) {
			return b
		}
	}
	t.Fatalf("no page %s", suffix)
	return nil
}

// render makes pages, with the bytes of those that are written.
func render(t testing.TB, in Input, formats []Format) ([]File, []Gap) {
	t.Helper()
	files, gaps, err := Render(t.Context(), in, formats)
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range files {
		if f.Write != nil {
			var b bytes.Buffer
			if err := f.Write(&b); err != nil {
				t.Fatal(err)
			}
			files[i].Data = b.Bytes()
		}
	}
	return files, gaps
}
