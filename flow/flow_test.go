package flow

import (
	"testing"
	"time"

	"zenobis/export"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/session"
	"zenobis/tree"
)

func TestRate(t *testing.T) {
	var r rate
	at := time.Unix(0, 0)
	for i := range 60 {
		r.add(at.Add(time.Duration(i)*time.Second), int64(i)*1e6)
	}
	if v := r.perSecond(); v < 0.99e6 || v > 1.01e6 {
		t.Errorf("%.0f bytes a second", v)
	}
	if len(r.samples) > 25 {
		t.Errorf("%d samples are kept", len(r.samples))
	}
	now := at.Add(59 * time.Second)
	if d, ok := r.left(now, 10e6); !ok || d.Round(time.Second) != 10*time.Second {
		t.Errorf("left %s", d)
	}
	if d, _ := r.left(now.Add(500*time.Millisecond), 99e6); d.Round(time.Second) != 10*time.Second {
		t.Error("the time left flickers")
	}
	r.add(now.Add(time.Second), 3) // a package is sent again
	if _, ok := r.left(now.Add(9*time.Second), 1); ok {
		t.Error("a speed out of nothing")
	}
}

func TestMetadataText(t *testing.T) {
	for in, want := range map[string]record.Agent{
		"Doe, Jane": {Family: "Doe", Given: "Jane"},
		"Doe, Jane; https://orcid.org/0000-0002-1825-0097; Lab; Uni": {
			Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []string{"Lab", "Uni"}},
		"Example Consortium":        {Family: "Example Consortium"},
		"Doe, Jane; ; 042nb2s44":    {Family: "Doe", Given: "Jane", Affiliations: []string{"042nb2s44"}},
		"Doe, J; 0000-0002-1825-00": {Family: "Doe", Given: "J", ORCID: "0000-0002-1825-00"},
	} {
		got := parseAgent(in, false)
		if agentText(got) != agentText(want) || got.ORCID != want.ORCID || len(got.Affiliations) != len(want.Affiliations) {
			t.Errorf("%q became %+v, want %+v", in, got, want)
		}
	}
	if a := parseAgent("datamanager: Roe, R", true); a.Role != "datamanager" || a.Family != "Roe" {
		t.Errorf("contributor %+v", a)
	}
	for in, want := range map[string]string{
		"a < b\n\nsecond\nline":       "<p>a &lt; b</p><p>second<br>line</p>",
		"":                            "",
		"<p>a</p><ul><li>b</li></ul>": "<p>a</p><ul><li>b</li></ul>",
	} {
		if got := parseDescription(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if again := parseDescription(descriptionText(want)); again != want {
			t.Errorf("%q came back as %q", want, again)
		}
	}
	if got := HTMLText("<p>Mass &amp; <b>loss</b></p><script>x</script><ul><li>one</li></ul>"); got != "Mass & loss\none" {
		t.Errorf("HTMLText %q", got)
	}
}

func TestALongListOfFilesSaysThatItIsCut(t *testing.T) {
	f := &Flow{Tree: tree.New()}
	f.Tree.AddSpaces([]tree.Item{{Key: tree.Key{Kind: openbis.KindSpace, PermID: "S"}, Label: "S", Code: "S"}}, "")
	for _, c := range []struct {
		name        string
		files, rows int
		more        bool
	}{{"cut", MaxFiles + 1, 10, true}, {"whole", MaxFiles, 10, false}} {
		id, _ := f.Tree.Find(tree.Key{Kind: openbis.KindSpace, PermID: "S"})
		gen, _, ok := f.Tree.Begin(id)
		if !ok || !f.AddFiles(id, gen, make([]openbis.File, c.files), MaxFiles-10, 500) {
			t.Fatal(c.name, ": not added")
		}
		last := tree.ID(0)
		f.Tree.EachChild(id, func(k tree.ID) { last = k })
		if more := f.Tree.Item(last).Kind == tree.More; more != c.more {
			t.Errorf("%s: more %v", c.name, more)
		}
		f.Tree = tree.New()
		f.Tree.AddSpaces([]tree.Item{{Key: tree.Key{Kind: openbis.KindSpace, PermID: "S"}, Label: "S", Code: "S"}}, "")
	}
}

func TestADiscardedExportIsForgotten(t *testing.T) {
	f := &Flow{}
	job := export.Job{ID: "job1", State: export.StateDraft, URL: "https://sandbox.zenodo.org/uploads/417"}
	f.Draft.Job, f.Run.Job, f.Run.Over, f.resumable = job, job, true, true
	f.Forget("job1")
	if s := f.lastWords(session.Summary{}); len(s) != 0 || f.resumable {
		t.Errorf("after discarding: %q", s)
	}
}
