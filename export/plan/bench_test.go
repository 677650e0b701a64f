package plan

import (
	"context"
	"fmt"
	"io"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

// bigLab answers like a lab of many objects without holding it: each object of
// its one collection has one data set.
type bigLab struct {
	*lab
	objects int
	files   int    // of each data set
	deep    string // folders in their paths
}

func newBigLab(objects, files int) *bigLab {
	b := &bigLab{lab: newLab(), objects: objects, files: files}
	b.collection(b.project(b.space("LAB"), "P"), "E", "Many")
	return b
}

func (b *bigLab) at(i int) openbis.Entity {
	coll := b.list[2]
	id := fmt.Sprintf("20250301120000000-%d", 1000+i)
	return openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindObject, PermID: id, Identifier: fmt.Sprintf("/LAB/P/OBJ%06d", i), Code: fmt.Sprintf("OBJ%06d", i),
			Name: fmt.Sprintf("Growth in light, step %d", i), Type: "EXPERIMENTAL_STEP", Space: "LAB", Collection: coll.PermID},
		CollRef: &coll.Ref, ProjectRef: coll.ProjectRef, Registered: labTime, Modified: labTime,
		Properties: map[string][]string{"$NAME": {"Growth in light"}, "NOTES": {strings.Repeat("some text ", 20)}},
	}
}

func (b *bigLab) dataSet(i int) openbis.Entity {
	o := b.at(i)
	id := fmt.Sprintf("20250301130000000-%d", 1000+i)
	return openbis.Entity{
		Ref:       openbis.Ref{Kind: openbis.KindDataSet, PermID: id, Identifier: id, Code: id, Type: "RAW_DATA", Space: "LAB"},
		ObjectRef: &o.Ref, CollRef: o.CollRef, ProjectRef: o.ProjectRef, Registered: labTime, Modified: labTime,
		Data: &openbis.Data{Kind: openbis.Physical, Status: "AVAILABLE", Store: openbis.DataStore{Code: "DSS1", URL: "https://dss.example"}},
	}
}

// Below implements Catalog: the objects and data sets are made up.
func (b *bigLab) Below(ctx context.Context, kind openbis.Kind, node openbis.Ref, p openbis.Page) (openbis.Listing, error) {
	if kind == openbis.KindCollection {
		return b.lab.Below(ctx, kind, node, p)
	}
	l := openbis.Listing{Total: b.objects, Next: -1}
	for i := p.From; i < min(p.From+p.Count, b.objects); i++ {
		if kind == openbis.KindObject {
			l.Entities = append(l.Entities, b.at(i))
		} else {
			l.Entities = append(l.Entities, b.dataSet(i))
		}
	}
	if p.From+p.Count < b.objects {
		l.Next = p.From + p.Count
	}
	return l, nil
}

// FilesOf implements Catalog.
func (b *bigLab) FilesOf(_ context.Context, _ openbis.DataStore, dataSets []string, sink openbis.FileSink) (map[string]error, error) {
	for _, d := range dataSets {
		if err := sink.Begin(d); err != nil {
			return nil, err
		}
		for i := range b.files {
			f := openbis.File{Path: fmt.Sprintf("original/default/%simage_%07d.tif", b.deep, i), Size: 50, CRC: 0xac628a03, HasCRC: true}
			if err := sink.Add(d, f); err != nil {
				return nil, err
			}
		}
	}
	return nil, nil
}

// tally drops what is written.
type tally struct{ n int64 }

func (c *tally) Write(p []byte) (int, error) { c.n += int64(len(p)); return len(p), nil }

// fifty is a feed of files of 50 bytes.
type fifty struct{ text string }

func (f fifty) Open(context.Context, fetch.File) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(f.text)), nil
}

// oneHash is Hashes that remembers nothing.
type oneHash struct{ sha string }

func (h oneHash) Get(string, int) (string, uint32, bool)        { return h.sha, 0, true }
func (h oneHash) Put(_ string, _ int, _ string, _ uint32) error { return nil }

// BenchmarkPlan plans large labs. The peak of the resident memory is the whole
// process's: run one case at a time to read it.
func BenchmarkPlan(b *testing.B) {
	deep := strings.Repeat("a folder with a name of its own/", 11) // paths of 400 characters
	for _, size := range []struct {
		objects, files int
		deep           string
	}{{1000, 10, ""}, {50_000, 20, ""}, {1, 1_000_000, ""}, {2, 50_000, ""}, {1, 1_000_000, deep}, {50_000, 20, deep}} {
		b.Run(fmt.Sprintf("%dobjects/%dfiles/%dcharacters", size.objects, size.objects*size.files, 35+len(size.deep)), func(b *testing.B) {
			if testing.Short() && size.objects*size.files > 20_000 {
				b.Skip("a minute and more")
			}
			l := newBigLab(size.objects, size.files)
			l.deep = size.deep
			p := &Planner{Catalog: l, Version: "1.0.0", Now: labTime.AddDate(1, 0, 0)}
			req := job.Request{Layout: shape.LayoutSingle, Metadata: record.Metadata{Title: "Big"}}
			req.Selection.Rules = []selection.Rule{{Mode: selection.All, Kind: openbis.KindSpace, PermID: "LAB", Label: "LAB"}}
			for range b.N {
				dir := b.TempDir()
				start := time.Now()
				plan, err := p.Plan(b.Context(), req, dir)
				if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "plan-s")
				b.ReportMetric(peak(), "plan-MiB")
				s, err := snapshot.Open(dir)
				if err != nil {
					b.Fatal(err)
				}
				start = time.Now()
				var c tally
				feed := fifty{strings.Repeat("x", 50)}
				o := snapshot.WriteOptions{Feed: feed, Hashes: oneHash{strings.Repeat("a", 64)}}
				if err := s.WritePackage(b.Context(), &c, "content.zip", o); err == nil && c.n != plan.Packages[0].Bytes {
					b.Errorf("%d bytes, announced %d", c.n, plan.Packages[0].Bytes)
				} else if err != nil {
					b.Fatal(err)
				}
				b.ReportMetric(time.Since(start).Seconds(), "write-s")
				b.ReportMetric(peak(), "peak-MiB")
				s.Close()
			}
		})
	}
}

// peak is the highest resident memory of the process so far, in MiB; 0 where
// the system does not tell.
func peak() float64 {
	if runtime.GOOS != "linux" {
		return 0
	}
	data, _ := os.ReadFile("/proc/self/status")
	for line := range strings.Lines(string(data)) {
		var kib float64
		if n, _ := fmt.Sscanf(line, "VmHWM: %f kB", &kib); n == 1 {
			return kib / 1024
		}
	}
	return 0
}
