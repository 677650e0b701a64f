package job

import (
	"fmt"
	"os"
	"strings"
	"testing"
)

func TestHashStore(t *testing.T) {
	dir := t.TempDir()
	h, err := OpenHashes(dir)
	if err != nil {
		t.Fatal(err)
	}
	sum := func(i int) string { return fmt.Sprintf("%064x", i) }
	const n = 3000
	if err := h.Begin("a.zip"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := h.Put("a.zip", 3*i, sum(i), uint32(i)); err != nil {
			t.Fatal(err)
		}
		if i%777 == 0 { // the manifest of the same package reads them
			if got, crc, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) || crc != uint32(i) {
				t.Fatalf("%d: %s %d %v", i, got, crc, ok)
			}
		}
	}
	if err := h.Put("a.zip", 5, sum(1), 1); err == nil {
		t.Error("an index out of turn was taken")
	}
	for i := range n {
		if got, _, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) {
			t.Fatalf("before it is kept: %d", i)
		}
	}
	if h.Count("a.zip") != 0 {
		t.Error("counted before it was kept")
	}
	if err := h.Seal(); err != nil {
		t.Fatal(err)
	}
	if err := h.Begin("b.zip"); err != nil {
		t.Fatal(err)
	}
	if err := h.Put("b.zip", 0, sum(9), 9); err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{n - 1, 0, 5, 1234, 1235, 1236, 0} {
		if got, crc, ok := h.Get("a.zip", 3*i); !ok || got != sum(i) || crc != uint32(i) {
			t.Errorf("%d: %s %d %v", i, got, crc, ok)
		}
		if _, _, ok := h.Get("a.zip", 3*i+1); ok {
			t.Errorf("%d is there", 3*i+1)
		}
		if got, _, ok := h.Get("b.zip", 0); !ok || got != sum(9) {
			t.Error("b.zip is lost")
		}
	}
	h.Close()
	if h, err = OpenHashes(dir); err != nil {
		t.Fatal(err)
	}
	if h.Count("a.zip") != n || h.Count("b.zip") != 0 {
		t.Errorf("counts %d, %d", h.Count("a.zip"), h.Count("b.zip"))
	}
	if _, _, ok := h.Get("b.zip", 0); ok {
		t.Error("what was never finished is believed")
	}
}

// TestHashesInOrder reads each page of hashes once: a manifest of a million files
// asks for all of them, before and after they are kept.
func TestHashesInOrder(t *testing.T) {
	h, err := OpenHashes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	const n, page = 20_000, 256
	if err := h.Begin("a.zip"); err != nil {
		t.Fatal(err)
	}
	for i := range n {
		if err := h.Put("a.zip", 2*i, fmt.Sprintf("%064x", i), uint32(i)); err != nil {
			t.Fatal(err)
		}
	}
	for _, when := range []string{"before", "after"} {
		h.reads = 0
		for i := range n {
			if got, crc, ok := h.Get("a.zip", 2*i); !ok || got != fmt.Sprintf("%064x", i) || crc != uint32(i) {
				t.Fatalf("%s it is kept: %d: %s %d %v", when, i, got, crc, ok)
			}
		}
		if least, most := n/page, n/page+30; h.reads < least || h.reads > most { // the first one is searched for
			t.Errorf("%s it is kept: %d pages were read for %d hashes, want %d to %d", when, h.reads, n, least, most)
		}
		if when == "before" {
			if err := h.Seal(); err != nil {
				t.Fatal(err)
			}
		}
	}
}

// Two packages are asked for in turn while one of them is written: neither gets
// what is kept of the other.
func TestHashesOfTwoPackages(t *testing.T) {
	h, err := OpenHashes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	sum := func(pkg string, i int) string { return fmt.Sprintf("%c%063x", pkg[0], i) }
	const n = 40
	for _, pkg := range []string{"a", "b"} {
		if err := h.Begin(pkg); err != nil {
			t.Fatal(err)
		}
		for i := range n {
			if err := h.Put(pkg, i, sum(pkg, i), uint32(i)); err != nil {
				t.Fatal(err)
			}
		}
		if err := h.Put(pkg, n-1, sum(pkg, n-1), 0); err == nil {
			t.Error("an index was taken twice")
		}
		if pkg == "b" {
			break // it is still being written
		}
		if err := h.Seal(); err != nil {
			t.Fatal(err)
		}
		if err := h.Seal(); err == nil {
			t.Error("kept twice")
		}
	}
	for i := range n {
		for _, pkg := range []string{"a", "b", "b", "a"} {
			if got, crc, ok := h.Get(pkg, i); !ok || got != sum(pkg, i) || crc != uint32(i) {
				t.Errorf("%s %d: %s %d %v", pkg, i, got, crc, ok)
			}
		}
		for _, pkg := range []string{"b", "a"} {
			if _, _, ok := h.Get(pkg, n+i); ok {
				t.Errorf("%s %d is there", pkg, n+i)
			}
		}
	}
	if _, _, ok := h.Get("c", 0); ok {
		t.Error("a package that is not there has hashes")
	}
	if err := h.Put("a", n, sum("a", n), 0); err == nil {
		t.Error("a package that is kept was gone on with")
	}
}

// TestHashesSurviveAPowerCut once they are kept.
func TestHashesSurviveAPowerCut(t *testing.T) {
	dir := t.TempDir()
	h, err := OpenHashes(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer h.Close()
	if err := h.Begin("a"); err != nil {
		t.Fatal(err)
	}
	for i := range 2 {
		if err := h.Put("a", i, fmt.Sprintf("%064x", i), 1); err != nil {
			t.Fatal(err)
		}
	}
	var steps []string
	h.disk.Trace = func(step, path string) {
		steps = append(steps, step)
		if data, err := os.ReadFile(h.path("a") + ".part"); step == "sync" && (err != nil || len(data) != 2*HashSize) {
			t.Errorf("what is synced holds %d bytes, %v", len(data), err)
		}
	}
	if err := h.Seal(); err != nil || strings.Join(steps, ", ") != "sync, rename, sync folder" {
		t.Errorf("kept in the steps %q, %v", steps, err)
	}
	// A file that was cut is not believed.
	if err := os.Truncate(h.path("a"), 2*HashSize-1); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := ReadHashes(dir).Get("a", 0); ok || h.Count("a") != 0 {
		t.Error("a cut file is believed")
	}
}

// TestHashesKeepNoFileOpen but the two that they work with.
func TestHashesKeepNoFileOpen(t *testing.T) {
	opened := func() int {
		list, err := os.ReadDir("/proc/self/fd")
		if err != nil {
			t.Skip("the system does not list them")
		}
		return len(list)
	}
	h, err := OpenHashes(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	before := opened()
	for i := range 20 {
		pkg := fmt.Sprint(i)
		if err := h.Begin(pkg); err != nil {
			t.Fatal(err)
		}
		if err := h.Put(pkg, 0, fmt.Sprintf("%064x", 1), 1); err != nil {
			t.Fatal(err)
		}
		if i%2 == 0 {
			if err := h.Seal(); err != nil {
				t.Fatal(err)
			}
		}
		for j := range i {
			if _, _, ok := h.Get(fmt.Sprint(j), 0); ok != (j%2 == 0) {
				t.Errorf("%d of %d: %v", j, i, ok)
			}
		}
		if now := opened(); now > before+2 {
			t.Fatalf("%d files are open after %d packages", now-before, i+1)
		}
	}
	h.Close()
	if now := opened(); now > before {
		t.Errorf("%d files stay open", now-before)
	}
}
