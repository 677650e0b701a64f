package command

import (
	"encoding/json"
	"strings"
	"testing"

	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/selection"
)

// at is the environment of somebody who is logged in at an openBIS.
func at(t *testing.T, ob *openbistest.Server) person {
	return person{"HOME": t.TempDir(), "ZENOBIS_OPENBIS_URL": ob.URL, "ZENOBIS_OPENBIS_USER": ob.User, "ZENOBIS_OPENBIS_PASSWORD": ob.Password}
}

// lines reads what --json printed.
func lines(t *testing.T, out string) []map[string]any {
	t.Helper()
	var list []map[string]any
	for l := range strings.Lines(out) {
		var m map[string]any
		if err := json.Unmarshal([]byte(l), &m); err != nil {
			t.Fatalf("%q: %v", l, err)
		}
		list = append(list, m)
	}
	return list
}

// ls lists what the tree shows: in the inventory all objects of a collection,
// in the lab notebook those without a parent in it.
func TestLsAsTheTree(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	for _, c := range []string{"/METHODS/PROJ/COLL", "/LAB/PROJ/COLL"} {
		coll := l.AddCollection(labdata.CollectionSpec{Identifier: c})
		parent := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "PARENT"})
		l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "CHILD", Parents: []string{parent}})
	}
	ob := openbistest.Start(t, openbistest.Options{Lab: l})
	for of, want := range map[string]string{
		"/METHODS/PROJ/COLL":      "CHILD PARENT",
		"/LAB/PROJ/COLL":          "PARENT",
		"object:/LAB/PROJ/PARENT": "CHILD",
		"space:METHODS":           "PROJ",
		"/LAB/PROJ":               "COLL",
	} {
		o := at(t, ob).try(t, "ls", "--json", of)
		var codes []string
		for _, e := range lines(t, o.stdout) {
			codes = append(codes, e["code"].(string))
		}
		if got := strings.Join(codes, " "); o.status != 0 || got != want {
			t.Errorf("ls %s: %q, want %q (status %d, %s)", of, got, want, o.status, o.stderr)
		}
	}
	if n := ob.OpenSessions(); n != 0 {
		t.Errorf("%d sessions are open", n)
	}
}

// What ls prints of an entity of any kind, at any place, export takes for that entity.
func TestWhatLsPrintsCanBeSelected(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	coll := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/SAME"})
	above := l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "SAME", Name: "of the collection's code"})
	l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "BELOW", Parents: []string{above}})
	l.AddObject(labdata.ObjectSpec{Project: "/LAB/PROJ", Code: "IN_PROJECT"})
	l.AddObject(labdata.ObjectSpec{Space: "LAB", Code: "IN_SPACE"})
	l.AddObject(labdata.ObjectSpec{Space: "LAB", Code: "PROJ", Name: "of the project's code"})
	l.AddDataSet(labdata.DataSetSpec{Object: above, Files: map[string][]byte{"original/a.txt": []byte("a")}})
	l.AddDataSet(labdata.DataSetSpec{Collection: coll, Files: map[string][]byte{"original/b.txt": []byte("b")}})
	ob := openbistest.Start(t, openbistest.Options{Lab: l})
	p := at(t, ob)
	client, err := openbis.New(openbis.Options{URL: ob.URL})
	if err != nil {
		t.Fatal(err)
	}
	if err := client.Login(t.Context(), ob.User, ob.Password); err != nil {
		t.Fatal(err)
	}
	seen := map[string]int{}
	var walk func(of string)
	walk = func(of string) {
		args := []string{"ls"}
		if of != "" {
			args = append(args, of)
		}
		events, text := p.try(t, append(args, "--json")...), p.try(t, args...)
		rows := strings.Split(strings.TrimSuffix(text.stdout, "\n"), "\n")
		for i, e := range lines(t, events.stdout) {
			kind, id, said := e["kind"].(string), e["perm_id"].(string), e["selection"].(string)
			if kind == "file" {
				continue
			}
			seen[kind]++
			if got := strings.Fields(rows[i])[1]; got != said {
				t.Errorf("ls %s prints %q and %q of one entity", of, got, said)
			}
			rule, err := selection.Resolve(t.Context(), client, said)
			if err != nil || string(rule.Kind) != kind || rule.PermID != id && kind != "space" {
				t.Errorf("%s %s, printed as %s, is taken for %s %s (%v)", kind, id, said, rule.Kind, rule.PermID, err)
				continue
			}
			walk(said)
		}
	}
	walk("")
	if seen["space"] == 0 || seen["project"] == 0 || seen["collection"] != 1 || seen["object"] != 5 || seen["dataset"] != 2 {
		t.Errorf("seen: %v", seen)
	}
	if o := p.try(t, "export", "--dry-run", "/LAB/IN_SPACE"); o.status != 4 || !strings.Contains(o.stderr, "object:/LAB/IN_SPACE") {
		t.Errorf("an object named like a project: %+v", o)
	}
}

// A soft hyphen belongs to a name that is kept; on a screen it takes no cell.
func TestLsShowsNamesClean(t *testing.T) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	coll := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL"})
	l.AddObject(labdata.ObjectSpec{Collection: coll, Code: "SOFT", Name: "film\u00ad of \u200btin\u061c\u202e\u009b"})
	at := at(t, openbistest.Start(t, openbistest.Options{Lab: l}))

	if o := at.try(t, "ls", "/LAB/PROJ/COLL"); o.status != 0 || !strings.HasSuffix(o.stdout, "  film of tin\n") {
		t.Errorf("status %d: %q %s", o.status, o.stdout, o.stderr)
	}
	o := at.try(t, "ls", "--json", "/LAB/PROJ/COLL")
	if o.status != 0 || strings.ContainsAny(o.stdout, "\u00ad\u200b\u061c\u202e\u009b") || !strings.Contains(o.stdout, `film\u00ad of \u200btin`) {
		t.Errorf("status %d: %q %s", o.status, o.stdout, o.stderr)
	}
}
