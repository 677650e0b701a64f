package plan

import (
	"maps"
	"slices"
	"strings"

	"zenobis/crate"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/openbis"
)

// privacy prepares the look at what would be published: the user ids that were
// met and what the caller knows, of which names with a dot are hosts.
func (r *planning) privacy() *crate.Look {
	k := crate.Known{UserIDs: slices.Sorted(maps.Keys(r.known))}
	for _, s := range r.Known {
		if strings.Contains(s, ".") {
			k.Domains = append(k.Domains, s)
		} else {
			k.UserIDs = append(k.UserIDs, s)
		}
	}
	return crate.NewLook(k)
}

// lookAtMetadata looks at what the user typed.
func (r *planning) lookAtMetadata(l *crate.Look) {
	m := r.req.Metadata
	for _, f := range slices.Concat(
		l.Text("title", m.Title), l.Text("description", m.Description), l.Text("notes", m.Notes),
		l.Text("keywords", strings.Join(m.Keywords, " ")),
	) {
		r.findings = append(r.findings, job.Finding{Kind: f.Kind, Where: f.Where, Sample: f.Sample})
	}
}

// look notes what is private in an entity's texts.
func (r *planning) look(l *crate.Look, e *openbis.Entity) {
	var t *openbis.EntityType
	if found, ok := r.types[snapshot.TypeKey(e.Kind, e.Type)]; ok {
		t = &found
	}
	for _, f := range l.Entity(e, t) {
		if len(r.findings) < maxListed {
			r.findings = append(r.findings, job.Finding{Kind: f.Kind, Where: f.Where, Sample: f.Sample})
		}
	}
}
