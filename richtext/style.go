package richtext

import (
	"strconv"
	"strings"
)

// styled is how text within an element looks.
func styled(n *node, st Style) Style {
	switch n.name {
	case "b", "strong":
		st.Bold = true
	case "i", "em", "cite", "var", "dfn":
		st.Italic = true
	case "u", "ins":
		st.Underline = true
	case "s", "strike", "del":
		st.Strike = true
	case "code", "kbd", "samp", "tt":
		st.Code = true
	case "sup":
		st.Raise = 1
	case "sub":
		st.Raise = -1
	case "mark":
		st = marked(st, n.get("class"))
	case "font":
		if c := Colour(n.get("color")); c != "" {
			st.Color = c
		}
	}
	style := n.get("style")
	if style == "" {
		return st
	}
	d := Declarations(style)
	switch v := d["font-weight"]; {
	case v == "bold" || v == "bolder":
		st.Bold = true
	case v != "":
		w, err := strconv.Atoi(v)
		st.Bold = err == nil && w >= 600
	}
	if v := d["font-style"]; v != "" {
		st.Italic = v == "italic" || v == "oblique"
	}
	for _, name := range []string{"text-decoration", "text-decoration-line"} {
		st.Underline = st.Underline || strings.Contains(d[name], "underline")
		st.Strike = st.Strike || strings.Contains(d[name], "line-through")
	}
	switch d["vertical-align"] {
	case "super":
		st.Raise = 1
	case "sub":
		st.Raise = -1
	}
	if v := d["color"]; v != "" {
		st.Color = Colour(v)
	}
	for _, name := range []string{"background", "background-color"} {
		if v := d[name]; v != "" {
			st.Fill = Colour(v)
		}
	}
	switch d["white-space"] {
	case "pre", "pre-wrap", "pre-line", "break-spaces":
		st.keep = true
	case "normal", "nowrap":
		st.keep = false
	}
	return st
}

// marked is text under one of the editor's markers and pens.
func marked(st Style, class string) Style {
	pens := map[string]string{"pen-red": "#e71313", "pen-green": "#128a00"}
	markers := map[string]string{"marker-yellow": "#fdfd77", "marker-green": "#62f962", "marker-pink": "#fc7899", "marker-blue": "#72ccfd"}
	for c := range strings.FieldsSeq(strings.ToLower(class)) {
		if pen := pens[c]; pen != "" {
			st.Color = pen
			return st
		}
		if marker := markers[c]; marker != "" {
			st.Fill = marker
			return st
		}
	}
	st.Fill = markers["marker-yellow"]
	return st
}

// aligned is the alignment of an element's text.
func aligned(n *node, was string) string {
	a := ""
	if style := n.get("style"); style != "" {
		a = Declarations(style)["text-align"]
	}
	if a == "" {
		a = strings.ToLower(n.get("align"))
	}
	if n.name == "center" {
		a = "center"
	}
	switch a {
	case "left", "right", "center", "justify":
		return a
	}
	return was
}

// Declarations are those of a style attribute, names and values in lower case.
func Declarations(css string) map[string]string {
	m := map[string]string{}
	for d := range strings.SplitSeq(css, ";") {
		if name, value, ok := strings.Cut(d, ":"); ok {
			m[strings.ToLower(strings.TrimSpace(name))] = strings.ToLower(strings.TrimSpace(value))
		}
	}
	return m
}

// pictureWidth is "40%" or a number of pixels, "" for anything else.
func pictureWidth(s string) string {
	s = strings.TrimSuffix(strings.TrimSpace(strings.ToLower(s)), "px")
	number, percent := strings.CutSuffix(s, "%")
	v, err := strconv.ParseFloat(number, 64)
	switch {
	case err != nil || !(v > 0) || percent && v > 100 || v > 10000:
		return ""
	case percent:
		return strconv.Itoa(max(1, int(v))) + "%"
	}
	return strconv.Itoa(max(1, int(v)))
}
