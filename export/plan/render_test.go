package plan

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/shape"
)

// written are the files of a plan.
func written(t *testing.T, dir string) map[string]string {
	t.Helper()
	files, err := os.ReadDir(snapshot.Folder(dir))
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{}
	for _, f := range files {
		b, err := os.ReadFile(filepath.Join(snapshot.Folder(dir), f.Name()))
		if err != nil {
			t.Fatal(err)
		}
		all[f.Name()] = string(b)
	}
	return all
}

// TestPagesWhateverIsReadyFirst holds plans whose pages were made one after the
// other and beside each other against each other, to the byte.
func TestPagesWhateverIsReadyFirst(t *testing.T) {
	for _, layout := range []shape.Layout{shape.LayoutSingle, shape.LayoutPerDataSet, shape.LayoutFiles} {
		l := seeded(5)
		var first map[string]string
		for _, processors := range []int{1, 2, 8} {
			before := runtime.GOMAXPROCS(processors)
			dir := t.TempDir()
			p := planner(l)
			p.Limits.Files = 1000
			req := wanted(t, l, "space:LAB0")
			req.Layout = layout
			_, err := p.Plan(t.Context(), req, dir)
			runtime.GOMAXPROCS(before)
			if err != nil {
				t.Fatal(err)
			}
			got := written(t, dir)
			if first == nil {
				first = got
			}
			for name := range got {
				if got[name] != first[name] {
					t.Errorf("%s, %d processors: %s is not the same", layout, processors, name)
				}
			}
			if len(first) != len(got) {
				t.Errorf("%s, %d processors: %d files, with one %d", layout, processors, len(got), len(first))
			}
		}
		if pages := first[snapshot.PagesFile]; len(pages) < 10_000 {
			t.Errorf("%s: only %d bytes of pages", layout, len(pages))
		}
	}
}

// brokenPicture fails to fetch a picture as if openBIS were away.
type brokenPicture struct{ *lab }

func (brokenPicture) Image(context.Context, string) (string, []byte, error) {
	return "", nil, openbis.ErrUnreachable
}

// TestPagesThatCannotBeMade ends the plan with the reason, and with nobody at work.
func TestPagesThatCannotBeMade(t *testing.T) {
	l := newLab()
	c := l.collection(l.project(l.space("LAB"), "P"), "E", "Name")
	for _, code := range []string{"A", "B", "C", "D", "E", "F", "G", "H", "I", "J", "K", "L", "M", "N", "O", "P"} {
		o := l.object(c, code, "")
		if code == "F" {
			o.Properties = map[string][]string{"NOTES": {`<p><img src="/openbis/openbis/file-service/eln-lims/a.png"></p>`}}
		}
	}
	before := runtime.NumGoroutine()
	p := planner(l)
	p.Catalog = brokenPicture{l}
	_, err := p.Plan(t.Context(), wanted(t, l, "space:LAB"), t.TempDir())
	if !errors.Is(err, openbis.ErrUnreachable) {
		t.Fatalf("the plan ended with %v", err)
	}
	if now := runtime.NumGoroutine(); now > before+1 {
		t.Errorf("%d goroutines, before the plan %d", now, before)
	}
}
