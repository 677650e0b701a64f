package job

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"zenobis/disk"
)

// Whoever could put a symbolic link into a job's folder must not make us read or
// write what it leads to.
func TestLinksInsideAJobAreNotFollowed(t *testing.T) {
	for _, name := range []string{jobName, journalName, lockName, progressName, relatedName, manifestName, stopName, lookedName} {
		t.Run(name, func(t *testing.T) {
			s := newShop(t)
			id := s.planned(t, "Linked")
			dir := filepath.Join(s.dir(), id)
			outside := filepath.Join(t.TempDir(), "outside")
			before, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil {
				before = []byte("{}\n")
			}
			if err := os.WriteFile(outside, before, 0o600); err != nil {
				t.Fatal(err)
			}
			_ = os.Remove(filepath.Join(dir, name))
			if err := os.Symlink(outside, filepath.Join(dir, name)); err != nil {
				t.Fatal(err)
			}
			jobs, listed := s.List()
			if name == jobName || name == journalName {
				if len(jobs) != 0 || !errors.Is(listed, disk.ErrForeign) {
					t.Errorf("it is read through the link: %v, %v", jobs, listed)
				}
			}
			if h, err := s.Hold(t.Context(), id, true); err == nil {
				_ = h.Start("1.0")
				_ = h.Settle()
				h.Close()
			}
			_ = s.NoteLooked(id)
			_ = s.RequestStop(id)
			if after, err := os.ReadFile(outside); err != nil || string(after) != string(before) {
				t.Errorf("what the link leads to is now %q, %v", after, err)
			}
		})
	}
}

func TestALinkIsNoJob(t *testing.T) {
	s := newShop(t)
	id := s.planned(t, "Elsewhere")
	dir := filepath.Join(s.dir(), id)
	moved := filepath.Join(t.TempDir(), id)
	if err := os.Rename(dir, moved); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(moved, dir); err != nil {
		t.Fatal(err)
	}
	if jobs, _ := s.List(); len(jobs) != 0 {
		t.Errorf("it is listed: %v", jobs)
	}
	if j, err := s.Job(id); err == nil {
		t.Errorf("it is found: %v", j)
	}
}
