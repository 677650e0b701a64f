package openbistest

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// The tests of this file hold the built-in server to what a running one
// answers, call by call.

func TestStatusTable(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	for _, c := range []struct {
		name, body, want string
		status           int
	}{
		{"unknown method", `{"id":1,"method":"nope","params":[]}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"method not found"}}`, 404},
		{"no method", `{"id":1}`, `{"jsonrpc":"2.0","id":1,"error":{"code":-32601,"message":"method not found"}}`, 404},
		{"wrong parameter count", `{"id":1,"method":"login","params":["a"]}`,
			`{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"method parameters invalid"}}`, 500},
		{"broken JSON", `{"id":1,`, `{"jsonrpc":"2.0","id":"null","error":{"code":-32700,"message":"JSON parse error"}}`, 400},
		{"neither object nor array", `7`, `{"jsonrpc":"2.0","id":"null","error":{"code":-32600,"message":"invalid request"}}`, 400},
		{"empty body", ``, `{"jsonrpc":"2.0","id":"null","error":{"code":-32700,"message":"JSON parse error"}}`, 400},
		{"batch with a failing member", `[{"id":1,"method":"isSessionActive","params":["T"]},{"id":2,"method":"nope","params":[]}]`,
			`[{"jsonrpc":"2.0","id":1,"result":false},{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"method not found"}}]`, 500},
	} {
		t.Run(c.name, func(t *testing.T) {
			status, body := post(t, s, asPath, c.body)
			if status != c.status || string(body) != c.want+"\n" {
				t.Errorf("status %d, %s", status, body)
			}
		})
	}
}

func TestEchoOfTheIDWithItsType(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	for _, id := range []string{`"1"`, `17`, `"a b"`} {
		_, body := post(t, s, asPath, `{"id":`+id+`,"method":"isSessionActive","params":["junk"]}`)
		if want := `{"jsonrpc":"2.0","id":` + id + `,"result":false}` + "\n"; string(body) != want {
			t.Errorf("got %s, want %s", body, want)
		}
	}
}

func TestRequestWithoutID(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	for _, body := range []string{`{"method":"login","params":["ann","pw"]}`, `{"id":null,"method":"login","params":["ann","pw"]}`} {
		status, got := post(t, s, asPath, body)
		if status != http.StatusOK || len(got) != 0 {
			t.Errorf("status %d, body %q", status, got)
		}
	}
	if n := s.OpenSessions(); n != 2 {
		t.Errorf("%d sessions: the method has to run", n)
	}
}

func TestMissingType(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	class, message := c.fails(asPath, "getSamples", `"T",[{"permId":"x"}],`+objFetch)
	if class != jackson.ExMapping || !strings.Contains(message, "Cannot deserialize a polymorphic type without type information") {
		t.Errorf("id: %s %s", class, message)
	}
	class, message = c.fails(
		asPath,
		"searchSpaces",
		`"T",{"@type":"as.dto.space.search.SpaceSearchCriteria","criteria":[{"fieldValue":null}]},`+spaceFetch,
	)
	if class != jackson.ExMapping || !strings.Contains(message, `SpaceSearchCriteria["criteria"]->java.util.ArrayList[0]`) {
		t.Errorf("criteria: %s %s", class, message)
	}
	class, message = c.fails(asPath, "searchSpaces", `"T",`+anySpaces+`,{}`)
	if class != jackson.ExTypeID || !strings.Contains(message, "missing type id property '@type'") {
		t.Errorf("empty fetch options: %s %s", class, message)
	}
	// Where the class is clear, a type may be missing.
	c.search("searchSpaces", anySpaces, `{"@type":"as.dto.space.fetchoptions.SpaceFetchOptions","projects":{"count":3}}`)
}

func TestWrongType(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	class, message := c.fails(asPath, "searchSpaces", `"T",{"@type":"as.dto.sample.search.SampleSearchCriteria"},`+spaceFetch)
	if class != jackson.ExTypeID || !strings.Contains(message, "known type ids = [as.dto.space.search.SpaceSearchCriteria]") {
		t.Errorf("%s %s", class, message)
	}
}

func TestUnknownType(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	class, _ := c.fails(
		asPath,
		"searchSamples",
		`"T",`+criteria("sample.search.Sample", "AND", `{"@type":"as.dto.common.search.PermIdsSearchCriteria"}`)+`,`+objFetch,
	)
	if class != jackson.ExTypeID {
		t.Error(class)
	}
	class, message := c.fails(
		asPath,
		"searchSamples",
		`"T",`+criteria("sample.search.Sample", "AND", `{"@type":"as.dto.common.search.IdsSearchCriteria","ids":["x"]}`)+`,`+objFetch,
	)
	if class != jackson.ExRuntime || !strings.Contains(message, "arraycopy") {
		t.Errorf("%s %s", class, message)
	}
}

func TestUnknownPropertiesIgnored(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	all, n := c.search(
		"searchSpaces",
		`{"@type":"as.dto.space.search.SpaceSearchCriteria","crit":[{"nonsense":{}}]}`,
		`{"@type":"as.dto.space.fetchoptions.SpaceFetchOptions","cuont":1,"sort":{"@type":"as.dto.space.fetchoptions.SpaceSortOptions","code":{"x":1}}}`,
	)
	if len(all) != n || n < 2 {
		t.Errorf("%d of %d", len(all), n)
	}
}

func TestNullsForWhatWasNotFetched(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	objects, _ := c.search("searchSamples", criteria("sample.search.Sample", "AND", equal("IdentifierSearchCriteria", "/LAB/P/A")), objFetch)
	o := objects[0].(*jackson.RawObject)
	for _, k := range []string{"type", "project", "space", "experiment", "properties", "parents", "children", "dataSets", "tags",
		"registrator"} {
		if v, ok := o.Vals[k]; !ok || v != nil {
			t.Errorf("%s: %v, written %v", k, v, ok)
		}
	}
}

func TestIntegerReferences(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	inC := criteria(
		"sample.search.Sample",
		"AND",
		criteria("experiment.search.Experiment", "AND", equal("IdentifierSearchCriteria", "/LAB/P/C")),
	)
	objects, _ := c.search(
		"searchSamples",
		inC,
		`{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","experiment":{"@type":"as.dto.experiment.fetchoptions.ExperimentFetchOptions"},
		"type":{"@type":"as.dto.sample.fetchoptions.SampleTypeFetchOptions"},"parents":`+objFetch+`,"space":`+spaceFetch+`}`,
	)
	a, b, x := objects[0].(*jackson.RawObject), objects[1].(*jackson.RawObject), objects[2].(*jackson.RawObject)
	for _, k := range []string{"experiment", "space", "type"} {
		if fmt.Sprint(b.Vals[k]) != fmt.Sprint(a.Vals[k].(*jackson.RawObject).Vals["@id"]) {
			t.Errorf("%s: %v", k, brief(b.Vals[k]))
		}
	}
	// A is a parent of B and of C.
	if first := b.Vals["parents"].([]any)[0].(*jackson.RawObject); fmt.Sprint(x.Vals["parents"].([]any)[0]) != fmt.Sprint(first.Vals["@id"]) {
		t.Errorf("parents: %v", brief(x.Vals["parents"].([]any)[0]))
	}
}

func TestIntegerReferencesWithCycles(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	objects, _ := c.search("searchSamples", criteria("sample.search.Sample", "AND", equal("IdentifierSearchCriteria", "/LAB/P/A")),
		`{"@id":1,"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","children":1,"parents":1}`)
	a := objects[0].(*jackson.RawObject)
	child := a.Vals["children"].([]any)[0].(*jackson.RawObject)
	if fmt.Sprint(child.Vals["parents"].([]any)[0]) != fmt.Sprint(a.Vals["@id"]) {
		t.Errorf("the child's parent is %v", brief(child.Vals["parents"].([]any)[0]))
	}
	if fo := a.Vals["fetchOptions"].(*jackson.RawObject).Vals["parents"].(*jackson.RawObject); fmt.Sprint(
		fo.Vals["children"],
	) != fmt.Sprint(
		fo.Vals["@id"],
	) {
		t.Errorf("fetch options: %v", brief(fo.Vals["children"]))
	}
}

func TestListMemberThatIsAnothersParent(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab(), OneDTO: true}), "ann", "pw")
	objects, _ := c.search(
		"searchSamples",
		criteria("sample.search.Sample", "AND", criteria("experiment.search.Experiment", "AND", equal("IdentifierSearchCriteria", "/LAB/P/C"))),
		`{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","parents":`+objFetch+`}`,
	)
	a, b := objects[0].(*jackson.RawObject), objects[1].(*jackson.RawObject)
	if fmt.Sprint(b.Vals["parents"].([]any)[0]) != fmt.Sprint(a.Vals["@id"]) {
		t.Errorf("parents of B: %v", asJSON(b.Vals["parents"]))
	}
}

func TestReferencesInRequests(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	class, message := c.fails(
		asPath,
		"searchSamples",
		`"T",{"@type":"as.dto.sample.search.SampleSearchCriteria"},{"@id":1,"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","children":{"@id":1,"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"}}`,
	)
	if class != jackson.ExMapping || !strings.HasPrefix(message, "Already had POJO for id") {
		t.Errorf("%s %s", class, message)
	}
	if class, _ := c.fails(asPath, "searchSamples",
		`"T",{"@type":"as.dto.sample.search.SampleSearchCriteria"},{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","children":9}`); class != jackson.ExReference {
		t.Error(class)
	}
}

func TestCriteria(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	in := func(class, operator string, m ...string) string { return criteria(class, operator, m...) }
	value := func(criterion, kind, v string) string {
		return fmt.Sprintf(
			`{"@type":"as.dto.common.search.%s","fieldName":"$NAME","fieldValue":{"@type":"as.dto.common.search.%s","value":%q}}`,
			criterion,
			kind,
			v,
		)
	}
	typed := func(name string) string { return `{"@type":"as.dto.` + name + `SearchCriteria"}` }
	permID := s.lab.PermID("/LAB/P/A")
	for _, x := range []struct{ name, criteria, want string }{
		{"all", in("sample.search.Sample", "AND"), "A B C INP INS"},
		{"code", in("sample.search.Sample", "AND", equal("CodeSearchCriteria", "A")), "A"},
		{"code in lower case", in("sample.search.Sample", "AND", equal("CodeSearchCriteria", "a")), ""},
		{"wildcards ignore case", in("sample.search.Sample", "AND", equal("CodeSearchCriteria", "in?")), "INP INS"},
		{"star", in("sample.search.Sample", "AND", equal("CodeSearchCriteria", "I*")), "INP INS"},
		{"wildcards off", in("sample.search.Sample", "AND",
			`{"@type":"as.dto.common.search.CodeSearchCriteria","fieldValue":{"@type":"as.dto.common.search.StringEqualToValue","value":"I*","useWildcards":false}}`), ""},
		{"permIds under OR", in("sample.search.Sample", "OR", equal("PermIdSearchCriteria", permID), equal("PermIdSearchCriteria",
			s.lab.ByIdent[labdata.KindSample]["/LAB/P/C"].PermID)), "A C"},
		{"codes", in("sample.search.Sample", "AND", `{"@type":"as.dto.common.search.CodesSearchCriteria","fieldValue":["C","B","NOPE"]}`), "B C"},
		{"id", in("sample.search.Sample", "AND",
			`{"@type":"as.dto.common.search.IdSearchCriteria","id":{"@type":"as.dto.sample.id.SamplePermId","permId":"`+permID+`"}}`), "A"},
		{"id of another kind", in("sample.search.Sample", "AND",
			`{"@type":"as.dto.common.search.IdSearchCriteria","id":{"@type":"as.dto.dataset.id.DataSetPermId","permId":"D1"}}`), ""},
		{"property", in("sample.search.Sample", "AND", value("StringPropertySearchCriteria", "StringContainsValue", "EBR")), "A"},
		{"property starts", in("sample.search.Sample", "AND", value("StringPropertySearchCriteria", "StringStartsWithValue", "AP")), "B"},
		{"property ends", in("sample.search.Sample", "AND", value("StringPropertySearchCriteria", "StringEndsWithValue", "LE")), "B"},
		{"any property", in("sample.search.Sample", "AND", value("AnyPropertySearchCriteria", "StringContainsValue", "shock")), "C"},
		{"full text", in("sample.search.Sample", "AND", value("AnyFieldSearchCriteria", "StringMatchesValue", "shock heat")), "C"},
		{"in an experiment", in("sample.search.Sample", "AND", in("experiment.search.Experiment", "AND", equal("IdentifierSearchCriteria",
			"/LAB/P/C"))), "A B C"},
		{"directly in a project", in("sample.search.Sample", "AND", typed("experiment.search.NoExperiment"), in("project.search.Project",
			"AND", equal("CodeSearchCriteria", "P"))), "INP"},
		{"directly in a space", in("sample.search.Sample", "AND", typed("project.search.NoProject"),
			typed("experiment.search.NoExperiment"), in("space.search.Space", "AND", equal("CodeSearchCriteria", "LAB"))), "INS"},
		{"children", in("sample.search.Sample", "AND", in("sample.search.SampleParents", "AND", equal("PermIdSearchCriteria", permID))), "B C"},
		{"parents", in("sample.search.Sample", "AND", in("sample.search.SampleChildren", "AND", equal("CodeSearchCriteria", "C"))), "A B"},
		{"type", in("sample.search.Sample", "AND", in("sample.search.SampleType", "AND", equal("CodeSearchCriteria", "ENTRY"))), "C"},
		{"not a type", in("sample.search.Sample", "AND", strings.Replace(in("sample.search.SampleType", "AND", equal("CodeSearchCriteria",
			"ENTRY")), "{", `{"negated":true,`, 1)), "A B INP INS"},
		{"tag", in("sample.search.Sample", "AND", in("tag.search.Tag", "AND", equal("CodeSearchCriteria", "RED"))), "A"},
		{"nested", in("sample.search.Sample", "AND", in("sample.search.Sample", "OR", equal("CodeSearchCriteria", "A"),
			equal("CodeSearchCriteria", "B")), value("StringPropertySearchCriteria", "StringContainsValue", "apple")), "B"},
		{"null value", in("sample.search.Sample", "AND",
			`{"@type":"as.dto.common.search.CodeSearchCriteria","fieldValue":{"@type":"as.dto.common.search.StringEqualToValue","value":null}}`), "A B C INP INS"},
	} {
		t.Run(x.name, func(t *testing.T) {
			objects, n := c.search("searchSamples", x.criteria, objFetch)
			if got := codes(objects); got != x.want || n != len(objects) {
				t.Errorf("got %q, want %q, total %d", got, x.want, n)
			}
		})
	}
	sets, _ := c.search(
		"searchDataSets",
		in(
			"dataset.search.DataSet",
			"AND",
			in("experiment.search.Experiment", "AND", equal("IdentifierSearchCriteria", "/LAB/P/C")),
			typed("sample.search.NoSample"),
		),
		setFetch,
	)
	if got := codes(sets); got != "D2 OLD LNK BOX" {
		t.Errorf("data sets without object: %s", got)
	}
	sets, _ = c.search(
		"searchDataSets",
		in("dataset.search.DataSet", "AND", in("sample.search.Sample", "AND", equal("PermIdSearchCriteria", permID))),
		setFetch,
	)
	if got := codes(sets); got != "D1" {
		t.Errorf("data sets of the object: %s", got)
	}
}

func TestPagingAndSorting(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	sorted := func(page, field string, asc bool) string {
		return fmt.Sprintf(
			`{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"%s,"sort":{"@type":"as.dto.sample.fetchoptions.SampleSortOptions","sortings":[{"@type":"as.dto.common.fetchoptions.Sorting","field":%q,"order":{"@type":"as.dto.common.fetchoptions.SortOrder","asc":%v}}]}}`,
			page,
			field,
			asc,
		)
	}
	all := criteria("sample.search.Sample", "AND")
	for _, x := range []struct{ page, field, want string }{
		{`,"from":1,"count":2`, "CODE", "B C"}, {`,"from":4,"count":2`, "CODE", "INS"}, {`,"from":9,"count":2`, "CODE", ""}, {"",
			"PROPERTY$NAME", "A B C INP INS"},
	} {
		objects, n := c.search("searchSamples", all, sorted(x.page, x.field, true))
		if got := codes(objects); got != x.want || n != 5 {
			t.Errorf("%s: got %q of %d, want %q", x.page, got, n, x.want)
		}
	}
	objects, _ := c.search("searchSamples", all, sorted("", "CODE", false))
	if got := codes(objects); got != "INS INP C B A" {
		t.Errorf("descending: %s", got)
	}
	_, message := c.fails(asPath, "searchSamples", `"T",`+all+`,`+sorted("", "NOPE", true))
	if !strings.Contains(message, "org.postgresql.util.PSQLException: ERROR: column t0.nope does not exist") {
		t.Errorf("unknown field: %s", message)
	}
}

func TestErrorsOfSessions(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	class, message := c.fails(asPath, "searchSpaces", `"junk",`+anySpaces+`,`+spaceFetch)
	if class != jackson.ExSession || message != "Session token 'junk' is invalid: user is not logged in." {
		t.Errorf("%s %s", class, message)
	}
	if v := c.result(asPath, "login", `"ann","wrong"`); v != nil {
		t.Errorf("wrong password: %v", v)
	}
	if _, message := c.fails(asPath, "login", `"nil","pw"`); message != "User 'nil' has no role assignments and thus is not permitted to "+
		"login." {
		t.Errorf("no role: %s", message)
	}
	if v := c.result(asPath, "logout", `"T"`); v != nil || s.OpenSessions() != 0 {
		t.Errorf("logout: %v, %d open", v, s.OpenSessions())
	}
	c.result(asPath, "logout", `"T"`)
}

func TestErrorsCarryContext(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	_, message := c.fails(asPath, "searchSpaces", `"T",null,`+spaceFetch)
	if message != "Criteria cannot be null. (Context: [])" {
		t.Error(message)
	}
	_, message = c.fails(
		asPath,
		"updatePersons",
		`"T",[{"@type":"as.dto.person.update.PersonUpdate","userId":{"@type":"as.dto.person.id.PersonPermId","permId":"ole"},"webAppSettings":{"ELN-LIMS":{"@type":"as.dto.webapp.update.WebAppSettingsUpdateValue","actions":[{"@type":"as.dto.common.update.ListUpdateActionAdd","items":[{"@type":"as.dto.webapp.create.WebAppSettingCreation","name":"n","value":"very secret"}]}]}}}]`,
	)
	if !strings.HasPrefix(message, "Access denied to object with PersonPermId = [ole]. (Context: [") ||
		!strings.Contains(message, `"value" : "very secret"`) {
		t.Error(message)
	}
}

func TestSixthLoginEndsTheOldestSession(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	var all []*rpc
	for range 6 {
		all = append(all, login(t, s, "ann", "pw"))
	}
	other := login(t, s, "ole", "pw")
	for i, c := range append(all, other) {
		if got := c.result(asPath, "isSessionActive", `"T"`); got != (i > 0) {
			t.Errorf("session %d: %v", i, got)
		}
	}
}

func TestPATRestrictions(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	// A single object instead of a list, as pyBIS sends it.
	ids := c.result(asPath, "createPersonalAccessTokens",
		`"T",{"@type":"as.dto.pat.create.PersonalAccessTokenCreation","sessionName":"s","validFromDate":1700000000000,"validToDate":1900000000000}`).([]any)
	made := ids[0].(*jackson.RawObject).Vals["permId"].(string)
	if !strings.HasPrefix(made, "$pat-ann-") {
		t.Errorf("token %s", made)
	}
	if class, message := c.fails(asPath, "getSessionInformation", fmt.Sprintf("%q", made)); class != jackson.ExSession ||
		message != "Personal access token is no longer valid." {
		t.Errorf("its validity is capped to 30 days from 2023: %s %s", class, message)
	}
	p := &rpc{t: t, s: s, token: s.PAT}
	_, message := p.fails(
		asPath,
		"updatePersons",
		`"T",[{"@type":"as.dto.person.update.PersonUpdate","userId":{"@type":"as.dto.person.id.Me"}}]`,
	)
	if message != "Personal access tokens cannot be used to manage persons." {
		t.Error(message)
	}
	_, message = p.fails(
		asPath,
		"createPersonalAccessTokens",
		`"T",[{"@type":"as.dto.pat.create.PersonalAccessTokenCreation","sessionName":"s"}]`,
	)
	if message != "Personal access tokens cannot be used to manage personal access tokens." {
		t.Error(message)
	}
	p.result(asPath, "logout", `"T"`)
	info := p.result(asPath, "getSessionInformation", `"T"`).(*jackson.RawObject)
	if info.Vals["sessionToken"] != nil || info.Vals["personalAccessTokenSession"] != true {
		t.Errorf("session information: %s", asJSON(info))
	}
	s.Fault(fakehttp.Fault{Kind: FaultRestart})
	p.search("searchSpaces", anySpaces, spaceFetch)
}

func TestMethodsOtherThanGETAndPOST(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	for _, m := range []string{http.MethodHead, http.MethodOptions, http.MethodPut, http.MethodDelete} {
		for _, path := range []string{asPath, dssPath, "/datastore_server/D1/original/a.txt"} {
			req, err := http.NewRequest(m, s.URL+path, nil)
			if err != nil {
				t.Fatal(err)
			}
			res, err := http.DefaultClient.Do(req)
			if err != nil {
				t.Fatal(err)
			}
			_ = res.Body.Close()
			if res.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s %s: %d", m, path, res.StatusCode)
			}
		}
	}
}

func TestVisibility(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	for user, want := range map[string]string{"ann": "A B C INP INS", "ole": "A B C INP INS", "pia": "A B C INP",
		"root": "A B C INP INS HID"} {
		objects, n := login(t, s, user, "pw").search("searchSamples", criteria("sample.search.Sample", "AND"), objFetch)
		if got := codes(objects); got != want || n != len(objects) {
			t.Errorf("%s sees %q, want %q", user, got, want)
		}
	}
	c := login(t, s, "ann", "pw")
	m := c.result(asPath, "getSamples",
		`"T",[{"@type":"as.dto.sample.id.SampleIdentifier","identifier":"/SECRET/S/HID"},{"@type":"as.dto.sample.id.SampleIdentifier","identifier":"/LAB/P/C"}],{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","children":`+objFetch+`}`).(*jackson.RawObject)
	if len(m.Keys) != 1 || m.Keys[0] != "/LAB/P/C" {
		t.Errorf("keys %v", m.Keys)
	}
	if children := m.Vals["/LAB/P/C"].(*jackson.RawObject).Vals["children"].([]any); len(children) != 0 {
		t.Errorf("an invisible child shows: %s", asJSON(children))
	}
}
