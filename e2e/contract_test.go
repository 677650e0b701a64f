package e2e

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// contractKeys are the keys that every event of a name has, since scripts
// rely on them; a value may be null or empty, never missing.
var contractKeys = map[string]string{
	"plan":     "job entities datasets files bytes packages omitted limits removed published notes",
	"draft":    "job id url doi",
	"progress": "job bytes total package",
	"uploaded": "job package bytes md5",
	"retry":    "job package attempt message",
	"done":     "job id url doi bytes",
	"error":    "job kind message hint resumable",
	"omitted":  "job entity file reason message",
	"job":      "job title state id url doi created updated looked review openbis_objects",
	"check":    "name ok message hint",
	"entity":   "kind code name perm_id identifier children bytes",
	"verified": "package dataset file ok message",
}

// contractEvents reads the output of --json and holds every event to its keys.
func contractEvents(t *testing.T, out string) []event {
	t.Helper()
	list := events(t, out)
	need := func(where string, e map[string]any, keys string) {
		for _, k := range strings.Fields(keys) {
			if _, ok := e[k]; !ok {
				t.Errorf("%s without %s: %v", where, k, e)
			}
		}
	}
	inside := func(e event, key, keys string) {
		items, ok := e[key].([]any)
		if !ok {
			t.Errorf("%s is no list: %v", key, e[key])
		}
		for _, i := range items {
			need(key, i.(map[string]any), keys)
		}
	}
	for _, e := range list {
		need(e.text("event"), e, contractKeys[e.text("event")])
		switch e.text("event") {
		case "plan":
			inside(e, "packages", "name bytes files")
			inside(e, "omitted", "entity reason message")
			need("limits", e["limits"].(map[string]any), "bytes files")
			sum := int64(0)
			for _, k := range e["packages"].([]any) {
				sum += event(k.(map[string]any)).num("bytes")
			}
			if sum != e.num("bytes") {
				t.Errorf("the packages have %d bytes, the plan %d", sum, e.num("bytes"))
			}
		case "job":
			if e.text("state") == "registered" {
				need("job", e, "openbis_objects")
			}
		}
	}
	return list
}

// names are the events' names, each once in a row.
func names(list []event) string {
	var s []string
	for _, e := range list {
		s = append(s, e.text("event"))
	}
	return strings.Join(slices.Compact(s), " ")
}

// site is an openBIS and a Zenodo in this process, where faults can be made.
type site struct {
	*servers
	ob *openbistest.Server
	ze *zenodotest.Server
	ds map[string]string // data sets by name
}

const sitePAT = "$pat-jdoe-250303080000000x0123456789ABCDEF0123456789ABCDEF"

// contractLab is small and has one of everything that matters to scripts.
func contractLab(settings string) (*labdata.Lab, map[string]string) {
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "s3cret-password", FirstName: "Jane", LastName: "Doe", Email: "jane.doe@lab.example",
		HomeSpace: "LAB", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	l.AddPAT(labdata.PATSpec{User: "jdoe", Session: "tests", Token: sitePAT})
	if settings != "" {
		l.AddSpace("ELN_SETTINGS")
		l.AddObject(labdata.ObjectSpec{Space: "ELN_SETTINGS", Code: "GENERAL_ELN_SETTINGS", Type: "GENERAL_ELN_SETTINGS",
			Properties: map[string]string{"$ELN_SETTINGS": `{"mainMenu":{"showZenodoExportBuilder":` + settings + `}}`}})
	}
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION", Name: "Publications"})
	c := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Growth"})
	step := l.AddObject(labdata.ObjectSpec{Collection: c, Code: "STEP1", Name: "First step"})
	next := l.AddObject(labdata.ObjectSpec{Collection: c, Code: "STEP2", Name: "Second step", Parents: []string{step}})
	other := l.AddCollection(labdata.CollectionSpec{Identifier: "/ELSEWHERE/PROJ/COLL", Name: "Parts"})
	part := l.AddObject(labdata.ObjectSpec{Collection: other, Code: "PART", Name: "Part"})
	l.AddObject(labdata.ObjectSpec{Collection: c, Code: "MADE", Name: "Made of a part", Parents: []string{part}})
	l.AddObject(labdata.ObjectSpec{Collection: other, Code: "PRIVATE", Name: "Private",
		Properties: map[string]string{"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": "<p>ask jane.doe@lab.example</p>"}})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/TWICE", Name: "Collection"})
	l.AddObject(labdata.ObjectSpec{Project: "/LAB/PROJ", Code: "TWICE", Name: "Object"})
	odd := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/ODD/COLL", Name: "Odd"})
	many := labdata.DataSetSpec{Collection: l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/MANY/COLL", Name: "Many"}),
		Name: "many", Files: map[string][]byte{}}
	for i := range 120 {
		many.Files[fmt.Sprintf("original/%03d.txt", i)] = []byte("x\n")
	}
	return l, map[string]string{
		"many": l.AddDataSet(many),
		"table": l.AddDataSet(labdata.DataSetSpec{Object: step, Name: "table", Files: map[string][]byte{
			"original/run/a.csv": []byte("a,b\n1,2\n"), "original/run/deep/b.csv": []byte("c\n3\n"), "original/notes.txt": []byte("notes\n")}}),
		"second": l.AddDataSet(labdata.DataSetSpec{Object: next, Name: "second",
			Files: map[string][]byte{"original/c.txt": []byte("third\n")}}),
		"big": l.AddDataSet(labdata.DataSetSpec{Collection: odd, Name: "big",
			Generated: []labdata.GeneratedFile{{Path: "original/big.raw", Size: 12_000_000, Seed: 3}}}),
		"broken": l.AddDataSet(labdata.DataSetSpec{Collection: odd, Name: "broken",
			Files: map[string][]byte{"original/\x1b[2J.txt": []byte("x\n"), "original/fine.txt": []byte("y\n")}}),
		"archived": l.AddDataSet(labdata.DataSetSpec{Collection: odd, Name: "archived", Status: "ARCHIVED",
			Files: map[string][]byte{"original/old.txt": []byte("old\n")}}),
		"link":  l.AddDataSet(labdata.DataSetSpec{Collection: odd, Name: "link", Kind: "LINK", Links: []labdata.Link{{Path: "/share/raw"}}}),
		"empty": l.AddDataSet(labdata.DataSetSpec{Collection: odd, Name: "empty"}),
	}
}

func newSite(t *testing.T, settings string, zo zenodotest.Options) *site {
	t.Helper()
	l, ds := contractLab(settings)
	zo.RateLimit = -1
	ob, ze := openbistest.Start(t, openbistest.Options{Lab: l}), zenodotest.Start(t, zo)
	return &site{&servers{ob.URL, ze.URL, ob.User, ob.Password, sitePAT, ze.Token}, ob, ze, ds}
}

// export runs an export that has to be done and returns its events and its last.
func (s *site) export(t *testing.T, p *person, args ...string) (list []event, done event) {
	t.Helper()
	list = contractEvents(t, p.must(0, append([]string{"export", "--json", "--title", "Growth of things"}, args...)...).stdout)
	return list, last(t, list, "done")
}

func jobEvents(t *testing.T, p *person, status int, args ...string) []event {
	t.Helper()
	var list []event
	for _, e := range contractEvents(t, p.must(status, append(args, "--json")...).stdout) {
		if e.text("event") == "job" {
			list = append(list, e)
		}
	}
	return list
}

// TestContractWay holds every command along the whole way to what scripts rely on.
func TestContractWay(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	offline := p.with("ZENOBIS_OPENBIS_TOKEN=", "ZENOBIS_OPENBIS_URL=", "ZENOBIS_ZENODO_TOKEN=")
	list, done := s.export(t, p, "--layout", "per-dataset", "--description", "What grew.", "--creator",
		"Doe, Jane; 0000-0002-1825-0097; Lab X", "--creator", "The Institute",
		"--contributor", "DataManager: Roe, Rick", "--license", "cc0-1.0", "--keyword", "growth", "--keyword", "light", "--related",
		"IsSupplementTo 10.1234/abc",
		"--funding", "00k4n6c32 101094817", "--publication-date", "2025-01-02", "--record-version", "2.0", "--language", "eng", "/LAB/PROJ/COLL")
	if got := names(list); got != "plan draft uploaded done" && got != "plan draft uploaded progress uploaded done" {
		t.Errorf("events: %s", got)
	}
	plan, job, id := list[0], done.text("job"), done.text("id")
	d, _ := s.ze.Deposit(id)
	total, there := int64(0), map[string]int64{}
	for _, f := range d.Files {
		there[f.Key] = f.Size
		total += f.Size
	}
	planned := map[string]int64{}
	for _, k := range plan["packages"].([]any) {
		planned[event(k.(map[string]any)).text("name")] = event(k.(map[string]any)).num("bytes")
	}
	if !maps.Equal(there, planned) || total != plan.num("bytes") || total != done.num("bytes") || plan.num("datasets") != 2 ||
		plan.num("files") != 4 {
		t.Errorf("planned %v, there are %v", plan, there)
	}
	for _, name := range []string{"README.md", "ro-crate-metadata.json", "metadata.zip", s.ds["table"] + ".zip", s.ds["second"] + ".zip"} {
		if there[name] == 0 {
			t.Errorf("no %s", name)
		}
	}
	for _, e := range list {
		if e.text("event") == "uploaded" && (len(e.text("md5")) != 32 || e.num("bytes") != there[e.text("package")]) {
			t.Errorf("%v", e)
		}
	}
	text := fmt.Sprint(d.Metadata)
	for _, want := range []string{"Growth of things", "What grew.", "0000-0002-1825-0097", "Lab X", "The Institute", "datamanager",
		"cc0-1.0", "growth", "light", "issupplementto",
		"10.1234/abc", "00k4n6c32", "101094817", "2025-01-02", "2.0", "eng"} {
		if !strings.Contains(text, want) {
			t.Errorf("the draft has no %s: %s", want, text)
		}
	}
	if j := jobEvents(t, offline, 0, "jobs"); len(j) != 1 || j[0].text("state") != "draft" || j[0]["looked"] != nil ||
		j[0].text("doi") != done.text("doi") {
		t.Errorf("jobs: %v", j)
	}
	if j := jobEvents(t, offline, 0, "sync"); len(j) != 1 || j[0].text("state") != "draft" || j[0]["looked"] == nil {
		t.Errorf("sync of a draft: %v", j)
	}
	s.ze.Publish(id)
	if j := jobEvents(t, offline.with("ZENOBIS_OPENBIS_URL="+s.OpenBIS), 3, "sync"); len(j) != 1 || j[0].text("state") != "published" {
		t.Errorf("sync without a login: %v", j)
	}
	for _, what := range []string{job, done.text("doi"), "https://doi.org/" + done.text("doi")} {
		v := contractEvents(t, offline.must(0, "verify", "--json", what).stdout)
		end := last(t, v, "done")
		if len(v) != len(there)+1 || end.text("job") != job || end.num("bytes") != total {
			t.Errorf("verify %s: %v", what, v)
		}
	}
	deep := contractEvents(t, p.must(0, "verify", "--deep", "--json", job).stdout)
	inside := 0
	for _, e := range deep {
		if e.text("file") != "" {
			inside++
		}
	}
	if inside < 4 {
		t.Errorf("verify --deep: %v", deep)
	}
	s.ob.Fault(fakehttp.Fault{Kind: openbistest.FaultPublicationFailed, Message: "no"})
	if j := jobEvents(t, p, 1, "sync"); len(j) != 1 || j[0].text("state") != "published" {
		t.Errorf("sync with a registration that fails: %v", j)
	}
	j := jobEvents(t, p, 0, "sync")
	if objects, _ := j[0]["openbis_objects"].([]any); len(j) != 1 || j[0].text("state") != "registered" || len(objects) != 1 {
		t.Errorf("sync: %v", j)
	}
	if o := p.must(0, "sync", "--json"); o.stdout != "" {
		t.Errorf("nothing to sync: %s", o.stdout)
	}
	for format, want := range map[string]string{"bibtex": "@dataset{doe2025", "cff": "cff-version: 1.2.0",
		"text": "Doe, Jane; The Institute (2025)", "csl": `"type": "dataset"`} {
		if o := offline.must(0, "jobs", "--cite", format, job); !strings.Contains(o.stdout, want) || !strings.Contains(o.stdout,
			done.text("doi")) {
			t.Errorf("%s: %s", format, o.stdout)
		}
	}
	for _, e := range events(t, offline.must(0, "jobs", "--json", "--manifest", job).stdout) {
		if e.text("perm_id") == "" || e.text("path") == "" || len(e.text("crc32")) != 8 || len(e.text("sha256")) != 64 {
			t.Errorf("manifest: %v", e)
		}
	}
	p.must(4, "discard", job)
	if _, again := s.export(t, p, "--layout", "single", "--new-version-of", done.text("doi"), "/LAB/PROJ/COLL"); true {
		s.ze.Publish(again.text("id"))
		if r, _ := s.ze.Deposit(again.text("id")); !r.Published || len(r.Files) != 2 {
			t.Errorf("new version: %+v", r)
		}
	}
	p.noSecretsOnDisk()
}

// TestContractSelection: what a selection says is what is planned.
func TestContractSelection(t *testing.T) {
	slow(t)
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	coll, table := "/LAB/PROJ/COLL", s.ds["table"]
	os.WriteFile(filepath.Join(p.home, "sel.toml"),
		[]byte(fmt.Sprintf("select = [%q]\nonly = [\"space:LAB\"]\nexclude = [\"object:/LAB/PROJ/STEP2\"]\nfiles = [\"%s:*.csv\"]\n",
			coll, table)), 0o600)
	for _, c := range []struct {
		args                      string
		entities, datasets, files int64
	}{
		{coll, 6, 2, 4},
		{"experiment:" + coll, 6, 2, 4},
		{"collection:" + s.permID(t, p, "/LAB/PROJ", "COLL"), 6, 2, 4},
		{"object:/LAB/PROJ/STEP2", 2, 1, 1},
		{"sample:/LAB/PROJ/STEP2", 2, 1, 1},
		{"dataset:" + table, 1, 1, 3},
		{table, 1, 1, 3},
		{"--only " + coll, 1, 0, 0},
		{coll + " --exclude /LAB/PROJ/STEP2", 4, 1, 3},
		{coll + " --exclude /LAB/PROJ/STEP1 --only /LAB/PROJ/STEP2", 3, 0, 0},
		{coll + " --metadata-only", 6, 0, 0},
		{"--file " + table + ":*.csv", 1, 1, 2},
		{"--file " + table + ":original/*/*.csv", 1, 1, 1},
		{"--file " + table + ":original/**/*.csv", 1, 1, 2},
		{"--file " + table + ":notes.txt --file " + table + ":a.csv", 1, 1, 2},
		{"object:/LAB/PROJ/STEP2 --with-parents", 4, 2, 4},
		{"object:/LAB/PROJ/MADE --with-parents", 1, 0, 0},
		{"object:/LAB/PROJ/MADE --with-parents --other-spaces", 2, 0, 0},
		{"object:/LAB/PROJ/STEP1 --with-children", 4, 2, 4},
		{"--selection sel.toml", 5, 1, 2},
	} {
		t.Run(c.args, func(t *testing.T) {
			q := *p
			q.t = t
			list := contractEvents(t, q.must(0, append([]string{"export", "--dry-run", "--json", "--title", "Title"},
				strings.Fields(c.args)...)...).stdout)
			plan := list[0]
			if len(list) != 1 || plan.text("job") != "" || plan.num("entities") != c.entities || plan.num("datasets") != c.datasets ||
				plan.num("files") != c.files {
				t.Errorf("%d entities, %d data sets, %d files; want %d, %d, %d", plan.num("entities"), plan.num("datasets"), plan.num("files"),
					c.entities, c.datasets, c.files)
			}
		})
	}
	for args, want := range map[string]string{
		"--layout single": "content.zip", "--crate eln": "content.eln", "--layout per-dataset": table + ".zip", "--layout files": table +
			"--original--notes.txt",
	} {
		plan := last(t, contractEvents(t, p.must(0, append([]string{"export", "--dry-run", "--json", "--title", "Title", coll},
			strings.Fields(args)...)...).stdout), "plan")
		if !strings.Contains(strings.ReplaceAll(fmt.Sprint(plan["packages"]), "]", " "), "name:"+want+" ") {
			t.Errorf("%s: %v", args, plan["packages"])
		}
	}
	if n := len(s.ze.Drafts()); n != 0 {
		t.Errorf("dry runs made %d drafts", n)
	}
	if o := p.must(0, "jobs", "--json"); o.stdout != "" {
		t.Errorf("dry runs left %s", o.stdout)
	}
}

// permID looks a child up.
func (s *site) permID(t *testing.T, p *person, parent, code string) string {
	t.Helper()
	for _, e := range contractEvents(t, p.must(0, "ls", "--json", parent).stdout) {
		if e.text("code") == code {
			return e.text("perm_id")
		}
	}
	t.Fatalf("no %s in %s", code, parent)
	return ""
}

// TestContractLooking: what ls, verify and demo print, key by key.
func TestContractLooking(t *testing.T) {
	t.Parallel()
	s := newSite(t, "true", zenodotest.Options{})
	p := s.person(t)
	kinds := func(what ...string) string {
		t.Helper()
		var out []string
		for _, e := range contractEvents(t, p.must(0, append([]string{"ls", "--json"}, what...)...).stdout) {
			size, children := "-", "leaf"
			if n, ok := e["bytes"].(float64); ok {
				size = fmt.Sprint(int64(n))
			}
			if e["children"] == true {
				children = "node"
			}
			code := e.text("code")
			if e.text("kind") == "dataset" {
				code = "DS"
			}
			out = append(out, strings.Join([]string{e.text("kind"), code, size, children}, " "))
			if e.text("perm_id") == "" || e.text("identifier") == "" {
				t.Errorf("ls %v: %v", what, e)
			}
		}
		return strings.Join(out, ", ")
	}
	for what, want := range map[string]string{
		"space:LAB":              "project MANY - node, project ODD - node, project PROJ - node",
		"/LAB/PROJ":              "collection TWICE - node, collection COLL - node, object TWICE - node",
		"/LAB/PROJ/COLL":         "object STEP1 - node, object MADE - node",
		"object:/LAB/PROJ/STEP1": "object STEP2 - node, dataset DS 18 node",
		s.ds["second"]:           "file original/c.txt 6 leaf",
		s.ds["link"]:             "",
		"/LAB/ODD/COLL":          "dataset DS 4 node, dataset DS 12000000 node, dataset DS 4 node, dataset DS 0 node, dataset DS - leaf",
	} {
		if got := kinds(what); got != want {
			t.Errorf("ls %s: %s\nwant %s", what, got, want)
		}
	}
	if all := kinds(); !strings.Contains(all, "space LAB - node") {
		t.Errorf("ls: %s", all)
	}
	_, done := s.export(t, p, "--layout", "per-dataset", "/LAB/PROJ/COLL")
	of := map[string]int{}
	for _, e := range contractEvents(t, p.must(0, "verify", "--deep", "--json", done.text("job")).stdout) {
		if e.text("event") == "verified" && e.text("file") != "" {
			of[e.text("dataset")]++
		}
	}
	if of[s.ds["table"]] != 3 || of[s.ds["second"]] != 1 || len(of) > 3 {
		t.Errorf("files verified by data set: %v", of)
	}
	byDOI := map[string]int{} // of a record without its export
	s.ze.Publish(done.text("id"))
	for _, e := range contractEvents(t, p.with("ZENOBIS_STATE_DIR="+t.TempDir()).must(0, "verify", "--deep", "--json",
		done.text("doi")).stdout) {
		if e.text("event") == "verified" && e.text("file") != "" {
			byDOI[e.text("dataset")]++
		}
	}
	if byDOI[s.ds["table"]] != 3 || byDOI[s.ds["second"]] != 1 {
		t.Errorf("files verified by data set, by DOI: %v", byDOI)
	}
	if a, b := p.must(0, "version").stdout, p.must(0, "--version").stdout; a != b || !strings.Contains(a, "commit") {
		t.Errorf("version: %q, --version: %q", a, b)
	}
}
