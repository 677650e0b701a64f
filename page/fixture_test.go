package page

import (
	"bytes"
	"strings"
	"testing"

	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page/pagetest"
)

// lab is what was rendered of the demo.
type lab struct {
	content map[string][]byte // of pages and data files, by path
	gaps    []Gap
}

var (
	stepType   = pagetest.StepType()
	sheetValue = pagetest.Sheet
	fakeImage  = pagetest.Image
	pngBytes   = pagetest.PNG
	day1       = pagetest.Day()
)

const richValue = pagetest.Rich

// dataFiles are the files of the demo's data set.
var dataFiles = []string{"original/a b%.txt", "original/bild: 1.png", "original/run10/x.csv", "original/run2/x.csv"}

// demo is a small lab with what labs have: names that are hard on disks, broken
// values, missing pictures, links to what is not in the package.
func demo(t testing.TB, formats ...Format) *lab {
	t.Helper()
	made := pagetest.New()
	project, coll, step, second, loose, data, linked := made.Project, made.Coll, made.Step, made.Second, made.Loose, made.Data, made.Linked
	l := &lab{content: map[string][]byte{}}
	tree := names.NewTree(Extensions())
	places := made.Places(tree)
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
	lab1 := made.Space
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
			in.Below, in.BelowAll = links([]openbis.Ref{step.Ref, second.Ref}), 5
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
