package crate

import (
	"crypto/sha256"
	"encoding/hex"
	"hash/fnv"
	"path"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zenobis/openbis"
)

// The limits of the names that are made from openBIS names, in bytes.
const (
	maxPart          = 60
	maxProject       = 88 // of the whole folder; what is below must fit as well
	maxCollection    = 109
	maxObject        = 124
	maxDataSetFolder = 150
	maxFlatKey       = 200
)

// Names gives every entity its place in the tree. A place follows from the
// entity and its parent alone; only where two would fall on the same name after
// case folding does the later one get its permId as well.
type Names struct {
	taken  map[string]string // folded path -> permId
	folder string            // of the data set whose files are named
	files  map[uint64]bool   // hashes of folded paths in it; true for folders
}

// NewNames returns Names for one tree.
func NewNames() *Names { return &Names{taken: map[string]string{}} }

// Place returns where an entity stands below its parent: the zero Place for a
// space, the space's for a project, and so on.
func (n *Names) Place(e *openbis.Entity, parent Place) Place {
	limit := map[openbis.Kind]int{
		openbis.KindSpace: maxPart, openbis.KindProject: maxProject, openbis.KindCollection: maxCollection,
		openbis.KindObject: maxObject, openbis.KindDataSet: maxDataSetFolder,
	}[e.Kind]
	room := maxPart
	if parent.Folder != "" {
		room = max(min(maxPart, limit-len(parent.Folder)-1), 12)
	}
	name := e.Name
	if e.Kind == openbis.KindSpace || e.Kind == openbis.KindProject {
		name = ""
	}
	folder := path.Join(parent.Folder, part(name, e.Code, room))
	if n.occupied(folder, e.PermID) {
		folder = path.Join(parent.Folder, part(e.Code, e.PermID, room))
		for salt := e.PermID; n.occupied(folder, e.PermID); salt += "+" {
			folder = path.Join(parent.Folder, shorten(e.PermID, room-9)+"~"+hash8(salt))
		}
	}
	n.taken[Fold(folder)] = e.PermID
	for _, ext := range []string{".html", ".json", ".txt", ".docx"} {
		n.taken[Fold(folder+ext)] = e.PermID
	}
	if e.Kind == openbis.KindSpace {
		return Place{Folder: folder}
	}
	return Place{Folder: folder, Page: folder}
}

// occupied reports whether a folder or one of its pages belongs to another entity.
func (n *Names) occupied(folder, permID string) bool {
	for _, ext := range []string{"", ".html", ".json", ".txt", ".docx"} {
		if owner, ok := n.taken[Fold(folder+ext)]; ok && owner != permID {
			return true
		}
	}
	return false
}

// part is "Name (CODE)", or the code alone, in at most room bytes. The name is
// cut first; a code that had to be changed carries a hash of itself.
func part(name, code string, room int) string {
	c := Safe(code)
	if c != norm.NFC.String(code) {
		c = shorten(c, room-9) + "~" + hash8(code)
	}
	if len(c) > room {
		c = shorten(c, room-9) + "~" + hash8(code)
	}
	name = Safe(name)
	if name == "_" || name == c {
		return c
	}
	left := room - len(c) - len(" ()")
	name = strings.TrimRight(shorten(name, left), " .")
	if name == "" {
		return c
	}
	return Safe(name + " (" + c + ")")
}

// FilePath returns the path in the tree of a file of the data set whose folder
// is given. Spelling is kept but for what is unsafe, and nothing is cut. Files
// of one data set are to be named one after the other.
func (n *Names) FilePath(folder, file string) string {
	if n.folder != folder || n.files == nil {
		n.folder, n.files = folder, map[uint64]bool{}
	}
	parts := strings.Split(file, "/")
	for i, p := range parts {
		if s := safe(p); s != p {
			// What was changed carries a hash of what it was, so that two
			// different names stay different.
			parts[i] = withHash(s, p)
		}
	}
	at := ""
	for i, p := range parts {
		folderPart := i < len(parts)-1
		next := path.Join(at, p)
		if isFolder, there := n.files[hash64(Fold(next))]; there && (!folderPart || !isFolder) {
			next = path.Join(at, withHash(p, file))
			for salt := file; ; salt += "+" {
				if isFolder, there = n.files[hash64(Fold(next))]; !there || (folderPart && isFolder) {
					break
				}
				next = path.Join(at, withHash(p, salt))
			}
		}
		n.files[hash64(Fold(next))] = folderPart
		at = next
	}
	return folder + "/" + at
}

// FlatKey returns the record file under which a data file lies in layout
// "files": "<code>--<path with / as -->", safe and at most 200 bytes. taken is
// asked with the case-folded key.
func FlatKey(dataSetCode, file string, taken func(folded string) bool) string {
	key := safe(norm.NFC.String(Safe(dataSetCode) + "--" + strings.ReplaceAll(file, "/", "--")))
	if len(key) > maxFlatKey {
		key = cutKey(key, file)
	}
	for salt := file; taken(Fold(key)); salt += "+" {
		key = cutKey(key, salt)
	}
	return key
}

// cutKey shortens a key, keeping its extension, and adds 8 hex digits of a hash.
func cutKey(key, of string) string {
	ext := path.Ext(key)
	if len(ext) > 16 {
		ext = ""
	}
	return shorten(strings.TrimSuffix(key, ext), maxFlatKey-len(ext)-9) + "~" + hash8(of) + ext
}

// withHash puts a hash before a name's extension.
func withHash(name, of string) string {
	ext := path.Ext(name)
	if ext == name {
		ext = ""
	}
	return strings.TrimSuffix(name, ext) + "~" + hash8(of) + ext
}

// Safe returns one part of a path made from a name: no separators, nothing that
// Windows refuses, no control or direction characters, NFC, trimmed.
func Safe(name string) string {
	s := safe(norm.NFC.String(name))
	s = strings.Join(strings.FieldsFunc(s, unicode.IsSpace), " ")
	s = strings.TrimRight(s, " .")
	if s == "" || s == "_" {
		return "_"
	}
	return s
}

// safe replaces what is unsafe in one part of a path and leaves the rest alone.
func safe(p string) string {
	s := strings.Map(func(r rune) rune {
		switch {
		case r == utf8.RuneError, strings.ContainsRune(`/\:*?"<>|`, r), unicode.IsControl(r):
			return '_'
		case r >= 0x200B && r <= 0x200F, r >= 0x2028 && r <= 0x202E, r >= 0x2060 && r <= 0x206F, r == 0xFEFF, r >= 0xE0000 && r <= 0xE007F:
			return '_'
		}
		return r
	}, strings.ToValidUTF8(p, "_"))
	if t := strings.TrimRight(s, " ."); t != s {
		s = t + strings.Repeat("_", len(s)-len(t))
	}
	stem, _, _ := strings.Cut(s, ".")
	if reserved(strings.TrimRight(stem, " ")) {
		s = "_" + s
	}
	if s == "" {
		return "_"
	}
	return s
}

// reserved reports whether Windows keeps a name for a device.
func reserved(stem string) bool {
	switch u := strings.ToUpper(stem); u {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	default:
		return len(u) == 4 && (strings.HasPrefix(u, "COM") || strings.HasPrefix(u, "LPT")) && u[3] >= '0' && u[3] <= '9'
	}
}

// shorten cuts at a rune's border to at most n bytes.
func shorten(s string, n int) string {
	if len(s) <= n {
		return s
	}
	if n <= 0 {
		return ""
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}

// Fold makes names equal that a case-insensitive disk takes for the same.
func Fold(s string) string { return strings.ToLower(strings.ToUpper(norm.NFC.String(s))) }

func hash8(s string) string {
	h := sha256.Sum256([]byte(s))
	return hex.EncodeToString(h[:4])
}

func hash64(s string) uint64 {
	h := fnv.New64a()
	h.Write([]byte(s))
	return h.Sum64()
}
