package crate

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

// dataTag finds the payload of a spreadsheet property: base64 of JSON in a DATA
// element (reference/openbis-zenodo-export.md, 4.4).
var dataTag = regexp.MustCompile(`(?is)<DATA[^>]*>(.*?)</DATA>`)

// sheet reads a spreadsheet property into rows of cells, the headers first.
// Empty rows and columns at the end are dropped.
func sheet(value string) ([][]string, error) {
	m := dataTag.FindStringSubmatch(value)
	if m == nil {
		return nil, errors.New("the spreadsheet has no data")
	}
	payload := strings.Map(func(r rune) rune {
		if r == ' ' || r == '\n' || r == '\r' || r == '\t' {
			return -1
		}
		return r
	}, m[1])
	raw, err := base64.StdEncoding.DecodeString(payload)
	if err != nil {
		return nil, errors.New("the spreadsheet is not readable")
	}
	var s struct {
		Headers any   `json:"headers"`
		Data    []any `json:"data"`
	}
	dec := json.NewDecoder(bytes.NewReader(raw))
	dec.UseNumber()
	if err := dec.Decode(&s); err != nil {
		return nil, errors.New("the spreadsheet is not readable")
	}
	var rows [][]string
	if h := headers(s.Headers); len(h) > 0 {
		rows = append(rows, h)
	}
	for _, r := range s.Data {
		rows = append(rows, cells(r))
	}
	rows = trimSheet(rows)
	if len(rows) == 0 {
		return nil, errors.New("the spreadsheet is empty")
	}
	return rows, nil
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
			row = append(row, cell(c))
		}
	case map[string]any:
		for i := 0; ; i++ {
			c, ok := v[strconv.Itoa(i)]
			if !ok {
				break
			}
			row = append(row, cell(c))
		}
	}
	return row
}

func cell(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case map[string]any:
		for _, k := range []string{"value", "title", "v"} {
			if c, ok := v[k]; ok {
				return cell(c)
			}
		}
		return ""
	default:
		return fmt.Sprint(v)
	}
}

func trimSheet(rows [][]string) [][]string {
	width := 0
	for _, r := range rows {
		for i, c := range r {
			if strings.TrimSpace(c) != "" {
				width = max(width, i+1)
			}
		}
	}
	for len(rows) > 0 && strings.TrimSpace(strings.Join(rows[len(rows)-1], "")) == "" {
		rows = rows[:len(rows)-1]
	}
	for i, r := range rows {
		full := make([]string, width)
		copy(full, r)
		rows[i] = full
	}
	return rows
}

// asCSV writes rows as CSV (RFC 4180).
func asCSV(rows [][]string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.UseCRLF = true
	w.WriteAll(rows) // a bytes.Buffer never fails
	return b.Bytes()
}
