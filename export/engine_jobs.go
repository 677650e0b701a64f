package export

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// Jobs lists the exports, newest first. What can't be read is passed over and
// told in the error, beside the rest.
func (e *Engine) Jobs() ([]Job, error) {
	names, err := os.ReadDir(e.jobsDir())
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("list exports: %w", err)
	}
	var jobs []Job
	var errs []error
	for _, n := range names {
		if !n.IsDir() || !jobID.MatchString(n.Name()) {
			continue
		}
		j, _, st, err := e.job(filepath.Join(e.jobsDir(), n.Name()))
		switch {
		case errors.Is(err, fs.ErrNotExist): // its planning was never finished
		case err != nil:
			errs = append(errs, err)
		case st.Discarded && !st.Started: // a plan that was dropped
		default:
			jobs = append(jobs, j)
		}
	}
	slices.SortFunc(jobs, func(a, b Job) int {
		if c := b.Created.Compare(a.Created); c != 0 {
			return c
		}
		return strings.Compare(b.ID, a.ID)
	})
	return jobs, errors.Join(errs...)
}

// Job finds an export by its id.
func (e *Engine) Job(id string) (Job, error) {
	dir, err := e.dir(id)
	if err != nil {
		return Job{}, err
	}
	j, _, _, err := e.job(dir)
	return j, err
}
