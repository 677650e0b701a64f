package crate

import (
	"bytes"
	"fmt"
	"html"
	"io"
)

// style makes pages pleasant on screens, light and dark, and on paper.
const style = `:root{color-scheme:light dark}
body{font:16px/1.5 system-ui,sans-serif;max-width:52rem;margin:2rem auto;padding:0 1rem}
h1{line-height:1.2;margin-bottom:.2rem}h2{margin-top:2rem;border-bottom:1px solid #8886;font-size:1.2rem}
.sub,nav,footer{color:#777}nav,footer{font-size:.9rem}
dl{display:grid;grid-template-columns:minmax(8rem,14rem) 1fr;gap:.4rem 1rem;margin:0}dt{font-weight:600}dd{margin:0;overflow-wrap:anywhere}
.wide{grid-column:1/-1}dd.wide{overflow-x:auto;margin-bottom:.6rem}
table{border-collapse:collapse}td,th{border:1px solid #8888;padding:.2rem .5rem;text-align:left;vertical-align:top}
img{max-width:100%;height:auto}.note{border-left:4px solid #c80;padding:.2rem .8rem}ul{margin:.2rem 0;padding-left:1.4rem}
@media print{body{max-width:none;margin:0}nav{display:none}a{color:inherit}h2{break-after:avoid}}
@media (max-width:34rem){dl{grid-template-columns:1fr}}`

// head begins an HTML page.
func head(w io.Writer, title string) {
	fmt.Fprintf(w, "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>%s</title>\n<style>\n%s\n</style>\n</head>\n<body>\n",
		html.EscapeString(title), style)
}

func renderHTML(in PageInput, d document) []byte {
	var b bytes.Buffer
	page := in.Place.Page + ".html"
	head(&b, d.title)
	fmt.Fprintf(&b, "<nav><a href=\"%s\">Contents</a></nav>\n<main>\n<h1>%s</h1>\n<p class=\"sub\">%s</p>\n", relative(page, "index.html"), html.EscapeString(d.title), html.EscapeString(d.subtitle))
	if d.note != "" {
		fmt.Fprintf(&b, "<p class=\"note\">%s</p>\n", html.EscapeString(d.note))
	}
	for _, s := range d.sections {
		fmt.Fprintf(&b, "<section>\n<h2>%s</h2>\n", html.EscapeString(s.title))
		if len(s.rows) == 1 && s.rows[0].label == "" {
			fmt.Fprintf(&b, "<p>%s</p>\n", lines(s.rows[0].text))
		} else {
			b.WriteString("<dl>\n")
			for _, r := range s.rows {
				htmlRow(&b, page, in, r)
			}
			b.WriteString("</dl>\n")
		}
		b.WriteString("</section>\n")
	}
	b.WriteString("</main>\n</body>\n</html>\n")
	return b.Bytes()
}

func htmlRow(b *bytes.Buffer, page string, in PageInput, r row) {
	class := ""
	if r.rich != nil || r.table != nil {
		class = ` class="wide"`
	}
	fmt.Fprintf(b, "<dt%s>%s</dt><dd%s>", class, html.EscapeString(r.label), class)
	switch {
	case r.rich != nil:
		fmt.Fprintf(b, "<div>%s</div>", r.rich.html())
	case r.table != nil:
		htmlTable(b, r.table)
	case len(r.links) > 0:
		b.WriteString("<ul>\n")
		for _, l := range r.links {
			b.WriteString("<li>" + htmlLink(page, l) + "</li>\n")
		}
		b.WriteString("</ul>")
	case r.url != "":
		fmt.Fprintf(b, "<a href=\"%s\" rel=\"noreferrer\">%s</a>", html.EscapeString(r.url), html.EscapeString(r.text))
	default:
		b.WriteString(lines(r.text))
	}
	b.WriteString("</dd>\n")
}

func htmlLink(page string, l Link) string {
	if l.Page == "" {
		return html.EscapeString(l.name()) + ` <span class="sub">(not in this package)</span>`
	}
	return fmt.Sprintf("<a href=\"%s\">%s</a>", relative(page, l.Page+".html"), html.EscapeString(l.name()))
}

func htmlTable(b *bytes.Buffer, rows [][]string) {
	b.WriteString("<table>\n")
	for _, r := range rows {
		b.WriteString("<tr>")
		for _, c := range r {
			fmt.Fprintf(b, "<td>%s</td>", lines(c))
		}
		b.WriteString("</tr>\n")
	}
	b.WriteString("</table>")
}

// lines escapes text and keeps its line breaks.
func lines(s string) string {
	return string(bytes.ReplaceAll([]byte(html.EscapeString(clean(s))), []byte("\n"), []byte("<br>\n")))
}
