package flow_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
)

// What a plan fell short of is asked for, whatever it ended with; an answer counts
// for its session alone.
func TestWhatAPlanNeedsIsAskedFor(t *testing.T) {
	fake := flowtest.New()
	f := flow.New(fake, false)
	if n := f.Needs(openbis.ErrSession); n != (flow.Need{}) {
		t.Errorf("before a login: %+v", n)
	}
	f.Connected(fake)
	planned := func(err error) flow.Need { return f.Planned(export.Job{}, nil, err) }
	if n := planned(nil); n != (flow.Need{}) {
		t.Errorf("where nothing is pending: %+v", n)
	}
	fake.Pending = []openbis.DataStore{{Code: "A", URL: "https://a.example"}, {Code: "B", URL: "https://b.example"}}
	for _, err := range []error{nil, export.ErrNothing, &export.LimitError{}, errors.New("other")} {
		if n := planned(err); n.Store == nil || n.Login {
			t.Errorf("after %v: %+v", err, n)
		}
	}
	if n := planned(context.Canceled); n != (flow.Need{}) {
		t.Errorf("given up: %+v", n)
	}
	ended := fmt.Errorf("list: %w", openbis.ErrSession)
	if n := planned(ended); !n.Login || n.Store != nil {
		t.Errorf("an ended session: %+v", n)
	}
	if a, b := f.Needs(errors.New("other")), f.Needs(openbis.ErrStoreURL); a.Store != nil || b.Store == nil {
		t.Errorf("rows: %+v, %+v", a, b)
	}
	c := planned(nil).Store
	if c = f.Answered(c, false); c == nil {
		t.Fatal("B is not asked about")
	}
	if c = f.Answered(c, true); c != nil || len(fake.Allowed) != 1 || fake.Allowed[0] != "B" {
		t.Errorf("then %+v, allowed %q", c, fake.Allowed)
	}
	f.Connected(fake)
	if planned(nil).Store == nil {
		t.Error("a new session knows no answer, and nobody is asked")
	}
}
