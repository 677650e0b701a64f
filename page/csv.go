package page

import (
	"encoding/csv"
	"io"
	"strconv"
	"strings"
)

// TableExt is the extension of a table beside a page.
const TableExt = ".csv"

func tableFile(page string) string { return page + TableExt }

// csvWriter writes CSV (RFC 4180) that spreadsheet programs take as it is: UTF-8
// with a byte order mark, and a "'" before what they would run as a formula.
type csvWriter struct {
	w   *csv.Writer
	err error
}

func newCSV(w io.Writer) *csvWriter {
	c := &csvWriter{w: csv.NewWriter(w)}
	c.w.UseCRLF = true
	_, c.err = io.WriteString(w, "\ufeff")
	return c
}

func (c *csvWriter) row(cells []string) {
	if c.err != nil {
		return
	}
	safe := make([]string, len(cells))
	for i, s := range cells {
		safe[i] = harmless(s)
	}
	c.err = c.w.Write(safe)
}

func (c *csvWriter) end() error {
	c.w.Flush()
	if c.err != nil {
		return c.err
	}
	return c.w.Error()
}

// harmless is a cell that no spreadsheet program takes for a formula. Numbers with
// a sign stay numbers.
func harmless(s string) string {
	t := strings.TrimLeft(s, " \t\n")
	if t == "" || !strings.ContainsRune("=+-@", rune(t[0])) && s[0] != '\t' {
		return s
	}
	if _, err := strconv.ParseFloat(strings.Replace(t, ",", ".", 1), 64); err == nil {
		return s
	}
	return "'" + s
}
