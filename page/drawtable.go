package page

import (
	"fmt"
	"strings"

	"zenobis/richtext"
)

// maxLabel is how long a column's title may be that is repeated in each row.
const maxLabel = 40

// drawBlock draws a table of rich text, wider than its text may be.
func drawBlock(b *richtext.Block, room int) string {
	rows := make([][]string, len(b.Rows))
	for y, r := range b.Rows {
		for i := range r {
			c := &r[i]
			text := richtext.CellText(c)
			if text == "" {
				continue
			}
			for len(rows[y]) < c.Column {
				rows[y] = append(rows[y], "")
			}
			rows[y] = append(rows[y], text)
		}
	}
	return drawTable(rows, room+tableWidth-TextWidth)
}

// drawTable draws rows with aligned columns, or one value a line where they would
// be wider than room.
func drawTable(rows [][]string, room int) string {
	var widths []int
	for _, r := range rows {
		for i, c := range r {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], richtext.Columns(OneLine(c)))
		}
	}
	total := 3 * (len(widths) - 1)
	for _, w := range widths {
		total += w
	}
	if total > room && len(rows) > 0 {
		return listTable(rows, room)
	}
	var b strings.Builder
	for y, r := range rows {
		line := ""
		for i, c := range r {
			if i > 0 {
				line += " | "
			}
			c = OneLine(c)
			line += c + strings.Repeat(" ", widths[i]-richtext.Columns(c))
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
		if y == 0 && len(rows) > 1 {
			b.WriteString(strings.Repeat("-", max(total, 3)) + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// listTable writes one value a line, each behind the title of its column.
func listTable(rows [][]string, room int) string {
	labels := make([]string, len(rows[0]))
	long := len(rows) == 1
	for x, c := range rows[0] {
		labels[x] = OneLine(c)
		long = long || richtext.Columns(labels[x]) > maxLabel
	}
	var b strings.Builder
	for y, r := range rows {
		switch {
		case y == 0 && !long:
			continue
		case y == 0 && len(rows) > 1:
			b.WriteString("titles\n")
		default:
			fmt.Fprintf(&b, "row %d\n", max(y, 1))
		}
		for x, c := range r {
			if c = OneLine(c); c == "" {
				continue
			}
			label := fmt.Sprintf("column %d", x+1)
			if y > 0 && x < len(labels) && labels[x] != "" && richtext.Columns(labels[x]) <= maxLabel {
				label = labels[x]
			}
			b.WriteString(indent(richtext.Wrap(label+": "+c, room-2, "  "), "  ") + "\n")
		}
	}
	return strings.TrimRight(b.String(), "\n")
}
