package export

import (
	"fmt"
	"path"
	"strings"
)

// checkGlob reports a pattern that can't be understood.
func checkGlob(glob string) error {
	for part := range strings.SplitSeq(glob, "/") {
		if part == "**" {
			continue
		}
		if _, err := path.Match(part, ""); err != nil {
			return fmt.Errorf("%w: pattern %s: a bracket is not closed", ErrSelection, quote(glob))
		}
	}
	return nil
}

// matchGlob holds a pattern against a path inside a data set: "*" within a
// part, "**" over any number of parts, and without "/" against the file name.
func matchGlob(glob, file string) bool {
	glob = strings.TrimPrefix(glob, "/")
	if !strings.Contains(glob, "/") && glob != "**" {
		ok, _ := path.Match(glob, path.Base(file))
		return ok
	}
	return matchParts(strings.Split(glob, "/"), strings.Split(file, "/"))
}

// matchParts goes through both lists at once; at a "**" it remembers where to
// go on, so that the work stays below len(glob) * len(file).
func matchParts(glob, file []string) bool {
	g, f := 0, 0
	star, from := -1, 0
	for f < len(file) {
		if g < len(glob) && glob[g] == "**" {
			star, from = g, f
			g++
			continue
		}
		if g < len(glob) {
			if ok, _ := path.Match(glob[g], file[f]); ok {
				g, f = g+1, f+1
				continue
			}
		}
		if star < 0 {
			return false
		}
		from++
		g, f = star+1, from
	}
	for g < len(glob) && glob[g] == "**" {
		g++
	}
	return g == len(glob)
}

// fileFilter holds the file rules by data set.
type fileFilter map[string][]string

func newFileFilter(rules []FileRule) (fileFilter, error) {
	f := fileFilter{}
	for _, r := range rules {
		if err := checkGlob(r.Glob); err != nil {
			return nil, err
		}
		f[r.DataSet] = append(f[r.DataSet], r.Glob)
	}
	return f, nil
}

// wants reports whether a file of a data set is wanted.
func (f fileFilter) wants(dataSet, file string) bool {
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
