package page

// grid mends a table's rows: spans neither overlap nor reach beyond the table,
// every row and column has a cell of its own, and all rows are equally wide.
func grid(rows [][]cell) [][]cell {
	var kept [][]cell
	for _, r := range rows {
		if len(r) > 0 {
			kept = append(kept, r)
		}
	}
	rows = kept
	at, width, ok := layout(rows)
	if !ok { // spans overlap: better none
		for i := range rows {
			for j := range rows[i] {
				rows[i][j].colSpan, rows[i][j].rowSpan = 1, 1
			}
		}
		at, width, _ = layout(rows)
	}
	// A column in which no cell begins is none: those that cover it get narrower.
	begins := make([]bool, width)
	for i := range rows {
		for j := range rows[i] {
			begins[at[i][j]] = true
		}
	}
	for i := range rows {
		for j := range rows[i] {
			for c := at[i][j] + rows[i][j].colSpan - 1; c > at[i][j]; c-- {
				if !begins[c] {
					rows[i][j].colSpan--
				}
			}
		}
	}
	at, width, _ = layout(rows)
	covered := make([][]bool, len(rows)) // true where a cell stands
	for i := range covered {
		covered[i] = make([]bool, width)
	}
	for i := range rows {
		for j, c := range rows[i] {
			for y := i; y < min(len(rows), i+c.rowSpan); y++ {
				for x := at[i][j]; x < at[i][j]+c.colSpan; x++ {
					covered[y][x] = true
				}
			}
		}
	}
	for i := range rows {
		for x := range width {
			if !covered[i][x] {
				rows[i] = append(rows[i], cell{colSpan: 1, rowSpan: 1})
			}
		}
	}
	return rows
}

// layout finds the column of each cell as browsers do, clips row spans at the
// end, and tells whether cells overlap.
func layout(rows [][]cell) (at [][]int, width int, ok bool) {
	ok = true
	var until []int // row up to which a column is taken from above
	at = make([][]int, len(rows))
	for i := range rows {
		x := 0
		for j := range rows[i] {
			c := &rows[i][j]
			c.rowSpan = min(c.rowSpan, len(rows)-i)
			for x < len(until) && until[x] > i {
				x++
			}
			at[i] = append(at[i], x)
			for k := x; k < x+c.colSpan; k++ {
				if k == len(until) {
					until = append(until, 0)
				}
				if until[k] > i {
					ok = false
				}
				until[k] = i + c.rowSpan
			}
			x += c.colSpan
		}
	}
	return at, len(until), ok
}
