package openbis

import (
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"
)

// Unknown keys are ignored by the server: a typo silently does nothing. So
// every key of every object that the client sends is looked up in what was
// recorded, where the server's answers repeat the fetch options with all keys.

// vocabulary is, by @type, the keys that were seen.
type vocabulary map[string]map[string]bool

func (v vocabulary) learn(x any) {
	switch x := x.(type) {
	case []any:
		for _, e := range x {
			v.learn(e)
		}
	case map[string]any:
		if kind, ok := x["@type"].(string); ok {
			if v[kind] == nil {
				v[kind] = map[string]bool{}
			}
			for k := range x {
				v[kind][k] = true
			}
		}
		for _, e := range x {
			v.learn(e)
		}
	}
}

func recordedVocabulary(t *testing.T) vocabulary {
	t.Helper()
	v := vocabulary{}
	files, err := filepath.Glob("testdata/recorded/*.json")
	if err != nil {
		t.Fatal(err)
	}
	live, err := filepath.Glob("testdata/recorded/live/*.json")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range append(files, live...) {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		var x any
		if json.Unmarshal(b, &x) == nil { // some requests are broken on purpose
			v.learn(x)
		}
	}
	// Not among the recordings.
	for kind, keys := range map[string][]string{
		"as.dto.sample.search.SampleParentsSearchCriteria":          {"operator", "criteria"},
		"as.dto.vocabulary.fetchoptions.VocabularyTermFetchOptions": {},
		"as.dto.dataset.fetchoptions.DataSetSortOptions":            {"sortings"},
		"as.dto.project.fetchoptions.ProjectSortOptions":            {"sortings"},
		"as.dto.experiment.search.ExperimentTypeSearchCriteria":     {"operator", "criteria"},
		"as.dto.dataset.search.DataSetTypeSearchCriteria":           {"operator", "criteria"},
		"as.dto.pat.search.PersonalAccessTokenSearchCriteria":       {"operator", "criteria"},
		"as.dto.common.search.StringEqualToValue":                   {"useWildcards"},
	} {
		if v[kind] == nil {
			v[kind] = map[string]bool{"@type": true}
		}
		for _, k := range keys {
			v[kind][k] = true
		}
	}
	return v
}

// plainMaps are the keys whose value is a map of the caller's, not a DTO.
var plainMaps = map[string]bool{"webAppSettings": true, "parameters": true, "properties": true}

func (v vocabulary) check(t *testing.T, where string, x any, plain bool) {
	t.Helper()
	switch x := x.(type) {
	case []any:
		for _, e := range x {
			v.check(t, where, e, false)
		}
	case map[string]any:
		kind, typed := x["@type"].(string)
		if !typed && !plain {
			t.Errorf("%s: an object without @type: %v", where, x)
		}
		if typed && v[kind] == nil {
			t.Errorf("%s: unknown type %s", where, kind)
		}
		for k, e := range x {
			if typed && v[kind] != nil && !v[kind][k] {
				t.Errorf("%s: %s has no key %q", where, kind, k)
			}
			v.check(t, where+"."+k, e, plainMaps[k])
		}
	}
}

// callAll makes every call of the client once.
func callAll(t *testing.T, c *Client) {
	t.Helper()
	ctx := t.Context()
	store := DataStore{Code: "DSS1", URL: c.URL()}
	pub := Publication{Name: "n", Description: "d", Organization: "Zenodo", Type: "dataset", DOI: "10.5281/zenodo.1",
		URL: "https://doi.org/10.5281/zenodo.1", Related: []string{"20231114221323000-16"}, Groups: []string{"GENERAL"}}
	for _, p := range []Page{{Count: 50}, {Count: 50, Detail: true}} {
		_, _ = c.Projects(ctx, "LAB", p)
		_, _ = c.Collections(ctx, "1-2", p)
		_, _ = c.CollectionObjects(ctx, "1-2", p)
		_, _ = c.ProjectObjects(ctx, "1-2", p)
		_, _ = c.SpaceObjects(ctx, "L*B?", p)
		_, _ = c.ChildObjects(ctx, "1-2", "3-4", p)
		_, _ = c.CollectionDataSets(ctx, "1-2", p)
		_, _ = c.ObjectDataSets(ctx, "1-2", p)
	}
	for _, kind := range []Kind{KindSpace, KindProject, KindCollection, KindObject, KindDataSet} {
		_, _ = c.Get(ctx, kind, "1-2", "/LAB", "/LAB/P", "/LAB/P/E")
		_, _ = c.Types(ctx, kind)
	}
	_, _ = c.Spaces(ctx)
	_, _ = c.PublicInfo(ctx)
	_, _ = c.Info(ctx)
	_, _ = c.SearchText(ctx, "x", 10)
	_ = c.Files(ctx, store, "1-2", func(File) error { return nil })
	_, _, _ = c.Setting(ctx, "k")
	_ = c.SetSetting(ctx, "k", "v")
	_, _ = c.ExportSwitch(ctx)
	_, _ = c.Groups(ctx)
	_, _ = c.Publications(ctx, pub.DOI)
	_ = c.Register(ctx, pub)
	_, _ = c.CreatePublication(ctx, pub, "ZENODO_1")
	_, _ = c.PublicationsVisible(ctx, "GRP")
	_ = c.Unarchive(ctx, []string{"1-2"})
	_, _ = c.CreatePAT(ctx, "zenobis", time.UnixMilli(1), time.UnixMilli(2))
	_, _ = c.PATs(ctx)
	_ = c.KeepAlive(ctx)
	_ = c.Login(ctx, "alice", "secret")
	_ = c.Logout(ctx)
}

// allAnswers lets callAll go on after each call.
func allAnswers(t *testing.T) map[string][]recording {
	empty := result(`{"@type":"as.dto.common.search.SearchResult","@id":1,"objects":[],"totalCount":0}`)
	a := map[string][]recording{
		"login": {recorded(t, "01-login")}, "logout": {recorded(t, "41-logout")},
		"getSessionInformation":      {recorded(t, "03-sessioninfo")},
		"getServerPublicInformation": {recorded(t, "40-publicinfo")},
		"getServerInformation":       {recorded(t, "38-serverinfo")},
		"getPersons":                 {recorded(t, "42-noatid-me")}, "updatePersons": {recorded(t, "11-updatepersons")},
		"createSamples": {recorded(t, "12-createsamples")}, "executeCustomASService": {recorded(t, "13-customas")},
		"unarchiveDataSets": {recorded(t, "14-unarchive")}, "createPersonalAccessTokens": {recorded(t, "17-pat")},
		"searchSampleTypes": {result(`{"objects":[{"@id":1,"code":"PUBLICATION"}],"totalCount":1}`)},
	}
	for _, m := range []string{"searchSpaces", "searchProjects", "searchExperiments", "searchSamples", "searchDataSets", "searchFiles",
		"searchGlobally", "searchExperimentTypes", "searchDataSetTypes", "searchPersonalAccessTokens"} {
		a[m] = []recording{empty}
	}
	for _, m := range []string{"getSpaces", "getProjects", "getExperiments", "getSamples", "getDataSets"} {
		a[m] = []recording{result(`{}`)}
	}
	return a
}

func TestRequestsUseKnownTypesAndKeys(t *testing.T) {
	c, s := start(t, allAnswers(t))
	callAll(t, c)
	known := recordedVocabulary(t)
	methods := map[string]bool{}
	for _, q := range s.sent {
		methods[q.Method] = true
		if len(q.ID) == 0 || string(q.ID) == "null" {
			t.Errorf("%s: sent without id", q.Method)
		}
		for _, p := range q.Params {
			var x any
			if err := json.Unmarshal(p, &x); err != nil {
				t.Fatal(err)
			}
			known.check(t, q.Method, x, false)
		}
	}
	if len(methods) < len(s.answers) {
		for m := range s.answers {
			if !methods[m] {
				t.Errorf("%s was never called", m)
			}
		}
	}
}

// outline is a request without its values: types and keys only.
func outline(x any) any {
	switch x := x.(type) {
	case []any:
		out := make([]any, 0, len(x))
		for _, e := range x {
			out = append(out, outline(e))
		}
		return out
	case map[string]any:
		out := map[string]any{}
		for k, v := range x {
			switch {
			case k == "@type", k == "field", k == "operator", k == "fieldName" && x["fieldType"] == nil:
				out[k] = v
			case k == "fieldName", k == "fieldType", k == "relation": // preset by the class; some clients send them
			default:
				out[k] = outline(v)
			}
		}
		return out
	}
	return reflect.TypeOf(x) == nil
}

// TestRequestsAreShapedAsRecorded compares whole requests that a running
// server has taken with those of the client.
func TestRequestsAreShapedAsRecorded(t *testing.T) {
	for _, r := range []struct {
		name, method string
		params       []int // those that are the same; the others ask for more or less
	}{
		{"01-login", "login", []int{0, 1}},
		{"live/14-session-info", "getSessionInformation", []int{0}},
		{"04-spaces", "searchSpaces", []int{0, 1}},
		{"05-projects", "searchProjects", []int{0, 1}},
		{"06-experiments", "searchExperiments", []int{0, 1}},
		{"07-samples", "searchSamples", []int{0, 1}},
		{"08-datasets-exp", "searchDataSets", []int{0, 1}},
		{"d1-searchfiles", "searchFiles", []int{0, 1, 2}},
		{"live/45-me-settings", "getPersons", []int{0, 1, 2}},
		{"live/60-publication-ok", "executeCustomASService", []int{0, 1, 2}},
		{"14-unarchive", "unarchiveDataSets", []int{0, 1, 2}},
		{"live/49-pat-create", "createPersonalAccessTokens", []int{0, 1}},
		{"live/77-global", "searchGlobally", []int{0, 1}},
		{"41-logout", "logout", []int{0}},
	} {
		t.Run(strings.ReplaceAll(r.name, "/", "-"), func(t *testing.T) {
			b, err := os.ReadFile("testdata/recorded/" + r.name + ".request.json")
			if err != nil {
				t.Fatal(err)
			}
			var want sent
			if err := json.Unmarshal(b, &want); err != nil {
				t.Fatal(err)
			}
			c, s := start(t, allAnswers(t))
			callAll(t, c)
			calls := s.calls(r.method)
			if len(calls) == 0 {
				t.Fatal("never called")
			}
			var near string
			for _, q := range calls {
				same := len(q.Params) == len(want.Params)
				for _, i := range r.params {
					same = same && i < len(q.Params) && reflect.DeepEqual(outline(decoded(t, q.Params[i])), outline(decoded(t, want.Params[i])))
				}
				if same {
					return
				}
				b, _ := json.Marshal(q.Params)
				near = string(b)
			}
			t.Errorf("no request is shaped as recorded; the last was %s", near)
		})
	}
}

func decoded(t *testing.T, raw json.RawMessage) any {
	t.Helper()
	var x any
	if err := json.Unmarshal(raw, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

func TestWildcardsAreSwitchedOff(t *testing.T) {
	c, s := start(t, allAnswers(t))
	if _, err := c.Projects(t.Context(), "L*B", Page{Count: 1}); err != nil {
		t.Fatal(err)
	}
	if p := string(s.calls("searchProjects")[0].Params[1]); !strings.Contains(p, `"useWildcards":false`) {
		t.Error(p)
	}
}
