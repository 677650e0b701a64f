package export

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"zenobis/export/failure"
	"zenobis/safetext"
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
)

// jobFile is job.json: what was asked for.
type jobFile struct {
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

var jobID = regexp.MustCompile(`^[0-9]{8}-[a-z2-7]{6,13}$`)

// newID makes a job's id: its day, and chance enough to be the only one.
func newID(now time.Time) string {
	var b [5]byte
	_, _ = rand.Read(b[:]) // never fails
	return now.UTC().Format("20060102") + "-" + strings.ToLower(base32.StdEncoding.EncodeToString(b[:]))
}

// marker is the alternate identifier by which a job's draft is found again.
func marker(id string) string { return "zenobis:" + id }

func (e *Engine) jobsDir() string { return filepath.Join(e.o.StateDir, "jobs") }

// dir is the folder of a job that exists. A clear beginning of an id will do.
func (e *Engine) dir(id string) (string, error) {
	if jobID.MatchString(id) {
		dir := filepath.Join(e.jobsDir(), id)
		if _, err := os.Stat(filepath.Join(dir, jobName)); err == nil {
			return dir, nil
		}
	}
	what := fmt.Sprintf("there is no export %s", safetext.Quote(id))
	return "", &failure.Error{What: what, Do: "zenobis jobs lists them", Kind: failure.NoJob}
}

// newDir makes a folder for a new job.
func (e *Engine) newDir(id string) (string, error) {
	if e.o.StateDir == "" {
		return "", &failure.Error{What: "no state directory is set", Kind: failure.Disk}
	}
	dir := filepath.Join(e.jobsDir(), id)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", e.stateFailure(err)
	}
	for _, d := range []string{e.jobsDir(), dir} { // also where they existed with more rights
		if err := os.Chmod(d, 0o700); err != nil {
			return "", e.stateFailure(err)
		}
	}
	if err := syncDir(e.jobsDir()); err != nil {
		return "", e.stateFailure(err)
	}
	return dir, nil
}

// stateFailure words an error of the state directory, before anything was sent.
func (e *Engine) stateFailure(err error) error {
	return &failure.Error{
		What: "the state directory " + safetext.Quote(e.o.StateDir) + " can't be used", Why: failure.Text(err), Kind: failure.StateDir,
		Do:  "free space there, make it writable, or choose another with --state-dir",
		Err: diskError(err),
	}
}

func readJobFile(dir string) (jobFile, error) {
	var j jobFile
	data, err := os.ReadFile(filepath.Join(dir, jobName))
	if err != nil {
		return j, fmt.Errorf("read export: %w", err)
	}
	if err := json.Unmarshal(data, &j); err != nil {
		return j, fmt.Errorf("read %s: %w", filepath.Join(dir, jobName), err)
	}
	if j.ID != filepath.Base(dir) {
		return j, fmt.Errorf("read %s: it belongs to another export", filepath.Join(dir, jobName))
	}
	return j, nil
}

func writeJobFile(dir string, j jobFile) error {
	data, err := json.MarshalIndent(j, "", "  ")
	if err != nil {
		return err
	}
	return writeFile(filepath.Join(dir, jobName), append(data, '\n'), true)
}

// job tells a job as journal and folder have it.
func (e *Engine) job(dir string) (Job, jobFile, status, error) {
	jf, err := readJobFile(dir)
	if err != nil {
		return Job{}, jf, status{}, err
	}
	st, err := readJournal(filepath.Join(dir, journalName))
	if err != nil {
		return Job{}, jf, st, err
	}
	return e.fill(dir, jf, st, e.locks(dir).live()), jf, st, nil
}

// fill joins what was asked for and what happened; running says that a process
// works on it.
func (e *Engine) fill(dir string, jf jobFile, st status, running bool) Job {
	j := Job{
		ID: jf.ID, Dir: dir, Title: jf.Request.Metadata.Title, State: st.state(running),
		RecordID: st.ID, URL: st.URL, DOI: st.DOI, Zenodo: jf.Zenodo, OpenBIS: jf.OpenBIS, Publisher: jf.Publisher,
		Created: jf.Created, Updated: st.Updated, Objects: st.Objects, Confirmed: st.Confirmed,
		Reason: st.Reason, Running: running && !st.Uploaded, Request: jf.Request, Plan: jf.Plan,
	}
	if st.Title != "" {
		j.Title = st.Title
	}
	if j.Updated.IsZero() {
		j.Updated = jf.Created
	}
	switch j.State {
	case StateInterrupted:
		j.Resumable = true
		if st.Stopped == "" {
			j.Reason = "its process ended without a word"
		}
	case StateUploading:
		j.Resumable = true
	case StateFailed:
		j.Resumable = st.Resumable
	}
	if info, err := os.Stat(filepath.Join(dir, lookedName)); err == nil {
		j.Looked = info.ModTime()
	}
	return j
}

// noteLooked keeps when a job's state was last looked at: outside of the
// journal, which would grow by a line every few seconds.
func noteLooked(dir string, now time.Time) error {
	path := filepath.Join(dir, lookedName)
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return diskError(err)
	}
	if err := f.Close(); err != nil {
		return err
	}
	return os.Chtimes(path, now, now)
}

// settle removes what a settled job no longer needs.
func settle(dir string) error {
	var errs []error
	for _, name := range []string{"plan", hashesName, progressName, stopName} {
		if err := os.RemoveAll(filepath.Join(dir, name)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
