package export

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"time"

	"zenobis/export/failure"
	"zenobis/record"
	"zenobis/zenodo"
)

// checked is what the server says of metadata before anything is made. Metadata
// that it would refuse is an error of kind Invalid that names the fields; a server
// that does not answer has said nothing, which is no plan. A dry plan needs no title.
func (e *Engine) checked(ctx context.Context, m record.Metadata, dry bool) (record.Report, error) {
	r, known := e.checks.of(m, e.o.Now())
	if !known || e.o.Memory == nil {
		var err error
		if r, err = e.CheckMetadata(ctx, m); err == nil {
			err = r.Away
		}
		if ctx.Err() != nil {
			return r, planFailure(ctx, ctx.Err())
		}
		if err != nil {
			return r, failure.Wrap("the metadata could not be checked", err)
		}
		if len(r.Problems) == 0 && len(r.Unchecked) == 0 {
			e.checks.keep(m, r, e.o.Now())
		}
	}
	if dry && m.Title == "" {
		r.Problems = slices.DeleteFunc(r.Problems, func(f record.FieldError) bool { return f.Field == "title" })
	}
	return r, refusedFields(r.Problems)
}

// lastCheck is the last metadata that the server had nothing against: a plan that
// is only cut in another way need not ask again.
type lastCheck struct {
	mu     sync.Mutex
	at     time.Time
	said   string
	report record.Report
}

// checkLasts is how long the server's word is good for.
const checkLasts = 10 * time.Minute

func (c *lastCheck) of(m record.Metadata, now time.Time) (record.Report, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	r := c.report
	return r, c.said == spelled(m) && now.Sub(c.at) < checkLasts
}

func (c *lastCheck) keep(m record.Metadata, r record.Report, now time.Time) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.at, c.said, c.report = now, spelled(m), r
}

// spelled tells metadata apart.
func spelled(m record.Metadata) string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // never: it is plain data
	}
	return string(b)
}

// CheckMetadata asks the server about metadata, as Plan does before it begins.
// The problems stand in the report; the error is that of the context.
func (e *Engine) CheckMetadata(ctx context.Context, m record.Metadata) (record.Report, error) {
	m = m.Normal()
	r, err := record.Check(ctx, e.o.Zenodo, e.o.Allowed, m, record.Validate(m, e.o.Now()))
	r.Notes = append(r.Notes, record.Remarks(m, e.o.Now())...)
	return r, err
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
