package page

import (
	"bytes"
	"context"
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"zenobis/names"
	"zenobis/openbis"
)

// modelled are the pages of an input, with the model that they were made from.
func modelled(t *testing.T, in Input) (files []File, model string) {
	t.Helper()
	formats := []Format{HTML, JSON, Text}
	var seen Seen
	in.Image = seen.Image(in.Image)
	files, _, err := Render(context.Background(), in, formats)
	if err != nil {
		t.Fatal(err)
	}
	return files, Model(in, formats, &seen)
}

// modelInput is an input in which everything that can be said is said.
func modelInput(kind openbis.Kind) Input {
	ref := func(kind openbis.Kind, n int) openbis.Ref {
		return openbis.Ref{Kind: kind, PermID: fmt.Sprintf("20240302092000000-%d", n), Identifier: fmt.Sprintf("/LAB/P/E%d", n),
			Code: fmt.Sprintf("E%d", n), Name: fmt.Sprintf("Name %d", n), Type: "ENTRY"}
	}
	link := func(kind openbis.Kind, n int) Link {
		return Link{Ref: ref(kind, n), Page: fmt.Sprintf("LAB/P/Name %d (E%d)", n, n)}
	}
	project, coll, object := ref(openbis.KindProject, 1), ref(openbis.KindCollection, 2), ref(openbis.KindObject, 3)
	next, previous := link(kind, 20), link(kind, 21)
	return Input{
		Entity: &openbis.Entity{
			Ref: ref(kind, 9), ProjectRef: &project, CollRef: &coll, ObjectRef: &object, Tags: []string{"cold", "wet"},
			Registrator: &openbis.Person{UserID: "a", FirstName: "Alice", LastName: "Adams"},
			Modifier:    &openbis.Person{UserID: "b", FirstName: "Bob", LastName: "Brown"}, Registered: day1, Modified: day1.Add(time.Hour),
			Data: &openbis.Data{Kind: openbis.Physical, LinkedTo: []string{"store: /a"}},
			Properties: map[string][]string{
				"$NAME": {"Name 9"}, "HOST": {"MOUSE"}, "GOALS": {`<p>a <img src="/x/a.png"> <b>b</b></p>`}, "SHEET": {sheetValue(`[["a","b"]]`)},
				"COUNTS": {"1", "2"}, "ODD": {"kept"},
			},
		},
		Type: &openbis.EntityType{Kind: kind, Code: "ENTRY", Description: "An entry", Properties: []openbis.Assignment{
			{Code: "$NAME", Label: "Name", Section: "General", DataType: "VARCHAR", Internal: true},
			{Code: "HOST", Label: "Host", Section: "General", DataType: "CONTROLLEDVOCABULARY", Terms: map[string]string{"MOUSE": "Mouse", "RAT": "Rat"}},
			{Code: "GOALS", Label: "Goals", Section: "Text", DataType: "MULTILINE_VARCHAR", Widget: "Word Processor"},
			{Code: "SHEET", Label: "Sheet", Section: "Text", DataType: "XML", Widget: "Spreadsheet"},
			{Code: "COUNTS", Label: "Counts", Section: "Text", DataType: "ARRAY_INTEGER"},
		}},
		Place: names.Place{Folder: "LAB/P/Name 9 (E9)", Page: "LAB/P/Name 9 (E9)"},
		Above: []Link{link(openbis.KindSpace, 4), link(openbis.KindProject, 1)}, Previous: &previous, Next: &next,
		Parents: []Link{link(kind, 5)}, Children: []Link{link(kind, 6)}, Parts: []Link{link(kind, 7)}, BelowAll: 3,
		Files: 2, Bytes: 77, Total: 3, Omitted: "", Image: fakeImage,
	}
}

// change alters one thing after the other in what a value holds, calls try, and puts
// it back.
func change(v reflect.Value, path string, try func(path string)) {
	if !v.CanSet() && v.Kind() != reflect.Pointer {
		return
	}
	keep := func(to reflect.Value, what string) {
		old := reflect.New(v.Type()).Elem()
		old.Set(v)
		v.Set(to)
		try(path + what)
		v.Set(old)
	}
	switch v.Kind() {
	case reflect.String:
		keep(reflect.ValueOf(v.String()+"x").Convert(v.Type()), "")
	case reflect.Int, reflect.Int32, reflect.Int64:
		keep(reflect.ValueOf(v.Int()+1).Convert(v.Type()), "")
	case reflect.Bool:
		keep(reflect.ValueOf(!v.Bool()), "")
	case reflect.Pointer:
		if !v.IsNil() {
			keep(reflect.Zero(v.Type()), " gone")
			change(v.Elem(), path, try)
		}
	case reflect.Slice:
		if v.Len() > 1 {
			swapped := reflect.MakeSlice(v.Type(), 0, v.Len())
			for i := v.Len() - 1; i >= 0; i-- {
				swapped = reflect.Append(swapped, v.Index(i))
			}
			keep(swapped, " in another order")
		}
		if v.Len() > 0 {
			keep(v.Slice(0, v.Len()-1), " cut")
		}
		for i := range v.Len() {
			change(v.Index(i), fmt.Sprintf("%s[%d]", path, i), try)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			old := v.MapIndex(k)
			v.SetMapIndex(k, reflect.Value{})
			try(fmt.Sprintf("%s[%s] gone", path, k))
			changed := reflect.New(old.Type()).Elem()
			changed.Set(old)
			change(changed, fmt.Sprintf("%s[%s]", path, k), func(at string) {
				v.SetMapIndex(k, changed)
				try(at)
			})
			v.SetMapIndex(k, old)
		}
	case reflect.Struct:
		if t, ok := v.Interface().(time.Time); ok {
			keep(reflect.ValueOf(t.Add(time.Minute)), "")
			return
		}
		for i := range v.NumField() {
			change(v.Field(i), path+"."+v.Type().Field(i).Name, try)
		}
	}
}

// Whatever changes the pages of an entity changes its model: else a package of former
// pages would stand for what it is not.
func TestModelKnowsAllThatPagesSay(t *testing.T) {
	for _, kind := range []openbis.Kind{openbis.KindObject, openbis.KindDataSet, openbis.KindCollection} {
		if testing.Short() && kind != openbis.KindDataSet {
			continue
		}
		in := modelInput(kind)
		pages, model := modelled(t, in)
		if again, same := modelled(t, in); same != model || !slices.EqualFunc(again, pages, samePage) {
			t.Fatal("the same input, another model")
		}
		tried, told := 0, 0
		change(reflect.ValueOf(&in).Elem(), string(kind), func(path string) {
			if in.Entity == nil {
				return
			}
			tried++
			got, changed := modelled(t, in)
			if same := slices.EqualFunc(got, pages, samePage); !same && changed == model {
				t.Errorf("%s: other pages, the same model", path)
			} else if !same {
				told++
			}
		})
		if tried < 80 || told < 60 {
			t.Errorf("%s: %d changes tried, %d told", kind, tried, told)
		}
	}
}

// A picture that openBIS delivers otherwise, or no more, makes other pages.
func TestModelKnowsPictures(t *testing.T) {
	in := modelInput(openbis.KindDataSet)
	_, model := modelled(t, in)
	for name, image := range map[string]func(string) (string, []byte, error){
		"other bytes": func(string) (string, []byte, error) { return "image/png", append(pngBytes(), 0), nil },
		"gone":        func(string) (string, []byte, error) { return "", nil, openbis.ErrNoBytes },
	} {
		in.Image = image
		if _, other := modelled(t, in); other == model {
			t.Errorf("%s: the same model", name)
		}
	}
}

// What does not belong to a data set's pages leaves its model alone: terms that are
// added to a vocabulary, children, where the bytes lie.
func TestModelLeavesOutWhatIsNotTold(t *testing.T) {
	in := modelInput(openbis.KindDataSet)
	_, model := modelled(t, in)
	in.Type.Properties[1].Terms["HUMAN"] = "Human"
	in.Type.Properties = append(in.Type.Properties, openbis.Assignment{Code: "NEW", Label: "New", DataType: "VARCHAR"})
	in.Entity.Data.Status, in.Entity.Data.Size, in.Entity.Data.Store.URL = "ARCHIVED", 99, "https://elsewhere"
	in.Children, in.BelowAll = nil, 99
	if _, other := modelled(t, in); other != model {
		t.Error("another model")
	}
}

func samePage(a, b File) bool { return a.Path == b.Path && bytes.Equal(a.Data, b.Data) }
