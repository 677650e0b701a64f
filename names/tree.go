package names

import (
	"path"
	"regexp"
	"slices"
	"strings"

	"zenobis/openbis"
)

// The limits of what is made from openBIS names, in bytes. Each level leaves
// room for what may lie below it, so that a data set's folder always fits.
const (
	maxPart   = 60
	maxFolder = 150
	leastData = 1 + 25 // a slash and a permId
	leastCode = 1 + 14 // a slash and the start of a code with a hash
	goodName  = 1 + 30 // a slash, a code and something of a name

	maxProject    = maxFolder - leastData - 2*leastCode
	maxCollection = maxFolder - leastData - leastCode
	maxObject     = maxFolder - leastData

	shortestName = 6 // a name cut further says nothing
)

// Place is where an entity stands in the tree of the package.
type Place struct {
	Folder string `json:"folder"` // of what lies below it, "SPACE/PROJECT/Name (CODE)", no slash at the end
	Page   string `json:"page"`   // of its pages, without extension; "" where it has none
}

// Tree makes the paths of the tree. A place follows from the entity and its
// parent alone, so adding a sibling renames nothing: "Name (CODE)" is unique as
// far as codes are, and what could fall together all the same carries a mark or
// a hash of its own permId.
type Tree struct {
	taken  map[uint64]uint64 // hash of a folded folder -> hash of its owner
	folder string            // of the data set whose files are named
	files  *hashes           // of folded paths in it, marked for folders
	eln    bool              // see NewELN
	pages  []string          // the extensions of pages, without the dot
}

// NewTree returns the names of one tree, none given yet. The extensions of its
// pages (page.Extensions) end no folder's name.
func NewTree(pages []string) *Tree { return &Tree{taken: map[uint64]uint64{}, pages: pages} }

// Place returns where an entity stands below its parent: the zero Place for a
// space, the space's for a project, and so on. Asked again it says the same.
func (n *Tree) Place(e *openbis.Entity, parent Place) Place {
	if n.eln {
		return n.entryPlace(e, parent)
	}
	owner := ownID(e.Ref)
	folder := path.Join(parent.Folder, n.part(e, parent, 8))
	// Only a server that gives a code twice in one place, or a hash that falls
	// together, leads here.
	for digits := 16; n.taken[Hash64(Fold(folder))] != 0 && n.taken[Hash64(Fold(folder))] != Hash64(owner) && digits <= 64; digits += 16 {
		folder = path.Join(parent.Folder, altered(e.Code, owner, maxPart, digits))
	}
	n.taken[Hash64(Fold(folder))] = Hash64(owner)
	return Place{Folder: folder, Page: folder}
}

// ownID is what an entity's hash is made of.
func ownID(r openbis.Ref) string {
	id := r.PermID
	if id == "" {
		id = r.Identifier
	}
	return string(r.Kind) + ":" + id
}

// part is an entity's own part of its path.
func (n *Tree) part(e *openbis.Entity, parent Place, digits int) string {
	depth := 0 // of the parent: 1 is a space, 2 a project
	if parent.Folder != "" {
		depth = 1 + strings.Count(parent.Folder, "/")
	}
	below := func(limit int) int {
		if parent.Folder != "" {
			limit -= len(parent.Folder) + 1
		}
		return max(min(maxPart, limit), leastCode-1)
	}
	room, named := maxPart, 0 // for a code, for a code with a name
	switch e.Kind {
	case openbis.KindProject:
		room = below(maxProject)
	case openbis.KindCollection:
		room = below(maxCollection)
		named = below(maxFolder - leastData - goodName)
	case openbis.KindObject:
		room = below(maxObject)
		named = room
	case openbis.KindDataSet:
		room = below(maxFolder)
		named = room
	}
	// Objects outside of collections stand beside collections or projects, whose
	// codes are given independently of theirs.
	mark := ""
	if e.Kind == openbis.KindObject && depth < 3 {
		mark = "object"
	}
	code := e.Code
	if len(code)+len(mark)+len(" ()") > room || !n.plainCode(e, depth) {
		code = altered(e.Code, ownID(e.Ref), room-len(mark)-len(" ()"), digits)
	}
	if left := named - len(code) - len(mark) - len(" (, )"); left >= shortestName {
		name := strings.TrimRight(Shorten(Safe(e.Name), left), " .")
		if name != "" && name != "_" && e.Name != e.Code {
			if mark != "" {
				mark = ", " + mark
			}
			return Safe(name + " (" + code + mark + ")")
		}
	}
	if mark != "" {
		return code + " (" + mark + ")"
	}
	return code
}

var usualCode = regexp.MustCompile(`^[A-Z0-9_][A-Z0-9_.-]*$`)

// plainCode reports whether a code can stand in a path as it is, and falls
// together neither with a page or CSV file nor with what is not its sibling.
func (n *Tree) plainCode(e *openbis.Entity, depth int) bool {
	code := e.Code
	if !usualCode.MatchString(code) || Safe(code) != code {
		return false
	}
	switch end := strings.TrimPrefix(strings.ToLower(path.Ext(code)), "."); end {
	case "csv", "md", "sha256":
		return false
	default:
		if ofPicture(end) || slices.Contains(n.pages, end) {
			return false
		}
	}
	if depth == 0 && fallsOnOwn(code, n.pages) {
		return false
	}
	return e.Kind != openbis.KindObject || !openbis.IsPermID(code)
}

// altered is a code that can't stay whole, with a hash of its own id.
func altered(code, id string, room, digits int) string {
	c := Safe(code)
	return strings.TrimRight(Shorten(c, max(0, room-1-digits)), " .") + "~" + Hash(id, digits)
}

// FilePath returns the path in the tree of a file of the data set whose folder
// is given. Spelling is kept but for what is unsafe, and nothing is cut; what
// was changed carries a hash of what it was. Name the files of one data set one
// after the other: where two differ in case only, the later one gets a hash.
func (n *Tree) FilePath(folder, file string) string {
	if n.eln {
		return n.entryFile(folder, file)
	}
	if n.folder != folder || n.files == nil {
		n.folder, n.files = folder, &hashes{}
	}
	parts := strings.Split(strings.Trim(file, "/"), "/")
	for i, p := range parts {
		if s := safePart(p); s != p {
			parts[i] = withHash(s, p)
		}
	}
	at := ""
	for i, p := range parts {
		isFolder := i < len(parts)-1
		next := path.Join(at, p)
		for salt := file; n.clash(next, isFolder); salt += "+" {
			next = path.Join(at, withHash(p, salt))
		}
		n.files.put(Hash64(Fold(next)), isFolder)
		at = next
	}
	return folder + "/" + at
}

// clash reports whether a path is taken; folders may be shared.
func (n *Tree) clash(p string, isFolder bool) bool {
	was, there := n.files.get(Hash64(Fold(p)))
	return there && (!isFolder || !was)
}

// withHash puts a hash before a name's extension.
func withHash(name, of string) string {
	ext := path.Ext(name)
	if ext == name {
		ext = ""
	}
	return strings.TrimSuffix(name, ext) + "~" + Hash(of, 8) + ext
}
