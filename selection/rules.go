// Package selection says what of an openBIS is wanted: rules on entities, of
// which the nearest above an entity decides, and patterns for the files of a
// data set. A selection is never flattened, so that a space with a million
// objects is one rule.
package selection

import (
	"iter"
	"slices"

	"zenobis/openbis"
)

// Mode is what a rule says of an entity. The zero mode says nothing.
type Mode string

// The modes.
const (
	All     Mode = "all"     // it and everything below
	Only    Mode = "only"    // itself alone; says nothing about what is below it
	Exclude Mode = "exclude" // not it and nothing below it
)

// Rule is one rule of a selection.
type Rule struct {
	Mode   Mode         `json:"mode"`
	Kind   openbis.Kind `json:"kind"`
	PermID string       `json:"permId"`          // of a space its code
	Label  string       `json:"label,omitempty"` // as selected: identifier or name
}

// Key names the entity of a rule.
type Key struct {
	Kind   openbis.Kind
	PermID string // of a space its code
}

// KeyOf is the key of an entity.
func KeyOf(r openbis.Ref) Key {
	if r.Kind == openbis.KindSpace && r.Code != "" {
		return Key{r.Kind, r.Code}
	}
	return Key{r.Kind, r.PermID}
}

// Selection is what is wanted.
type Selection struct {
	Rules []Rule     `json:"rules"`
	Files []FileRule `json:"files,omitempty"`
}

// Empty reports whether nothing is taken.
func (s Selection) Empty() bool {
	for _, m := range NewRules(s.Rules) {
		if m != Exclude {
			return false
		}
	}
	return true
}

// Spaces are the codes of the spaces in which what is taken lies, each once, as far as
// known tells the space of a rule's entity; unknown are the rules of which it does not.
func (s Selection) Spaces(known func(Rule) (space string, ok bool)) (spaces []string, unknown []Rule) {
	for _, r := range s.Rules {
		if r.Mode == Exclude {
			continue
		}
		space, ok := r.PermID, r.Kind == openbis.KindSpace
		if !ok {
			space, ok = known(r)
		}
		switch {
		case !ok:
			unknown = append(unknown, r)
		case !slices.Contains(spaces, space):
			spaces = append(spaces, space)
		}
	}
	return spaces, unknown
}

// Rules are the rules of a selection, one for each entity.
type Rules map[Key]Mode

// NewRules sorts rules by their entity. Where two are on the same one the
// narrower wins, whatever the order: exclude over only, only over all.
func NewRules(list []Rule) Rules {
	width := map[Mode]int{Exclude: 1, Only: 2, All: 3}
	rules := Rules{}
	for _, r := range list {
		k := Key{r.Kind, r.PermID}
		if have, ok := rules[k]; !ok || width[r.Mode] < width[have] {
			rules[k] = r.Mode
		}
	}
	return rules
}

// Of is the mode that holds for the entity of a rule.
func (r Rules) Of(rule Rule) Mode { return r[Key{rule.Kind, rule.PermID}] }

// On is the rule on an entity, "" if there is none.
func (r Rules) On(e openbis.Ref) Mode { return r[KeyOf(e)] }

// Nearest decides about an entity: own is the rule on it, above are those on
// what holds it, nearest first, with "" where there is none. It belongs to the
// selection if it is taken by itself, or if the nearest rule that speaks of
// what is below takes everything.
func Nearest(own Mode, above iter.Seq[Mode]) bool {
	if own != "" {
		return own != Exclude
	}
	return Covered(above, false)
}

// Covered is what the nearest rule that speaks of what is below says; without such
// a rule it is what holds further up.
func Covered(above iter.Seq[Mode], further bool) bool {
	for m := range above {
		switch m {
		case All:
			return true
		case Exclude:
			return false
		}
	}
	return further
}

// TakenOut reports whether what is below is left out by a rule, while one further up
// takes it: for a list of what was taken out, what was never taken is of no concern.
func TakenOut(above iter.Seq[Mode]) bool {
	out := false
	for m := range above {
		switch m {
		case Exclude:
			out = true
		case All:
			return out
		}
	}
	return false
}

// Over applies a rule where covered is what the rules above it say: self is
// whether its entity belongs to the selection, below what it says to what the
// entity holds.
func (m Mode) Over(covered bool) (self, below bool) {
	switch m {
	case All:
		return true, true
	case Only:
		return true, covered
	case Exclude:
		return false, false
	}
	return covered, covered
}
