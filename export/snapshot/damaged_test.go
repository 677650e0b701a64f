package snapshot

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/export/failure"
)

// TestDamagedFiles: a file of the snapshot that is gone, cut, emptied, spoilt or
// replaced by a folder is told as what it is: no server's failure, nothing that ends
// by itself.
func TestDamagedFiles(t *testing.T) {
	spoil := map[string]func(path string) error{
		"gone":    os.Remove,
		"cut":     func(path string) error { return os.Truncate(path, 40) },
		"emptied": func(path string) error { return os.Truncate(path, 0) },
		"spoilt": func(path string) error {
			data, err := os.ReadFile(path)
			for i := 20; i < len(data); i++ {
				data[i] ^= 0xa5
			}
			return errors.Join(err, os.WriteFile(path, data, 0o600))
		},
		"a folder": func(path string) error { return errors.Join(os.Remove(path), os.Mkdir(path, 0o700)) },
	}
	read := map[string]func(path string) error{
		"list": func(path string) error {
			return readLines(path, func(*Entry) error { return nil })
		},
		"json": func(path string) error {
			var v map[string]any
			return readJSON(path, &v)
		},
		"spool": func(path string) error {
			s, err := openSpool(path)
			if err != nil {
				return err
			}
			defer s.Close()
			_, err = s.Get(Span{Len: 60})
			return err
		},
		"spool, copied": func(path string) error {
			s, err := openSpool(path)
			if err != nil {
				return err
			}
			defer s.Close()
			return s.copy(io.Discard, Span{Len: 60})
		},
	}
	for how, harm := range spoil {
		for what, f := range read {
			path := filepath.Join(t.TempDir(), what)
			w, err := CreateLines(path)
			if err == nil {
				for i := range 200 {
					err = errors.Join(err, w.AddEntry(&Entry{N: strings.Repeat("name", i), S: int64(i)}))
				}
				err = errors.Join(err, w.Close())
			}
			if err = errors.Join(err, harm(path)); err != nil {
				t.Fatal(err)
			}
			var told *failure.Error
			err = f(path)
			if !errors.As(err, &told) || told.Kind != failure.Disk || !strings.Contains(told.Why, what) || told.Do == "" {
				t.Errorf("%s, %s: %v", how, what, err)
			}
		}
	}
}
