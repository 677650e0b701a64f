package verify

import (
	"context"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"iter"
	"net/url"
	"slices"
	"strings"

	"zenobis/archive"
	"zenobis/crate"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// verifier reads a record or draft again and compares: the archive's content
// with the manifest, and the data files with openBIS.
type verifier struct {
	z     Zenodo
	ob    OpenBIS
	id    string // of the record
	draft bool   // not published: read with the owner's token
	told  func(Verified) error
	ended error // of told: nothing more is to be said

	sums     map[uint64][sha256.Size]byte // of what was read, by path
	wanted   map[uint64]promise           // by manifests, of what was not read yet
	listed   string                       // data set whose files are in now
	now      map[string]openbis.File      // by path in openBIS
	folder   string                       // of the data set in the tree
	inTree   map[string]openbis.File      // by path in the tree, below folder
	listErr  error
	packages map[string]int64  // DOI only: what the crate says of record files
	flat     map[string]string // DOI only: place in the tree of data files by key
	loose    bool              // DOI only: nothing tells which files are packages
	compared int               // files that were held against something
}

// yield says what a comparison came to.
func (v *verifier) yield(x Verified) error {
	if !x.OK {
		v.compared++
	}
	v.ended = v.told(x)
	return v.ended
}

// promise is what a manifest says of a file.
type promise struct {
	path string
	sum  string
}

// open opens a file of the record, or of the draft.
func (v *verifier) open(ctx context.Context, key string) (io.ReadCloser, int64, error) {
	if v.draft {
		return v.z.OpenDraftFile(ctx, v.id, key)
	}
	return v.z.OpenFile(ctx, v.id, key)
}

// deep reads a record file. lines are the files that it should hold, nil where
// no job is known; then they are told by their places in the tree.
func (v *verifier) deep(ctx context.Context, f zenodo.FileEntry, lines func(func(job.ManifestLine) error) error) error {
	rc, _, err := v.open(ctx, f.Key)
	if err != nil {
		return failure.Wrap("the file "+safetext.Quote(f.Key)+" can't be read again", err)
	}
	defer rc.Close()
	expect, stop := puller(lines)
	defer stop()
	x := &expected{next: expect, byPlace: lines == nil}
	x.step()
	sum := md5.New()
	in := &counted{r: io.TeeReader(rc, sum)}
	if v.packed(f.Key, x) {
		err = archive.NewReader(in).Each(func(name string, content io.Reader) error {
			return v.entry(ctx, f.Key, name, content, x)
		})
	} else {
		err = v.entry(ctx, f.Key, f.Key, in, x)
	}
	if err == nil && x.err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	if err == nil {
		err = x.err
	}
	if err != nil {
		if v.ended != nil {
			return v.ended
		}
		if ctx.Err() != nil {
			return failure.Wrap("the comparison was interrupted", failure.Interruption(context.Cause(ctx)))
		}
		return v.yield(Verified{Package: f.Key, Message: "can't be read to its end: " + failure.Text(err)})
	}
	for !x.end { // what is left was not there
		if err := v.yield(Verified{Package: f.Key, DataSet: x.line.DataSet, File: x.line.Path, Message: "is not in the package"}); err != nil {
			return err
		}
		x.step()
	}
	got := hex.EncodeToString(sum.Sum(nil))
	if got != f.MD5 || in.n != f.Size {
		return v.yield(Verified{Package: f.Key, Message: fmt.Sprintf("%d bytes with MD5 %s were read, Zenodo says %d with %s", in.n, got,
			f.Size, f.MD5)})
	}
	return v.yield(Verified{Package: f.Key, OK: true, Message: fmt.Sprintf("read again: %d bytes, MD5 %s", in.n, got)})
}

// puller turns a walk into something that is asked for the next.
func puller(walk func(func(job.ManifestLine) error) error) (func() (job.ManifestLine, error, bool), func()) {
	if walk == nil {
		return func() (job.ManifestLine, error, bool) { return job.ManifestLine{}, nil, false }, func() {}
	}
	return iter.Pull2(func(yield func(job.ManifestLine, error) bool) {
		err := walk(func(l job.ManifestLine) error {
			if !yield(l, nil) {
				return io.EOF
			}
			return nil
		})
		if err != nil && !errors.Is(err, io.EOF) {
			yield(job.ManifestLine{}, err)
		}
	})
}

// expected is the next file that should come.
type expected struct {
	next    func() (job.ManifestLine, error, bool)
	line    job.ManifestLine
	end     bool
	byPlace bool
	err     error
}

func (x *expected) step() {
	l, err, ok := x.next()
	if x.err == nil {
		x.err = err
	}
	x.line, x.end = l, !ok || err != nil
}

// packed reports whether a record file is one of the archives that the program makes.
// A data file may be an archive as well, and so may what was added in the browser.
func (v *verifier) packed(key string, x *expected) bool {
	switch key {
	case names.Content, names.ContentELN, names.Metadata:
		return true
	}
	if !strings.HasSuffix(key, ".zip") {
		return false
	}
	if x.byPlace {
		_, named := v.packages[key]
		return (named || v.loose) && v.flat[key] == ""
	}
	return x.end || !x.line.Raw
}

type counted struct {
	r io.Reader
	n int64
}

func (c *counted) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// entry compares one file.
func (v *verifier) entry(ctx context.Context, pkg, name string, content io.Reader, x *expected) error {
	sum, crc := sha256.New(), crc32.NewIEEE()
	var lines *manifestReader
	dst := io.MultiWriter(sum, crc)
	if names.IsManifest(pkg, name) {
		lines = newManifestReader()
		dst = io.MultiWriter(dst, lines)
	}
	n, err := io.Copy(dst, content)
	if lines != nil {
		lines.end()
	}
	if err != nil {
		return err
	}
	if v.sums == nil {
		v.sums, v.wanted = map[uint64][sha256.Size]byte{}, map[uint64]promise{}
	}
	v.sums[names.Hash64(name)] = [sha256.Size]byte(sum.Sum(nil))
	if lines != nil {
		for _, p := range lines.lines {
			v.wanted[names.Hash64(names.Prefix(pkg)+p.path)] = p
		}
		return v.check(pkg)
	}
	got := job.ManifestLine{Size: n, CRC: crc.Sum32(), SHA256: hex.EncodeToString(sum.Sum(nil)), Package: pkg, Entry: name}
	if x.byPlace {
		return v.byPlace(ctx, got)
	}
	if x.end || name != names.Prefix(pkg)+x.line.Entry && !(x.line.Raw && name == x.line.Package) {
		return nil // a page, or something generated
	}
	want := x.line
	x.step()
	ok, msg := v.compare(ctx, got, want.DataSet, func() (openbis.File, bool) { f, ok := v.now[want.Path]; return f, ok })
	if want.SHA256 != "" && want.SHA256 != got.SHA256 {
		ok, msg = false, fmt.Sprintf("SHA-256 is %s, sent was %s", got.SHA256, want.SHA256)
	}
	return v.yield(Verified{Package: pkg, DataSet: want.DataSet, File: safetext.Line(want.Path), OK: ok, Message: msg})
}

// check compares what was read with what manifests say of it.
func (v *verifier) check(pkg string) error {
	for k, p := range v.wanted {
		sum, ok := v.sums[k]
		if !ok {
			continue
		}
		delete(v.wanted, k)
		v.compared++
		if hex.EncodeToString(sum[:]) != p.sum {
			if err := v.yield(Verified{Package: pkg, File: safetext.Line(p.path),
				Message: "its SHA-256 is not the one in the manifest"}); err != nil {
				return err
			}
		}
	}
	return nil
}

// finish compares the rest once everything was read.
func (v *verifier) finish() error {
	if err := v.check(""); err != nil {
		return err
	}
	for _, p := range v.wanted {
		if err := v.yield(Verified{File: safetext.Line(p.path), Message: "the manifest names it, and it is not there"}); err != nil {
			return err
		}
	}
	return nil
}

// compare holds a data file against what openBIS has today.
func (v *verifier) compare(ctx context.Context, got job.ManifestLine, dataSet string, find func() (openbis.File, bool)) (bool, string) {
	v.compared++
	if err := v.list(ctx, dataSet); err != nil {
		return false, "openBIS can't be asked for it: " + failure.Text(err)
	}
	f, ok := find()
	switch {
	case !ok:
		return false, "openBIS has no such file today"
	case f.Size != got.Size:
		return false, fmt.Sprintf("has %d bytes, in openBIS it has %d", got.Size, f.Size)
	case !f.HasCRC:
		return true, fmt.Sprintf("%d bytes as in openBIS, which keeps no CRC-32 of it; SHA-256 %s", got.Size, got.SHA256)
	case f.CRC != got.CRC:
		return false, fmt.Sprintf("CRC-32 is %08x, in openBIS it is %08x", got.CRC, f.CRC)
	}
	return true, fmt.Sprintf("%d bytes, CRC-32 %08x as in openBIS, SHA-256 %s", got.Size, got.CRC, got.SHA256)
}

// list reads the files of a data set; those of one are kept at a time.
func (v *verifier) list(ctx context.Context, dataSet string) error {
	if v.listed == dataSet {
		return v.listErr
	}
	v.listed, v.now, v.inTree = dataSet, map[string]openbis.File{}, nil
	found, err := v.ob.Get(ctx, openbis.KindDataSet, dataSet)
	if err == nil {
		if e, ok := found[dataSet]; !ok || e.Data == nil {
			err = fmt.Errorf("%w: data set %s", openbis.ErrNotFound, safetext.Line(dataSet))
		} else {
			err = v.ob.Files(ctx, e.Data.Store, dataSet, func(f openbis.File) error {
				v.now[f.Path] = f
				return nil
			})
		}
	}
	v.listErr = err
	return err
}

// byPlace finds out from its place in the tree which file of openBIS it is.
func (v *verifier) byPlace(ctx context.Context, got job.ManifestLine) error {
	tree := got.Entry
	if t, ok := v.flat[got.Package]; ok && got.Entry == got.Package {
		tree = t
	}
	folder, dataSet, inELN := names.DataSetFolder(tree)
	if dataSet == "" {
		return nil // a page, or something generated
	}
	ok, msg := v.compare(ctx, got, dataSet, func() (openbis.File, bool) {
		if v.inTree == nil || v.folder != folder {
			v.folder, v.inTree = folder, v.places(folder, inELN)
		}
		f, ok := v.inTree[tree]
		return f, ok
	})
	return v.yield(Verified{Package: got.Package, DataSet: dataSet, File: safetext.Line(tree), OK: ok, Message: msg})
}

// places names the files of the listed data set as the export named them: in
// the order of their paths.
func (v *verifier) places(folder string, inELN bool) map[string]openbis.File {
	tree := names.NewTree(page.Extensions())
	if inELN {
		tree = names.NewELN()
	}
	out := make(map[string]openbis.File, len(v.now))
	for _, p := range sortedKeys(v.now) {
		out[tree.FilePath(folder, p)] = v.now[p]
	}
	return out
}

// keys reads what the record's own crate says of its files.
func (v *verifier) keys(ctx context.Context, files []zenodo.FileEntry) error {
	v.packages, v.flat = map[string]int64{}, map[string]string{}
	v.loose = !slices.ContainsFunc(files, func(f zenodo.FileEntry) bool {
		return f.Key == names.Crate || f.Key == names.Content || f.Key == names.ContentELN
	})
	for _, f := range files {
		if f.Key != names.Crate {
			continue
		}
		if err := v.crate(ctx, f.Key, files); err != nil {
			return failure.Wrap("the record's crate can't be read", err)
		}
	}
	return nil
}

// crate reads what the record's crate says of the files that the record has.
func (v *verifier) crate(ctx context.Context, name string, files []zenodo.FileEntry) error {
	has := make(map[string]bool, len(files))
	for _, f := range files {
		has[f.Key] = true
	}
	rc, _, err := v.open(ctx, name)
	if err != nil {
		return err
	}
	defer rc.Close()
	err = crate.Read(rc, func(p crate.Part) error {
		key, err := url.PathUnescape(strings.TrimPrefix(p.ID, "./"))
		if p.LocalPath != "" {
			key, err = p.LocalPath, nil
		}
		if err != nil || !has[key] {
			return nil // not one of ours
		}
		if p.HasSize {
			v.packages[key] = p.Size
		}
		if p.Type == "File" && p.AlternateName != "" {
			v.flat[key] = p.AlternateName
		}
		return nil
	})
	if err == nil {
		_, err = io.Copy(io.Discard, rc) // its checksum is known at its end
	}
	return err
}
