package openbis

import (
	"reflect"
	"testing"
	"time"
)

// The answers in testdata/recorded come from openBIS' own serialiser and,
// below live/, from a running openBIS 20.10.

func TestRecordedLogin(t *testing.T) {
	c, s := start(t, map[string][]recording{
		"login": {recorded(t, "01-login")}, "getSessionInformation": {recorded(t, "03-sessioninfo")}, "logout": {recorded(t, "41-logout")},
	})
	c.token, c.session = "", Session{}
	if err := c.Login(t.Context(), "alice", "secret"); err != nil {
		t.Fatal(err)
	}
	want := Session{UserID: "alice", HomeSpace: "ALICE", Owned: true,
		Person: Person{UserID: "alice", FirstName: "Alice", LastName: "Example", Email: "alice@example.org"}}
	if got := c.Session(); got != want {
		t.Errorf("session %+v, want %+v", got, want)
	}
	if err := c.Logout(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(s.calls("logout")) != 1 || c.Session() != (Session{}) {
		t.Error("the session was not ended")
	}
}

func TestRecordedToken(t *testing.T) {
	c, s := start(t, map[string][]recording{"getSessionInformation": {recorded(t, "live/71-pat-session-info")}})
	if err := c.UseToken(t.Context(), " $pat-alice-TOKEN\n"); err != nil {
		t.Fatal(err)
	}
	if got := c.Session(); !got.PAT || got.Owned || got.Person.Name() != "Alice Smith" {
		t.Errorf("session %+v", got)
	}
	if err := c.Logout(t.Context()); err != nil || len(s.calls("logout")) != 0 {
		t.Error("a token that was handed in was ended")
	}
}

func TestRecordedServerInfo(t *testing.T) {
	i, err := play(t, "getServerPublicInformation", "live/18-public-info").PublicInfo(t.Context())
	if err != nil || i.Auth != "file-authentication-service" || i.SSO || i.Support == "" {
		t.Errorf("%+v, %v", i, err)
	}
	i, err = play(t, "getServerInformation", "38-serverinfo").Info(t.Context())
	want := ServerInfo{APIVersion: "3.6", Version: "20.10.7", PATs: true, MaxPATValidity: 30 * 24 * time.Hour,
		ProjectObjects: true, Auth: "file-authentication-service"}
	if err != nil || i != want {
		t.Errorf("%+v, %v, want %+v", i, err, want)
	}
	if _, err := play(t, "getServerInformation", "live/17-server-info").Info(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestRecordedSpaces(t *testing.T) {
	spaces, err := play(t, "searchSpaces", "04-spaces").Spaces(t.Context())
	if err != nil || len(spaces) != 2 {
		t.Fatalf("%v, %v", spaces, err)
	}
	want := Ref{Kind: KindSpace, PermID: "LAB", Identifier: "/LAB", Code: "LAB", Space: "LAB"}
	if spaces[0].Ref != want || spaces[1].Code != "ELN_SETTINGS" {
		t.Errorf("%+v", spaces)
	}
}

func TestRecordedProjectsShareTheirSpace(t *testing.T) {
	l, err := play(t, "searchProjects", "05-projects").Projects(t.Context(), "LAB", Page{Count: 50})
	if err != nil || len(l.Entities) != 2 || l.Next != -1 || l.Total != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	e := l.Entities[1] // its space is a bare integer
	want := Ref{Kind: KindProject, PermID: "20231114221320000-13", Identifier: "/LAB/DEMO2", Code: "DEMO2", Space: "LAB"}
	if e.Ref != want || e.Description != "demo" || e.Registered != time.UnixMilli(1700000000000).UTC() {
		t.Errorf("%+v", e)
	}
}

func TestRecordedCollections(t *testing.T) {
	l, err := play(t, "searchExperiments", "06-experiments").Collections(t.Context(), "20231114221320000-11", Page{Count: 50})
	if err != nil || len(l.Entities) != 1 {
		t.Fatalf("%+v, %v", l, err)
	}
	want := Ref{Kind: KindCollection, PermID: "20231114221321000-12", Identifier: "/LAB/DEMO/COLL_1", Code: "COLL_1",
		Name: "My collection", Type: "COLLECTION", Space: "LAB"}
	if e := l.Entities[0]; e.Ref != want || e.ProjectRef.Code != "DEMO" || e.Property("$DEFAULT_OBJECT_TYPE") != "EXPERIMENTAL_STEP" {
		t.Errorf("%+v", e)
	}
}

func TestRecordedObjects(t *testing.T) {
	l, err := play(t, "searchSamples", "07-samples").CollectionObjects(t.Context(), "20231114221321000-12", Page{Count: 2})
	if err != nil || len(l.Entities) != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	if l.Total != 42 || l.Next != 2 {
		t.Errorf("total %d, next %d", l.Total, l.Next)
	}
	first, second := l.Entities[0], l.Entities[1]
	if first.Children[0].PermID != second.PermID {
		t.Errorf("children %+v", first.Children)
	}
	// Type and collection of the second are bare integers.
	if second.Type != "EXPERIMENTAL_STEP" || second.Collection != "20231114221321000-12" || second.Name != "Step EXP2" {
		t.Errorf("%+v", second)
	}
}

func TestRecordedParentsAsIntegers(t *testing.T) {
	l, err := play(t, "searchSamples", "33-parents").ChildObjects(t.Context(), "20231114221322000-14", "", Page{Count: 50})
	if err != nil {
		t.Fatal(err)
	}
	found := false
	for _, e := range l.Entities {
		for _, p := range e.Parents {
			found = found || p.Code != "" && p.PermID != ""
		}
	}
	if !found {
		t.Errorf("no parent resolved: %+v", l.Entities)
	}
}

func TestRecordedRecursiveFetchOptions(t *testing.T) {
	l, err := play(t, "searchSamples", "47-recursive-fo").SpaceObjects(t.Context(), "LAB", Page{Count: 50})
	if err != nil || len(l.Entities) != 2 || len(l.Entities[0].Children) != 1 {
		t.Errorf("%+v, %v", l, err)
	}
}

func TestRecordedGet(t *testing.T) {
	c := play(t, "getSamples", "32-getsamples")
	got, err := c.Get(t.Context(), KindObject, "20231114221322000-14", "/lab/demo/exp1", "20231114221322000-404", "/A//B", "")
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || !reflect.DeepEqual(got["20231114221322000-14"], got["/lab/demo/exp1"]) {
		t.Errorf("%+v", got)
	}
	if got["/lab/demo/exp1"].Identifier != "/LAB/DEMO/EXP1" {
		t.Errorf("%+v", got)
	}
}

func TestRecordedDataSetsOfAllKinds(t *testing.T) {
	l, err := play(t, "searchDataSets", "live/92-datasets-of-all-kinds").CollectionDataSets(t.Context(), "x", Page{Count: 50})
	if err != nil || len(l.Entities) != 3 {
		t.Fatalf("%+v, %v", l, err)
	}
	store := DataStore{Code: "DSS1", URL: "http://127.0.0.1:8889"}
	want := []Data{
		{Kind: Physical, Size: 300008, Status: "AVAILABLE", Store: store},
		{Kind: Link, Size: -1, Store: store, LinkedTo: []string{"E: /some/path"}},
		{Kind: Container, Size: -1, Store: store},
	}
	for i, e := range l.Entities {
		if !reflect.DeepEqual(*e.Data, want[i]) || e.Type != "RAW_DATA" {
			t.Errorf("%s: %+v, want %+v", e.Code, *e.Data, want[i])
		}
	}
	if c := l.Entities[2].Components; len(c) != 2 || c[1].PermID != "20261124034601636-28" {
		t.Errorf("components %+v", c)
	}
}

func TestRecordedArchived(t *testing.T) {
	got, err := play(t, "getDataSets", "live/106-archived-data-set").Get(t.Context(), KindDataSet, "20261124044554320-82")
	if e := got["20261124044554320-82"]; err != nil || e.Data == nil || !e.Data.Archived() || !e.Data.InArchive || e.Data.Size != 5008 {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRecordedDataSetsOfAnObject(t *testing.T) {
	l, err := play(t, "searchDataSets", "09-datasets-sample").ObjectDataSets(t.Context(), "20231114221322000-14", Page{Count: 50})
	if err != nil || len(l.Entities) != 2 {
		t.Fatalf("%+v, %v", l, err)
	}
	for _, e := range l.Entities {
		if e.ObjectRef == nil || e.ObjectRef.Code == "" || e.Identifier != e.PermID {
			t.Errorf("%+v", e)
		}
	}
}

func TestRecordedFiles(t *testing.T) {
	c := play(t, "searchFiles", "d1-searchfiles")
	var got []File
	err := c.Files(t.Context(), DataStore{Code: "DSS1", URL: c.URL() + "/datastore_server/"}, "20231114221323000-16", func(f File) error {
		got = append(got, f)
		return nil
	})
	want := []File{{Path: "original/run 1/data.csv", Size: 1234, CRC: 0xDEADBEEF, HasCRC: true}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestRecordedSettings(t *testing.T) {
	v, ok, err := play(t, "getPersons", "42-noatid-me").Setting(t.Context(), "personal-zenodo-api-token")
	if err != nil || !ok || v != "abc" {
		t.Errorf("%q, %t, %v", v, ok, err)
	}
	if v, ok, err = play(t, "getPersons", "live/45-me-settings").Setting(t.Context(), "personal-zenodo-api-token"); err != nil || ok ||
		v != "" {
		t.Errorf("never saved: %q, %t, %v", v, ok, err)
	}
}

func TestRecordedTypes(t *testing.T) {
	types, err := play(t, "searchSampleTypes", "live/88-experiment-types-with-assignments").Types(t.Context(), KindObject)
	if err != nil {
		t.Fatal(err)
	}
	p := types["EXPERIMENTAL_STEP"].Properties
	if len(p) < 5 {
		t.Fatalf("%+v", types)
	}
	want := Assignment{Code: "$NAME", Label: "Name", Description: "Name", Section: "General info", DataType: "VARCHAR", Internal: true}
	if !reflect.DeepEqual(p[0], want) {
		t.Errorf("%+v, want %+v", p[0], want)
	}
	widgets := 0
	for _, a := range p {
		if a.Widget == "Word Processor" {
			widgets++
		}
	}
	if widgets == 0 {
		t.Errorf("no word processor among %+v", p)
	}
}

func TestRecordedGlobalSearch(t *testing.T) {
	found, err := play(t, "searchGlobally", "live/77-global").SearchText(t.Context(), "Measurement", 10)
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	if e := found[0]; e.Kind != KindCollection || e.Code != "MASS_LOSS" || e.PermID != "20261124034419963-24" {
		t.Errorf("without the entity itself: %+v", e)
	}
	if e := found[1]; e.Kind != KindObject || e.Code != "EXP1" {
		t.Errorf("%+v", e)
	}
}

func TestRecordedPublications(t *testing.T) {
	got, err := play(t, "searchSamples", "live/135-publication-found").Publications(t.Context(), "10.5281/ZENODO.101")
	if err != nil || len(got) != 2 || got[0].Code != "PUB28" || got[1].Code != "PUB39" { // registered twice
		t.Errorf("%+v, %v", got, err)
	}
	got, err = play(t, "searchSamples", "live/135-publication-found").Publications(t.Context(), "10.5281/zenodo.999")
	if err != nil || len(got) != 0 {
		t.Errorf("another DOI: %+v, %v", got, err)
	}
}

func TestRecordedSwitchNeverSaved(t *testing.T) {
	c := play(t, "searchSamples", "live/85-zenodo-switch")
	if s, err := c.ExportSwitch(t.Context()); err != nil || s != SwitchUnknown {
		t.Errorf("%v, %v", s, err)
	}
	// The recording was made without the space; its identifier tells it.
	if g, err := c.Groups(t.Context()); err != nil || !reflect.DeepEqual(g, []string{"GENERAL"}) {
		t.Errorf("%v, %v", g, err)
	}
}

func TestRecordedPAT(t *testing.T) {
	token, err := play(
		t,
		"createPersonalAccessTokens",
		"live/49-pat-create",
	).CreatePAT(t.Context(), "zenobis", time.UnixMilli(1), time.UnixMilli(2))
	if err != nil || token != "$pat-alice-TOKEN" {
		t.Errorf("%q, %v", token, err)
	}
}

func TestRecordedUnarchive(t *testing.T) {
	if err := play(t, "unarchiveDataSets", "live/111-unarchive-available").Unarchive(t.Context(), []string{"X"}); err != nil {
		t.Error(err)
	}
}
