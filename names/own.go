package names

import (
	"path"
	"slices"
	"strings"

	"zenobis/openbis"
)

// The files that the program itself puts at the top of the tree. Files of data sets
// may be called the same: theirs lie further down.
const (
	Readme   = "README.md"
	Crate    = "ro-crate-metadata.json"
	Index    = "index.html"
	Types    = "openbis-types.json"
	Omitted  = "omitted.txt"
	Manifest = "manifest-sha256.txt"

	manifests = "manifests" // the folder of the data packages' own ones
)

// The record files that hold the pages, whatever the data: all of the tree in one,
// or all but the data.
const (
	Content    = "content.zip"
	ContentELN = "content.eln"
	Metadata   = "metadata.zip"
)

// Prefix is what the paths in a package begin with: an .eln has one root folder
// named like itself.
func Prefix(pack string) string {
	if pack == ContentELN {
		return strings.TrimSuffix(ContentELN, path.Ext(ContentELN)) + "/"
	}
	return ""
}

// OwnManifest is where a data package has the manifest of what it holds.
func OwnManifest(pack string) string {
	return manifests + "/" + strings.TrimSuffix(pack, ".zip") + ".sha256"
}

// IsManifest reports whether an entry of a package is the manifest that the program
// wrote for it. A data set may hold files named like one, say in a BagIt bag.
func IsManifest(pack, entry string) bool {
	switch pack {
	case Content, ContentELN, Metadata:
		return entry == Prefix(pack)+Manifest
	}
	return strings.HasSuffix(pack, ".zip") && entry == OwnManifest(pack)
}

// fallsOnOwn reports whether a name at the top of the tree, or a page of it with one
// of the extensions, falls together with one of the program's own files.
func fallsOnOwn(name string, pages []string) bool {
	return slices.ContainsFunc([]string{Readme, Crate, Index, Types, Omitted, Manifest, manifests}, func(own string) bool {
		own = Fold(own)
		return Fold(name) == own || slices.ContainsFunc(pages, func(ext string) bool { return Fold(name+"."+ext) == own })
	})
}

// DataSetFolder is the folder of the data set that a file of the tree belongs to, and
// the code of that data set; "" for a page and for what the program makes. In an .eln
// the file lies beside where its folder would be.
func DataSetFolder(file string) (folder, code string, eln bool) {
	parts := strings.Split(file, "/")
	last := len(parts) - 1
	for i, p := range parts[:last] {
		if c := codeIn(p); openbis.IsPermID(c) {
			return strings.Join(parts[:i+1], "/"), c, false
		}
	}
	if set, _, ok := strings.Cut(parts[last], "--"); ok && openbis.IsPermID(set) {
		return path.Join(path.Dir(file), set), set, true
	}
	if i := slices.Index(parts[:last], "original"); i > 0 { // of a server that gives other codes
		return strings.Join(parts[:i], "/"), codeIn(parts[i-1]), false
	}
	return "", "", false
}

// codeIn is the code in "CODE" or "Name (CODE)": codes of data sets are never cut.
func codeIn(part string) string {
	if i := strings.LastIndexByte(part, '('); i >= 0 && strings.HasSuffix(part, ")") {
		return part[i+1 : len(part)-1]
	}
	return part
}
