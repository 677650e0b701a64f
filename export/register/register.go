// Package register records a published export in openBIS, once: whoever repeats
// this looks first, and where nobody can look, a call whose end is unknown is not
// repeated.
package register

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"zenobis/doi"
	"zenobis/export/failure"
	"zenobis/export/job"
	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo"
)

const (
	// openBIS goes on with a registration whose caller has died. It is looked for
	// this long before another one is begun.
	askingLasts = 2 * time.Minute
	lookEvery   = 10 * time.Second
)

// OpenBIS is what registering needs of openBIS; *openbis.Client implements it.
type OpenBIS interface {
	URL() string
	Publications(ctx context.Context, doi string) ([]openbis.Entity, error)
	PublicationsVisible(ctx context.Context, group string) (bool, error)
	Register(ctx context.Context, p openbis.Publication) error
	CreatePublication(ctx context.Context, p openbis.Publication, code string) (string, error)
}

// Registrar registers exports.
type Registrar struct {
	OpenBIS OpenBIS
	Now     func() time.Time
	Sleep   func(ctx context.Context, d time.Duration) error
	Waiting func(d time.Duration, why string) // told before a long wait; nil tells nobody
}

// Register registers an export that is held as the record rec. What fails is
// noted in the journal and may be tried again.
func (r Registrar) Register(ctx context.Context, h *job.Handle, rec zenodo.Record) error {
	p, err := publication(ctx, h, rec)
	if err != nil {
		return failure.Wrap("the publication can't be described", err)
	}
	w := &work{Registrar: r, h: h, p: p}
	if err = w.once(ctx); err == nil {
		return nil
	}
	const what = "the publication can't be registered in openBIS"
	switch status := failure.Of(err).ExitStatus(); {
	case ctx.Err() != nil:
		return failure.Wrap(what, err)
	case status == failure.StatusLogin:
		return failure.Wrap(what, err)
	}
	var f *failure.Error
	if !errors.As(err, &f) {
		f = &failure.Error{Kind: failure.Registration, What: what, Why: failure.Text(err), Err: err}
		if errors.Is(err, openbis.ErrNotFound) || errors.Is(err, openbis.ErrDenied) {
			f.Do = "ask your lab manager to look after the space and the collection of publications of openBIS, then run zenobis sync again"
		}
	}
	reason := failure.Text(f)
	if now := h.Status(); !now.Registered && now.Reason != reason {
		if e := h.Journal.Add(job.NotRegistered{Reason: reason, Perhaps: now.Asking}); e != nil {
			return failure.Wrap("the failure can't be noted", e)
		}
	}
	return f
}

// publication is what is registered: the record as it was published
// (docs/openbis-api.md, Registering a publication).
func publication(ctx context.Context, h *job.Handle, rec zenodo.Record) (openbis.Publication, error) {
	related, err := job.ReadRelated(ctx, h.Dir, h.File.Plan, h.Status().Lacking)
	if err != nil {
		return openbis.Publication{}, err
	}
	kind := "dataset"
	if rec.Metadata.ResourceType != nil && rec.Metadata.ResourceType.ID != "" {
		kind, _, _ = strings.Cut(rec.Metadata.ResourceType.ID, "-")
	}
	p := openbis.Publication{
		Name: rec.Metadata.Title, Description: rec.Metadata.Description, Organization: cmp.Or(h.File.Publisher, wire.ZenodoName), Type: kind,
		DOI: rec.DOI, URL: doi.Address(rec.DOI), Groups: h.File.Request.Groups,
		Related: related,
	}
	if rec.DOI == "" { // an instance without DOIs
		p.DOI, p.URL = rec.HTML, rec.HTML
	}
	return p, nil
}

// work is one registration.
type work struct {
	Registrar
	h *job.Handle
	p openbis.Publication
}

// nameFormer puts the publication of the version that this one replaces among the
// related identifiers, where it is registered and can be seen.
func (w *work) nameFormer(ctx context.Context) error {
	if w.h.File.Plan == nil || w.h.File.Plan.Version == nil || w.h.File.Plan.Version.DOI == "" {
		return nil
	}
	former, err := w.OpenBIS.Publications(ctx, w.h.File.Plan.Version.DOI)
	if err != nil {
		return err
	}
	for _, e := range former {
		if !slices.Contains(w.p.Related, e.PermID) {
			w.p.Related = append(w.p.Related, e.PermID)
		}
	}
	return nil
}

// once looks, registers and looks again.
func (w *work) once(ctx context.Context) error {
	found, err := w.OpenBIS.Publications(ctx, w.p.DOI)
	if err != nil {
		return err
	}
	if len(found) > 0 {
		return w.registered(found, "")
	}
	visible, err := w.visible(ctx)
	if err != nil {
		return err
	}
	if err := w.nameFormer(ctx); err != nil {
		return err
	}
	if st := w.h.Status(); st.Asking {
		if !visible {
			return &failure.Error{
				Kind: failure.Registration,
				What: "it is not known whether the publication was registered: the answer was lost, and the publications are not visible to you",
				Do:   "ask your lab manager to look for " + w.p.DOI + " among the publications",
			}
		}
		if found, err = w.await(ctx, st.AskedAt.Add(askingLasts)); err != nil {
			return err
		}
		if len(found) > 0 {
			return w.registered(found, "")
		}
	}
	return w.call(ctx, visible)
}

// await looks for what a call without an end may still be making.
func (w *work) await(ctx context.Context, until time.Time) ([]openbis.Entity, error) {
	left := min(until.Sub(w.Now()), askingLasts)
	if left > 0 && w.Waiting != nil {
		w.Waiting(left, "openBIS may still be registering the publication for a former call")
	}
	for ; left > 0; left -= lookEvery {
		if err := w.Sleep(ctx, min(left, lookEvery)); err != nil {
			return nil, err
		}
		if found, err := w.OpenBIS.Publications(ctx, w.p.DOI); err != nil || len(found) > 0 {
			return found, err
		}
	}
	return nil, nil
}

// call registers and notes what came of it.
func (w *work) call(ctx context.Context, visible bool) error {
	if err := w.h.Journal.Add(job.Registering{DOI: w.p.DOI}); err != nil {
		return err
	}
	err := w.OpenBIS.Register(ctx, w.p)
	if errors.Is(err, openbis.ErrNoService) {
		err = w.create(ctx)
	}
	if w.h.Status().Registered {
		return nil
	}
	if err == nil {
		return w.confirm(ctx, visible)
	}
	// A FAILED may have left the object behind, and a lost answer may have been
	// an OK.
	unknown := ctx.Err() != nil || errors.Is(err, openbis.ErrUnreachable) && !neverSent(err)
	if found, e := w.OpenBIS.Publications(ctx, w.p.DOI); e == nil && len(found) > 0 {
		return w.registered(found, "openBIS reported a failure although it made the object: "+failure.Text(err))
	} else if e != nil {
		unknown = unknown || !visible
	}
	if e := w.h.Journal.Add(job.NotRegistered{Reason: failure.Text(err), Perhaps: unknown}); e != nil {
		return e
	}
	return err
}

// visible reports whether the publications of all groups can be looked at.
func (w *work) visible(ctx context.Context) (bool, error) {
	groups := w.p.Groups
	if len(groups) == 0 {
		groups = []string{openbis.GeneralGroup}
	}
	for _, g := range groups {
		ok, err := w.OpenBIS.PublicationsVisible(ctx, g)
		if err != nil && !errors.Is(err, openbis.ErrDenied) && !errors.Is(err, openbis.ErrNotFound) {
			return false, err
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// confirm finds the object that the service has made; it names none.
func (w *work) confirm(ctx context.Context, visible bool) error {
	for n := 1; visible && n <= 3; n++ {
		found, err := w.OpenBIS.Publications(ctx, w.p.DOI)
		if err == nil && len(found) > 0 {
			return w.registered(found, "")
		}
		if err := w.Sleep(ctx, 2*time.Second); err != nil {
			break
		}
	}
	return w.registered(nil, "")
}

// registered notes the registration; without objects it is not confirmed.
func (w *work) registered(found []openbis.Entity, reason string) error {
	var ids []string
	for _, e := range found {
		ids = append(ids, e.PermID)
	}
	slices.Sort(ids)
	if reason == "" {
		if st := w.h.Status(); st.Reason != "" && !st.Failing {
			reason = st.Reason // such as another DOI than the packages name
		}
	}
	if want := max(1, len(w.p.Groups)); len(ids) > want {
		reason = strings.TrimPrefix(reason+fmt.Sprintf("; openBIS has %d publications with this DOI", len(ids)), "; ")
	}
	return w.h.Journal.Add(job.Registered{Objects: ids, Seen: len(ids) > 0, Reason: reason})
}

// create makes the object itself where the service is missing. Its code is made
// from the DOI, so that the server refuses a second one.
func (w *work) create(ctx context.Context) error {
	id, err := w.OpenBIS.CreatePublication(ctx, w.p, publicationCode(w.p.DOI))
	if errors.Is(err, openbis.ErrExists) {
		found, e := w.OpenBIS.Publications(ctx, w.p.DOI)
		if e != nil {
			return e
		}
		return w.registered(found, "")
	}
	if err != nil {
		return fmt.Errorf("publication-api is not installed, and the object can't be made: %w", err)
	}
	return w.registered([]openbis.Entity{{Ref: openbis.Ref{Kind: openbis.KindObject, PermID: id}}}, "")
}

var notCode = regexp.MustCompile(`[^A-Z0-9.\-]+`)

// publicationCode is a code that openBIS takes, one for each DOI.
func publicationCode(doi string) string {
	return "DOI_" + strings.Trim(notCode.ReplaceAllString(strings.ToUpper(doi), "_"), "_")
}

// neverSent reports a failure before the request could reach the server.
func neverSent(err error) bool {
	var op *net.OpError
	return errors.As(err, &op) && op.Op == "dial"
}
