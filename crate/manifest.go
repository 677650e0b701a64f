package crate

import (
	"bufio"
	"fmt"
	"io"

	"zenobis/names"
	"zenobis/omission"
	"zenobis/page"
)

// unknownHash stands where a SHA-256 is not known yet; it is as long as one.
const unknownHash = "0000000000000000000000000000000000000000000000000000000000000000"

// counter counts what is written.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

// manifestLine is one line of a manifest; a hash that is not known yet takes the same
// room.
func manifestLine(sha256, path string) string { return names.SumLine(sum(sha256), path) }

// WriteManifest writes a line for each file of the source, in its order; in
// layout "files" data files are named as they lie after downloading.
func WriteManifest(w io.Writer, src Source) error {
	b := bufio.NewWriter(w)
	err := src.Files(func(f FileNode) error {
		name := f.Path
		if f.Key != "" {
			name = f.Key
		}
		_, err := b.WriteString(manifestLine(f.SHA256, name))
		return err
	})
	if err != nil {
		return fmt.Errorf("write manifest: %w", err)
	}
	return b.Flush()
}

// what is what was left out.
func whatIsLeft(o omission.Entry) string {
	what := page.OneLine(o.Entity.Label())
	if id := page.OneLine(ownPermID(o.Entity)); id != "" && id != what {
		what += " (" + id + ")"
	}
	if o.File != "" {
		what += ", file " + page.OneLine(o.File)
	}
	return what
}

// WriteOmitted writes omitted.txt: what was left out and why, a line each, which
// begins with the word for the reason.
func WriteOmitted(w io.Writer, src Source) error {
	b := bufio.NewWriter(w)
	for _, o := range src.Omissions() {
		b.WriteString(page.OneLine(string(o.Reason)) + ": " + whatIsLeft(o) + ": " + o.Reason.Public() + "\n")
	}
	if err := b.Flush(); err != nil {
		return fmt.Errorf("write what was left out: %w", err)
	}
	return nil
}
