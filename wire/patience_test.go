package wire

import (
	"context"
	"errors"
	"testing"
	"time"
)

// TestOnePatienceForEachServer asks servers one call after the other: what was
// waited for in vain once is not waited for again, until it is known to be over.
func TestOnePatienceForEachServer(t *testing.T) {
	const lab, zen = "lab.example", "zenodo.example"
	bad, good := &hiccup{passing: true}, error(nil)
	type ask struct {
		server, call string
		err          error // of every try
		waits        time.Duration
	}
	for name, asks := range map[string][]ask{
		"the same call":  {{lab, "search", bad, Patience}, {lab, "search", bad, 0}},
		"another call":   {{lab, "search", bad, Patience}, {lab, "get", bad, 0}, {lab, "list", bad, 0}},
		"another server": {{lab, "search", bad, Patience}, {zen, "search", bad, Patience}},
		"one call alone fails": {
			{lab, "search", bad, Patience}, {lab, "get", good, 0}, {lab, "search", bad, 0}, {lab, "get", good, 0}, {lab, "search", bad, 0},
		},
		"another call once the server answers": {{lab, "search", bad, Patience}, {lab, "get", good, 0}, {lab, "list", bad, Patience}},
		"the call that answers again":          {{lab, "search", bad, Patience}, {lab, "search", good, 0}, {lab, "search", bad, Patience}},
		"a refusal is an answer":               {{lab, "search", bad, Patience}, {lab, "search", &hiccup{}, 0}, {lab, "search", bad, Patience}},
		"no server named":                      {{"", "search", bad, Patience}, {"", "search", bad, Patience}},
	} {
		var g rig
		ctx := Patient(WithPatience(t.Context())) // it is one already
		for i, a := range asks {
			before := g.now
			r := g.policy(Retry{Rand: all, Server: a.server, Call: a.call})
			if i > 0 {
				g.now = before
			}
			began := g.now
			err := r.Do(ctx, a.call, func(context.Context) error { return a.err })
			if waited := g.now.Sub(began); waited != a.waits {
				t.Errorf("%s: call %d waited %v, want %v", name, i+1, waited, a.waits)
			}
			var end *GivenUp
			if a.err == bad && (!errors.As(err, &end) || Transient(err)) {
				t.Errorf("%s: call %d ended with %v, which would be repeated", name, i+1, err)
			}
		}
	}
}

// TestWhoAsksAnewWaitsAnew: without a piece of work, in the next one, and for what is
// repeated without an end.
func TestWhoAsksAnewWaitsAnew(t *testing.T) {
	var g rig
	ctx := WithPatience(t.Context())
	for name, c := range map[string]struct {
		ctx context.Context
		r   Retry
	}{
		"none":       {t.Context(), Retry{}},
		"of its own": {WithPatience(ctx), Retry{}},
		"the first":  {Patient(t.Context()), Retry{}},
		"for ever":   {ctx, Retry{Patience: -1, Tries: 5}},
	} {
		r := g.policy(Retry{Rand: all, Server: "lab.example", Call: "search"})
		_ = r.Do(ctx, "search", func(context.Context) error { return &hiccup{passing: true} })
		r.Patience, r.Tries = c.r.Patience, c.r.Tries
		began := g.now
		_ = r.Do(c.ctx, "search", func(context.Context) error { return &hiccup{passing: true} })
		if g.now.Sub(began) < time.Second {
			t.Errorf("%s: it is given up at once", name)
		}
	}
}

// TestAPatienceIsToldAsItIs: a call that begins while its server is in trouble already
// is told to end when the patience ends, and does.
func TestAPatienceIsToldAsItIs(t *testing.T) {
	var g rig
	ctx := WithPatience(t.Context())
	r := g.policy(Retry{Rand: all, Server: "lab.example", Call: "search"})
	begin := g.now
	tries := r.Begin("search")
	if err := tries.Again(ctx, &hiccup{passing: true}); err != nil {
		t.Fatal(err)
	}
	g.now = begin.Add(time.Minute)
	r.Call = "get"
	err := r.Do(ctx, "get", func(context.Context) error { return &hiccup{passing: true} })
	var end *GivenUp
	if !errors.As(err, &end) || g.now.Sub(begin) != Patience || end.For != time.Minute {
		t.Errorf("ended after %v with %v", g.now.Sub(begin), err)
	}
	for _, w := range g.waits {
		if !w.Until.IsZero() && !w.GiveUp.Equal(begin.Add(Patience)) {
			t.Errorf("told to be given up at %v, was at %v", w.GiveUp, begin.Add(Patience))
		}
	}
}

// TestWhoHasPatience: a piece of work keeps the one that it has.
func TestWhoHasPatience(t *testing.T) {
	none := t.Context()
	work := WithPatience(none)
	if HasPatience(none) || !HasPatience(work) || !HasPatience(Patient(none)) || HasPatience(WithoutPatience(work)) {
		t.Error("it is not known which work has a patience")
	}
	if Patient(work) != work {
		t.Error("a piece of work begins anew")
	}
}
