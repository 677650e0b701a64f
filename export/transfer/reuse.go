package transfer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"zenobis/disk"
	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/names"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// reuse takes what stands of the former version into the draft of the new one,
// without sending a byte of it: all its files are imported in one call, and what
// does not stand is deleted again.
func (d *depot) reuse(ctx context.Context) error {
	v := d.plan().Version
	if st := d.status(); v == nil || st.Reused || st.Adopted {
		return nil
	}
	stands, err := d.standing(ctx, v)
	if err != nil {
		return err
	}
	if len(stands) > 0 {
		if err := d.importFormer(ctx, v, stands); err != nil {
			return err
		}
	}
	return d.add(job.Reused{})
}

// standing are the packages whose former files stand, by name, with their sums.
// The hashes of the data files in them are at hand then. A package of which only
// name and length are known to be the same is read once, and compared by its MD5.
func (d *depot) standing(ctx context.Context, v *job.Version) (map[string]measured, error) {
	stands := map[string]measured{}
	var known []job.Package
	for _, p := range d.plan().Packages {
		former, ok := fileOf(v, p.Name)
		switch {
		case !ok || former.Bytes != p.Bytes || d.packer.snap.NamesRecord(p.Name):
		case p.Former != "" && p.FormerSHA256 != "":
			known = append(known, p)
		case p.Former != "" || p.Fingerprint == "" || !v.Printed: // one that is known to be another is not read
			m, err := d.packer.measure(ctx, p)
			if err != nil {
				return nil, err
			}
			if m.MD5 == former.MD5 {
				stands[p.Name] = m
			}
		}
	}
	taken, err := d.takeHashes(ctx, v, known)
	if err != nil {
		return nil, err
	}
	for _, p := range known {
		if taken[p.Name] {
			stands[p.Name] = measured{MD5: p.Former, SHA256: p.FormerSHA256, Bytes: p.Bytes}
			continue
		}
		m, err := d.packer.measure(ctx, p) // its hashes are nowhere, so its data is read
		if err != nil {
			return nil, err
		}
		if m.MD5 == p.Former {
			stands[p.Name] = m
		}
	}
	return stands, nil
}

func fileOf(v *job.Version, name string) (job.VersionFile, bool) {
	for _, f := range v.Files {
		if f.Name == name {
			return f, true
		}
	}
	return job.VersionFile{}, false
}

// importFormer imports the former version's files and keeps those that stand.
func (d *depot) importFormer(ctx context.Context, v *job.Version, stands map[string]measured) error {
	have, err := d.entries(ctx)
	if err != nil {
		return err
	}
	if len(have) == 0 {
		id := d.status().ID
		if err := d.add(job.Importing{Of: v.ID}); err != nil {
			return err
		}
		err := d.call(ctx, "take over the files of the former version", func() error { return d.z.ImportFiles(ctx, id) })
		if err != nil && !errors.Is(err, zenodo.ErrInvalid) { // refused where they are there already
			return d.draft.orDraft(ctx, failure.Wrap("the files of the former version can't be taken over", err))
		}
		if have, err = d.entries(ctx); err != nil {
			return err
		}
	}
	if !d.status().Importing {
		return nil // the files that are there are ours
	}
	for key, f := range have {
		former, imported := fileOf(v, key)
		if m, ok := stands[key]; ok && f.Completed() && f.Size == m.Bytes && f.MD5 == m.MD5 {
			if !d.confirmed(key) {
				p := d.packageOf(key)
				d.run.gauge.begin(key, 1)
				if err := d.confirm(p, m); err != nil {
					return err
				}
			}
		} else if imported && f.MD5 == former.MD5 && !d.status().Announced[key] {
			if err := d.deleteFile(ctx, key); err != nil {
				return err
			}
		}
	}
	return nil
}

func (d *depot) packageOf(name string) job.Package {
	for _, p := range d.plan().Packages {
		if p.Name == name {
			return p
		}
	}
	return job.Package{}
}

// takeHashes takes the SHA-256 of the data files in packages over from what was
// made for the former version: its job's manifest where that is kept here, else
// the manifest in the record's metadata.zip. It says of which packages all were
// found; the order is that of the former version, of which packages may be
// missing in between.
func (d *depot) takeHashes(ctx context.Context, v *job.Version, packages []job.Package) (map[string]bool, error) {
	taken := map[string]bool{}
	if len(packages) == 0 {
		return taken, nil
	}
	var left []job.Package
	for _, p := range packages {
		if d.packer.hashes.Count(p.Name) == p.Files {
			taken[p.Name] = true
		} else {
			left = append(left, p)
		}
	}
	if len(left) == 0 {
		return taken, nil
	}
	lines, done, err := d.formerLines(ctx, v)
	if err != nil {
		d.note("What is known of the former version's files can't be read (" + failure.Text(err) + "), so they are read in openBIS.")
		return taken, ctx.Err()
	}
	defer done()
	for _, p := range left {
		ok, err := d.takeOver(p, lines)
		if err != nil {
			return taken, err
		}
		if !ok {
			break // what comes behind is not there either
		}
		taken[p.Name] = true
	}
	return taken, nil
}

// takeOver reads on in the former manifest until it has the hashes of all data
// files of a package.
func (d *depot) takeOver(p job.Package, next func() (entry, sum string, ok bool)) (bool, error) {
	if err := d.packer.hashes.Begin(p.Name); err != nil {
		return false, err
	}
	errLost := errors.New("not there")
	err := d.packer.snap.Files(p.Name, func(f fetch.File) error {
		for {
			entry, sum, ok := next()
			if !ok {
				return errLost
			}
			if entry == f.Entry || entry == p.Name { // in layout files they lie by their keys
				return d.packer.hashes.Put(p.Name, f.Index, sum, f.CRC)
			}
		}
	})
	if errors.Is(err, errLost) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, d.packer.hashes.Seal()
}

// formerLines are the entries of the former version with their SHA-256, in its order.
func (d *depot) formerLines(ctx context.Context, v *job.Version) (next func() (entry, sum string, ok bool), done func(), err error) {
	path := d.h.Former()
	if _, err = os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if err = fs.ErrNotExist; v.Job != "" {
			dir := filepath.Join(filepath.Dir(d.h.Dir), v.Job)
			err = disk.Replace(path, func(w io.Writer) error {
				return job.ReadManifest(ctx, dir, func(l job.ManifestLine) error {
					_, err := io.WriteString(w, names.SumLine(l.SHA256, l.Entry))
					return err
				})
			})
		}
		if err != nil && ctx.Err() == nil {
			err = d.downloadManifest(ctx, v, path)
		}
	}
	if err != nil {
		return nil, nil, err
	}
	f, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return nil, nil, err
	}
	r := bufio.NewReaderSize(f, 64<<10)
	next = func() (entry, sum string, ok bool) {
		for {
			line, err := r.ReadString('\n')
			if sum, entry, ok = names.ParseSumLine(line); ok || err != nil {
				return entry, sum, ok && (err == nil || errors.Is(err, io.EOF))
			}
		}
	}
	return next, func() { _ = f.Close() }, nil
}

// downloadManifest reads metadata.zip of the former version for its manifest, into
// the file at path. The client compares its MD5 at the end; a manifest of other bytes
// is not kept.
func (d *depot) downloadManifest(ctx context.Context, v *job.Version, path string) error {
	const key = names.Metadata
	if _, ok := fileOf(v, key); !ok {
		return fmt.Errorf("the record has no %s", key)
	}
	return d.call(ctx, "read "+key+" of the former version", func() error {
		return disk.Replace(path, func(w io.Writer) error {
			found := false
			err := version.EachInMetadata(ctx, d.z, v.ID, func(name string, content io.Reader) error {
				if !names.IsManifest(key, name) {
					return nil
				}
				found = true
				_, err := io.Copy(w, content)
				return err
			})
			if err == nil && !found {
				err = fmt.Errorf("%s of record %s has no manifest", key, safetext.Line(v.ID))
			}
			return err
		})
	})
}
