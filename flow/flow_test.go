package flow

import (
	"testing"
	"time"

	"zenobis/export"
	"zenobis/openbis"
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

func TestHTMLText(t *testing.T) {
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
