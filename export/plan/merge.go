package plan

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"zenobis/export/snapshot"
	"zenobis/openbis"
)

// run is one sorted piece of a file list, on disk or in memory.
type run struct {
	in  *snapshot.LineReader
	mem []byte // lines
	cur openbis.File
	ok  bool
}

func openRun(path string) (*run, error) {
	in, err := snapshot.OpenLines(path, 8<<10) // there may be a hundred of them
	if err != nil {
		return nil, err
	}
	r := &run{in: in}
	return r, r.next()
}

func (r *run) next() error {
	line, err := r.line()
	if errors.Is(err, io.EOF) {
		r.ok = false
		return nil
	}
	if err != nil {
		return err
	}
	var e snapshot.Entry
	if err := e.ParseLine(line); err != nil {
		return fmt.Errorf("read snapshot: sorted files: %w", err)
	}
	r.cur, r.ok = openbis.File{Path: e.P, Size: e.S, CRC: e.C, HasCRC: !e.U, Dir: e.F}, true
	return nil
}

func (r *run) line() ([]byte, error) {
	if r.in != nil {
		return r.in.Next()
	}
	line, rest, ok := bytes.Cut(r.mem, []byte{'\n'})
	if !ok {
		return nil, io.EOF
	}
	r.mem = rest
	return line, nil
}

func memRun(lines []byte) (*run, error) {
	r := &run{mem: lines}
	return r, r.next()
}

func (r *run) close() {
	if r.in != nil {
		r.in.Close()
	}
}

// runHeap is the heap of container/heap over the pieces.
type runHeap []*run

// Len, Less, Swap, Push and Pop implement heap.Interface.
func (h runHeap) Len() int           { return len(h) }
func (h runHeap) Less(i, j int) bool { return h[i].cur.Path < h[j].cur.Path }
func (h runHeap) Swap(i, j int)      { h[i], h[j] = h[j], h[i] }
func (h *runHeap) Push(x any)        { *h = append(*h, x.(*run)) }
func (h *runHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
