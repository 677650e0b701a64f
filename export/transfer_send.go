package export

import (
	"context"
	"errors"
	"os"
	"slices"

	"zenobis/export/failure"
	"zenobis/safetext"
	"zenobis/zenodo"
)

// send brings the job from wherever it stands to a complete draft.
func (t *transfer) send(ctx context.Context) error {
	me := thisProcess()
	err := t.j.add(stepStarted, func(e *entry) { e.PID, e.Host, e.Program = me.PID, me.Host, t.o.Version })
	if err != nil {
		return err
	}
	if err = t.sendAll(ctx); errors.Is(err, errComplete) {
		t.note("The draft was published already, and everything is there.")
		return nil
	}
	return err
}

func (t *transfer) sendAll(ctx context.Context) error {
	if err := t.readyDraft(ctx); err != nil {
		return err
	}
	if err := t.bringBack(ctx); err != nil {
		return err
	}
	if err := t.rememberHashes(); err != nil {
		return err
	}
	if err := t.announce(ctx); err != nil {
		return err
	}
	t.run.gauge.plan(t.plan, t.confirmed)
	t.run.gauge.stage("uploading")
	// A second and third look: the user may remove a file in the form meanwhile.
	for range 3 {
		if err := t.sendPackages(ctx); err != nil {
			return err
		}
		whole, err := t.lookWhole(ctx)
		if err != nil {
			return err
		}
		if whole {
			return t.complete()
		}
	}
	return &failure.Error{
		What: "files of the draft vanish at Zenodo while the upload goes on", Kind: failure.DraftEdited,
		Do: "leave the draft's page alone until the upload is complete, then resume", Err: zenodo.ErrEntryGone,
	}
}

// complete notes that the draft has everything.
func (t *transfer) complete() error {
	t.run.gauge.stage("verifying")
	if err := t.writeManifest(); err != nil {
		return err
	}
	st := t.j.look()
	if err := t.j.add(stepUploaded, func(e *entry) { e.ID, e.Bytes = st.ID, t.plan.Bytes }); err != nil {
		return err
	}
	t.emit(Event{Kind: EventDone, RecordID: st.ID, URL: st.URL, DOI: st.DOI, Bytes: t.plan.Bytes, Total: t.plan.Bytes})
	return nil
}

// rememberHashes tells the snapshot again what was confirmed by earlier runs. A
// package whose hashes did not survive a power cut is measured anew later.
func (t *transfer) rememberHashes() error {
	for name, p := range t.j.look().Packages {
		if p.Confirmed && p.SHA256 != "" {
			if err := t.snap.SetPackageHash(name, p.SHA256); err != nil {
				return err
			}
		}
	}
	return nil
}

// announce asks what is there, brings that in order, and announces the rest in
// one call.
func (t *transfer) announce(ctx context.Context) error {
	have, err := t.entries(ctx)
	if err != nil {
		return err
	}
	for _, p := range t.plan.Packages {
		if f, ok := have[p.Name]; ok {
			if err := t.reconcile(ctx, p, f); err != nil {
				return err
			}
		} else if st := t.j.look(); st.Packages[p.Name].Tried {
			if err := t.j.add(stepDeleting, func(e *entry) { e.Package = p.Name }); err != nil { // gone, by whosever hand
				return err
			}
		}
	}
	if have, err = t.entries(ctx); err != nil {
		return err
	}
	var want []zenodo.FileInit
	for _, p := range t.plan.Packages {
		if _, ok := have[p.Name]; !ok {
			want = append(want, zenodo.FileInit{Key: p.Name, Size: p.Bytes})
		}
	}
	if err := t.initFiles(ctx, want); err != nil {
		return err
	}
	return t.dropUnwanted(ctx, have)
}

// initFiles announces files. After an unclear answer it looks what is there.
func (t *transfer) initFiles(ctx context.Context, want []zenodo.FileInit) error {
	if len(want) == 0 {
		return nil
	}
	st := t.j.look()
	var fresh []string
	for _, f := range want {
		if !st.Announced[f.Key] {
			fresh = append(fresh, f.Key)
		}
	}
	if len(fresh) > 0 {
		if err := t.j.add(stepAnnounced, func(e *entry) { e.Keys = fresh }); err != nil {
			return err
		}
	}
	for n := 1; ; n++ {
		_, err := t.o.Zenodo.InitFiles(ctx, st.ID, want)
		if err == nil {
			return nil
		}
		exists := errors.Is(err, zenodo.ErrInvalid) && n < 3
		if !passing(err) && !exists {
			return t.orDraft(ctx, failure.Wrap("the files can't be announced", err))
		}
		if !exists {
			if err := t.again(ctx, "", "announce the files", n, err); err != nil {
				return err
			}
		}
		have, err := t.entries(ctx)
		if err != nil {
			return err
		}
		want = slices.DeleteFunc(want, func(f zenodo.FileInit) bool { _, ok := have[f.Key]; return ok })
		if len(want) == 0 {
			return nil
		}
	}
}

// entries lists the draft's files by key.
func (t *transfer) entries(ctx context.Context) (map[string]zenodo.FileEntry, error) {
	var list []zenodo.FileEntry
	id := t.j.look().ID
	err := t.call(ctx, "list the draft's files", func() (err error) {
		list, err = t.o.Zenodo.Files(ctx, id)
		return err
	})
	if err != nil {
		return nil, t.orDraft(ctx, failure.Wrap("list the draft's files", err))
	}
	have := make(map[string]zenodo.FileEntry, len(list))
	for _, f := range list {
		have[f.Key] = f
	}
	return have, nil
}

// dropUnwanted deletes what was announced and is no longer in the plan: a
// pending file would keep the user from publishing. Files of others stay.
func (t *transfer) dropUnwanted(ctx context.Context, have map[string]zenodo.FileEntry) error {
	st := t.j.look()
	for key := range have {
		if !st.Announced[key] || slices.ContainsFunc(t.plan.Packages, func(p Package) bool { return p.Name == key }) {
			continue
		}
		if err := t.deleteFile(ctx, key); err != nil {
			return err
		}
	}
	return nil
}

// confirmed reports whether Zenodo is known to have a package.
func (t *transfer) confirmed(pkg string) bool { return t.j.look().Packages[pkg].Confirmed }

// sendPackages sends what is missing, in the order of the plan; a package whose
// data is still in the archive waits while others are sent.
func (t *transfer) sendPackages(ctx context.Context) error {
	for {
		if err := t.run.brake.wait(ctx, func() { t.run.gauge.stage("paused"); t.saveProgress() }); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		t.run.gauge.stage("uploading")
		next, err := t.next()
		if err != nil {
			return err
		}
		if len(next) == 0 {
			if len(t.waitingOn) == 0 {
				return nil
			}
			if err := t.awaitArchive(ctx); err != nil {
				return err
			}
			continue
		}
		if err := t.sendPackage(ctx, next); err != nil {
			return err
		}
	}
}

// next lists the packages that can be sent now, in their order. One that names
// hashes can be sent only when all before it are there.
func (t *transfer) next() ([]string, error) {
	st := t.j.look()
	var out []string
	blocked := false
	for _, p := range t.plan.Packages {
		if st.Packages[p.Name].Confirmed {
			continue
		}
		wait, err := t.inArchive(p.Name)
		if err != nil {
			return nil, err
		}
		if wait || blocked && t.snap.NamesHashes(p.Name) {
			blocked = true
			continue
		}
		out = append(out, p.Name)
	}
	return out, nil
}

// lookWhole compares what the draft has with what was sent.
func (t *transfer) lookWhole(ctx context.Context) (bool, error) {
	t.run.gauge.stage("verifying")
	have, err := t.entries(ctx)
	if err != nil {
		return false, err
	}
	whole := true
	st := t.j.look()
	var lost []zenodo.FileInit
	for _, p := range t.plan.Packages {
		f, ok := have[p.Name]
		sent := st.Packages[p.Name]
		if ok && f.Completed() && f.Size == p.Bytes && f.MD5 == sent.MD5 {
			continue
		}
		whole = false
		t.note("The file " + p.Name + " was changed at Zenodo and is sent again.")
		if ok {
			if err := t.deleteFile(ctx, p.Name); err != nil {
				return false, err
			}
		} else if err := t.j.add(stepDeleting, func(e *entry) { e.Package = p.Name }); err != nil {
			return false, err
		}
		lost = append(lost, zenodo.FileInit{Key: p.Name, Size: p.Bytes})
	}
	if whole {
		return true, t.dropUnwanted(ctx, have)
	}
	if err := t.initFiles(ctx, lost); err != nil {
		return false, err
	}
	t.run.gauge.plan(t.plan, t.confirmed)
	return false, nil
}

// deleteFile deletes one file at Zenodo, never all at once (reference
// zenodo-api.md 3.5). What was sent of it is to be sent again.
func (t *transfer) deleteFile(ctx context.Context, key string) error {
	if err := t.j.add(stepDeleting, func(e *entry) { e.Package = key }); err != nil {
		return err
	}
	id := t.j.look().ID
	err := t.call(ctx, "delete "+key, func() error { return t.o.Zenodo.DeleteFile(ctx, id, key) })
	if err != nil && !errors.Is(err, zenodo.ErrNotFound) {
		return t.orDraft(ctx, failure.Wrap("the file "+safetext.Quote(key)+" can't be deleted", err))
	}
	return nil
}

// writePlan keeps a plan that has changed.
func (t *transfer) writePlan() error {
	t.jf.Plan = t.plan
	if err := writeJobFile(t.dir, t.jf); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	return nil
}
