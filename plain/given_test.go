package plain

import (
	"slices"
	"strings"
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/omission"
	"zenobis/openbis"
)

// A plan that needs data stores at other addresses asks about each; what is not
// agreed to is named as left out, and a way out at the question answers nothing.
func TestPlainAsksForTheDataStoresOfAPlan(t *testing.T) {
	const asked, left = "Trust this data store?", "data store DSS"
	for name, c := range map[string]struct {
		answers []string
		times   int // asked
		allowed []string
		plans   int
		omitted bool // said of the last plan
	}{
		"both":             {[]string{"yes", "y", "quit", "yes"}, 2, []string{"DSS8", "DSS9"}, 2, false},
		"one":              {[]string{"yes", "no", "quit", "yes"}, 2, []string{"DSS8"}, 2, true},
		"none, then again": {[]string{"no", "", "m", "quit", "yes"}, 2, nil, 2, true},
		"not understood":   {[]string{"start", "no", "no", "quit", "yes"}, 2, nil, 1, true},
		"back":             {[]string{"back", "", "continue", "yes", "yes", "quit", "yes"}, 3, []string{"DSS8", "DSS9"}, 3, false},
		"left":             {[]string{"quit", "yes"}, 1, nil, 1, false},
		"stayed":           {[]string{"quit", "no", "yes", "yes", "quit", "yes"}, 2, []string{"DSS8", "DSS9"}, 2, false},
		"the end of input": {nil, 1, nil, 1, false},
	} {
		f := flowtest.New()
		plan := f.OnPlan
		f.OnPlan = func(r export.Request) (*export.Plan, error) {
			f.Pending = []openbis.DataStore{{Code: "DSS8", URL: "https://eight.example"}, {Code: "DSS9", URL: "https://nine.example"}}
			p, err := plan(r)
			p.Omitted = nil
			for _, st := range f.Pending {
				if !slices.Contains(f.Allowed, st.Code) {
					p.Omitted = append(p.Omitted, export.Omission{Entity: openbis.Ref{Code: "D7"}, Reason: omission.OtherDataStore,
						Message: left + " is elsewhere"})
				}
			}
			return p, err
		}
		out, _ := converse(t, f, append([]string{"", "", "secret", "1", "1", "1", "select 1", "continue", "T", "continue"}, c.answers...), nil)
		if n := strings.Count(out, asked); n != c.times {
			t.Errorf("%s: asked %d times, not %d", name, n, c.times)
		}
		if !slices.Equal(f.Allowed, c.allowed) || len(f.Planned) != c.plans {
			t.Errorf("%s: allowed %q, planned %d times", name, f.Allowed, len(f.Planned))
		}
		if strings.Contains(out, left) != c.omitted {
			t.Errorf("%s: what is left out is named: %v", name, !c.omitted)
		}
		if len(f.Started) != 0 || f.KeptFiles[flow.UnfinishedFile] == nil {
			t.Errorf("%s: started %q, or nothing is kept", name, f.Started)
		}
		if t.Failed() {
			t.Fatal(out)
		}
	}
}

// At the rows of a data set the same is asked, and a way out is taken.
func TestPlainAsksForTheDataStoreOfRows(t *testing.T) {
	for answer, want := range map[string]string{
		"yes": "1  original/", "no": "2  evaluation", "back": "2  evaluation", "quit": "",
	} {
		f := flowtest.New()
		f.Pending = []openbis.DataStore{{Code: "DSS1", URL: "https://dss.elsewhere.example"}}
		f.Fail["files"] = openbis.ErrStoreURL
		out, _ := converse(t, f, []string{"", "", "secret", "1", "1", "1", "1", "1", answer, "list"}, nil)
		_, after, there := strings.Cut(out, "Trust this data store?")
		if !there || !strings.Contains(after, want) || (answer == "quit") == strings.Contains(after, "Choose [continue]") {
			t.Errorf("%s:\n%s", answer, out)
		}
	}
}
