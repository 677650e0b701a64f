package export

import (
	"zenobis/crate"
	"zenobis/openbis"
)

// refs yields the entities of a snapshot.
func refs(s *Snapshot, yield func(openbis.Ref) error) error {
	return (&view{s: s}).Entities(func(n crate.EntityNode) error { return yield(n.Entity.Ref) })
}
