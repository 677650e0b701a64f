package job

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"zenobis/disk"
	"zenobis/openbis"
	"zenobis/zenodo"
)

// What lies in a job's folder beside the snapshot and the journal.
const (
	jobName      = "job.json"
	hashesName   = "hashes"
	progressName = "progress.json"
	lookedName   = "looked"
	stopName     = "stop"
	manifestName = "manifest.gz"
	relatedName  = "related.json"
	formerName   = "former-manifest" // of the version before, see Former
	planName     = "plan"            // the snapshot's folder
)

// File is job.json: what was asked for.
type File struct {
	ID        string      `json:"id"`
	Created   time.Time   `json:"created"`
	Program   string      `json:"program"` // version that planned it
	OpenBIS   string      `json:"openbis"` // addresses
	Zenodo    string      `json:"zenodo"`
	Kind      zenodo.Kind `json:"kind"`
	Publisher string      `json:"publisher"`
	Request   Request     `json:"request"`
	Plan      *Plan       `json:"plan,omitempty"`
}

func readFile(dir string) (File, error) {
	var f File
	data, err := disk.Read(filepath.Join(dir, jobName))
	if err != nil {
		return f, fmt.Errorf("read export: %w", err)
	}
	if err := json.Unmarshal(data, &f); err != nil {
		return f, fmt.Errorf("read %s: %w", filepath.Join(dir, jobName), err)
	}
	if f.ID != filepath.Base(dir) {
		return f, fmt.Errorf("read %s: it belongs to another export", filepath.Join(dir, jobName))
	}
	return f, nil
}

// Handle is an export that is held: nobody else works on it until Close.
type Handle struct {
	Dir     string
	File    File
	Journal *Journal // nil before Keep

	store *Store
	lock  *lock
}

// Status is what the journal says.
func (h *Handle) Status() Status { return h.Journal.Status() }

// Job is the export as it stands when the handle, held for a moment, is closed.
func (h *Handle) Job() Job { return h.store.tell(h.Dir, h.File, h.Journal.Status(), "") }

// Keep makes an export of a folder that was begun: what was planned in it can be
// sent by this process at once, and by any other once this one is gone. related
// are the permIds of what the export stands for.
func (h *Handle) Keep(f File, related []string) error {
	f.ID = h.File.ID
	h.File = f
	if err := writeRelated(h.Dir, related); err != nil {
		return err
	}
	var err error
	if h.Journal, err = openJournal(h.Dir, h.store.o.Now, h.store.o.Step); err != nil {
		return err
	}
	me := thisProcess()
	if err := h.Journal.Add(Planned{Bytes: f.Plan.Bytes, By: &me}); err != nil {
		return err
	}
	return h.Save() // last: a folder without it is no job
}

// Save writes job.json anew.
func (h *Handle) Save() error {
	data, err := json.MarshalIndent(h.File, "", "  ")
	if err != nil {
		return err
	}
	return disk.Write(filepath.Join(h.Dir, jobName), append(data, '\n'))
}

// Start notes that this process goes on with the job.
func (h *Handle) Start(program string) error {
	me := thisProcess()
	return h.Journal.Add(Started{PID: me.PID, Host: me.Host, Program: program})
}

// NoteLooked keeps when an export's draft was last looked at: outside of the
// journal, which would grow by a line every few seconds.
func (s *Store) NoteLooked(id string) error {
	dir, err := s.find(id)
	if err != nil {
		return err
	}
	now, path := s.o.Now(), filepath.Join(dir, lookedName)
	f, err := disk.Open(path, os.O_CREATE|os.O_WRONLY)
	if err != nil {
		return err
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chtimes(path, now, now)
}

// StopWanted reports, once, that another process asked this one to stop.
func (h *Handle) StopWanted() bool { return os.Remove(filepath.Join(h.Dir, stopName)) == nil }

// Beat renews the lock. It is false when another process has taken it over.
func (h *Handle) Beat() (bool, error) {
	if !h.lock.ours() {
		return false, nil
	}
	return true, h.lock.beat()
}

// Former is the file for the manifest of the version that an export follows: what is
// known of data files that need not be read again. It goes when the job is settled.
func (h *Handle) Former() string { return filepath.Join(h.Dir, formerName) }

// Settle removes what a settled job no longer needs.
func (h *Handle) Settle() error {
	var errs []error
	for _, name := range []string{planName, hashesName, progressName, stopName, formerName} {
		if err := os.RemoveAll(filepath.Join(h.Dir, name)); err != nil {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}

// Drop removes the folder of an export that was not kept, and closes the handle.
func (h *Handle) Drop() {
	_ = os.RemoveAll(h.Dir) // what stays is tidied up before the next plan
	h.Close()
}

// Close gives the export back. A second Close does nothing.
func (h *Handle) Close() {
	if h.Journal != nil {
		_ = h.Journal.close() // what had to be durable is
	}
	if h.lock != nil {
		h.lock.release()
	}
}

// related.json says which entities of openBIS an export stands for; it stays
// with the job, for the registration and for later plans.
type relatedFile struct {
	Related []string `json:"related"` // permIds of roots, data sets, objects and collections, each once
}

func writeRelated(dir string, ids []string) error {
	data, err := json.Marshal(relatedFile{ids})
	if err != nil {
		return err
	}
	return disk.Write(filepath.Join(dir, relatedName), data)
}

// ReadRelated are the permIds of what an export stands for: what was selected and
// found, without data sets of which nothing was sent, or nothing was published
// since the record lacks these packages.
func ReadRelated(ctx context.Context, dir string, plan *Plan, lacking []string) ([]string, error) {
	var r relatedFile
	data, err := disk.Read(filepath.Join(dir, relatedName))
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err != nil {
		return nil, fmt.Errorf("read what the export stands for: %w", err)
	}
	left, some := map[string]bool{}, false
	if plan != nil {
		for _, o := range plan.Omitted {
			if o.Entity.Kind == openbis.KindDataSet {
				left[o.Entity.PermID] = true
				some = some || o.File != ""
			}
		}
	}
	if some || len(lacking) > 0 { // only files of it were left out, perhaps
		whole, there := map[string]bool{}, map[string]bool{}
		if plan != nil {
			for _, o := range plan.Omitted {
				whole[o.Entity.PermID] = whole[o.Entity.PermID] || o.File == ""
			}
		}
		err := ReadManifest(ctx, dir, func(l ManifestLine) error {
			there[l.DataSet] = there[l.DataSet] || !slices.Contains(lacking, l.Package)
			return nil
		})
		if err != nil && (len(lacking) > 0 || !errors.Is(err, fs.ErrNotExist)) {
			return nil, err
		}
		for id, published := range there {
			left[id] = !published || whole[id]
		}
	}
	return slices.DeleteFunc(r.Related, func(id string) bool { return left[id] }), nil
}
