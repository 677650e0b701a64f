package job

import (
	"encoding/json"
	"io"
	"path/filepath"
	"time"

	"zenobis/disk"
)

// Progress is a look at a running export; sample it, do not wait for it.
type Progress struct {
	Stage    string            `json:"stage"` // planning, unarchiving, draft, uploading, verifying, paused, done, failed
	Bytes    int64             `json:"bytes"` // sent and still standing
	Total    int64             `json:"total"`
	Packages []PackageProgress `json:"packages"`
	File     string            `json:"file"` // under way, clean
	Retries  int               `json:"retries"`
	Waiting  string            `json:"waiting,omitempty"`     // what is waited for, "" if nothing
	Left     float64           `json:"secondsLeft,omitempty"` // 0 while that is not known
	Started  time.Time         `json:"started"`
	Updated  time.Time         `json:"updated"`
	RecordID string            `json:"recordId,omitempty"`
	URL      string            `json:"url,omitempty"`
	DOI      string            `json:"doi,omitempty"`
}

// PackageProgress is the progress of one record file.
type PackageProgress struct {
	Name    string `json:"name"`
	Bytes   int64  `json:"bytes"`
	Total   int64  `json:"total"`
	Done    bool   `json:"done"`
	Attempt int    `json:"attempt"`
}

// Save writes progress.json, for other processes to read.
func (p Progress) Save(dir string) error {
	return disk.Swap(filepath.Join(dir, progressName), func(w io.Writer) error { return json.NewEncoder(w).Encode(p) })
}

// ReadProgress is what the process that works on a job last wrote, at most a
// second ago.
func ReadProgress(dir string) (Progress, error) {
	var p Progress
	data, err := disk.Read(filepath.Join(dir, progressName))
	if err == nil {
		err = json.Unmarshal(data, &p)
	}
	return p, err
}
