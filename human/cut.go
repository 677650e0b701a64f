package human

import "strings"

// Cut is a text of at most n characters, with an ellipsis behind them where it
// goes on.
func Cut(s string, n int) string {
	if len(s) <= n {
		return s
	}
	count := 0
	for i := range s {
		if count == n {
			return strings.TrimRight(s[:i], " ") + "…"
		}
		count++
	}
	return s
}
