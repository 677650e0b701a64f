package export

import (
	"context"
	"slices"
	"strings"

	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/zenodo"
)

// checked is what the server says of metadata before anything is made. Metadata
// that it would refuse is an error of kind Invalid that names the fields. A dry
// plan needs no title.
func (e *Engine) checked(ctx context.Context, m record.Metadata, dry bool) (record.Report, error) {
	r, err := e.CheckMetadata(ctx, m)
	if err != nil {
		return r, failure.Wrap("check the metadata", err)
	}
	if dry && m.Title == "" {
		r.Problems = slices.DeleteFunc(r.Problems, func(f record.FieldError) bool { return f.Field == "title" })
	}
	return r, refusedFields(r.Problems)
}

// CheckMetadata asks the server about metadata, as Plan does before it begins.
// The problems stand in the report; the error is that of the context.
func (e *Engine) CheckMetadata(ctx context.Context, m record.Metadata) (record.Report, error) {
	m = m.Normal()
	return record.Check(ctx, e.o.Zenodo, e.o.Allowed, m, record.Validate(m, e.o.Now()))
}

func refusedFields(bad []record.FieldError) error {
	if len(bad) == 0 {
		return nil
	}
	var words []string
	var fields []zenodo.FieldError
	for _, f := range bad {
		words = append(words, f.Field+": "+f.Message)
		fields = append(fields, zenodo.FieldError{Field: f.Field, Messages: []string{f.Message}})
	}
	f := failure.Refuse("the description of the export is not as it should be", strings.Join(words, "; "), "correct these fields", nil)
	f.Kind, f.Fields = failure.Invalid, fields
	return f
}
