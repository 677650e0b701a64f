//go:build unix

package disk

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
	"time"
)

// names lists a folder.
func names(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, e := range list {
		all = append(all, e.Name())
	}
	return all
}

func content(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestReplacing(t *testing.T) {
	for name, write := range map[string]func(path, text string) error{
		"Write": func(p, s string) error { return Write(p, []byte(s)) },
		"Swap": func(p, s string) error {
			return Swap(p, func(w io.Writer) error { _, err := io.WriteString(w, s); return err })
		},
		"Replace": func(p, s string) error {
			return Replace(p, func(w io.Writer) error { _, err := io.WriteString(w, s); return err })
		},
	} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			path := filepath.Join(dir, "file")
			for _, text := range []string{"old", "new"} {
				if err := write(path, text); err != nil {
					t.Fatal(err)
				}
				if got := content(t, path); got != text {
					t.Errorf("it holds %q, want %q", got, text)
				}
			}
			info, err := os.Stat(path)
			if err != nil {
				t.Fatal(err)
			}
			if info.Mode() != 0o600 {
				t.Errorf("its mode is %v", info.Mode())
			}
			if got := names(t, dir); len(got) != 1 {
				t.Errorf("the folder holds %q", got)
			}
			if err := write(filepath.Join(dir, "nowhere", "file"), "x"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("into a folder that is not there: %v", err)
			}
			// A folder stands in the way of the last step.
			if err := os.MkdirAll(filepath.Join(dir, "taken", "full"), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := write(filepath.Join(dir, "taken"), "x"); err == nil {
				t.Error("a folder was replaced")
			}
			if got := names(t, dir); !reflect.DeepEqual(got, []string{"file", "taken"}) {
				t.Errorf("after a failure the folder holds %q", got)
			}
		})
	}
}

func TestTheOldFileStaysWhenTheNewOneFails(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	if err := Write(path, []byte("old")); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("broken")
	err := Replace(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half")
		return broken
	})
	if !errors.Is(err, broken) {
		t.Errorf("the error is %v", err)
	}
	if got := content(t, path); got != "old" {
		t.Errorf("it holds %q", got)
	}
	if got := names(t, dir); len(got) != 1 {
		t.Errorf("the folder holds %q", got)
	}
}

// TestOrderOfSyncs: only this order survives a power cut at any moment.
func TestOrderOfSyncs(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "file")
	var steps []string
	w := Writer{Trace: func(step, path string) { steps = append(steps, step+" "+filepath.Base(path)) }}
	here := filepath.Base(dir)
	if err := w.Write(path, []byte("x")); err != nil {
		t.Fatal(err)
	}
	if want := []string{"write file", "sync file", "rename file", "sync folder " + here}; !reflect.DeepEqual(steps, want) {
		t.Errorf("written in the steps %q, want %q", steps, want)
	}
	steps = nil
	f, err := os.Create(path + ".part")
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Place(f, path); err != nil {
		t.Fatal(err)
	}
	if want := []string{"sync file", "rename file", "sync folder " + here}; !reflect.DeepEqual(steps, want) {
		t.Errorf("placed in the steps %q, want %q", steps, want)
	}
	if err := w.Place(f, path); err == nil {
		t.Error("a file that is closed was placed")
	}
	steps = nil
	if err := w.Remove(path); err != nil {
		t.Fatal(err)
	}
	if want := []string{"remove file", "sync folder " + here}; !reflect.DeepEqual(steps, want) {
		t.Errorf("removed in the steps %q, want %q", steps, want)
	}
	if got := names(t, dir); len(got) != 0 {
		t.Errorf("the folder holds %q", got)
	}
	if err := w.Remove(path); err != nil {
		t.Errorf("removing what is not there: %v", err)
	}
	steps = nil
	if err := w.replace(path, func(io.Writer) error { return nil }, false); err != nil {
		t.Fatal(err)
	}
	if want := []string{"write file", "rename file"}; !reflect.DeepEqual(steps, want) {
		t.Errorf("swapped in the steps %q, want %q", steps, want)
	}
	steps = nil
	_ = w.Replace(path, func(io.Writer) error { return errors.New("no") })
	if steps != nil {
		t.Errorf("a failure did %q", steps)
	}
	if err := SyncDir(filepath.Join(dir, "nowhere")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("syncing a folder that is not there: %v", err)
	}
}

func TestFull(t *testing.T) {
	for _, full := range []error{syscall.ENOSPC, syscall.EDQUOT, syscall.EROFS} {
		err := Full(&fs.PathError{Op: "write", Path: "/x", Err: full})
		if !errors.Is(err, ErrFull) || !errors.Is(err, full) {
			t.Errorf("%v is not told as full", err)
		}
		if again := Full(err); again != err {
			t.Errorf("marked twice: %v", again)
		}
	}
	for _, other := range []error{nil, fs.ErrNotExist, syscall.EIO} {
		if err := Full(other); err != other {
			t.Errorf("%v became %v", other, err)
		}
	}
	if f, err := os.OpenFile("/dev/full", os.O_WRONLY, 0); err == nil {
		defer f.Close()
		_, err = f.WriteString("x")
		if !errors.Is(Full(err), ErrFull) {
			t.Errorf("a full device: %v", err)
		}
	}
}

func TestNeed(t *testing.T) {
	dir := t.TempDir()
	if err := Need(dir, 1); err != nil {
		t.Errorf("one byte: %v", err)
	}
	err := Need(dir, 1<<60)
	if !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "1.2 EB needed") {
		t.Errorf("an exabyte: %v", err)
	}
	if err := enough(100<<20, 92<<20); err != nil {
		t.Errorf("just enough: %v", err)
	}
	if err := enough(100<<20-1, 92<<20); !errors.Is(err, ErrFull) || !strings.Contains(err.Error(), "105 MB free, 105 MB needed") {
		t.Errorf("a byte too little: %v", err)
	}
	if err := Need(filepath.Join(dir, "nowhere"), 1); err != nil {
		t.Errorf("where nobody tells: %v", err)
	}
}

func TestFolders(t *testing.T) {
	for name, make := range map[string]func(string) error{"Folder": Folder, "Root": Root} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			mode := func(path string, want fs.FileMode) {
				t.Helper()
				info, err := os.Stat(path)
				if err != nil {
					t.Fatal(err)
				}
				if info.Mode().Perm() != want {
					t.Errorf("the mode of %s is %v, want %v", filepath.Base(path), info.Mode().Perm(), want)
				}
			}
			deep := filepath.Join(dir, "a", "b")
			if err := make(deep); err != nil {
				t.Fatal(err)
			}
			mode(deep, 0o700)
			mode(filepath.Dir(deep), 0o700)
			if err := os.Chmod(deep, 0o755); err != nil {
				t.Fatal(err)
			}
			if err := make(deep); err != nil {
				t.Fatal(err)
			}
			mode(deep, 0o700)
			// One that the owner made stricter stays so.
			if err := os.Chmod(deep, 0o500); err != nil {
				t.Fatal(err)
			}
			if err := make(deep); err != nil {
				t.Fatal(err)
			}
			mode(deep, 0o500)
			file := filepath.Join(dir, "file")
			if err := os.WriteFile(file, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			if err := make(file); err == nil {
				t.Error("a file is taken for a folder")
			}
			link := filepath.Join(dir, "link")
			if err := os.Symlink(filepath.Join(dir, "a"), link); err != nil {
				t.Fatal(err)
			}
			if err := make(link); errors.Is(err, ErrForeign) != (name == "Folder") {
				t.Errorf("a symbolic link: %v", err)
			}
			if err := make(filepath.Join(file, "below")); err == nil {
				t.Error("a folder below a file")
			}
		})
	}
}

// stranger is a folder or file of somebody else.
type stranger struct {
	mode fs.FileMode
	uid  uint32
}

func (s stranger) Name() string       { return "x" }
func (s stranger) Size() int64        { return 0 }
func (s stranger) Mode() fs.FileMode  { return s.mode }
func (s stranger) ModTime() time.Time { return time.Time{} }
func (s stranger) IsDir() bool        { return s.mode.IsDir() }
func (s stranger) Sys() any           { return &syscall.Stat_t{Uid: s.uid} }

type unowned struct{ stranger }

func (unowned) Sys() any { return nil }

func TestWhatBelongsToOthersIsRefused(t *testing.T) {
	me := uint32(os.Geteuid())
	dir := t.TempDir()
	if err := tighten(dir, stranger{fs.ModeDir | 0o700, me + 1}); !errors.Is(err, ErrForeign) ||
		!strings.Contains(err.Error(), fmt.Sprint(me+1)) {
		t.Errorf("somebody else's folder: %v", err)
	}
	if err := tighten(dir, stranger{fs.ModeDir | 0o700, me}); err != nil {
		t.Errorf("an own folder: %v", err)
	}
	// Where nothing is to be changed nothing is: here that would fail.
	if err := tighten(filepath.Join(dir, "nowhere"), stranger{fs.ModeDir | 0o700, me}); err != nil {
		t.Errorf("rights that are right already: %v", err)
	}
	for _, wide := range []fs.FileMode{0o701, 0o710, 0o707} {
		if err := tighten(filepath.Join(dir, "nowhere"), stranger{fs.ModeDir | wide, me}); err == nil {
			t.Errorf("the mode %v is left as it is", wide)
		}
	}
	if err := tighten(dir, unowned{stranger{mode: fs.ModeDir | 0o700}}); err != nil {
		t.Errorf("a system without owners: %v", err)
	}
	if os.Geteuid() == 0 {
		other := filepath.Join(dir, "other")
		if err := os.WriteFile(other, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chown(other, 12345, -1); err != nil {
			t.Skip("the owner can't be changed here")
		}
		if _, err := Open(other, os.O_RDWR); !errors.Is(err, ErrForeign) {
			t.Errorf("somebody else's file: %v", err)
		}
	}
}

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "log")
	for range 2 {
		f, err := Open(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := f.WriteString("x"); err != nil {
			t.Fatal(err)
		}
		f.Close()
	}
	if got := content(t, path); got != "xx" {
		t.Errorf("it holds %q", got)
	}
	if info, _ := os.Stat(path); info.Mode() != 0o600 {
		t.Errorf("its mode is %v", info.Mode())
	}
	link := filepath.Join(dir, "link")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(link, os.O_RDONLY); !errors.Is(err, ErrForeign) {
		t.Errorf("a symbolic link: %v", err)
	}
	if _, err := Open(dir, os.O_RDONLY); !errors.Is(err, ErrForeign) {
		t.Errorf("a folder: %v", err)
	}
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(pipe, os.O_RDONLY); !errors.Is(err, ErrForeign) {
		t.Errorf("a pipe, which would block: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "nowhere"), os.O_RDONLY); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a file that is not there: %v", err)
	}
}
