package export

import (
	"bufio"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"zenobis/openbis"
)

// run is one sorted piece of a file list, on disk or in memory.
type run struct {
	f   *os.File
	dec *json.Decoder
	mem []openbis.File
	cur openbis.File
	ok  bool
}

func openRun(path string) (*run, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	z, err := gzip.NewReader(bufio.NewReader(f))
	if err != nil {
		f.Close()
		return nil, fmt.Errorf("read snapshot: %w", err)
	}
	r := &run{f: f, dec: json.NewDecoder(z)}
	return r, r.next()
}

func (r *run) next() error {
	if r.dec == nil {
		if r.ok = len(r.mem) > 0; r.ok {
			r.cur, r.mem = r.mem[0], r.mem[1:]
		}
		return nil
	}
	var l fileLine
	err := r.dec.Decode(&l)
	if errors.Is(err, io.EOF) {
		r.ok = false
		return nil
	}
	if err != nil {
		return fmt.Errorf("read snapshot: %w", err)
	}
	r.cur, r.ok = openbis.File{Path: l.path(), Size: l.S, CRC: l.C, HasCRC: !l.U}, true
	return nil
}

func (r *run) close() {
	if r.f != nil {
		r.f.Close()
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
