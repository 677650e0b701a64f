package page

import (
	"bytes"
	"encoding/base64"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
)

// sheet is a spreadsheet property. All rows are as wide as the headers.
type sheet struct {
	headers []string
	rows    [][]string
	look    map[string]cellLook // by cell name, "B2"
}

// cellLook is how a cell looks.
type cellLook struct {
	align, color, fill string
	bold, italic       bool
}

// dataTag finds the payload of a spreadsheet property: base64 of JSON in a DATA
// element (reference/openbis-zenodo-export.md, 4.4).
var dataTag = regexp.MustCompile(`(?is)^\s*(?:<\?xml[^>]*\?>\s*)?<DATA[^>]*>(.*?)</DATA>\s*$`)

var (
	errSheet      = errors.New("the spreadsheet is not readable")
	errNoSheet    = errors.New("the spreadsheet has no data")
	errEmptySheet = errors.New("the spreadsheet is empty")
)

// maxSheet bounds what is drawn of a spreadsheet, in cells.
const maxSheet = 1_000_000

// readSheet reads a spreadsheet property. Empty rows and columns at the end are
// dropped; errEmptySheet says that nothing is left.
func readSheet(value string) (*sheet, error) {
	m := dataTag.FindStringSubmatch(value)
	if m == nil {
		return nil, errNoSheet
	}
	payload := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' || r == '=' {
			return -1
		}
		return r
	}, m[1])
	raw, err := base64.RawStdEncoding.DecodeString(payload)
	if err != nil {
		return nil, errSheet
	}
	var s struct {
		Headers any            `json:"headers"`
		Data    []any          `json:"data"`
		Style   map[string]any `json:"style"`
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		return nil, errEmptySheet
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		return nil, errSheet
	}
	out := &sheet{headers: headers(s.Headers), look: map[string]cellLook{}}
	for _, r := range s.Data {
		out.rows = append(out.rows, cells(r))
	}
	if out.trim(); len(out.rows) == 0 {
		return nil, errEmptySheet
	}
	if len(out.rows)*len(out.headers) > maxSheet {
		return nil, errSheet
	}
	for name, css := range s.Style {
		if css, ok := css.(string); ok {
			out.look[name] = lookOf(css)
		}
	}
	return out, nil
}

func headers(v any) []string {
	if s, ok := v.(string); ok {
		return strings.Split(s, ",")
	}
	return cells(v)
}

// cells are the values of a row, which older versions keep as an object.
func cells(v any) (row []string) {
	switch v := v.(type) {
	case []any:
		for _, c := range v {
			row = append(row, cellText(c))
		}
	case map[string]any:
		for i := 0; ; i++ {
			c, ok := v[strconv.Itoa(i)]
			if !ok {
				break
			}
			row = append(row, cellText(c))
		}
	}
	return row
}

func cellText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return Clean(v)
	case map[string]any:
		for _, k := range []string{"value", "title", "v"} {
			if c, ok := v[k]; ok {
				return cellText(c)
			}
		}
		return ""
	default:
		return Clean(fmt.Sprint(v))
	}
}

// trim drops empty rows and columns at the end and makes all rows equally wide.
// Columns without a header get their letters.
func (s *sheet) trim() {
	width := 0
	for _, r := range s.rows {
		for i, c := range r {
			if strings.TrimSpace(c) != "" {
				width = max(width, i+1)
			}
		}
	}
	for i, h := range s.headers { // a header that somebody wrote is content
		if h = strings.TrimSpace(h); h != "" && h != columnName(i) && len(s.rows) > 0 {
			width = max(width, i+1)
		}
	}
	for len(s.rows) > 0 && strings.TrimSpace(strings.Join(s.rows[len(s.rows)-1], "")) == "" {
		s.rows = s.rows[:len(s.rows)-1]
	}
	for i, r := range s.rows {
		full := make([]string, width)
		copy(full, r)
		s.rows[i] = full
	}
	full := make([]string, width)
	copy(full, s.headers)
	for i := range full {
		if strings.TrimSpace(full[i]) == "" {
			full[i] = columnName(i)
		}
	}
	s.headers = full
}

// columnName is "A" for 0, "AA" for 26 and so on.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

func lookOf(css string) (l cellLook) {
	d := declarations(css)
	switch d["text-align"] {
	case "left", "right", "center":
		l.align = d["text-align"]
	}
	l.color, l.fill = colour(d["color"]), colour(d["background-color"])
	l.bold, l.italic = d["font-weight"] == "bold", d["font-style"] == "italic"
	return l
}

// block is the spreadsheet as a table.
func (s *sheet) block() block {
	text := func(t string, st style) (out []block) {
		var spans []span
		for i, line := range strings.Split(t, "\n") {
			if i > 0 {
				spans = append(spans, span{newline: true})
			}
			spans = append(spans, span{style: st, text: line})
		}
		if t != "" {
			out = []block{{kind: paraBlock, spans: spans}}
		}
		return out
	}
	b := block{kind: tableBlock}
	var head []cell
	for _, h := range s.headers {
		head = append(head, cell{head: true, colSpan: 1, rowSpan: 1, blocks: text(h, style{})})
	}
	b.rows = append(b.rows, head)
	for y, r := range s.rows {
		var row []cell
		for x, c := range r {
			l := s.look[columnName(x)+strconv.Itoa(y+1)]
			row = append(row, cell{colSpan: 1, rowSpan: 1, align: l.align, fill: l.fill, blocks: text(c, style{bold: l.bold, italic: l.italic, color: l.color})})
		}
		b.rows = append(b.rows, row)
	}
	return b
}

// csv is the spreadsheet as CSV (RFC 4180).
func (s *sheet) csv() []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.Write(s.headers)
	w.WriteAll(s.rows) // a bytes.Buffer never fails
	return b.Bytes()
}
