package export

import (
	"cmp"

	"zenobis/openbis"
)

// DefaultLicense is what is chosen where nothing is configured.
const DefaultLicense = "cc-by-4.0"

type key struct {
	rank   uint8
	permID string
}

func keyOf(r openbis.Ref) key {
	if r.Kind == openbis.KindSpace {
		return key{0, spaceCode(r)}
	}
	return key{1, r.PermID}
}

func spaceCode(r openbis.Ref) string { return cmp.Or(r.Code, r.PermID) }
