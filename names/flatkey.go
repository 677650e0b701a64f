package names

import (
	"path"
	"strings"
)

// maxFlatKey is the length of a record file's name, in bytes.
const maxFlatKey = 200

// FlatKey returns the record file under which a data file lies in layout
// "files": "<code>--<path with / as -->", safe and at most 200 bytes. Where the
// path can't be told from the key, it carries a hash of the path. taken is
// asked with a key as Fold folds it.
func FlatKey(dataSetCode, file string, taken func(folded string) bool) string {
	plain := Safe(dataSetCode) + "--" + strings.ReplaceAll(file, "/", "--")
	key := Safe(plain)
	told := key == plain && !strings.HasPrefix(file, "-") && !strings.HasSuffix(file, "-") &&
		!strings.Contains(file, "--") && !strings.Contains(file, "-/") && !strings.Contains(file, "/-")
	if !told || len(key) > maxFlatKey {
		key = cutKey(key, file)
	}
	for salt := file + "+"; taken != nil && taken(Fold(key)); salt += "+" {
		key = cutKey(Safe(plain), salt)
	}
	return key
}

// cutKey shortens a key, keeping its extension, and adds 8 hex digits of a hash.
func cutKey(key, of string) string {
	ext := path.Ext(key)
	if len(ext) > 16 || strings.Contains(ext, " ") {
		ext = ""
	}
	return Shorten(strings.TrimSuffix(key, ext), maxFlatKey-len(ext)-9) + "~" + Hash(of, 8) + ext
}
