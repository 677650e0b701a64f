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

// Shorter is an aside with less room: that something was published, without its
// DOI.
func Shorter(aside string) string {
	before, after, found := strings.Cut(aside, publishedWord+" ")
	if !found {
		return aside
	}
	_, rest, _ := strings.Cut(after, ")")
	return before + publishedWord + ")" + rest
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
		text = strings.TrimSpace(text + " (" + it.LeftOut + ")")
	} else if it.Size >= 0 && (it.Kind == openbis.KindDataSet || it.Kind == tree.File || it.Kind == tree.Folder) {
		size = human.Short(it.Size)
	}
	return text, size
}
