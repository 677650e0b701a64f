package human

import "strings"

// Nearest returns the word of the list that s most likely means, "" where none
// is near: the same but for case, blanks and hyphens; the only one that begins
// with it; or one with few letters other.
func Nearest(s string, list []string) string {
	want := letters(s)
	if want == "" {
		return ""
	}
	best, at := "", len(want)/3+1
	begins := ""
	for _, w := range list {
		have := letters(w)
		if have == want {
			return w
		}
		if strings.HasPrefix(have, want) && (begins == "" || len(w) < len(begins)) {
			begins = w
		}
		if d := distance(want, have); d < at {
			best, at = w, d
		}
	}
	if begins != "" {
		return begins
	}
	return best
}

// letters leaves letters and digits, in lower case.
func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" -_.,/", r) {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// distance is how many letters have to be put in, taken out, replaced or swapped
// with their neighbour to make b of a, in bytes.
func distance(a, b string) int {
	above, row := make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next := make([]int, len(b)+1)
		next[0] = i + 1
		for j := range len(b) {
			if a[i] == b[j] {
				next[j+1] = row[j]
				continue
			}
			next[j+1] = 1 + min(row[j], row[j+1], next[j])
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], 1+above[j-1])
			}
		}
		above, row = row, next
	}
	return row[len(b)]
}
