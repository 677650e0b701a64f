package dense

import "strings"

// Texts keeps many short texts without the room that each would take by itself.
// They stay as long as any of them.
type Texts struct{ block *strings.Builder }

const textsBlock = 64 << 10

// Keep returns the same text.
func (t *Texts) Keep(s string) string {
	if len(s) > textsBlock/16 {
		return strings.Clone(s)
	}
	if t.block == nil || t.block.Cap()-t.block.Len() < len(s) {
		t.block = &strings.Builder{}
		t.block.Grow(textsBlock)
	}
	from := t.block.Len()
	t.block.WriteString(s)
	return t.block.String()[from:]
}
