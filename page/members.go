package page

import (
	"context"
	"errors"
	"io"
	"strings"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
)

// members is a collection's table of objects.
type members struct {
	columns []column
	types   bool // they are of several types
	rows    []memberRow
	all     int
	csv     string // path of the whole table
}

// column is a property that some object has.
type column struct{ code, label string }

// memberRow is an object as the page shows it.
type memberRow struct {
	link  Link
	cells []string // one for each column, perhaps of several lines
}

// longCell is how much of a value stands in a page's table, in characters.
const longCell = 300

// readMembers reads a collection's objects: which columns they have, and the rows
// of the page. nil if there are none.
func readMembers(ctx context.Context, in Input) (*members, error) {
	m := &members{csv: tableFile(in.Place.Page)}
	at := map[string]int{}
	labels, types := map[string]int{}, map[string]bool{}
	err := in.Members(func(o Member) error {
		if m.all++; m.all%100 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		types[o.Entity.Type] = true
		for _, p := range properties(o.Entity, o.Type) {
			if _, ok := at[p.Code]; ok {
				continue
			}
			label := OneLine(p.Label)
			if label == "" {
				label = p.Code
			}
			at[p.Code] = len(m.columns)
			labels[label]++
			m.columns = append(m.columns, column{p.Code, label})
		}
		return nil
	})
	if err != nil || m.all == 0 {
		return nil, err
	}
	m.types = len(types) > 1
	for i, c := range m.columns {
		if labels[c.label] > 1 {
			m.columns[i].label += " (" + c.code + ")"
		}
	}
	n := 0
	err = in.Members(func(o Member) error {
		if n++; n > maxMembers {
			return errEnough
		}
		if n%100 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		row := memberRow{link: Link{Ref: o.Entity.Ref, Page: o.Page}, cells: m.cells(in, o, at)}
		for i, c := range row.cells {
			row.cells[i] = human.Cut(shortLines(c), longCell)
		}
		m.rows = append(m.rows, row)
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	return m, nil
}

// shortLines are the lines of a text that say something, each on one.
func shortLines(s string) string {
	var lines []string
	for l := range strings.Lines(s) {
		if l = OneLine(l); l != "" {
			lines = append(lines, l)
		}
	}
	return strings.Join(lines, "\n")
}

var errEnough = errors.New("enough")

// cells are an object's values, one for each column.
func (m *members) cells(in Input, o Member, at map[string]int) []string {
	row := make([]string, len(m.columns))
	for _, v := range valuesOf(Input{Entity: o.Entity, Type: o.Type, Refer: in.Refer}) {
		if i, ok := at[v.Code]; ok {
			row[i] = v.Text
		}
	}
	return row
}

// write writes the whole table as CSV, one row an object.
func (m *members) write(ctx context.Context, w io.Writer, in Input) error {
	c := newCSV(w)
	head := []string{
		"Name",
		"Code",
		"Type",
		"Identifier",
		"PermId",
		"Registered",
		"Registered by",
		"Modified",
		"Modified by",
		"Parents",
		"Children",
		"Tags",
	}
	at := map[string]int{}
	for i, col := range m.columns {
		head = append(head, col.label)
		at[col.code] = i
	}
	c.row(head)
	n := 0
	err := in.Members(func(o Member) error {
		if n++; n%100 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		e := o.Entity
		row := []string{
			safetext.Text(e.Name), safetext.Text(e.Code), safetext.Text(e.Type), safetext.Text(e.Identifier), safetext.Text(e.PermID),
			Time(e.Registered), PersonName(e.Registrator), Time(e.Modified), PersonName(e.Modifier), list(e.Parents), list(e.Children),
			safetext.Text(strings.Join(e.Tags, ", ")),
		}
		c.row(append(row, m.cells(in, o, at)...))
		return c.err
	})
	if err != nil {
		return err
	}
	return c.end()
}

// list is relatives on one line.
func list(refs []openbis.Ref) string {
	var out []string
	for _, r := range refs {
		out = append(out, Link{Ref: r}.name())
	}
	return strings.Join(out, ", ")
}
