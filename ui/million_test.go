package ui

import (
	"context"
	"fmt"
	"testing"
	"time"

	"zenobis/flow"
	"zenobis/flow/flowtest"
	"zenobis/openbis"
	"zenobis/session"
)

// endless is a server whose first collection holds a million objects: pages are
// made as they are asked for, and counted.
type endless struct {
	*flowtest.Fake
	pages []openbis.Page
	other int // requests of anything else below a collection
}

const million = 1_000_000

func (e *endless) Connect(ctx context.Context, l session.Login) (flow.Session, error) {
	_, err := e.Fake.Connect(ctx, l)
	return e, err
}

func (e *endless) CollectionObjects(_ context.Context, _ string, p openbis.Page) (openbis.Listing, error) {
	e.pages = append(e.pages, p)
	l := openbis.Listing{Total: million, Next: p.From + p.Count}
	for i := range p.Count {
		n := p.From + i
		l.Entities = append(l.Entities, flowtest.Entity(
			flowtest.Ref(openbis.KindObject, fmt.Sprint("X", n), fmt.Sprint("X", n), fmt.Sprint("Measurement ", n), "STEP"),
		))
	}
	return l, nil
}

func (e *endless) CollectionDataSets(context.Context, string, openbis.Page) (openbis.Listing, error) {
	e.other++
	return openbis.Listing{Next: -1}, nil
}

// A collection of a million opens with one request, and going to the end of what
// is loaded, filtering and sorting ask for nothing more.
func TestACollectionOfAMillionOpensWithOneRequest(t *testing.T) {
	e := &endless{Fake: flowtest.New()}
	driveWith(t, options{backend: e}, e.Fake, 80, 24, func(d *driver) {
		d.login()
		d.keys("right down right down right")
		d.wait(time.Second)
		d.keys("end home S S S S S / 7 esc")
		d.wait(time.Minute)
		if len(e.pages) != 1 || e.pages[0] != (openbis.Page{Count: flow.PageSize}) || e.other != 0 {
			t.Errorf("asked for %+v, and %d times for something else", e.pages, e.other)
		}
		if n := d.a.flow.Tree.Len(); n > 3*flow.PageSize {
			t.Errorf("%d rows are loaded", n)
		}
		d.keys("end")
		d.shows("more… (enter)")
	})
}
