package names

import (
	"path"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"zenobis/openbis"
)

// The limits of names in an .eln, in bytes: of an entry's folder, whose name its
// pages have too, and of what lies in it.
const (
	maxEntry = 100
	maxInELN = 239
)

// NewELN returns the names of an .eln, none given yet. Readers of .eln look for a
// file under its id as it stands, and for an entry's files directly in it: so
// names have letters, digits, ".", "_" and "-" only, an entry's folder and its
// pages are named by its identifier ("SPACE--PROJECT--CODE", of a collection
// "SPACE--PROJECT--CODE-collection", as an object may have the same one), and a data
// set has no folder but begins the names of its files ("ENTRY/DATASET--path--name").
func NewELN() *Tree { return &Tree{taken: map[uint64]uint64{}, eln: true} }

// Plain is a name with letters, digits, ".", "_" and "-" only. One that had
// others carries a hash of what it was, so different names stay different.
func Plain(s string) string { return told(s, maxEntry, s) }

// plain drops accents and replaces what has no such letter by "_".
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		case unicode.Is(unicode.Mn, r), invisible(r):
			return -1
		}
		return '_'
	}, norm.NFD.String(strings.ToValidUTF8(s, "_")))
	if s = strings.Trim(s, "."); s == "" {
		return "_"
	}
	return s
}

// entryPlace is Place in an .eln.
func (n *Tree) entryPlace(e *openbis.Entity, parent Place) Place {
	owner := ownID(e.Ref)
	if e.Kind == openbis.KindDataSet {
		folder := path.Join(parent.Folder, told(e.Code, maxEntry, owner))
		return Place{Folder: folder, Page: folder}
	}
	identifier := strings.Trim(e.Identifier, "/")
	if identifier == "" {
		identifier = e.Code
	}
	kind := "" // codes have no small letters, but some disks don't tell them from capital ones
	if e.Kind != openbis.KindObject {
		kind = "-" + string(e.Kind)
	}
	room := maxEntry - len(kind)
	name := told(strings.ReplaceAll(identifier, "/", "--"), room, owner)
	if strings.Contains(strings.ReplaceAll(identifier, "/", "_"), "--") || strings.HasPrefix(identifier, "-") ||
		kind == "" && endsInKind(name) {
		name = withOwner(name, room, owner)
	}
	// Only a server that gives an identifier twice leads here.
	if by := n.taken[Hash64(Fold(name+kind))]; by != 0 && by != Hash64(owner) {
		name = withOwner(name, room, owner)
	}
	name += kind
	n.taken[Hash64(Fold(name))] = Hash64(owner)
	if e.Kind == openbis.KindObject || e.Kind == openbis.KindCollection {
		return Place{Folder: name, Page: name + "/" + name}
	}
	return Place{Folder: name, Page: name}
}

// endsInKind reports whether a name could be that of another kind.
func endsInKind(name string) bool {
	for _, k := range []openbis.Kind{openbis.KindSpace, openbis.KindProject, openbis.KindCollection} {
		if strings.HasSuffix(Fold(name), "-"+string(k)) {
			return true
		}
	}
	return false
}

// told is a plain name of at most room bytes; what does not tell the name as it
// was carries a hash of its owner.
func told(name string, room int, owner string) string {
	if p := plain(name); p == name && len(p) <= room && !reserved(p) {
		return p
	}
	return withOwner(plain(name), room, owner)
}

// withOwner is a name of at most room bytes that ends with a hash of its owner.
func withOwner(name string, room int, owner string) string {
	return Shorten(name, room-9) + "-" + Hash(owner, 8)
}

// entryFile is FilePath in an .eln: folder is ENTRY/DATASET.
func (n *Tree) entryFile(folder, file string) string {
	entry, set := path.Split(folder)
	if n.folder != folder || n.files == nil {
		n.folder, n.files = folder, &hashes{}
	}
	room := maxInELN - len(entry)
	whole := set + "--" + strings.ReplaceAll(strings.Trim(file, "/"), "/", "--")
	key := plain(whole)
	// Whoever reads .eln takes each name that ends so for the crate itself.
	if key != whole || len(key) > room || strings.Contains(file, "--") || strings.HasPrefix(file, "-") ||
		strings.HasSuffix(key, Crate) {
		key = plainKey(key, file, room)
	}
	taken := func() bool { _, there := n.files.get(Hash64(Fold(key))); return there }
	for salt := file + "+"; taken(); salt += "+" {
		key = plainKey(plain(whole), salt, room)
	}
	n.files.put(Hash64(Fold(key)), false)
	return entry + key
}

// plainKey shortens a key, keeping its extension, and adds a hash.
func plainKey(key, of string, room int) string {
	ext := path.Ext(key)
	if len(ext) > 16 {
		ext = ""
	}
	return Shorten(strings.TrimSuffix(key, ext), room-len(ext)-9) + "-" + Hash(of, 8) + ext
}
