package selection

import (
	"fmt"
	"path"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"zenobis/safetext"
)

// FileRule says that of a data set only some files are wanted.
type FileRule struct {
	DataSet string `json:"dataSet"` // permId
	// Glob has "*" within a part of a path and "**" over parts; without "/" it is
	// matched with the file name, with "/" in front with the whole path.
	Glob string `json:"glob"`
}

// ParseFileRule reads PERMID:GLOB, with or without "dataset:" in front. Errors
// wrap ErrSyntax.
func ParseFileRule(s string) (FileRule, error) {
	id, glob, ok := strings.Cut(strings.TrimPrefix(strings.TrimSpace(s), "dataset:"), ":")
	if !ok || id == "" || glob == "" {
		return FileRule{}, fmt.Errorf("%w: %s: write PERMID:GLOB, such as 20230101120000000-42:*.csv", ErrSyntax, safetext.Quote(s))
	}
	r := FileRule{DataSet: id, Glob: glob}
	return r, checkGlob(glob)
}

// FileFilter holds the file rules by data set.
type FileFilter map[string][]string

// NewFileFilter sorts file rules by data set. Errors wrap ErrSyntax.
func NewFileFilter(rules []FileRule) (FileFilter, error) {
	f := FileFilter{}
	for _, r := range rules {
		if err := checkGlob(r.Glob); err != nil {
			return nil, err
		}
		f[r.DataSet] = append(f[r.DataSet], r.Glob)
	}
	return f, nil
}

// Wants reports whether a file of a data set is wanted; those of a data set
// without rules all are.
func (f FileFilter) Wants(dataSet, file string) bool {
	globs, ok := f[dataSet]
	if !ok {
		return true
	}
	for _, g := range globs {
		if matchGlob(g, file) {
			return true
		}
	}
	return false
}

// EscapeGlob is the pattern that fits this path alone.
func EscapeGlob(file string) string {
	glob := strings.NewReplacer(`\`, `\\`, `*`, `\*`, `?`, `\?`, `[`, `\[`).Replace(file)
	if !strings.Contains(glob, "/") {
		return "/" + glob // not the file of that name in any folder
	}
	return glob
}

// checkGlob reports a pattern that can't be understood.
func checkGlob(glob string) error {
	if !doublestar.ValidatePattern(literal(glob)) {
		return fmt.Errorf("%w: pattern %s: a bracket is not closed", ErrSyntax, safetext.Quote(glob))
	}
	return nil
}

// matchGlob matches a pattern with a path inside a data set: "*" within a part,
// "**" over any number of parts, and without "/" with the file name alone.
func matchGlob(glob, file string) bool {
	if !strings.Contains(glob, "/") && glob != "**" {
		file = path.Base(file)
	}
	ok, err := doublestar.Match(literal(strings.TrimPrefix(glob, "/")), file)
	return ok && err == nil
}

// literal takes the alternatives in braces out of a pattern: file names have
// braces, and shells expand theirs before we see them.
func literal(glob string) string {
	if !strings.ContainsAny(glob, "{}") {
		return glob
	}
	var b strings.Builder
	escaped := false
	for _, c := range []byte(glob) {
		if (c == '{' || c == '}') && !escaped {
			b.WriteByte('\\')
		}
		escaped = c == '\\' && !escaped
		b.WriteByte(c)
	}
	return b.String()
}
