package pagetest

import (
	"slices"
	"strings"
	"unicode"

	nethtml "golang.org/x/net/html"
	"golang.org/x/text/unicode/norm"
)

// Letters counts the letters and digits of a text, spelled alike: what must not be
// lost on the way from one form to another.
func Letters(s string) map[rune]int {
	m := map[rune]int{}
	for _, r := range norm.NFKD.String(s) {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			m[r]++
		}
	}
	return m
}

// unseen are the elements whose content no browser shows.
var unseen = []string{"script", "style", "title", "template", "noembed", "noframes", "noscript", "iframe", "head", "rp", "annotation",
	"annotation-xml", "mphantom"}

// Shown is the text of HTML that a browser shows, by another parser than our own.
func Shown(s string) (string, error) {
	root, err := nethtml.Parse(strings.NewReader("<body><div>" + s))
	if err != nil {
		return "", err
	}
	var b strings.Builder
	var walk func(n *nethtml.Node)
	walk = func(n *nethtml.Node) {
		if n.Type == nethtml.ElementNode && slices.Contains(unseen, n.Data) {
			return
		}
		if n.Type == nethtml.TextNode {
			b.WriteString(n.Data)
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return b.String(), nil
}
