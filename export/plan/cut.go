package plan

import (
	"cmp"
	"context"
	"fmt"
	"unicode/utf8"

	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/shape"
	"zenobis/wire"
	"zenobis/zenodo"
)

const (
	// listsWritten is up to how many record files a plan above the limit is
	// worked out in full, so that its packages and bytes are exact.
	listsWritten = 1000

	otherLayout = "take the layout per-dataset or single"
)

// cut chooses the layout, writes the packages' lists, computes their lengths
// and holds them against the limits.
func (r *planning) cut(ctx context.Context) (*job.Plan, error) {
	r.progress("packages", 0)
	sets, files, entities := 0, 0, 0
	var bytes int64
	pages := false
	for _, it := range r.idx.all() {
		if it.in {
			entities++
			pages = pages || (it.paged && byRank[it.rank] != openbis.KindDataSet)
		}
		if it.files > 0 {
			sets++
			files += int(it.files)
			bytes += it.bytes
		}
	}
	layout := r.chooseLayout(files, r.filled, bytes)
	if layout == shape.LayoutFiles && r.Limits.Files > 0 && r.filled+besides > max(r.Limits.Files, listsWritten) {
		// Said before thousands of lists are written.
		plan := r.summary(layout, entities, sets)
		plan.Files, plan.Bytes = files, bytes
		return plan, &LimitError{What: "files", Have: int64(r.filled + besides), Max: int64(r.Limits.Files),
			Hint: otherLayout}
	}
	c := &cutter{r: r}
	if err := c.cutInto(ctx, layout); err != nil {
		return nil, err
	}
	if r.req.Crate == shape.ELN {
		if err := fitsELN(c.members+len(c.generated()), bytes); err != nil {
			plan := r.summary(layout, entities, sets)
			plan.Files, plan.Bytes = files, bytes
			return plan, err
		}
		if files > manyForELN {
			r.notes = append(
				r.notes,
				fmt.Sprintf("an .eln is meant for entries, not for a whole space: with %s files other ELNs take minutes to import it",
					human.Number(files)),
			)
		}
	}
	r.idx = nil // the writers of the crate need the room
	facts := snapshot.Facts{
		Publisher: cmp.Or(r.Publisher, wire.ZenodoName), PublisherURL: r.PublisherURL, Generator: "zenobis " + cmp.Or(r.Version, "dev"),
		ExportedBy: r.ExportedBy, ExportedByID: r.ExportedByID, License: r.License.Or(record.LicenseOf(r.req.Metadata.License)),
	}
	if r.req.ShowSource {
		facts.Source = r.SourceURL
	}
	s, err := snapshot.Create(r.dir, snapshot.Contents{
		Plan: *r.summary(layout, entities, sets), Request: r.req, Packs: c.packs, Stores: r.stores, Latest: r.latest.UTC(), Facts: facts,
	}, r.used)
	if err != nil {
		return nil, err
	}
	r.progress("packages", len(c.packs))
	plan := s.Plan()
	if files == 0 && !pages {
		return plan, fmt.Errorf("%w: %s", ErrNothing, r.whyNothing())
	}
	return plan, r.check(plan)
}

// What importers of .eln take: one of them opens no archive with more members or
// of more bytes, another one searches the whole graph for each of its nodes.
const (
	maxELNMembers = 10_000
	maxELNBytes   = 4 << 30
	manyForELN    = 2000
)

// fitsELN holds an .eln against what importers take.
func fitsELN(members int, bytes int64) error {
	const hint = "take the crate ro-crate, or select fewer entries"
	switch {
	case members > maxELNMembers:
		return &LimitError{What: "members", Have: int64(members), Max: maxELNMembers, Hint: hint}
	case bytes > maxELNBytes:
		return &LimitError{What: "eln", Have: bytes, Max: maxELNBytes, Hint: hint}
	}
	return nil
}

func (r *planning) summary(layout shape.Layout, entities, sets int) *job.Plan {
	return &job.Plan{
		Entities: entities, DataSets: sets, Layout: layout, Omitted: r.omissions(),
		Gaps: r.gaps, Findings: r.findings, Published: r.published, LongPaths: r.long,
		Limits: r.Limits, Notes: r.notes, Roots: r.roots, Unarchive: r.unarchive, Created: r.Now.UTC(),
		Collected: r.registered.String(), Version: r.Follows,
	}
}

// whyNothing says why nothing of the selection can be sent.
func (r *planning) whyNothing() string {
	list := r.omissions()
	if len(list) == 0 {
		return "the selection holds neither pages nor data"
	}
	text := fmt.Sprintf("%s %s: %s", list[0].Entity.Kind, safetext.Quote(label(list[0].Entity)), list[0].Message)
	if len(list) > 1 {
		text += fmt.Sprintf(" (and %d more)", len(list)-1)
	}
	return text
}

// check holds the plan against the limits.
func (r *planning) check(p *job.Plan) error {
	narrower := "export less, or make a second record"
	if r.req.MaxBytes > 0 && p.Bytes > r.req.MaxBytes {
		return &LimitError{What: "bytes", Have: p.Bytes, Max: r.req.MaxBytes, Lab: true, Hint: narrower}
	}
	if r.Limits.Bytes > 0 && p.Bytes > r.Limits.Bytes {
		hint := narrower
		if r.Kind == zenodo.KindZenodo && p.Bytes <= maxQuota {
			hint = "raise the record's quota yourself on its page at Zenodo (up to 200 GB), or " + narrower
		}
		return &LimitError{What: "bytes", Have: p.Bytes, Max: r.Limits.Bytes, Hint: hint}
	}
	if r.Limits.Files > 0 && len(p.Packages) > r.Limits.Files {
		hint := otherLayout
		if p.Layout != shape.LayoutFiles {
			hint = "take the layout single, or " + narrower
		}
		return &LimitError{What: "files", Have: int64(len(p.Packages)), Max: int64(r.Limits.Files), Hint: hint}
	}
	for _, k := range p.Packages {
		if n := utf8.RuneCountInString(k.Name); n > zenodo.MaxKey {
			return &LimitError{What: "key", Have: int64(n), Max: zenodo.MaxKey, Hint: "take the layout single"}
		}
		if k.Bytes == 0 {
			return fmt.Errorf("record file %s would be empty, which the server refuses", safetext.Quote(k.Name))
		}
	}
	return nil
}
