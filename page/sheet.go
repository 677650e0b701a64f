package page

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"zenobis/richtext"
	"zenobis/safetext"
)

// sheet is a spreadsheet property. Rows hold what is there; width is that of the
// widest, and of the headers.
type sheet struct {
	headers  []string
	rows     [][]string
	formulas map[string]string   // what was typed into cells whose value is shown, by name: "B2"
	looks    map[string]cellLook // by name
}

// cellLook is how a cell looks.
type cellLook struct {
	align, color, fill string
	bold, italic       bool
}

// dataTag finds the payload of a spreadsheet property: base64 of JSON in a DATA
// element.
var dataTag = regexp.MustCompile(`(?is)^\s*(?:<\?xml[^>]*\?>\s*)?<DATA[^>]*>(.*?)</DATA>\s*$`)

var (
	errSheet      = errors.New("the spreadsheet is not readable")
	errNoSheet    = errors.New("the spreadsheet has no data")
	errEmptySheet = errors.New("the spreadsheet is empty")
)

// readSheet reads a spreadsheet property. Empty rows and columns at the end are
// dropped; errEmptySheet says that nothing is left, richtext.ErrTooLarge that it is
// above the limits.
func readSheet(value string) (*sheet, error) {
	if len(value) > richtext.MaxText {
		return nil, tooLarge(len(value))
	}
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
	if !utf8.Valid(raw) { // until 2023 the ELN wrote Latin-1
		raw = fromLatin1(raw)
	}
	raw = bytes.TrimSpace(raw)
	if len(raw) == 0 {
		return nil, errEmptySheet
	}
	var s struct {
		Headers any            `json:"headers"`
		Data    []any          `json:"data"`
		Values  []any          `json:"values"` // what the formulas of data come to
		Style   map[string]any `json:"style"`
	}
	into := any(&s)
	if raw[0] == '[' { // older still: the rows alone
		into = &s.Data
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(into); err != nil {
		return nil, errSheet
	}
	out := &sheet{headers: headers(s.Headers), formulas: map[string]string{}, looks: map[string]cellLook{}}
	for y, r := range s.Data {
		row := cells(r)
		if y < len(s.Values) {
			out.compute(y, row, cells(s.Values[y]))
		}
		out.rows = append(out.rows, row)
	}
	titled := out.trim()
	switch {
	case len(out.rows) == 0 && !titled:
		return nil, errEmptySheet
	case max(1, len(out.rows))*len(out.headers) > richtext.MaxCells:
		return nil, tooLarge(len(value))
	}
	for name, css := range s.Style {
		if css, ok := css.(string); ok {
			if l := lookOf(css); l != (cellLook{}) {
				out.looks[name] = l
			}
		}
	}
	return out, nil
}

func fromLatin1(b []byte) []byte {
	out := make([]byte, 0, len(b)+len(b)/4)
	for _, c := range b {
		out = utf8.AppendRune(out, rune(c))
	}
	return out
}

// compute puts values in place of formulas, and keeps these.
func (s *sheet) compute(y int, row, values []string) {
	for x, c := range row {
		if strings.HasPrefix(c, "=") && x < len(values) && values[x] != "" && values[x] != c {
			s.formulas[cellName(x, y)] = c
			row[x] = values[x]
		}
	}
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
		row = make([]string, 0, len(v))
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
		return safetext.Text(v)
	case map[string]any:
		for _, k := range []string{"value", "title", "v"} {
			if c, ok := v[k]; ok {
				return cellText(c)
			}
		}
		return ""
	default:
		return safetext.Text(fmt.Sprint(v))
	}
}

// trim drops empty rows and columns at the end, gives columns without a header
// their letters, and tells whether somebody wrote a header.
func (s *sheet) trim() (titled bool) {
	width := 0
	for y, r := range s.rows {
		last := 0
		for i, c := range r {
			if strings.TrimSpace(c) != "" {
				last = i + 1
			}
		}
		s.rows[y] = r[:last]
		width = max(width, last)
	}
	for i, h := range s.headers {
		if h = strings.TrimSpace(h); h != "" && h != columnName(i) {
			width, titled = max(width, i+1), true
		}
	}
	for len(s.rows) > 0 && len(s.rows[len(s.rows)-1]) == 0 {
		s.rows = s.rows[:len(s.rows)-1]
	}
	full := make([]string, width)
	copy(full, s.headers)
	for i := range full {
		if strings.TrimSpace(full[i]) == "" {
			full[i] = columnName(i)
		}
	}
	s.headers = full
	return titled
}

// columnName is "A" for 0, "AA" for 26 and so on.
func columnName(i int) string {
	name := ""
	for i++; i > 0; i = (i - 1) / 26 {
		name = string(rune('A'+(i-1)%26)) + name
	}
	return name
}

// cellName is "A1" for the first cell.
func cellName(x, y int) string { return columnName(x) + strconv.Itoa(y+1) }

func lookOf(css string) (l cellLook) {
	d := richtext.Declarations(css)
	switch d["text-align"] {
	case "left", "right", "center":
		l.align = d["text-align"]
	}
	l.color, l.fill = richtext.Colour(d["color"]), richtext.Colour(d["background-color"])
	l.bold, l.italic = d["font-weight"] == "bold", d["font-style"] == "italic"
	return l
}

// at is a cell's text, "" beyond the end of its row.
func (s *sheet) at(x, y int) string {
	if x < len(s.rows[y]) {
		return s.rows[y][x]
	}
	return ""
}

// block is the spreadsheet as a table, of no more rows than that.
func (s *sheet) block(rows int) richtext.Block {
	text := func(t string, st richtext.Style) (out []richtext.Block) {
		var spans []richtext.Span
		for line := range strings.SplitSeq(t, "\n") {
			if len(spans) > 0 {
				spans = append(spans, richtext.Span{Newline: true})
			}
			spans = append(spans, richtext.Span{Style: st, Text: line})
		}
		if t != "" {
			out = []richtext.Block{{Kind: richtext.Para, Spans: spans}}
		}
		return out
	}
	b := richtext.Block{Kind: richtext.Table}
	var head []richtext.Cell
	for x, h := range s.headers {
		head = append(head, richtext.Cell{Head: true, ColSpan: 1, RowSpan: 1, Column: x, Blocks: text(h, richtext.Style{})})
	}
	b.Rows = append(b.Rows, head)
	for y := range min(rows, len(s.rows)) {
		row := make([]richtext.Cell, 0, len(s.headers))
		for x := range s.headers {
			c := richtext.Cell{ColSpan: 1, RowSpan: 1, Column: x}
			var st richtext.Style
			if len(s.looks) > 0 {
				l := s.looks[cellName(x, y)]
				c.Align, c.Fill = l.align, l.fill
				st = richtext.Style{Bold: l.bold, Italic: l.italic, Color: l.color}
			}
			c.Blocks = text(s.at(x, y), st)
			row = append(row, c)
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// csv is the spreadsheet as CSV.
func (s *sheet) csv() []byte {
	var b bytes.Buffer
	w := newCSV(&b)
	w.row(s.headers)
	row := make([]string, len(s.headers))
	for y := range s.rows {
		clear(row)
		copy(row, s.rows[y])
		w.row(row)
	}
	_ = w.end() // a bytes.Buffer never fails
	return b.Bytes()
}
