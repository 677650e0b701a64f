package command

import (
	"encoding/json"
	"strings"
	"testing"

	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
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
