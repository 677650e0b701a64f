package fetch

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"
	"sync"
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/wire"
)

// server delivers files from memory and counts the downloads that are open.
type server struct {
	mu     sync.Mutex
	asked  []string // paths, in order
	open   int
	most   int
	broken map[string]error
	held   chan struct{} // what downloads wait for; nil for nothing
}

func contentOf(path string, size int64) []byte {
	out := bytes.Repeat([]byte(path+" "), int(size)/(len(path)+1)+1)
	return out[:size]
}

type download struct {
	io.Reader
	s *server
}

func (d *download) Close() error {
	d.s.mu.Lock()
	defer d.s.mu.Unlock()
	d.s.open--
	return nil
}

func (s *server) Download(ctx context.Context, _ openbis.DataStore, _ string, f openbis.File) (io.ReadCloser, error) {
	s.mu.Lock()
	s.asked = append(s.asked, f.Path)
	err := s.broken[f.Path]
	s.open++
	s.most = max(s.most, s.open)
	s.mu.Unlock()
	d := &download{bytes.NewReader(contentOf(f.Path, f.Size)), s}
	if s.held != nil {
		select {
		case <-s.held:
		case <-ctx.Done():
			err = context.Cause(ctx)
		}
	}
	if err != nil {
		_ = d.Close() // a download that was not begun
		return nil, err
	}
	return d, nil
}

func (s *server) KeepAlive(context.Context) error { return nil }
func (s *server) Epoch() int64                    { return 1 }

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.asked)
}

func files(sizes ...int64) []File {
	var out []File
	for i, size := range sizes {
		path := fmt.Sprintf("f%d", i)
		out = append(out, File{Package: "x.zip", Index: i, DataSet: "1-2", File: openbis.File{
			Path: path, Size: size, CRC: crc32.ChecksumIEEE(contentOf(path, size)), HasCRC: true,
		}})
	}
	return out
}

func walking(list []File, end error) func(func(File) error) error {
	return func(yield func(File) error) error {
		for _, f := range list {
			if err := yield(f); err != nil {
				return err
			}
		}
		return end
	}
}

func fetcher(src OpenBIS, parallel int) *Fetcher {
	return New(src, parallel, wire.Retry{Sleep: func(context.Context, time.Duration) error { return nil }}, func(File, int, error) {})
}

// settled waits until the server has been asked n times, and is asked no more.
func settled(t *testing.T, s *server, n int) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); s.count() < n; time.Sleep(time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d downloads, want %d", s.count(), n)
		}
	}
	time.Sleep(20 * time.Millisecond)
	if got := s.count(); got != n {
		t.Fatalf("%d downloads, want %d", got, n)
	}
}

// TestAheadDeliversInOrder files of every size, each with its sum.
func TestAheadDeliversInOrder(t *testing.T) {
	const pool = 64 << 10
	list := files(10, 0, pool/4, pool/4+1, 5, 3*pool, 0, 1)
	for _, parallel := range []int{1, 4} {
		src := &server{}
		a := NewAhead(t.Context(), fetcher(src, parallel), parallel, pool, walking(list, nil))
		for _, f := range list {
			rc, err := a.Open(t.Context(), f)
			if err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(rc)
			if err != nil || !bytes.Equal(got, contentOf(f.Path, f.Size)) {
				t.Errorf("%s: %d bytes, %v", f.Path, len(got), err)
			}
			if sum := rc.(interface{ Sum32() uint32 }).Sum32(); sum != f.CRC {
				t.Errorf("%s: its sum is %08x, want %08x", f.Path, sum, f.CRC)
			}
			for range 2 { // the second gives nothing back
				if err := rc.Close(); err != nil {
					t.Error(err)
				}
			}
		}
		if _, err := a.Open(t.Context(), list[0]); err == nil || !strings.Contains(err.Error(), "no more files") {
			t.Errorf("behind the last: %v", err)
		}
		a.Close()
		if src.open != 0 || src.most > parallel+1 || src.count() != 6 {
			t.Errorf("%d open, %d at once, %d in all", src.open, src.most, src.count())
		}
	}
}

// TestAheadTakesNoMoreThanItsPool: what does not fit waits until room is given back.
func TestAheadTakesNoMoreThanItsPool(t *testing.T) {
	const pool = 16 << 10 // four of the least
	for name, c := range map[string]struct {
		sizes  []int64
		first  int // downloads before anything is given back
		second int // after the first file was
	}{
		"small ones": {[]int64{1, 1, 1, 1, 1, 1}, 4, 5},
		"of a share": {[]int64{4096, 4096, 4096, 4096, 4096}, 4, 5},
		"large ones": {[]int64{4097, 4097, 1, 1, 1, 1}, 2, 3}, // the first is opened at its turn
		"empty ones": {[]int64{0, 0, 0, 0, 1}, 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			list := files(c.sizes...)
			src := &server{}
			a := NewAhead(t.Context(), fetcher(src, 8), 8, pool, walking(list, nil))
			defer a.Close()
			settled(t, src, c.first)
			rc, err := a.Open(t.Context(), list[0])
			if err != nil {
				t.Fatal(err)
			}
			if _, err := io.Copy(io.Discard, rc); err != nil {
				t.Fatal(err)
			}
			large := 0
			if c.sizes[0] > 4096 {
				large = 1
			}
			settled(t, src, c.first+large)
			rc.Close()
			settled(t, src, c.second+large)
		})
	}
}

// TestAheadTells which file can't be had when its turn comes, and why the list ended.
func TestAheadTells(t *testing.T) {
	mine := errors.New("mine")
	list := files(10, 20, 1<<20)
	src := &server{broken: map[string]error{"f1": openbis.ErrBadName, "f2": openbis.ErrBadName}}
	s := fetcher(src, 2)
	a := NewAhead(t.Context(), s, 2, 64<<10, walking(list, mine))
	defer a.Close()
	defer func() {
		if s.gate.good != 1 {
			t.Errorf("%d downloads were good", s.gate.good)
		}
	}()
	if _, err := a.Open(t.Context(), list[0]); err != nil {
		t.Errorf("the first: %v", err)
	}
	if _, err := a.Open(t.Context(), list[1]); !errors.Is(err, openbis.ErrBadName) {
		t.Errorf("the second: %v", err)
	}
	rc, err := a.Open(t.Context(), list[2])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.ReadAll(rc); !errors.Is(err, openbis.ErrBadName) {
		t.Errorf("the third: %v", err)
	}
	if _, err := a.Open(t.Context(), list[2]); !errors.Is(err, mine) {
		t.Errorf("the end of the list: %v", err)
	}
}

func TestAheadOutOfTurn(t *testing.T) {
	list := files(10, 20)
	for name, change := range map[string]func(*File){
		"another index": func(f *File) { f.Index = 1 }, "another package": func(f *File) { f.Package = "y.zip" },
	} {
		a := NewAhead(t.Context(), fetcher(&server{}, 1), 1, 64<<10, walking(list, nil))
		f := list[0]
		change(&f)
		if _, err := a.Open(t.Context(), f); err == nil || !strings.Contains(err.Error(), "out of turn") {
			t.Errorf("%s: %v", name, err)
		}
		a.Close()
	}
}

// TestAheadEnds with whoever asked for it, and when it is closed.
func TestAheadEnds(t *testing.T) {
	list := files(10, 20, 30)
	src := &server{held: make(chan struct{})}
	a := NewAhead(t.Context(), fetcher(src, 1), 1, 8<<10, walking(list, nil))
	ctx, cancel := context.WithCancelCause(t.Context())
	why := errors.New("left")
	cancel(why)
	if _, err := a.Open(ctx, list[0]); !errors.Is(err, why) {
		t.Errorf("left: %v", err)
	}
	done := make(chan struct{})
	go func() { a.Close(); close(done) }()
	select {
	case <-done:
	case <-time.After(10 * time.Second):
		t.Fatal("it is never closed")
	}
	if src.open != 0 {
		t.Errorf("%d downloads stay open", src.open)
	}
	// A fault of our own while the files are listed is told, too.
	a = NewAhead(t.Context(), fetcher(&server{}, 1), 1, 8<<10, func(func(File) error) error { panic("ours") })
	defer a.Close()
	if _, err := a.Open(t.Context(), list[0]); err == nil {
		t.Error("a panic is no error")
	}
}

// TestThrottle lets fewer in while the server fails, and more again one by one.
func TestThrottle(t *testing.T) {
	g := newThrottle(8)
	inside := func() (n int) { // how many it lets in
		gone, cancel := context.WithCancel(t.Context())
		cancel()
		for ; n < 99; n++ {
			if err := g.enter(gone); err != nil {
				break
			}
		}
		for range n {
			g.leave(false)
		}
		return n
	}
	good := func(n int) {
		for range n {
			if err := g.enter(t.Context()); err != nil {
				t.Fatal(err)
			}
			g.leave(true)
		}
	}
	for i, c := range []struct {
		do   func()
		want int
	}{
		{func() {}, 8}, {g.slower, 4}, {func() { good(19) }, 4}, {func() { good(1) }, 5}, {func() { good(19) }, 5}, {func() { good(1) }, 6},
		{func() { good(19); g.slower() }, 3}, {func() { good(19) }, 3}, {func() { good(1) }, 4}, {g.slower, 2}, {g.slower, 1}, {g.slower, 1},
		{func() { good(20 * 7) }, 8}, {func() { good(100) }, 8},
	} {
		c.do()
		if got := inside(); got != c.want {
			t.Fatalf("step %d: %d are let in, want %d", i, got, c.want)
		}
	}
	// Whoever waits is let in as soon as another one leaves.
	one := newThrottle(1)
	if err := one.enter(t.Context()); err != nil {
		t.Fatal(err)
	}
	in := make(chan error)
	go func() { in <- one.enter(t.Context()) }()
	select {
	case err := <-in:
		t.Fatalf("two are inside: %v", err)
	case <-time.After(20 * time.Millisecond):
	}
	one.leave(true)
	if err := <-in; err != nil {
		t.Error(err)
	}
}

// TestABusyServerIsAskedLess, and one that does not have a file is not.
func TestABusyServerIsAskedLess(t *testing.T) {
	for _, c := range []struct {
		err  error
		want int
	}{{openbis.ErrUnreachable, 4}, {openbis.ErrShort, 4}, {openbis.ErrNoBytes, 8}} {
		src := &source{data: []byte("abc"), tries: []try{{err: c.err}}}
		told := 0
		s := New(src, 8, wire.Retry{Sleep: func(context.Context, time.Duration) error { return nil }}, func(_ File, n int, err error) {
			if told++; n != told || !errors.Is(err, c.err) {
				t.Errorf("try %d: %v", n, err)
			}
		})
		f := File{DataSet: "1-2", File: openbis.File{Path: "a", Size: 3}}
		if _, err := s.whole(t.Context(), f, make([]byte, 3)); err != nil {
			t.Fatal(err)
		}
		if s.gate.limit != c.want || told != 1 {
			t.Errorf("%v: %d are let in, told %d times", c.err, s.gate.limit, told)
		}
	}
}

// TestTwoUnlikeDownloadsWithoutAChecksum can't be mended: nobody knows which is right.
func TestTwoUnlikeDownloadsWithoutAChecksum(t *testing.T) {
	data := []byte("0123456789")
	f := File{DataSet: "1-2", File: openbis.File{Path: "a", Size: int64(len(data))}}
	for name, c := range map[string]struct {
		tries []try
		want  string
		asked int
	}{
		"other once":    {[]try{{cut: 5}, {wrong: true}}, "0123456789", 3},
		"other twice":   {[]try{{cut: 5}, {wrong: true}, {wrong: true}}, "0123456789", 4},
		"other for all": {[]try{{cut: 5}, {wrong: true}, {wrong: true}, {wrong: true}}, "", 4},
	} {
		src := &source{data: data, tries: c.tries}
		got, err := io.ReadAll(newStream(t.Context(), fetcher(src, 1), f))
		if (err == nil) != (c.want != "") || err == nil && string(got) != c.want || err != nil && !strings.Contains(err.Error(),
			"two downloads of it are not the same") {
			t.Errorf("%s: %q, %v", name, got, err)
		}
		if src.asked != c.asked {
			t.Errorf("%s: %d downloads, want %d", name, src.asked, c.asked)
		}
	}
}

// TestWrongBytesAtTheEnd are looked at again before the file is called corrupt.
func TestWrongBytesAtTheEnd(t *testing.T) {
	data := []byte("0123456789")
	f := File{DataSet: "1-2", File: openbis.File{Path: "a", Size: int64(len(data)), CRC: crc32.ChecksumIEEE(data), HasCRC: true}}
	wrong := try{wrong: true}
	for name, c := range map[string]struct {
		tries  []try
		broken bool
		asked  int
	}{
		"once":        {[]try{wrong}, false, 2},
		"twice":       {[]try{wrong, wrong}, false, 3},
		"three times": {[]try{wrong, wrong, wrong}, true, 3},
	} {
		src := &source{data: data, tries: c.tries}
		got, err := io.ReadAll(newStream(t.Context(), fetcher(src, 1), f))
		var broken *Broken
		if is := errors.As(err, &broken); is != c.broken || !errors.Is(err, ErrDiffers) || len(got) >= len(data) {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
		if src.asked != c.asked {
			t.Errorf("%s: %d downloads, want %d", name, src.asked, c.asked)
		}
	}
}
