package richtext

import (
	"strconv"
	"strings"
)

// table reads a table. What stands in it outside of cells comes before it.
func (r *reader) table(n *node, st Style) (out []Block) {
	b := Block{Kind: Table}
	stray := &flow{}
	var loose []Cell // cells without a row
	row := func() {
		if len(loose) > 0 {
			b.Rows = append(b.Rows, loose)
			loose = nil
		}
	}
	var walk func(n *node)
	walk = func(n *node) {
		for _, c := range n.kids {
			switch {
			case c.tag == nil:
				r.node(stray, c, st)
			case c.name == "caption":
				for i, inner := range r.below(c, st, "") {
					if i > 0 && len(inner.Spans) > 0 {
						b.Caption = append(b.Caption, Span{Newline: true})
					}
					b.Caption = append(b.Caption, inner.Spans...)
					if len(inner.Spans) == 0 {
						out = append(out, inner)
					}
				}
			case c.name == "tr":
				row()
				b.Rows = append(b.Rows, r.row(c, st, stray))
				c.kids = nil // read: a table may be most of a text
			case c.name == "td" || c.name == "th":
				loose = append(loose, r.cell(c, st))
			case c.name == "thead" || c.name == "tbody" || c.name == "tfoot":
				row()
				walk(c)
				row()
			default:
				r.node(stray, c, st)
			}
		}
	}
	walk(n)
	row()
	out = append(out, stray.done()...)
	if b.Rows = r.grid(b.Rows); len(b.Rows) > 0 {
		return append(out, b)
	}
	if len(b.Caption) > 0 {
		out = append(out, Block{Kind: Para, Spans: b.Caption})
	}
	return out
}

func (r *reader) row(n *node, st Style, stray *flow) (cells []Cell) {
	st = styled(n, st)
	fill := st.Fill
	st.Fill = ""
	for _, c := range n.kids {
		if c.tag == nil || c.name != "td" && c.name != "th" {
			r.node(stray, c, st)
			continue
		}
		cell := r.cell(c, st)
		if cell.Fill == "" {
			cell.Fill = fill
		}
		cells = append(cells, cell)
	}
	return cells
}

func (r *reader) cell(n *node, st Style) Cell {
	inner := styled(n, st)
	fill := ""
	if inner.Fill != st.Fill {
		fill = inner.Fill
	} else {
		fill = Colour(n.get("bgcolor"))
	}
	inner.Fill = st.Fill
	return Cell{
		Head: n.name == "th", ColSpan: spanned(n.get("colspan")), RowSpan: spanned(n.get("rowspan")),
		Align: aligned(n, ""), Fill: fill, Blocks: r.below(n, inner, ""),
	}
}

// spanned is a span of cells.
func spanned(s string) int {
	n, err := strconv.Atoi(strings.TrimSpace(s))
	if err != nil {
		return 1
	}
	return min(max(n, 1), 1000)
}

// grid mends a table's rows: spans neither overlap nor reach beyond the table,
// every row and column has a cell of its own, and all rows are equally wide. Where
// the spans of a text's tables would fill more than MaxCells, there are none.
func (r *reader) grid(rows [][]Cell) [][]Cell {
	rows = trimSpans(rows)
	if len(rows) == 0 {
		return nil
	}
	width, ok := r.place(rows)
	if !ok {
		for i := range rows {
			for j := range rows[i] {
				rows[i][j].ColSpan, rows[i][j].RowSpan = 1, 1
			}
		}
		width, _ = r.place(rows)
	}
	// A column in which no cell begins is none: those that cover it get narrower.
	begins := make([]int, width+1) // how many columns before one are some
	for i := range rows {
		for j := range rows[i] {
			begins[rows[i][j].Column+1] = 1
		}
	}
	for x := range width {
		begins[x+1] += begins[x]
	}
	for i := range rows {
		for j := range rows[i] {
			c := &rows[i][j]
			first, last := begins[c.Column], begins[min(width, c.Column+c.ColSpan)]
			c.Column, c.ColSpan = first, max(1, last-first)
		}
	}
	return fillRows(rows, begins[width])
}

// trimSpans drops empty rows and makes spans no larger than the table can be.
func trimSpans(rows [][]Cell) [][]Cell {
	var kept [][]Cell
	width := 1
	for _, r := range rows {
		if len(r) == 0 {
			continue
		}
		kept = append(kept, r)
		w := 0
		for _, c := range r {
			if c.ColSpan > 16 {
				c.ColSpan = 1
			}
			w += c.ColSpan
		}
		width = max(width, w)
	}
	for i := range kept {
		for j := range kept[i] {
			c := &kept[i][j]
			c.RowSpan = min(c.RowSpan, len(kept)-i)
			if c.ColSpan > 16 {
				c.ColSpan = min(c.ColSpan, max(width, 16))
			}
		}
	}
	return kept
}

// place finds the column of each cell as browsers do. It fails where cells overlap,
// or where the table is too large for spans.
func (r *reader) place(rows [][]Cell) (width int, ok bool) {
	area, spans := 0, false
	for i := range rows {
		for j := range rows[i] {
			n := rows[i][j].ColSpan * rows[i][j].RowSpan
			area, spans = area+n, spans || n > 1
		}
	}
	if spans && r.area+area > MaxCells {
		r.missing = append(r.missing, "a table is too large for its joined cells: they stand alone")
		return 0, false
	}
	ok = true
	var until []int // row up to which a column is taken from above
	for i := range rows {
		x := 0
		for j := range rows[i] {
			c := &rows[i][j]
			for x < len(until) && until[x] > i {
				x++
			}
			c.Column = x
			for k := x; k < x+c.ColSpan; k++ {
				if k == len(until) {
					until = append(until, 0)
				}
				if until[k] > i {
					ok = false
				}
				until[k] = i + c.RowSpan
			}
			x += c.ColSpan
		}
	}
	if spans {
		if r.area += area + len(rows)*len(until); r.area > MaxCells {
			r.missing = append(r.missing, "a table is too large for its joined cells: they stand alone")
			return 0, false
		}
	}
	return len(until), ok
}

// fillRows puts a cell wherever none stands.
func fillRows(rows [][]Cell, width int) [][]Cell {
	until := make([]int, width)
	joined := 0 // row up to which cells of rows above may reach
	for i := range rows {
		var full []Cell
		x := 0
		gap := func(to int) { // fills what is free before a column
			for x < to {
				from := x
				if i >= joined {
					x = to
				} else if until[x] > i {
					x++
					continue
				}
				for x < to && until[x] <= i {
					x++
				}
				full = append(full, Cell{ColSpan: x - from, RowSpan: 1, Column: from})
			}
		}
		for _, c := range rows[i] {
			gap(c.Column)
			full = append(full, c)
			if c.RowSpan > 1 {
				joined = max(joined, i+c.RowSpan)
				for k := c.Column; k < c.Column+c.ColSpan; k++ {
					until[k] = i + c.RowSpan
				}
			}
			x = c.Column + c.ColSpan
		}
		gap(width)
		rows[i] = full
	}
	return rows
}

// Columns is how many columns a table has.
func (b *Block) Columns() (n int) {
	for _, r := range b.Rows {
		if k := len(r) - 1; k >= 0 {
			n = max(n, r[k].Column+r[k].ColSpan)
		}
	}
	return n
}

// HeadRows counts the rows of headers at the top that stand for themselves.
func (b *Block) HeadRows() (n int) {
	for i, r := range b.Rows {
		for _, c := range r {
			if !c.Head || c.RowSpan > 1 {
				return n
			}
		}
		n = i + 1
	}
	return n
}
