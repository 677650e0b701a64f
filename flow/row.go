package flow

import (
	"strings"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/tree"
)

// Sign draws how a row stands to the selection.
func Sign(m tree.Mark) string {
	switch m {
	case tree.Full:
		return "☑"
	case tree.Partly:
		return "▣"
	case tree.Self:
		return "◉"
	case tree.Excluded:
		return "☒"
	}
	return "☐"
}

// Shorter says of an aside what matters with less room: that something was
// published, without its DOI, then the badges alone, since the code or type stands
// in the preview as well.
func Shorter(aside string) []string {
	short := aside
	if before, after, found := strings.Cut(aside, publishedWord+" "); found {
		_, rest, _ := strings.Cut(after, ")")
		short = before + publishedWord + ")" + rest
	}
	if at := strings.IndexByte(short, '('); at > 0 && strings.HasSuffix(short, ")") {
		return []string{short, short[at:]}
	}
	return []string{short}
}

// Aside is what stands beside a row's name: what is wrong or under way, else
// its code; and the size, where it has one.
func Aside(it tree.Item, state tree.State, why string) (text, size string) {
	switch state {
	case tree.Loading:
		return "loading…", ""
	case tree.Failed:
		return "failed, r: " + why, ""
	}
	if it.Code != it.Label {
		text = it.Code
	}
	if it.Badge != "" {
		text = strings.TrimSpace(text + " (" + it.Badge + ")")
	}
	if it.LeftOut != "" {
		text = strings.TrimSpace(text + " (" + string(it.LeftOut) + ")")
	} else if it.Size >= 0 && (it.Kind == openbis.KindDataSet || it.Kind == tree.File || it.Kind == tree.Folder) {
		size = human.Short(it.Size)
	}
	return text, size
}
