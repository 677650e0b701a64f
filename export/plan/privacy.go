package plan

import (
	"context"
	"maps"
	"path"
	"slices"
	"strings"

	"zenobis/crate"
	"zenobis/export/snapshot"
	"zenobis/openbis"
)

// scrutiny is the look at what must not be published.
type scrutiny struct {
	private   *crate.Scan
	typesSeen map[string]bool // by it
	known     map[string]bool // user ids that were seen
	watched   []string        // words that it looks for, folded
	looked    string          // folder of the file path that was looked at last
	findings  []crate.Finding
}

// privacy prepares the look at what would be published: the user ids that were
// met and what the caller knows, of which names with a dot are hosts.
func (r *planning) privacy() *crate.Scan {
	k := crate.Known{UserIDs: slices.Sorted(maps.Keys(r.known))}
	for _, s := range r.Known {
		if strings.Contains(s, ".") {
			k.Domains = append(k.Domains, s)
		} else {
			k.UserIDs = append(k.UserIDs, s)
		}
	}
	return crate.NewScan(k)
}

// beginLook begins the look with what the user typed; who is known by then must not
// be found in any text.
func (r *planning) beginLook(context.Context) error {
	r.private, r.typesSeen = r.privacy(), map[string]bool{}
	for _, w := range slices.Concat(slices.Sorted(maps.Keys(r.known)), r.Known) {
		if len(w) >= 3 {
			r.watched = append(r.watched, strings.ToLower(w))
		}
	}
	r.lookAtMetadata()
	return nil
}

// found keeps findings, the first of them.
func (r *planning) found(list []crate.Finding) {
	for _, f := range list {
		if len(r.findings) < maxListed {
			r.findings = append(r.findings, f)
		}
	}
}

// lookAtMetadata looks at what the user typed. The names and identifiers of people
// are meant to be read.
func (r *planning) lookAtMetadata() {
	m := r.req.Metadata
	for _, t := range [][2]string{
		{"title", m.Title}, {"description", m.Description}, {"notes", m.Notes},
		{"keywords", strings.Join(m.Keywords, " ")}, {"version", m.Version},
	} {
		r.found(r.private.Text(t[0], t[1]))
	}
	for _, w := range m.Related {
		r.found(r.private.Text("related works", w.Identifier))
	}
	for _, g := range m.Funding {
		r.found(r.private.Text("funding", strings.Join([]string{g.FunderName, g.Award, g.AwardTitle}, "\n")))
	}
	for _, a := range slices.Concat(m.Creators, m.Contribs) {
		for _, f := range a.Affiliations {
			r.found(r.private.Text("affiliations", f.Name))
		}
	}
}

// scan notes what is private in an entity's texts.
func (r *planning) scan(e *openbis.Entity) {
	var t *openbis.EntityType
	key := snapshot.TypeKey(e.Kind, e.Type)
	if found, ok := r.types[key]; ok {
		t = &found
		if !r.typesSeen[key] {
			r.typesSeen[key] = true
			r.found(r.private.Type(t))
		}
	}
	r.found(r.private.Entity(e, t))
}

// scanHolder looks at what pages say of something that holds a part of the
// export without being one.
func (r *planning) scanHolder(e *openbis.Entity) {
	r.found(r.private.Text(label(e.Ref)+", name", e.Name))
}

// remarkable reports whether a path is worth the whole look: there may be a million
// of them.
func (r *planning) remarkable(name string) bool {
	if strings.ContainsAny(name, "@:$") || strings.Count(name, ".") >= 3 || len(path.Base(name)) >= 40 {
		return true
	}
	low := strings.ToLower(name)
	return slices.ContainsFunc(r.watched, func(w string) bool { return strings.Contains(low, w) })
}

// lookAtPath looks at the name of a data file, and at its folder when that is
// another one than before.
func (r *planning) lookAtPath(e *openbis.Entity, file string) {
	if len(r.findings) >= maxListed {
		return
	}
	folder, name := path.Split(file)
	if folder != r.looked {
		r.looked = folder
		name = file
	}
	if !r.remarkable(name) {
		return
	}
	if ext := path.Ext(name); ext != "" {
		name += " " + strings.TrimSuffix(name, ext) // a host's name may end where the extension begins
	}
	r.found(r.private.Text(label(e.Ref)+", file name", name))
}
