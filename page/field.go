package page

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/richtext"
	"zenobis/safetext"
)

// field is a property as a page shows it.
type field struct {
	code, label, section, dataType string
	values                         []string // as openBIS holds them, but for sessions and addresses of pictures
	texts                          []string // as people read them
	links                          []string // for each text its address, "" for none
	refs                           []*Link  // for each text the entity that it names, nil for none
	fixed                          bool     // set in a fixed width: XML and JSON
	rich                           *richtext.Doc
	sheet                          *sheet
	csv                            string // path of the sheet as CSV
	gap                            string // what is broken so that nothing is shown, "" for nothing
	missing                        []string
}

// interpret makes a field of a property and tells what is missing in it.
func interpret(p property, in Input, pics *pictures) field {
	f := field{code: p.Code, label: OneLine(p.Label), section: p.section, dataType: p.DataType}
	if f.label == "" {
		f.label = p.Code
	}
	size := 0
	for _, v := range p.values {
		f.values = append(f.values, richtext.Stored(v, nil))
		size += len(v)
	}
	broken := func(err error) field {
		f.gap = err.Error()
		f.missing = append(f.missing, f.gap)
		return f
	}
	first := p.values[0]
	whole := strings.Join(p.values, "\n")
	switch {
	case p.Widget == "Spreadsheet", (p.DataType == "XML" || p.DataType == "") && dataTag.MatchString(first):
		s, err := readSheet(first)
		switch {
		case err == nil:
			f.sheet = s
			return f
		case errors.Is(err, errEmptySheet):
			f.texts = []string{"(empty)"}
			return f
		case p.Widget == "Spreadsheet":
			return broken(err)
		}
	case richtext.Is(p.DataType, p.Widget, whole):
		doc, err := richtext.Read(whole, pics.number)
		if err != nil {
			return broken(tooLarge(size))
		}
		f.rich, f.missing = &doc, doc.Missing
		f.values = []string{richtext.Stored(whole, func(src string) string { return pics.file(in.Place.Page, src) })}
		return f
	case p.DataType == "JSON" && json.Valid([]byte(first)), p.DataType == "XML":
		f.fixed = true
	}
	if size > richtext.MaxText {
		return broken(tooLarge(size))
	}
	for _, v := range p.values {
		text, link := plain(p.Assignment, v)
		var to *Link
		if p.DataType == "SAMPLE" || p.DataType == "ARRAY_SAMPLE" {
			if to = in.refer(v); to != nil {
				text = to.name()
			}
		}
		f.texts, f.links, f.refs = append(f.texts, text), append(f.links, link), append(f.refs, to)
	}
	return f
}

// tooLarge says why a value is not shown, and where it is.
func tooLarge(size int) error {
	return fmt.Errorf("%w (%s): it stands in the JSON page", richtext.ErrTooLarge, human.Bytes(int64(size)))
}

// plain words a value of a simple type, with its address if it has one.
func plain(a openbis.Assignment, v string) (text, link string) {
	switch strings.TrimPrefix(a.DataType, "ARRAY_") {
	case "CONTROLLEDVOCABULARY":
		if label := OneLine(a.Terms[v]); label != "" {
			return label, ""
		}
	case "BOOLEAN":
		return safetext.Text(strings.ToLower(strings.TrimSpace(v))), ""
	case "TIMESTAMP":
		return timestamp(v), ""
	case "DATE":
		return date(v), ""
	case "HYPERLINK":
		address, mark := richtext.Link(v)
		if address == "" && mark != "" && !strings.Contains(safetext.Text(v), mark) {
			return "[" + mark + "]", ""
		}
		return safetext.Text(v), address
	}
	return richtext.PlainText(a.Widget, v), ""
}

// refer is the entity that a value names by permId or identifier.
func (in Input) refer(v string) *Link {
	v = strings.TrimSpace(v)
	if strings.HasPrefix(v, "{") { // as some servers write it
		var id struct{ PermID, Identifier string }
		if json.Unmarshal([]byte(v), &id) == nil {
			v = cmp.Or(id.PermID, id.Identifier)
		}
	}
	if v == "" {
		return nil
	}
	around := [][]Link{in.Above}
	if in.Entity.Kind != openbis.KindDataSet {
		around = append(around, in.Parents, in.Children, in.Parts, in.Below)
	}
	for _, links := range around {
		for i := range links {
			if l := &links[i]; v == l.PermID || v == l.Identifier {
				return l
			}
		}
	}
	if in.Refer != nil && in.Entity.Kind != openbis.KindDataSet {
		if l, ok := in.Refer(v); ok {
			return &l
		}
	}
	return nil
}

// timestamp turns openBIS' form of a time into ISO 8601: in UTC where it names a
// zone, without a zone where it does not. What is no time stays as it is.
func timestamp(s string) string {
	const (
		local = "2006-01-02T15:04:05.999999999"
		utc   = local + "Z07:00"
	)
	s = strings.TrimSpace(s)
	for _, form := range []string{"2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 -07:00", time.RFC3339, "2006-01-02T15:04:05-0700"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.UTC().Format(utc)
		}
	}
	for _, form := range []string{"2006-01-02 15:04:05", "2006-01-02T15:04:05"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format(local)
		}
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, s); err == nil {
			return t.Format("2006-01-02T15:04")
		}
	}
	return safetext.Text(s)
}

// date is a day in ISO 8601. Some servers add a time that says nothing; one that
// says something stays.
func date(s string) string {
	s = strings.TrimSpace(s)
	if len(s) >= 10 {
		day, rest := s[:10], strings.TrimLeft(s[10:], " T")
		if t, err := time.Parse(time.DateOnly, day); err == nil && (rest == "" || strings.HasPrefix(rest, "00:00")) {
			return t.Format(time.DateOnly)
		}
	}
	return timestamp(s)
}
