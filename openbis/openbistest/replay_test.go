package openbistest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// post sends a body to a part of the server and returns status and body.
func post(t *testing.T, s *Server, path, body string) (int, []byte) {
	t.Helper()
	req, err := http.NewRequest(http.MethodPost, s.URL+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, b
}

// recordedLab has what the recorded requests name.
func recordedLab() *labdata.Lab {
	l := labdata.NewLab()
	l.AddUser(
		labdata.UserSpec{ID: "alice", Password: "secret", FirstName: "Alice", LastName: "Example", Email: "alice@example.org", HomeSpace: "ALICE",
			Roles: []labdata.RoleSpec{
				{Role: "ADMIN", Space: "LAB"},
				{Role: "USER", Space: "PUBLICATIONS"},
				{Role: "OBSERVER", Space: "ELN_SETTINGS"},
				{Role: "ADMIN", Space: "ALICE"},
			},
			Settings: map[string]string{"personal-zenodo-api-token": "abc"}},
	)
	l.AddSpace("LAB")
	l.AddSpace("ELN_SETTINGS")
	l.AddProjectWith(labdata.ProjectSpec{Identifier: "/LAB/DEMO", PermID: "20231114221320000-11", Description: "demo"})
	l.AddProjectWith(labdata.ProjectSpec{Identifier: "/LAB/DEMO2", PermID: "20231114221320000-13", Description: "demo"})
	l.AddCollection(
		labdata.CollectionSpec{
			Identifier: "/LAB/DEMO/COLL_1",
			PermID:     "20231114221321000-12",
			Name:       "My collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "EXPERIMENTAL_STEP"},
		},
	)
	goals := map[string]string{"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": "<p>goals</p>"}
	l.AddObject(
		labdata.ObjectSpec{Collection: "/LAB/DEMO/COLL_1", Code: "EXP1", PermID: "20231114221322000-14", Name: "Step EXP1", Properties: goals},
	)
	l.AddObject(
		labdata.ObjectSpec{
			Collection: "/LAB/DEMO/COLL_1",
			Code:       "EXP2",
			PermID:     "20231114221322000-15",
			Name:       "Step EXP2",
			Properties: goals,
			Parents:    []string{"20231114221322000-14"},
		},
	)
	for _, code := range []string{"20231114221323000-16", "20231114221323000-17"} {
		l.AddDataSet(
			labdata.DataSetSpec{
				Code:       code,
				Collection: "/LAB/DEMO/COLL_1",
				Name:       "raw run 1",
				Files:      map[string][]byte{"original/run 1/data.csv": labdata.Csv("a", "b", 60, 1)},
			},
		)
	}
	l.AddDataSet(labdata.DataSetSpec{Code: "S1", Object: "20231114221322000-14", Name: "of the object"})
	l.AddDataSet(labdata.DataSetSpec{Code: "S2", Object: "20231114221322000-14", Name: "of the object"})
	l.AddCollection(
		labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION", Name: "Publications Collection"},
	)
	return l
}

// liveLab has what the requests to the running server name.
func liveLab() *labdata.Lab {
	l := labdata.NewLab()
	for _, s := range []string{"ALICE", "LAB", "OTHERS", "ELN_SETTINGS", "PUBLICATIONS"} {
		l.AddSpaceWith(s, "a space")
	}
	l.AddUser(
		labdata.UserSpec{
			ID:        "alice",
			Password:  "secret",
			FirstName: "Alice",
			LastName:  "Smith",
			Email:     "alice@x.example",
			Roles: []labdata.RoleSpec{
				{
					Role:  "ADMIN",
					Space: "ALICE",
				}, {Role: "ADMIN", Space: "LAB"}, {Role: "USER", Space: "PUBLICATIONS"}, {Role: "OBSERVER", Space: "ELN_SETTINGS"}},
		},
	)
	l.AddUser(
		labdata.UserSpec{
			ID:       "bob",
			Password: "secret",
			Roles:    []labdata.RoleSpec{{Role: "OBSERVER", Space: "ALICE"}, {Role: "OBSERVER", Space: "LAB"}},
		},
	)
	l.AddUser(labdata.UserSpec{ID: "nobody", Password: "nobody-pw"})
	// carol sees the space of publications through some other project of it only.
	l.AddUser(
		labdata.UserSpec{
			ID:       "carol",
			Password: "secret",
			Roles:    []labdata.RoleSpec{{Role: "USER", Space: "OTHERS"}, {Role: "USER", Project: "/PUBLICATIONS/CAROLS"}},
		},
	)
	l.AddUser(labdata.UserSpec{ID: "dave", Password: "secret", Roles: []labdata.RoleSpec{{Role: "OBSERVER", Space: "OTHERS"}}})
	l.AddObject(labdata.ObjectSpec{Space: "ELN_SETTINGS", Code: "GENERAL_ELN_SETTINGS", Type: "GENERAL_ELN_SETTINGS"})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/ALICE/THIN_FILMS/MASS_LOSS", Name: "Measurement series", Type: "DEFAULT_EXPERIMENT"})
	l.AddObject(
		labdata.ObjectSpec{Collection: "/ALICE/THIN_FILMS/MASS_LOSS", Code: "EXP1", PermID: "20261124034430609-25", Name: "Measurement 1",
			Properties: map[string]string{"FINISHED_FLAG": "true", "EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": "<p>Goal</p>"}},
	)
	table := map[string][]byte{"original/table.csv": []byte("a,b\n1,2\n")}
	l.AddDataSet(
		labdata.DataSetSpec{
			Code:   "20261124034556000-27",
			Object: "20261124034430609-25",
			Name:   "raw",
			Files:  map[string][]byte{"original/default/table.csv": []byte("a,b\n1,2\n"), "original/default/empty.txt": nil},
		},
	)
	l.AddDataSet(
		labdata.DataSetSpec{
			Code:   "20261124034601636-28",
			Object: "20261124034430609-25",
			Files:  map[string][]byte{"original/default/table.csv": []byte("a,b\n1,2\n"), "original/default/empty.txt": nil},
		},
	)
	addWithCollection(l, labdata.ObjectSpec{Collection: "/LAB/PB1/C", Code: "X", PermID: "20261124044456256-33"})
	for _, code := range []string{"20261124044551445-80", "20261124044554320-82", "20261124044953921-92"} {
		l.AddDataSet(labdata.DataSetSpec{Code: code, Collection: "/LAB/PB1/C", Files: table})
	}
	addWithCollection(l, labdata.ObjectSpec{Collection: "/OTHERS/Q/HIDDEN", Code: "HID1"})
	l.AddDataSet(labdata.DataSetSpec{Code: "20261124044945981-90", Collection: "/OTHERS/Q/HIDDEN", Files: table})
	for _, p := range []string{"", "-"} {
		l.AddDataSet(
			labdata.DataSetSpec{Code: "LINK" + p + "1", Collection: "/LAB/PB1/C", Kind: "LINK", Links: []labdata.Link{{Path: "/some/path"}}},
		)
		l.AddDataSet(
			labdata.DataSetSpec{
				Code:       "CONT" + p + "1",
				Collection: "/LAB/PB1/C",
				Kind:       "CONTAINER",
				Components: []string{"20261124034556000-27", "20261124034601636-28"},
			},
		)
	}
	l.AddDataSet(
		labdata.DataSetSpec{Code: "CONT-H2", Collection: "/LAB/PB1/C", Kind: "CONTAINER", Components: []string{"20261124044945981-90"}},
	)
	l.AddDataSet(labdata.DataSetSpec{Code: "CONT-0", Collection: "/LAB/PB1/C", Kind: "CONTAINER"})
	l.AddCollection(
		labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION", Name: "Publications Collection"},
	)
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/DEMO/COLL_3"})
	l.AddObject(labdata.ObjectSpec{Space: "ALICE", Code: "LOOSE", Name: "Loose"})
	l.AddPAT(labdata.PATSpec{User: "alice", Session: "zenobis"})
	l.Deletions = append(l.Deletions, &labdata.Deletion{Id: 1, Reason: "test", At: labdata.LabEpoch(), Deleted: nil})
	return l
}

// bulkLab has what the requests from 170 on name: many objects, and data sets of every kind.
func bulkLab() *labdata.Lab {
	l := labdata.NewLab()
	for _, s := range []string{"ALICE", "OTHERS"} {
		l.AddSpaceWith(s, "a space")
	}
	l.AddUser(labdata.UserSpec{ID: "alice", Password: "secret", Roles: []labdata.RoleSpec{{Role: "ADMIN", Space: "ALICE"}}})
	l.AddStore("DSS2", "http://other.example")
	l.AddCollection(labdata.CollectionSpec{Identifier: "/ALICE/BULK/COL", PermID: "20261129021158264-51"})
	object := func(o labdata.ObjectSpec, i int) {
		o.Name = fmt.Sprintf("Step %d", i)
		o.Properties = map[string]string{
			"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": fmt.Sprintf("<p>Goal %d</p>", i-1),
			"START_DATE":                           "2025-03-02 10:20:00 +0000",
		}
		l.AddObject(o)
	}
	for i := 1; i <= 5000; i++ {
		object(
			labdata.ObjectSpec{Collection: "/ALICE/BULK/COL", Code: fmt.Sprintf("B%d", i), PermID: fmt.Sprintf("20261129021200899-%d", 54+i)},
			i,
		)
	}
	b, a := []byte("a,b\n1,2\n"), []byte("x")
	files := map[string][]byte{"original/data/sub/b.csv": b, "original/data/a.txt": a}
	set := func(d labdata.DataSetSpec) {
		if d.Kind == "" && d.Folders == nil {
			d.Files = files
		}
		l.AddDataSet(d)
	}
	of := func(n int) string { return fmt.Sprintf("20261129021200899-%d", n) }
	set(labdata.DataSetSpec{Code: "20251129000000000-T1", Object: of(60)})
	for i := range 422 {
		set(labdata.DataSetSpec{Code: fmt.Sprintf("20251129010000%03d-%d", i, i+1), Object: of(55 + 12*i%5000)})
	}
	l.AddProject("/ALICE/DIRECT")
	for i := 1; i <= 30; i++ {
		id := fmt.Sprintf("20261129021614838-%d", 5054+i)
		object(labdata.ObjectSpec{Project: "/ALICE/DIRECT", Code: fmt.Sprintf("P%d", i), PermID: id}, i)
		set(labdata.DataSetSpec{Code: fmt.Sprintf("20251129030000%03d-%d", i-1, i), Object: id})
	}
	for i := 1; i <= 20; i++ {
		id := fmt.Sprintf("20261129021618486-%d", 5104+i)
		object(labdata.ObjectSpec{Space: "ALICE", Code: fmt.Sprintf("S%d", i), PermID: id}, i)
		if i <= 10 {
			set(labdata.DataSetSpec{Code: fmt.Sprintf("20251129040000%03d-%d", i-1, i), Object: id})
		}
	}
	const odd = "/ALICE/ODD/SETS"
	l.AddCollection(labdata.CollectionSpec{Identifier: odd})
	for _, code := range []string{"FINE-1", "FINE-2", "GONE-1", "NEW-2", "TRASH-1"} {
		set(labdata.DataSetSpec{Code: code, Collection: odd})
	}
	set(labdata.DataSetSpec{Code: "ARCH-1", Collection: odd, Status: "ARCHIVED"})
	set(labdata.DataSetSpec{Code: "EMPTY-1", Collection: odd, Folders: []string{"original/data"}})
	set(labdata.DataSetSpec{Code: "LINK-1", Collection: odd, Kind: "LINK", Links: []labdata.Link{{Path: "/some/path"}}})
	set(labdata.DataSetSpec{Code: "CONT-0", Collection: odd, Kind: "CONTAINER"})
	set(labdata.DataSetSpec{Code: "CONT-1", Collection: odd, Kind: "CONTAINER", Components: []string{"FINE-1"}})
	set(labdata.DataSetSpec{Code: "20261129022103258-5130", Collection: odd, Store: "DSS2"})
	for i := range 687 - 423 - 30 - 10 - 10 { // the one in the trash does not count
		set(labdata.DataSetSpec{Code: fmt.Sprintf("20251129050000000-%d", i), Collection: odd})
	}
	l.AddCollection(labdata.CollectionSpec{Identifier: "/OTHERS/Q/HIDDEN"})
	set(labdata.DataSetSpec{Code: "20251129060000000-1", Collection: "/OTHERS/Q/HIDDEN"})
	return l
}

// addWithCollection adds an object and the collection that it is in.
func addWithCollection(l *labdata.Lab, o labdata.ObjectSpec) {
	l.AddCollection(labdata.CollectionSpec{Identifier: o.Collection})
	l.AddObject(o)
}

// example is one recorded pair.
type example struct {
	name    string
	request string
	status  int
	want    any
}

func readExamples(t *testing.T, dir string, live bool) []example {
	t.Helper()
	files, err := filepath.Glob(filepath.Join("..", "testdata", dir, "*.request.json"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no examples in %s: %v", dir, err)
	}
	number := func(f string) int {
		n, _ := strconv.Atoi(strings.SplitN(filepath.Base(f), "-", 2)[0])
		return n
	}
	sort.SliceStable(files, func(i, j int) bool { return number(files[i]) < number(files[j]) })
	status := map[string]int{}
	if !live {
		index, err := os.ReadFile(filepath.Join("..", "testdata", dir, "index.tsv"))
		if err != nil {
			t.Fatal(err)
		}
		for _, line := range labdata.Lines(string(index)) {
			f := strings.Split(line, "\t")
			status[f[0]], _ = strconv.Atoi(f[2])
		}
	}
	var out []example
	for _, f := range files {
		e := example{name: strings.TrimSuffix(filepath.Base(f), ".request.json")}
		req, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		res, err := os.ReadFile(strings.TrimSuffix(f, ".request.json") + ".response.json")
		if err != nil {
			t.Fatal(err)
		}
		e.request = string(req)
		if len(res) > 0 {
			if e.want, err = jackson.ParseJSON(res); err != nil {
				t.Fatalf("%s: %v", f, err)
			}
		}
		e.status = status[e.name]
		if live {
			o := e.want.(*jackson.RawObject)
			e.status, _ = strconv.Atoi(o.Vals["status"].(json.Number).String())
			e.want = o.Vals["body"]
			if e.want == "" {
				e.want = nil
			}
		}
		out = append(out, e)
	}
	return out
}

// differences compares shapes: types, keys and their order, which fields hold
// something, references. Values are data and do not count.
func differences(path string, want, got any, out *[]string) {
	say := func(format string, args ...any) { *out = append(*out, path+": "+fmt.Sprintf(format, args...)) }
	switch w := want.(type) {
	case *jackson.RawObject:
		g, ok := got.(*jackson.RawObject)
		if !ok {
			say("want an object, got %v", got)
			return
		}
		_, typed := w.Vals["@type"]
		switch {
		case typed:
			if w.Vals["@type"] != g.Vals["@type"] {
				say("want %v, got %v", w.Vals["@type"], g.Vals["@type"])
				return
			}
			if a, b := strings.Join(w.Keys, " "), strings.Join(g.Keys, " "); a != b {
				say("keys\nwant %s\ngot  %s", a, b)
			}
		case len(w.Keys) == 0 != (len(g.Keys) == 0):
			say("want %d entries, got %d", len(w.Keys), len(g.Keys))
		}
		for _, k := range w.Keys {
			if v, ok := g.Vals[k]; ok {
				differences(path+"."+k, w.Vals[k], v, out)
			}
		}
	case []any:
		g, ok := got.([]any)
		if !ok {
			say("want a list, got %v", got)
			return
		}
		if (len(w) == 0) != (len(g) == 0) {
			say("want %d elements, got %d", len(w), len(g))
		}
		for i := 0; i < len(w) && i < len(g); i++ {
			differences(fmt.Sprintf("%s[%d]", path, i), w[i], g[i], out)
		}
	case nil:
		if got != nil {
			say("want null, got %v", brief(got))
		}
	default:
		if fmt.Sprintf("%T", want) != fmt.Sprintf("%T", got) {
			say("want %v, got %v", want, brief(got))
		}
	}
}

func brief(v any) string {
	if o, ok := v.(*jackson.RawObject); ok {
		return fmt.Sprintf("an object %v", o.Vals["@type"])
	}
	return fmt.Sprint(v)
}

// checkNumbers wants every @id to be the next number in document order, and
// every type to stand before its number.
func checkNumbers(t *testing.T, v any) {
	t.Helper()
	next := 0
	var walk func(any)
	walk = func(v any) {
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x)
			}
		case *jackson.RawObject:
			if n, ok := v.Vals["@id"]; ok {
				next++
				if fmt.Sprint(n) != strconv.Itoa(next) {
					t.Errorf("@id %v, want %d", n, next)
				}
				if len(v.Keys) < 2 || v.Keys[0] != "@type" || v.Keys[1] != "@id" {
					t.Errorf("an object begins with %v", v.Keys)
				}
			}
			for _, k := range v.Keys {
				walk(v.Vals[k])
			}
		}
	}
	walk(v)
}

// dataDependent are fields that hold something or not depending on the data,
// which differs between the recorded server and the lab of this test.
var dataDependent = regexp.MustCompile(
	`\.(description|properties|accessDate|personal.*|authentication-service.*|openbis\.support.*|metaData|section|vocabulary|addressType|homeGroupCode|\$[A-Z_.]+|[A-Z_.]+[A-Z]|custom_widget)$`,
)

func compare(t *testing.T, e example, status int, body []byte, ignore *regexp.Regexp) {
	t.Helper()
	if status != e.status {
		t.Errorf("status %d, want %d: %s", status, e.status, body)
	}
	if len(body) == 0 {
		if e.want != nil {
			t.Error("empty body")
		}
		return
	}
	if body[len(body)-1] != '\n' {
		t.Error("no newline at the end")
	}
	got, err := jackson.ParseJSON(body)
	if err != nil {
		t.Fatalf("no JSON: %v", err)
	}
	if o, ok := got.(*jackson.RawObject); ok {
		checkNumbers(t, o.Vals["result"])
	}
	var diffs []string
	differences("", e.want, got, &diffs)
	n := 0
	for _, d := range diffs {
		p, _, _ := strings.Cut(d, ": ")
		if dataDependent.MatchString(p) || ignore != nil && ignore.MatchString(p) {
			continue
		}
		if n++; n < 12 {
			t.Error(d)
		}
	}
}

// TestRecordedPairs replays the pairs that were made with openBIS' own
// classes and mapper.
func TestRecordedPairs(t *testing.T) {
	s := Start(t, Options{Lab: recordedLab()})
	skip := map[string]string{
		"16-aggregation": "this server has no aggregation services",
		"44-global":      "its answer is canned and does not fit its criteria",
	}
	ignore := map[string]*regexp.Regexp{
		"03-sessioninfo":     regexp.MustCompile(`creatorPerson`),                     // a running server fetches it: live/14
		"32-getsamples":      regexp.MustCompile(`/LAB/DEMO/EXP1`),                    // a running server has one DTO for an entity
		"10-getpersons":      regexp.MustCompile(`ELN-LIMS\.fetch`),                   // a running server refers to the one asked for: live/47
		"47-recursive-fo":    regexp.MustCompile(`children|objects\[1\]`),             // canned without recursion
		"33-parents":         regexp.MustCompile(`objects|parents`),                   // the canned answer holds the parent itself
		"38-serverinfo":      regexp.MustCompile(`.`),                                 // a map of texts
		"40-publicinfo":      regexp.MustCompile(`.`),                                 //
		"42-noatid-me":       regexp.MustCompile(`\.settings|allSet|ELN-LIMS\.fetch`), // canned: other fetch options than asked for
		"09-datasets-sample": regexp.MustCompile(`objects`),                           // canned: the experiment's data sets
	}
	for _, e := range readExamples(t, "recorded", false) {
		t.Run(e.name, func(t *testing.T) {
			if why := skip[e.name]; why != "" {
				t.Skip(why)
			}
			token, err := s.login("alice", "secret")
			if err != nil {
				t.Fatal(err)
			}
			body := e.request
			for _, old := range []string{`"TOKEN"`, `"alice-231114221320000x0123456789ABCDEF0123456789ABCDEF"`, `"T"`} {
				body = strings.ReplaceAll(body, old, strconv.Quote(token.(string)))
			}
			if e.name == "33-parents" {
				body = strings.ReplaceAll(body, `"P"`, `"20231114221322000-14"`)
			}
			path := asPath
			if strings.HasPrefix(e.name, "d") {
				path = dssPath
			}
			status, got := post(t, s, path, body)
			compare(t, e, status, got, ignore[e.name])
		})
	}
}

// replayed is one server with the sessions of its users.
type replayed struct {
	*Server
	tokens map[string]string
}

func (r *replayed) tokenOf(t *testing.T, user string) string {
	if _, err := r.caller(r.tokens[user]); err != nil {
		v, err := r.login(user, "secret")
		if err != nil {
			t.Fatal(err)
		}
		r.tokens[user] = v.(string)
	}
	return r.tokens[user]
}

// prepare brings the server into the state that a pair was recorded in, and
// gives the tokens that stand in its request.
func (r *replayed) prepare(t *testing.T, number int, name string) (session, token func(user string) string) {
	r.o.NoArchiver, r.o.Java11 = number < 100, number == 102 || number == 177
	session = func(user string) string { return r.tokenOf(t, user) }
	token = func(string) string { return r.PAT }
	special := func(from, to time.Duration) func(string) string {
		p := &pat{token: patPrefix + "alice-special" + name, owner: r.lab.Users["alice"], from: r.now().Add(from), to: r.now().Add(to)}
		r.Server.tokens = append(r.Server.tokens, p)
		return func(string) string { return p.token }
	}
	ended := func(string) string { return "ended" }
	switch number {
	case 10, 28:
		return func(user string) string { return user + "-ended" }, token
	case 142:
		return session, special(time.Hour, 2*time.Hour)
	case 143:
		return session, special(-2*time.Hour, -time.Hour)
	case 144:
		return session, func(string) string { return patPrefix + "alice-deleted" }
	case 160:
		r.Fault(fakehttp.Fault{Kind: FaultServerAway})
	case 161, 163:
		return ended, token
	case 162:
		r.expired["idle"] = true
		return func(string) string { return "idle" }, token
	case 171:
		r.Fault(fakehttp.Fault{Kind: FaultDelete, Of: "TRASH-1"})
	case 173:
		r.Fault(fakehttp.Fault{Kind: FaultNotFed, Of: "NEW-2"})
	}
	return session, token
}

// TestLivePairs replays what was asked of a running server, in its order.
func TestLivePairs(t *testing.T) {
	now := time.Date(2026, 11, 24, 5, 0, 0, 0, time.UTC)
	start := func(l *labdata.Lab) *replayed {
		return &replayed{Start(t, Options{Lab: l, Options: fakehttp.Options{Clock: func() time.Time { return now }}}), map[string]string{}}
	}
	small, bulk := start(liveLab()), start(bulkLab())
	small.uploads["adbb560a-4c4c-49fb-a58b-687440c2d359"] = &upload{files: map[string]map[int64][]byte{"default/a\tb.txt": {0: []byte("x")}}}
	skip := map[string]string{
		"156-execute-operations-create-update-search": "objects are never updated here",
		"157-execute-operations-async":                "nothing runs asynchronously here",
		"158-operation-executions":                    "nothing runs asynchronously here",
	}
	sums := regexp.MustCompile(`fileLength|checksumCRC32`) // other bytes
	ignore := map[string]*regexp.Regexp{
		"17-server-info":                   regexp.MustCompile(`.`), // a map of texts
		"40-spaces":                        regexp.MustCompile(`objects\[`),
		"41-projects":                      regexp.MustCompile(`objects\[[23]\]`), // which spaces are shared
		"44-datasets":                      regexp.MustCompile(`objects\[2\]`),
		"43-samples":                       regexp.MustCompile(`objects\[`),
		"118-deletions":                    regexp.MustCompile(`deletedObjects`), // objects are never deleted here
		"135-publication-found":            regexp.MustCompile(`objects\[1\]`),
		"187-data-sets-of-several-objects": regexp.MustCompile(`totalCount`),
	}
	for _, e := range readExamples(t, "recorded/live", true) {
		t.Run(e.name, func(t *testing.T) {
			if why := skip[e.name]; why != "" {
				t.Skip(why)
			}
			number, _ := strconv.Atoi(strings.SplitN(e.name, "-", 2)[0])
			s := small
			if number >= 170 {
				s = bulk
			}
			session, token := s.prepare(t, number, e.name)
			body := regexp.MustCompile(`"\$pat-alice-TOKEN"`).
				ReplaceAllStringFunc(e.request, func(string) string { return strconv.Quote(token("alice")) })
			body = regexp.MustCompile(`"(alice|bob|carol|dave)-TOKEN"`).ReplaceAllStringFunc(body, func(m string) string {
				return strconv.Quote(session(m[1:strings.IndexByte(m, '-')]))
			})
			path := asPath
			if number >= 30 && number <= 33 || number == 93 || number >= 170 && number < 180 || strings.Contains(e.name, "search-files") ||
				strings.HasSuffix(e.name, "-dss") {
				path = dssPath
			}
			var status int
			var got []byte
			if e.name == "23-get" {
				res, err := http.Get(s.URL + asPath)
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = res.Body.Close() }()
				status = res.StatusCode
				got, _ = io.ReadAll(res.Body)
			} else {
				status, got = post(t, s.Server, path, body)
			}
			ignored := ignore[e.name]
			if number >= 170 && number < 180 {
				ignored = sums
			}
			compare(t, e, status, got, ignored)
			compareMessage(t, e, got)
		})
	}
}

// compareMessage compares the text of an error up to its context.
func compareMessage(t *testing.T, e example, got []byte) {
	t.Helper()
	text := func(v any) string {
		o, _ := v.(*jackson.RawObject)
		if o == nil {
			return ""
		}
		err, _ := o.Vals["error"].(*jackson.RawObject)
		if err == nil {
			return ""
		}
		m, _ := err.Vals["message"].(string)
		m, _, _ = strings.Cut(m, " (Context: ")
		data, _ := err.Vals["data"].(*jackson.RawObject)
		if data != nil {
			m = fmt.Sprint(data.Vals["exceptionTypeName"], " ", m)
		}
		m = regexp.MustCompile(`/store/1/\S*/`).ReplaceAllString(m, "/store/1/")
		return regexp.MustCompile(`Session token '[^']*'`).ReplaceAllString(m, "Session token 'T'")
	}
	v, _ := jackson.ParseJSON(got)
	if w, g := text(e.want), text(v); w != g {
		t.Errorf("error\nwant %s\ngot  %s", w, g)
	}
}
