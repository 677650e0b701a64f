package command

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/zenodo"
)

// jobs lists the exports, or prints a citation or the manifest of one.
func (c *run) jobs(ctx context.Context) (string, error) {
	eng := c.local()
	if len(c.inv.Args) == 0 {
		all, err := eng.Jobs()
		if len(all) == 0 && err == nil {
			c.out.note("No exports yet.")
		}
		for _, j := range all {
			c.jobEvent(j)
		}
		return "", err // what can't be read hides nothing else
	}
	id := c.inv.Args[0]
	job, err := eng.Job(id)
	if err != nil {
		return id, err
	}
	switch {
	case c.inv.Cite != "":
		text, err := cite(job, c.inv.Cite)
		if err != nil {
			return id, err
		}
		c.out.event("citation", "job", id, "format", c.inv.Cite, "text", text)
		if !c.inv.JSON {
			c.out.say("%s", text)
		}
	case c.inv.Manifest:
		return id, eng.Manifest(ctx, id, func(l export.ManifestLine) error {
			c.out.event("file", "job", id, "perm_id", l.DataSet, "path", l.Path, "bytes", l.Size, "crc32", fmt.Sprintf("%08x", l.CRC), "sha256", orNull(l.SHA256))
			if !c.inv.JSON {
				c.out.say("%s\t%s\t%d\t%08x\t%s", l.DataSet, safetext.Line(l.Path), l.Size, l.CRC, l.SHA256)
			}
			return nil
		})
	default:
		c.jobEvent(job)
	}
	return id, nil
}

// jobEvent prints one export.
func (c *run) jobEvent(j export.Job) {
	keys := []any{"job", j.ID, "title", j.Title, "state", j.State, "id", orNull(j.RecordID), "url", orNull(j.URL), "doi", orNull(j.DOI),
		"created", timeOrNull(j.Created), "updated", timeOrNull(j.Updated), "looked", timeOrNull(j.Looked), "running", j.Running, "reason", orNull(j.Reason)}
	if j.State == export.StateRegistered {
		keys = append(keys, "openbis_objects", orEmpty(j.Objects))
	}
	c.out.event("job", keys...)
	if c.inv.JSON {
		return
	}
	line := fmt.Sprintf("%s  %-11s  %s", j.ID, j.State, safetext.Line(j.Title))
	for _, s := range []string{j.URL, doiAddress(j), registered(j), j.Reason} {
		if s != "" {
			line += "\n    " + safetext.Line(s)
		}
	}
	if !j.Looked.IsZero() && !j.State.Settled() {
		line += "\n    looked at " + j.Looked.Local().Format("2006-01-02 15:04")
	}
	c.out.say("%s", line)
}

func doiAddress(j export.Job) string {
	if j.DOI == "" {
		return ""
	}
	if j.State == export.StatePublished || j.State == export.StateRegistered {
		return "https://doi.org/" + j.DOI
	}
	return "reserved DOI " + j.DOI
}

func registered(j export.Job) string {
	switch {
	case j.State != export.StateRegistered:
		return ""
	case len(j.Objects) == 0:
		return "registered in openBIS, not confirmed: the publications collection is not visible to you"
	}
	return fmt.Sprintf("registered in openBIS: %v", j.Objects)
}

// sync looks at every draft not yet settled and registers what was published.
func (c *run) sync(ctx context.Context) (string, error) {
	id := ""
	if len(c.inv.Args) > 0 {
		id = c.inv.Args[0]
		if _, err := c.local().Job(id); err != nil {
			return id, err
		}
	}
	for first := true; ; first = false {
		open, err := c.syncOnce(ctx, id, first)
		if err != nil && (!c.inv.Watch || first || ctx.Err() != nil) {
			return id, err
		}
		if err != nil {
			c.fail(id, err) // told, and tried again at the next round
		}
		if !c.inv.Watch || (open == 0 && err == nil) {
			return id, nil
		}
		select {
		case <-ctx.Done():
			return id, &failure.Error{Kind: failure.Interrupted, What: "watching the drafts was interrupted", Do: "zenobis sync looks again"}
		case <-time.After(time.Minute):
		}
	}
}

// syncOnce looks once; it logs in only if something is to be registered.
func (c *run) syncOnce(ctx context.Context, id string, first bool) (open int, err error) {
	before, unread := c.local().Jobs()
	if len(before) == 0 && unread != nil {
		return 0, unread
	}
	unsettled := map[string]export.State{}
	servers := map[string]bool{}
	for _, j := range before {
		if !j.State.Settled() && (id == "" || j.ID == id) {
			unsettled[j.ID] = j.State
			servers[j.Zenodo] = true
		}
	}
	if len(unsettled) == 0 {
		c.out.note("Nothing to do.")
		return 0, unread
	}
	errs := []error{unread}
	for _, address := range slices.Sorted(maps.Keys(servers)) {
		errs = append(errs, c.look(ctx, address, id))
	}
	after, _ := c.local().Jobs() // what can't be read is told already
	for _, j := range after {
		was, ok := unsettled[j.ID]
		if !ok {
			continue
		}
		if !j.State.Settled() {
			open++
		}
		if first || was != j.State {
			c.jobEvent(j)
		}
	}
	return open, errors.Join(errs...)
}

// look looks at the drafts on one Zenodo and registers those published since.
func (c *run) look(ctx context.Context, address, id string) error {
	z, err := c.Settings.Looker(ctx, address)
	if err != nil {
		return err
	}
	looked, err := c.Settings.Engine(z).Sync(ctx, id)
	published := map[string][]string{} // by openBIS
	for _, j := range looked {
		if j.State == export.StatePublished && j.Zenodo == z.URL() {
			published[j.OpenBIS] = append(published[j.OpenBIS], j.ID)
		}
	}
	errs := []error{err}
	for openBIS, jobs := range published {
		errs = append(errs, c.register(ctx, openBIS, z, jobs))
	}
	return errors.Join(errs...)
}

// register logs in at one openBIS and registers what was published from it.
func (c *run) register(ctx context.Context, address string, z *zenodo.Client, jobs []string) error {
	s, err := c.open(ctx, address)
	if err != nil {
		return fmt.Errorf("register the publication in openBIS: %w", err)
	}
	defer s.Close(ctx)
	eng := s.EngineWith(z)
	var errs []error
	for _, id := range jobs {
		_, err := eng.Sync(ctx, id)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// verify compares what lies on Zenodo with what was sent.
func (c *run) verify(ctx context.Context) (string, error) {
	what := c.inv.Args[0]
	var s *session.Session
	eng := c.local()
	address := ""
	if job, err := eng.Job(what); err == nil {
		if err := c.Settings.TargetOf(job); err != nil {
			return what, err
		}
		address = job.OpenBIS
	}
	token, err := c.Settings.ZenodoToken(ctx, nil)
	needLogin := c.inv.Deep || errors.Is(err, session.ErrNoToken)
	if needLogin {
		var loginErr error
		if s, loginErr = c.open(ctx, address); loginErr == nil {
			defer s.Close(ctx)
			if t, err := c.Settings.ZenodoToken(ctx, s.Client); err == nil {
				token = t
			}
		} else if c.inv.Deep { // else a published record can be looked at without
			return what, loginErr
		}
	} else if err != nil {
		return what, err
	}
	z, err := c.Settings.Zenodo(token.Value)
	if err != nil {
		return what, err
	}
	if eng = c.Settings.Engine(z); s != nil {
		eng = s.EngineWith(z)
	}
	bad := 0
	err = eng.Verify(ctx, what, c.inv.Deep, func(v export.Verified) error {
		c.out.event("verified", "package", v.Package, "file", v.File, "ok", v.OK, "message", v.Message)
		if !v.OK {
			bad++
		}
		if !c.inv.JSON && (!v.OK || !c.out.quiet) {
			mark := "ok    "
			if !v.OK {
				mark = "FAILED"
			}
			c.out.say("%s  %s  %s", mark, safetext.Line(joinPath(v.Package, v.File)), safetext.Line(v.Message))
		}
		return nil
	})
	if err != nil {
		return what, err
	}
	c.verified(eng, what, bad)
	if bad > 0 {
		return what, fmt.Errorf("%d of the files differ from what was sent", bad)
	}
	c.out.note("Everything is as it was sent.")
	return what, nil
}

// verified prints the end of a comparison, with the keys of every done event.
func (c *run) verified(eng *export.Engine, what string, bad int) {
	var of export.Job
	jobs, _ := eng.Jobs()
	for _, j := range jobs {
		if j.ID == what || j.DOI != "" && strings.HasSuffix(strings.ToLower(what), strings.ToLower(j.DOI)) {
			of = j
			break
		}
	}
	var bytes any
	if of.Plan != nil {
		bytes = of.Plan.Bytes
	} else if of.ID == "" {
		of.DOI = what[max(strings.Index(what, "10."), 0):]
	}
	c.out.event("done", "job", of.ID, "id", orNull(of.RecordID), "url", orNull(of.URL), "doi", orNull(of.DOI), "bytes", bytes, "failed", bad)
}

func joinPath(pkg, file string) string {
	if file == "" {
		return pkg
	}
	return pkg + ": " + file
}
