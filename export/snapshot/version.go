package snapshot

import "zenobis/export/job"

// Follow notes which version this one follows and, by package, what of it stands.
// The plan's packages then say so.
func (s *Snapshot) Follow(v job.Version, stands map[string]Stands, removed []job.VersionFile) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	st := &s.state
	for i := range st.Packs {
		p := &st.Packs[i]
		p.Stands = nil
		if t, ok := stands[p.Name]; ok && p.Data && !p.Gone {
			p.Stands = &t
		}
	}
	st.Plan.Version, st.Plan.Removed = &v, removed
	s.sumUp()
	return s.save()
}
