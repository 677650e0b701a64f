package plan

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"zenobis/disk"
	"zenobis/export/fetch"
	"zenobis/export/snapshot"
	"zenobis/shape"
)

// TestLeavingOutSurvivesAPowerCut: after each step of it the folder holds the plan
// as it was or as it is to be, whole.
func TestLeavingOutSurvivesAPowerCut(t *testing.T) {
	l := newLab()
	co := l.collection(l.project(l.space("LAB"), "P"), "E", "")
	ds := l.dataSet(co, "", map[string][]byte{"original/a": []byte("a"), "original/b": []byte("b"), "original/c": []byte("c")})
	req := wanted(t, l, "collection:/LAB/P/E")
	req.Layout = shape.LayoutSingle
	dir := t.TempDir()
	if _, err := planner(l).Plan(t.Context(), req, dir); err != nil {
		t.Fatal(err)
	}
	files := func(dir string) (n int, err error) {
		s, err := snapshot.Open(dir)
		if err != nil {
			return 0, err
		}
		defer s.Close()
		err = s.Files("", func(fetch.File) error { n++; return nil })
		if err == nil && n != s.Plan().Files {
			err = fmt.Errorf("%d files in the lists, %d in the plan", n, s.Plan().Files)
		}
		return n, err
	}
	s, err := snapshot.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	var steps []string
	s.Trace(disk.Writer{Trace: func(step, path string) {
		steps = append(steps, step+" "+filepath.Base(path))
		// What a power cut may leave at this moment: everything up to here.
		cut := t.TempDir()
		if err := os.CopyFS(cut, os.DirFS(dir)); err != nil {
			t.Fatal(err)
		}
		if n, err := files(cut); err != nil || n != 3 && n != 2 {
			t.Errorf("after %q: %d files, %v", steps, n, err)
		}
	}})
	if _, err := s.Omit(snapshot.OmitRequest{DataSet: ds.PermID, Path: "original/b", Reason: "corrupt"}, nil); err != nil {
		t.Fatal(err)
	}
	if n, err := files(dir); err != nil || n != 2 {
		t.Errorf("in the end: %d files, %v", n, err)
	}
	want := []string{
		"sync folder plan", "write plan.json", "sync plan.json", "rename plan.json", "sync folder plan", "remove list-00001.gz",
		"sync folder plan",
	}
	if fmt.Sprint(steps) != fmt.Sprint(want) {
		t.Errorf("in the steps %q, want %q", steps, want)
	}
}
