package plan

import (
	"hash"
	"strings"
	"testing"

	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

// room takes a package and counts how often it hears that its writer is at work.
type room struct {
	tally
	buf   [1 << 10]byte
	alive int
}

func (r *room) Space() []byte    { return r.buf[:] }
func (r *room) Beside(hash.Hash) {}
func (r *room) Alive()           { r.alive++ }

// TestWritersSayThatTheyAreAtWork writes what is generated from many files: the
// upload hears of it while no byte comes.
func TestWritersSayThatTheyAreAtWork(t *testing.T) {
	const files = 3000
	l := newBigLab(1, files)
	p := &Planner{Catalog: l, Version: "1.0.0", Now: labTime.AddDate(1, 0, 0)}
	req := job.Request{Layout: shape.LayoutSingle, Metadata: record.Metadata{Title: "Big"}}
	req.Selection.Rules = []selection.Rule{{Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB", Label: "LAB"}}
	s, made := plan(t, p, req)
	for _, k := range made.Packages {
		var r room
		o := snapshot.WriteOptions{Feed: fifty{strings.Repeat("x", 50)}, Hashes: oneHash{strings.Repeat("a", 64)}}
		if err := s.WritePackage(t.Context(), &r, k.Name, o); err != nil {
			t.Fatal(err)
		}
		if k.Files > 0 && r.alive < 3*files/1000 { // index, README, crate and manifest each go through all
			t.Errorf("%s: told %d times in %d files", k.Name, r.alive, files)
		}
	}
}
