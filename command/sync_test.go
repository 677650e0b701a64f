package command

import (
	"context"
	"sync"
	"testing"
	"time"
)

// clock is a time that passes only by waiting.
type clock struct {
	mu   sync.Mutex
	now  time.Time
	long []time.Duration // waits longer than any between two tries of one call
	at   func(n int)     // called at the n-th of them
}

func (c *clock) set(p *Program) { p.Now, p.Sleep = c.Now, c.Sleep }

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) Sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	c.now = c.now.Add(d)
	if d > 30*time.Second {
		c.long = append(c.long, d)
	} else {
		c.mu.Unlock()
		return context.Cause(ctx)
	}
	n := len(c.long)
	c.mu.Unlock()
	c.at(n)
	return context.Cause(ctx)
}

// TestSyncWatches: a server that is away, from the first look on, is told and waited
// out with longer pauses; the publication ends the watching.
func TestSyncWatches(t *testing.T) {
	p, _, ze := lab(t)
	if o := p.try(t, small("--title", "Heat shock")...); o.status != 0 {
		t.Fatalf("%+v", o)
	}
	id := ze.Drafts()[0].ID
	ze.Maintenance(true)
	c := &clock{now: time.Now(), at: func(n int) {
		switch n {
		case 3:
			ze.Maintenance(false)
		case 5:
			if err := ze.Publish(id); err != nil {
				t.Error(err)
			}
		case 20:
			panic("watches on")
		}
	}}
	o := p.with(t, c.set, "sync", "--watch", "--json")
	all := lines(t, o.stdout)
	if o.status != 0 || all[len(all)-1]["state"] != "registered" {
		t.Fatalf("%+v", o)
	}
	failed := 0
	for _, e := range all {
		if e["event"] == "error" {
			failed++
		}
	}
	if failed != 3 {
		t.Errorf("%d failures told, not 3:\n%s", failed, o.stdout)
	}
	want := []time.Duration{2 * time.Minute, 4 * time.Minute, 5 * time.Minute, time.Minute, time.Minute}
	if len(c.long) != len(want) {
		t.Fatalf("waited %v", c.long)
	}
	for i, d := range c.long {
		if d < want[i]*9/10 || d > want[i]*11/10 {
			t.Errorf("wait %d is %v, not about %v", i+1, d, want[i])
		}
	}
}

// TestSyncWatchGivesUp: a login that was refused is not asked for again, and what
// can't be read ends the watching only when nothing is left to wait for.
func TestSyncWatchGivesUp(t *testing.T) {
	p, _, ze := lab(t)
	if o := p.try(t, small("--title", "Heat shock")...); o.status != 0 {
		t.Fatalf("%+v", o)
	}
	c := &clock{now: time.Now(), at: func(n int) {
		if err := ze.Publish(ze.Drafts()[0].ID); err != nil || n > 1 {
			panic("watches on")
		}
	}}
	delete(p, "ZENOBIS_OPENBIS_TOKEN")
	delete(p, "ZENOBIS_OPENBIS_PASSWORD")
	if o := p.with(t, c.set, "sync", "--watch", "--json"); o.status != 3 || len(c.long) != 1 {
		t.Errorf("%v %+v", c.long, o)
	}
}
