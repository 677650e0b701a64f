package transfer

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/export/version"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// depot is what lies in the draft: the entries of its files, and what the journal
// knows of them.
type depot struct {
	*base
	draft  *draft
	packer *packer
}

// rememberHashes tells the snapshot again what was confirmed by earlier runs. A
// package whose hashes did not survive a power cut is measured anew later.
func (d *depot) rememberHashes() error {
	for name, p := range d.status().Packages {
		if p.Confirmed && p.SHA256 != "" {
			if err := d.packer.snap.SetPackageHash(name, p.SHA256); err != nil {
				return err
			}
		}
	}
	return nil
}

// announce asks what is there, brings that in order, and announces the rest in
// one call.
func (d *depot) announce(ctx context.Context) error {
	var have map[string]zenodo.FileEntry
	var err error
	empty := d.draft.made
	d.draft.made = false // it is empty once
	if !empty {
		if have, err = d.present(ctx); err != nil {
			return err
		}
	}
	for _, p := range d.plan().Packages {
		if f, ok := have[p.Name]; ok {
			if err := d.reconcile(ctx, p, f); err != nil {
				return err
			}
		} else if st := d.status(); st.Packages[p.Name].Tried {
			if err := d.add(job.Deleting{Package: p.Name}); err != nil { // gone, by whosever hand
				return err
			}
		}
	}
	if len(have) > 0 { // what was found may be gone
		if have, err = d.entries(ctx); err != nil {
			return err
		}
	}
	var want []zenodo.FileInit
	for _, p := range d.plan().Packages {
		if _, ok := have[p.Name]; !ok {
			want = append(want, zenodo.FileInit{Key: p.Name, Size: p.Bytes})
		}
	}
	if err := d.initFiles(ctx, want); err != nil {
		return err
	}
	return d.dropUnwanted(ctx, have)
}

// foreignFiles refuses to write over files of a draft that was chosen: what was not
// announced for this export came from its user.
func (d *depot) foreignFiles(have map[string]zenodo.FileEntry) error {
	st := d.status()
	if !st.Adopted {
		return nil
	}
	var theirs []zenodo.FileEntry
	for _, f := range have {
		if !st.Announced[f.Key] {
			theirs = append(theirs, f)
		}
	}
	return version.Open{Record: zenodo.Record{ID: st.ID, HTML: st.URL}, Files: theirs}.Takes(d.plan().Packages, d.plan().Limits)
}

// initFiles announces files. After an unclear answer it looks what is there.
func (d *depot) initFiles(ctx context.Context, want []zenodo.FileInit) error {
	if len(want) == 0 {
		return nil
	}
	st := d.status()
	var fresh []string
	for _, f := range want {
		if !st.Announced[f.Key] {
			fresh = append(fresh, f.Key)
		}
	}
	if len(fresh) > 0 {
		if err := d.add(job.Announced{Keys: fresh}); err != nil {
			return err
		}
	}
	tries := d.policy("").Begin("announce the files")
	defer tries.End()
	for exists := 0; ; {
		_, err := d.z.InitFiles(ctx, st.ID, want)
		if err == nil {
			return nil
		}
		if errors.Is(err, zenodo.ErrInvalid) && exists < 2 {
			if exists++; st.Adopted && exists == 1 && tries.Failed() == 0 && len(fresh) > 0 {
				return d.retract(ctx, fresh)
			}
		} else if e := tries.Again(ctx, err); e != nil {
			return d.draft.orDraft(ctx, failure.Wrap("the files can't be announced", e))
		}
		have, err := d.entries(ctx)
		if err != nil {
			return err
		}
		want = slices.DeleteFunc(want, func(f zenodo.FileInit) bool { _, ok := have[f.Key]; return ok })
		if len(want) == 0 {
			return nil
		}
	}
}

// retract takes an announcement back that the server refused as a whole: since the
// draft was looked at, its user has put a file of that name there.
func (d *depot) retract(ctx context.Context, keys []string) error {
	if err := d.add(job.Announced{Taken: keys}); err != nil {
		return err
	}
	if _, err := d.present(ctx); err != nil {
		return err
	}
	return d.announce(ctx)
}

// present are the draft's files by key, unless one of them is somebody else's under a
// name that we need.
func (d *depot) present(ctx context.Context) (map[string]zenodo.FileEntry, error) {
	have, err := d.entries(ctx)
	if err == nil {
		err = d.foreignFiles(have)
	}
	return have, err
}

// entries lists the draft's files by key.
func (d *depot) entries(ctx context.Context) (map[string]zenodo.FileEntry, error) {
	var list []zenodo.FileEntry
	id := d.status().ID
	err := d.call(ctx, "list the draft's files", func() (err error) {
		list, err = d.z.Files(ctx, id)
		return err
	})
	if err != nil {
		return nil, d.draft.orDraft(ctx, failure.Wrap("the draft's files can't be listed", err))
	}
	have := make(map[string]zenodo.FileEntry, len(list))
	for _, f := range list {
		have[f.Key] = f
	}
	return have, nil
}

// dropUnwanted deletes what was announced and is no longer in the plan: a
// pending file would keep the user from publishing. Files of others stay.
func (d *depot) dropUnwanted(ctx context.Context, have map[string]zenodo.FileEntry) error {
	st := d.status()
	for key := range have {
		if !st.Announced[key] || slices.ContainsFunc(d.plan().Packages, func(p job.Package) bool { return p.Name == key }) {
			continue
		}
		if err := d.deleteFile(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// lookWhole compares what the draft has with what was sent.
func (d *depot) lookWhole(ctx context.Context) (bool, error) {
	d.run.gauge.stage("verifying")
	have, err := d.entries(ctx)
	if err != nil {
		return false, err
	}
	whole := true
	st := d.status()
	var lost []zenodo.FileInit
	for _, p := range d.plan().Packages {
		f, ok := have[p.Name]
		sent := st.Packages[p.Name]
		if ok && f.Completed() && f.Size == p.Bytes && f.MD5 == sent.MD5 {
			continue
		}
		whole = false
		d.note("The file " + p.Name + " was changed at Zenodo and is sent again.")
		if ok {
			if err := d.deleteFile(ctx, p.Name); err != nil {
				return false, err
			}
		} else if err := d.add(job.Deleting{Package: p.Name}); err != nil {
			return false, err
		}
		lost = append(lost, zenodo.FileInit{Key: p.Name, Size: p.Bytes})
	}
	if whole {
		return true, d.dropUnwanted(ctx, have)
	}
	if err := d.initFiles(ctx, lost); err != nil {
		return false, err
	}
	d.run.gauge.plan(d.plan(), d.confirmed)
	return false, nil
}

// deleteFile deletes one file at Zenodo, never all at once (docs/zenodo-api.md,
// Files). What was sent of it is to be sent again.
func (d *depot) deleteFile(ctx context.Context, key string) error {
	if err := d.add(job.Deleting{Package: key}); err != nil {
		return err
	}
	id := d.status().ID
	err := d.call(ctx, "delete "+key, func() error { return d.z.DeleteFile(ctx, id, key) })
	if err != nil && !errors.Is(err, zenodo.ErrNotFound) {
		return d.draft.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(key)+" can't be deleted", err))
	}
	return nil
}

// ready asks what Zenodo has of a package and leaves an entry that can be
// filled, or finds that it is there after all.
func (d *depot) ready(ctx context.Context, p job.Package) (done bool, err error) {
	if err := d.o.Sleep(ctx, afterBreak); err != nil {
		return false, err
	}
	have, err := d.entries(ctx)
	if err != nil {
		return false, err
	}
	if f, ok := have[p.Name]; ok {
		if err := d.reconcile(ctx, p, f); err != nil {
			return false, err
		}
		if d.confirmed(p.Name) {
			return true, nil
		}
		if have, err = d.entries(ctx); err != nil {
			return false, err
		}
	}
	if _, ok := have[p.Name]; !ok {
		return false, d.initFiles(ctx, []zenodo.FileInit{{Key: p.Name, Size: p.Bytes}})
	}
	return false, nil
}

// reconcile compares a file of the draft with what the journal knows of it.
// Content that was never committed stays counted in the quota when its entry is
// deleted, so it is committed first (docs/zenodo-api.md, Files).
func (d *depot) reconcile(ctx context.Context, p job.Package, f zenodo.FileEntry) error {
	sent := d.status().Packages[p.Name]
	if !f.Completed() {
		if sent.Confirmed {
			if err := d.add(job.Deleting{Package: p.Name}); err != nil {
				return err
			}
		}
		if !sent.Tried {
			return nil // announced, never filled
		}
		var err error
		f, err = d.commitFile(ctx, p.Name, 2)
		switch {
		case errors.Is(err, zenodo.ErrNoContent), errors.Is(err, zenodo.ErrNotFound):
			// A commit whose answer was lost may have been carried out: then the entry
			// has content, and must not be written over.
			have, err := d.entries(ctx)
			if err != nil {
				return err
			}
			var there bool
			if f, there = have[p.Name]; !there || !f.Completed() {
				return nil
			}
		case err != nil:
			return d.draft.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(p.Name)+" can't be committed", err))
		}
	}
	if f.Size == p.Bytes && sent.MD5 == "" {
		// Somebody's process died before it could note what it had sent.
		m, err := d.packer.measure(ctx, p)
		if err != nil {
			return err
		}
		sent = job.SentPackage{Bytes: m.Bytes, MD5: m.MD5, SHA256: m.SHA256}
	}
	if f.Size == p.Bytes && f.MD5 == sent.MD5 {
		if sent.Confirmed && d.packer.hashes.Count(p.Name) == p.Files {
			return nil
		}
		if d.packer.hashes.Count(p.Name) != p.Files {
			if m, err := d.packer.measure(ctx, p); err != nil {
				return err
			} else if m.MD5 != f.MD5 {
				return d.deleteFile(ctx, p.Name)
			}
		}
		return d.confirm(p, measured{sent.MD5, sent.SHA256, p.Bytes})
	}
	return d.deleteFile(ctx, p.Name)
}

// commit completes a file and compares it with what was sent.
func (d *depot) commit(ctx context.Context, p job.Package, m measured) error {
	f, err := d.commitFile(ctx, p.Name, 3)
	switch {
	case errors.Is(err, zenodo.ErrNoContent):
		return fmt.Errorf("%w: %w", errAgain, err)
	case errors.Is(err, zenodo.ErrNotFound):
		if e := d.draft.orDraft(ctx, err); !errors.Is(e, zenodo.ErrNotFound) {
			return e
		}
		return fmt.Errorf("%w: %w", errAgain, err)
	case err != nil:
		return d.draft.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(p.Name)+" can't be committed", err))
	}
	if f.Size != m.Bytes || f.MD5 != m.MD5 {
		if err := d.deleteFile(ctx, p.Name); err != nil {
			return err
		}
		return fmt.Errorf("%w: %s has %d bytes with MD5 %s, sent were %d with %s", errUnequal, p.Name, f.Size, f.MD5, m.Bytes, m.MD5)
	}
	return d.confirm(p, m)
}

// commitFile commits. That there is no content the server says with an error
// that may as well be any other, so it is asked several times: content that is
// there and is sent again stays counted in the quota.
func (d *depot) commitFile(ctx context.Context, pkg string, times int) (f zenodo.FileEntry, err error) {
	id := d.status().ID
	for n := 1; ; n++ {
		err = d.call(ctx, "commit "+pkg, func() (err error) {
			f, err = d.z.Commit(ctx, id, pkg)
			return err
		})
		if !errors.Is(err, zenodo.ErrNoContent) || n >= times {
			return f, err
		}
		d.run.emit(Retried{Package: pkg, Attempt: n, Message: "commit " + pkg + ": " + failure.Text(err)})
		if err := d.o.Sleep(ctx, afterBreak); err != nil {
			return f, err
		}
	}
}

// confirm notes that Zenodo has a package.
func (d *depot) confirm(p job.Package, m measured) error {
	if m.SHA256 != "" {
		if err := d.packer.snap.SetPackageHash(p.Name, m.SHA256); err != nil {
			return err
		}
	}
	if err := d.add(job.Confirmed{Package: p.Name, Bytes: m.Bytes, MD5: m.MD5, SHA256: m.SHA256}); err != nil {
		return err
	}
	d.run.gauge.finish(p.Name, true)
	d.run.emit(PackageUploaded{Package: p.Name, Bytes: m.Bytes, MD5: m.MD5})
	return nil
}

// complete notes that the draft has everything.
func (d *depot) complete() error {
	d.run.gauge.stage("verifying")
	if err := d.packer.writeManifest(); err != nil {
		return err
	}
	st := d.status()
	if err := d.add(job.Uploaded{ID: st.ID, Bytes: d.plan().Bytes}); err != nil {
		return err
	}
	d.run.emit(Completed{ID: st.ID, URL: st.URL, DOI: st.DOI, Bytes: d.plan().Bytes})
	return nil
}
