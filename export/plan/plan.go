package plan

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/page"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
)

// Bounds of a plan.
const (
	unsplit   = 1 << 60         // bytes of a part that nothing exceeds
	maxListed = 1000            // gaps, findings and the like that a plan keeps
	maxQuota  = 200_000_000_000 // bytes a record may have with all of a user's own extra quota
)

// planning is one run of a Planner.
type planning struct {
	*Planner
	req        job.Request
	dir        string // of the snapshot
	idx        *index
	spool      *snapshot.Spool // entities and page lists, for planning only
	names      *names.Tree
	types      map[string]openbis.EntityType
	used       map[string]openbis.EntityType // those that occur
	latest     time.Time                     // of all modifications: the time of generated files
	registered record.Period                 // all registrations

	heldBy
	contents
	scrutiny

	roots     []openbis.Ref
	omitted   map[string]omission.Entry
	before    func() (map[string]string, error) // DOIs of former publications, by permId
	published []job.Published
	gaps      []string
	long      []string
	notes     []string // on the plan as a whole
}

// Plan resolves the request against openBIS once and writes the snapshot to
// dir/plan, which it creates. Nothing is sent. Where a limit is exceeded, the
// plan comes together with a *LimitError, and where nothing can be sent with
// ErrNothing; other errors come alone.
func (p *Planner) Plan(ctx context.Context, req job.Request, dir string) (*job.Plan, error) {
	req, err := p.complete(req)
	if err != nil {
		return nil, err
	}
	tree := names.NewTree(page.Extensions())
	if req.Crate == shape.ELN {
		tree = names.NewELN()
	}
	r := &planning{
		Planner: p, req: req, dir: snapshot.Folder(dir),
		idx: newIndex(), names: tree,
		types: map[string]openbis.EntityType{}, omitted: map[string]omission.Entry{},
		heldBy:   heldBy{held: map[key]openbis.Ref{}, likely: map[key]bool{}},
		contents: contents{noData: map[int32]string{}, storeAt: map[string]int{}, parts: map[int32][]int32{}},
		scrutiny: scrutiny{known: map[string]bool{}},
	}
	if err := os.RemoveAll(r.dir); err != nil { // what an earlier plan left
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	if err := os.MkdirAll(r.dir, 0o700); err != nil {
		return nil, fmt.Errorf("create snapshot: %w", err)
	}
	if r.spool, err = snapshot.NewSpool(filepath.Join(r.dir, "spool.tmp")); err != nil {
		return nil, err
	}
	defer func() {
		r.spool.Close()
		os.Remove(filepath.Join(r.dir, "spool.tmp"))
		os.Remove(filepath.Join(r.dir, "files.tmp"))
	}()
	for _, step := range []func(context.Context) error{
		r.readEntities, r.beginLook, r.readHolders, r.place, r.listFiles, r.render,
	} {
		if err := step(ctx); err != nil {
			return nil, err
		}
	}
	return r.cut(ctx)
}

// complete fills the defaults in and refuses what does not go together.
func (p *Planner) complete(req job.Request) (job.Request, error) {
	req.Layout = cmp.Or(req.Layout, shape.Layouts()[0])
	req.Crate = cmp.Or(req.Crate, shape.Crates()[0])
	if len(req.Pages) == 0 {
		req.Pages = shape.DefaultFormats()
	}
	_, err := shape.ParseLayout(string(req.Layout))
	for _, f := range req.Pages {
		if err == nil {
			_, err = shape.ParseFormat(string(f))
		}
	}
	if err == nil {
		_, err = shape.ParseCrate(string(req.Crate))
	}
	if err != nil {
		return req, fmt.Errorf("%w: %w", ErrRequest, err)
	}
	switch {
	case req.Crate == shape.ELN && req.Layout == shape.LayoutAuto:
		req.Layout = shape.LayoutSingle
	case req.Crate == shape.ELN && req.Layout != shape.LayoutSingle:
		return req, fmt.Errorf("%w: crate eln goes with layout single", ErrRequest)
	}
	if req.PartSize <= 0 {
		req.PartSize = unsplit
	}
	req.Metadata.Date = cmp.Or(req.Metadata.Date, p.Now.UTC().Format(time.DateOnly))
	if req.Selection.Empty() {
		// Naming files of a data set is enough to mean it.
		rules := slices.Clone(req.Selection.Rules)
		for _, f := range req.Selection.Files {
			rules = append(rules, selection.Rule{Mode: selection.All, Kind: openbis.KindDataSet, PermID: f.DataSet, Label: f.DataSet})
		}
		req.Selection.Rules = rules
	}
	if req.Selection.Empty() {
		return req, fmt.Errorf("%w: nothing is selected", ErrNothing)
	}
	return req, nil
}

func (r *planning) progress(stage string, n int) {
	if r.Progress != nil {
		r.Progress(stage, n)
	}
}

// readTypes asks for the types of all kinds at once.
func (r *planning) readTypes(ctx context.Context) error {
	kinds := []openbis.Kind{openbis.KindCollection, openbis.KindObject, openbis.KindDataSet}
	got := make([]map[string]openbis.EntityType, len(kinds))
	var g errgroup.Group
	for i, kind := range kinds {
		g.Go(func() (err error) {
			if got[i], err = r.Catalog.Types(ctx, kind); err != nil {
				return fmt.Errorf("read the types of %ss: %w", kind, err)
			}
			return nil
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	for i, kind := range kinds {
		for code, t := range got[i] {
			r.types[snapshot.TypeKey(kind, code)] = t
		}
	}
	return nil
}

// readEntities goes through the selection. What does not hang on it is asked for
// beside its first calls.
func (r *planning) readEntities(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var beside errgroup.Group
	beside.Go(func() error { return r.readTypes(ctx) })
	if r.PublishedBefore == nil {
		r.before = func() (map[string]string, error) { return nil, nil }
	} else {
		r.before = sync.OnceValues(func() (map[string]string, error) { return r.PublishedBefore(ctx) })
	}
	beside.Go(func() error {
		_, err := r.before()
		return err
	})
	w := &walker{
		cat: r.Catalog, req: r.req, idx: r.idx, apart: fewApart, types: r.types,
		rules: selection.NewRules(r.req.Selection.Rules), emit: r.keep, omit: r.omit,
		step: func(n int) { r.progress("entities", n) },
	}
	w.ready = beside.Wait
	var err error
	if r.roots, err = w.walk(ctx); err != nil {
		cancel()
		_ = beside.Wait() // nothing is left running
		return err
	}
	if err := beside.Wait(); err != nil {
		return err
	}
	if w.outside != nil {
		r.read = w.outside.holders
	}
	r.progress("entities", w.count)
	if r.idx.len() == 0 {
		return fmt.Errorf("%w: nothing of the selection exists, or you may not see it", ErrNothing)
	}
	return nil
}

// keep puts an entity into the spool and into the index.
func (r *planning) keep(e *openbis.Entity) error {
	for _, p := range []*openbis.Person{e.Registrator, e.Modifier} {
		if p != nil && p.UserID != "" {
			r.known[p.UserID] = true
		}
	}
	before, err := r.before()
	if err != nil {
		return err
	}
	if doi, ok := before[e.PermID]; ok && len(r.published) < maxListed {
		r.published = append(r.published, job.Published{Entity: e.Ref, DOI: doi})
	}
	r.registered.Add(e.Registered)
	if t := changed(e); t.After(r.latest) {
		r.latest = t
	}
	return r.addItem(e, true)
}

// changed is when an entity was last changed, as far as openBIS tells.
func changed(e *openbis.Entity) time.Time {
	if e.Modified.IsZero() {
		return e.Registered
	}
	return e.Modified
}

func (r *planning) addItem(e *openbis.Entity, in bool) error {
	stored := *e
	stored.Registrator, stored.Modifier = nameOnly(e.Registrator), nameOnly(e.Modifier)
	stored.Parents, stored.Children = sortRefs(e.Parents), sortRefs(e.Children)
	stored.Components, stored.Containers = sortRefs(e.Components), sortRefs(e.Containers)
	stored.Tags = slices.Sorted(slices.Values(e.Tags))
	at, err := r.spool.AddJSON(&stored)
	if err != nil {
		return err
	}
	it := item{key: keyOf(e.Ref), at: pack32(at), in: in}
	ident := cmp.Or(e.Identifier, e.PermID)
	if e.Kind == openbis.KindDataSet || ident == it.permID {
		ident = ""
	}
	var above key
	if holder, ok := holderOf(e); ok {
		above = keyOf(holder)
		r.hold(e, holder)
	}
	r.idx.add(it, ident, above)
	return nil
}

// nameOnly drops what may not get into a package.
func nameOnly(p *openbis.Person) *openbis.Person {
	if p == nil {
		return nil
	}
	return &openbis.Person{FirstName: p.FirstName, LastName: p.LastName}
}

// holderOf tells what holds an entity in the tree.
func holderOf(e *openbis.Entity) (openbis.Ref, bool) {
	if e.Kind == openbis.KindSpace {
		return openbis.Ref{}, false
	}
	if e.Kind == openbis.KindDataSet && e.ObjectRef != nil {
		return *e.ObjectRef, true
	}
	if (e.Kind == openbis.KindDataSet || e.Kind == openbis.KindObject) && e.CollRef != nil {
		return *e.CollRef, true
	}
	if e.Kind != openbis.KindProject && e.ProjectRef != nil {
		return *e.ProjectRef, true
	}
	if s := spaceOf(e); s != "" {
		return openbis.Ref{Kind: openbis.KindSpace, PermID: s, Code: s, Identifier: "/" + s}, true
	}
	return openbis.Ref{}, false
}

// place orders the entities and gives each its place in the tree.
func (r *planning) place(ctx context.Context) error {
	r.idx.sort()
	for _, it := range r.idx.all() {
		var e openbis.Entity
		if err := r.spool.GetJSON(it.at.span(), &e); err != nil {
			return err
		}
		var above names.Place
		if it.above >= 0 {
			up := r.idx.at(it.above)
			above = names.Place{Folder: r.idx.folder(up), Page: r.idx.page(up)}
		}
		at := r.names.Place(&e, above)
		r.idx.settle(it, at.Folder)
		it.paged = at.Page != ""
		it.within = it.paged && at.Page != at.Folder
	}
	return ctx.Err()
}

func (r *planning) omit(o omission.Entry) {
	k := fmt.Sprintf("%d\x00%s\x00%s\x00%s", rank[o.Entity.Kind], label(o.Entity), o.Entity.PermID, o.File)
	if have, ok := r.omitted[k]; !ok || have.Message < o.Message {
		r.omitted[k] = o
	}
}

func (r *planning) omissions() []omission.Entry {
	list := make([]omission.Entry, 0, len(r.omitted))
	for _, k := range slices.Sorted(maps.Keys(r.omitted)) {
		list = append(list, r.omitted[k])
	}
	return list
}

// fatal reports whether an error ends planning and is not about one data set.
func fatal(ctx context.Context, err error) bool {
	return ctx.Err() != nil || openbis.NoVerdict(err)
}
