package export

import (
	"context"
	"errors"
	"fmt"
	"net"
	"regexp"
	"slices"
	"strings"
	"time"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/zenodo"
)

// generalGroup is the group of a server without groups.
const generalGroup = "GENERAL"

// register records a published export in openBIS, once: whoever repeats this
// looks first, and where nobody can look a call whose end is unknown is not
// repeated.
func (w *work) register(ctx context.Context) error {
	st := w.j.look()
	state, rec, err := w.e.o.Zenodo.State(ctx, st.ID)
	if err != nil {
		return failure.Wrap("read the published record", err)
	}
	if state != zenodo.StatePublished {
		return nil // a moment ago it was; the next look will tell
	}
	if w.jf.OpenBIS != w.e.o.OpenBIS.URL() {
		return nil // this login is for another openBIS
	}
	p, err := w.publication(rec)
	if err != nil {
		return failure.Wrap("the publication can't be described", err)
	}
	err = w.asking(ctx, func() error { return w.registerOnce(ctx, p) })
	if err == nil {
		return nil
	}
	if failure.Of(err).ExitStatus() == failure.StatusLogin || ctx.Err() != nil {
		return failure.Wrap("the publication can't be registered in openBIS", err)
	}
	if failure.Of(err).ExitStatus() != failure.StatusFailed {
		err = failure.Mark(failure.Registration, err) // such as a space that is not there: nothing of it is the caller's doing
	}
	f := failure.Wrap("the publication can't be registered in openBIS", err)
	reason := failure.Text(f)
	if now := w.j.look(); !now.Registered && now.Reason != reason {
		if e := w.j.add(stepUnregistered, func(x *entry) { x.Reason, x.Confirm = reason, now.Asking }); e != nil {
			return failure.Wrap("the failure can't be noted", e)
		}
	}
	return f
}

// asking makes calls to openBIS, with a renewed session if need be.
func (w *work) asking(ctx context.Context, f func() error) error {
	err := f()
	if !errors.Is(err, openbis.ErrSession) {
		return err
	}
	if w.e.o.Renew == nil {
		return sessionEnded(err)
	}
	if e := w.e.o.Renew(ctx); e != nil {
		return sessionEnded(e)
	}
	if err = f(); errors.Is(err, openbis.ErrSession) {
		return sessionEnded(err)
	}
	return err
}

// publication is what is registered: the record as it was published (reference
// openbis-zenodo-export.md 5.3).
func (w *work) publication(rec zenodo.Record) (openbis.Publication, error) {
	r, err := readRelated(w.dir)
	if err != nil {
		return openbis.Publication{}, err
	}
	kind := "dataset"
	if rec.Metadata.ResourceType != nil && rec.Metadata.ResourceType.ID != "" {
		kind, _, _ = strings.Cut(rec.Metadata.ResourceType.ID, "-")
	}
	org := w.jf.Publisher
	if org == "" {
		org = "Zenodo"
	}
	p := openbis.Publication{
		Name: rec.Metadata.Title, Description: rec.Metadata.Description, Organization: org, Type: kind,
		DOI: rec.DOI, URL: "https://doi.org/" + rec.DOI, Related: r.Related, Groups: w.jf.Request.Groups,
	}
	if rec.DOI == "" { // an instance without DOIs
		p.DOI, p.URL = rec.HTML, rec.HTML
	}
	return p, nil
}

// registerOnce looks, registers and looks again.
func (w *work) registerOnce(ctx context.Context, p openbis.Publication) error {
	ob := w.e.o.OpenBIS
	found, err := ob.Publications(ctx, p.DOI)
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
	if w.j.look().Asking && !visible {
		return &failure.Error{
			What: "it is not known whether the publication was registered: the answer was lost, and the publications are not visible to you",
			Do:   "ask your lab manager to look for " + p.DOI + " among the publications", Kind: failure.Registration,
		}
	}
	if err := w.j.add(stepRegistering, func(e *entry) { e.DOI = p.DOI }); err != nil {
		return err
	}
	err = ob.Register(ctx, p)
	if errors.Is(err, openbis.ErrNoService) {
		err = w.create(ctx, p)
	}
	if w.j.look().Registered {
		return nil
	}
	if err == nil {
		return w.confirmPublication(ctx, p, visible)
	}
	// A FAILED may have left the object behind, and a lost answer may have been
	// an OK.
	unknown := ctx.Err() != nil || errors.Is(err, openbis.ErrUnreachable) && !neverSent(err)
	if found, e := ob.Publications(ctx, p.DOI); e == nil && len(found) > 0 {
		return w.registered(found, "openBIS reported a failure although it made the object: "+failure.Text(err))
	} else if e != nil {
		unknown = unknown || !visible
	}
	reason := failure.Text(err)
	if e := w.j.add(stepUnregistered, func(x *entry) { x.Reason, x.Confirm = reason, unknown }); e != nil {
		return e
	}
	return err
}

// visible reports whether the publications of all groups can be looked at.
func (w *work) visible(ctx context.Context) (bool, error) {
	groups := w.jf.Request.Groups
	if len(groups) == 0 {
		groups = []string{generalGroup}
	}
	for _, g := range groups {
		ok, err := w.e.o.OpenBIS.PublicationsVisible(ctx, g)
		if err != nil && !errors.Is(err, openbis.ErrDenied) && !errors.Is(err, openbis.ErrNotFound) {
			return false, err
		}
		if !ok {
			return false, nil
		}
	}
	return true, nil
}

// confirmPublication finds the object that the service has made; it names none.
func (w *work) confirmPublication(ctx context.Context, p openbis.Publication, visible bool) error {
	for n := 1; visible && n <= 3; n++ {
		found, err := w.e.o.OpenBIS.Publications(ctx, p.DOI)
		if err == nil && len(found) > 0 {
			return w.registered(found, "")
		}
		if err := w.e.o.Sleep(ctx, 2*time.Second); err != nil {
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
		if st := w.j.look(); st.Reason != "" && !st.Failing {
			reason = st.Reason // such as another DOI than the packages name
		}
	}
	if want := max(1, len(w.jf.Request.Groups)); len(ids) > want {
		reason = strings.TrimPrefix(reason+fmt.Sprintf("; openBIS has %d publications with this DOI", len(ids)), "; ")
	}
	return w.j.add(stepRegistered, func(e *entry) { e.Objects, e.Confirm, e.Reason = ids, len(ids) > 0, reason })
}

// create makes the object itself where the service is missing. Its code is made
// from the DOI, so that the server refuses a second one.
func (w *work) create(ctx context.Context, p openbis.Publication) error {
	id, err := w.e.o.OpenBIS.CreatePublication(ctx, p, publicationCode(p.DOI))
	if errors.Is(err, openbis.ErrExists) {
		found, e := w.e.o.OpenBIS.Publications(ctx, p.DOI)
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
