package flow_test

import (
	"regexp"
	"strings"
	"testing"
	"time"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/record"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// What a screen gives as an example can be typed just so.
func TestExamplesAreTaken(t *testing.T) {
	srv := zenodotest.Start(t, zenodotest.Options{})
	z, err := zenodo.New(zenodo.Options{URL: srv.URL, Token: srv.Token, PerMinute: -1})
	if err != nil {
		t.Fatal(err)
	}
	f := flow.New(flowtest.New(), true)
	suchAs := regexp.MustCompile(`such as ([^;]+?)[.;]`)
	tried := 0
	for _, fd := range f.Description.Fields() {
		examples := strings.Split(fd.Example, "\n")
		if m := suchAs.FindStringSubmatch(fd.Hint + ";"); m != nil {
			examples = append(examples, strings.Split(m[1], " or ")...)
		}
		before := f.Description.Text(fd.Name)
		for _, e := range examples {
			if e == "" {
				continue
			}
			tried++
			f.Description.Put(fd.Name, e)
			now := time.Date(2026, 3, 31, 12, 0, 0, 0, time.UTC)
			typed := f.Description.Metadata()
			r, err := record.Check(t.Context(), z, record.Allowed{}, typed.Normal(), record.Validate(typed, now))
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range append(r.Problems, record.Validate(typed.Normal(), now)...) {
				if name, _, _ := strings.Cut(p.Field, "."); name == fd.Name {
					t.Errorf("%s: %q is refused: %v", fd.Label, e, p)
				}
			}
		}
		f.Description.Put(fd.Name, before)
	}
	if tried < 7 {
		t.Errorf("%d examples found", tried)
	}
}
