// Package pagetest is a small lab for the tests of pages and packages: names that
// are hard on disks, broken values, missing pictures, links to what is not there.
package pagetest

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"strings"
	"time"

	"zenobis/names"
	"zenobis/openbis"
)

// Day is when everything in the lab was registered.
func Day() time.Time { return time.Date(2024, 3, 2, 9, 20, 0, 0, time.UTC) }

// PNG is a small picture.
func PNG() []byte {
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

// Sheet is a spreadsheet as a property holds it, of the JSON in it.
func Sheet(json string) string {
	return "<DATA>" + base64.StdEncoding.EncodeToString([]byte(json)) + "</DATA>"
}

// Image delivers a picture for every address but those that are gone.
func Image(src string) (string, []byte, error) {
	if strings.Contains(src, "gone") {
		return "", nil, fmt.Errorf("read %s?sessionID=alice-230101120000000x0123456789ABCDEF: %w", src, openbis.ErrNoBytes)
	}
	return "image/png", PNG(), nil
}

// StepType is the type of the demo's steps, with properties of every data type.
func StepType() *openbis.EntityType {
	return &openbis.EntityType{Kind: openbis.KindObject, Code: "EXPERIMENTAL_STEP", Description: "A step of an experiment",
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
}

// Rich is rich text with everything that an editor makes, and what only hands make.
const Rich = `<h2>Aim</h2><p style="text-align:center">Grow <strong>cells</strong> at 37&nbsp;°C, CO<sub>2</sub> &amp; ` +
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

// Notebook is the entities: a project, a collection and its two steps, an object that
// stands in the project, and two data sets of the first step.
type Notebook struct {
	Space, Project, Coll, Step, Second, Loose, Data, Linked *openbis.Entity
	// Person has registered it all.
	Person *openbis.Person
}

// New makes the lab anew.
func New() *Notebook {
	alice := &openbis.Person{UserID: "alice", FirstName: "Alice", LastName: "Liddell", Email: "alice@example.org"}
	bob := &openbis.Person{UserID: "bob", FirstName: "bob@example.org", Email: "bob@example.org"}
	project := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindProject, PermID: "20240302092000000-1", Identifier: "/LAB/CELLS",
		Code: "CELLS"}, Description: "Cells & more\nof them", Registered: Day(), Registrator: alice}
	coll := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindCollection, PermID: "20240302092000000-2", Identifier: "/LAB/CELLS/EXP_1", Code: "EXP_1",
			Name: "Größe: 50% / \"x\" #1?", Type: "DEFAULT_EXPERIMENT"},
		ProjectRef: &project.Ref, Properties: map[string][]string{"$NAME": {"Größe: 50% / \"x\" #1?"}, "ZETA": {"last"},
			"ALPHA": {"first <b> & co"}, "$DEFAULT_OBJECT_TYPE": {"X"}}, Registered: Day(), Modified: Day(), Registrator: bob,
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
		Registrator: alice, Modifier: alice, Registered: Day(), Modified: Day().Add(time.Hour),
		Properties: map[string][]string{
			"$NAME": {"Thaw"}, "$SHOW_IN_PROJECT_OVERVIEW": {"true"}, "FINISHED_FLAG": {"TRUE"}, "START_DATE": {"2025-03-02 10:20:00 +0200"},
			"HOST": {"MOUSE"}, "GOALS": {Rich},
			"RESULTS": {`<p>unclosed <b>bold<p>and <i>more</b></i><div><img src="`},
			"EXPERIMENTAL_STEP.SPREADSHEET": {Sheet(`{"headers":["A","B","Volume, ` +
				`µl"],"data":[["x","1","2.5"],["=SUM(B1:B1)","","line\nbreak"],["","",""]],"style":{"A1":"text-align: center; font-weight: ` +
				`bold","B1":"background-color: #ff0000"}}`)},
			"BROKEN_SHEET": {"<DATA>!!!</DATA>"}, "WEB": {"https://example.org/a?b=1&c=2"}, "EVIL": {"javascript:alert(1)"}, "COUNTS": {"1",
				"2", "3"}, "CONFIG": {`{"a": [1, 2]}`}, "ODD": {"1+2i <x>"},
			"RAWXML": {"<root><a>1</a></root>"}, "USES": {"20240302092000000-4"}, "DAY": {"2025-03-02"},
			"$XMLCOMMENTS": {"<root>secret</root>"}, "$ANNOTATIONS_STATE": {"<root/>"}, "NOT_IN_TYPE": {"kept"},
		},
	}
	second := &openbis.Entity{Ref: step2, ProjectRef: &project.Ref, CollRef: &coll.Ref, Parents: []openbis.Ref{step.Ref},
		Properties: map[string][]string{}, Registered: Day(), Modified: Day()}
	loose := &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindObject, PermID: "20240302092000000-5", Identifier: "/LAB/CELLS/EXP_1",
		Code: "EXP_1", Type: "ENTRY"}, ProjectRef: &project.Ref, Properties: map[string][]string{"$DOCUMENT": {"<p>no type</p>"}},
		Registered: Day()}
	data := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindDataSet, PermID: "20240302092000000-6", Identifier: "20240302092000000-6",
			Code: "20240302092000000-6", Name: "Raw data", Type: "RAW_DATA"},
		ProjectRef: &project.Ref, CollRef: &coll.Ref, ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Physical, Size: 5},
		Registered: Day(), Modified: Day(), Properties: map[string][]string{"NOTES": {"see 10.1.2.3"}},
	}
	linked := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindDataSet, PermID: "20240302092000000-7", Identifier: "20240302092000000-7",
			Code: "20240302092000000-7", Type: "RAW_DATA"},
		ObjectRef: &step.Ref, Data: &openbis.Data{Kind: openbis.Link, LinkedTo: []string{"store: /a/b"}}, Registered: Day(),
	}
	return &Notebook{
		Space: &openbis.Entity{Ref: openbis.Ref{Kind: openbis.KindSpace, PermID: "LAB", Code: "LAB"}, Description: "A lab below T<Tc",
			Registered: Day(), Registrator: alice},
		Project: project, Coll: coll, Step: step, Second: second, Loose: loose, Data: data, Linked: linked, Person: alice,
	}
}

// Places gives everything its place in a tree, by permId.
func (l *Notebook) Places(tree *names.Tree) map[string]names.Place {
	places := map[string]names.Place{"": {}}
	for _, at := range []struct {
		e  *openbis.Entity
		up string
	}{
		{l.Space, ""}, {l.Project, l.Space.PermID}, {l.Coll, l.Project.PermID}, {l.Step, l.Coll.PermID}, {l.Second, l.Coll.PermID},
		{l.Loose, l.Project.PermID}, {l.Data, l.Step.PermID}, {l.Linked, l.Step.PermID},
	} {
		places[at.e.PermID] = tree.Place(at.e, places[at.up])
	}
	return places
}
