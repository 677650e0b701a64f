package ui

import (
	"context"
	"sync/atomic"
	"time"

	"zenobis/human"

	tea "charm.land/bubbletea/v2"
)

// task is one thing that a screen may be waiting for. Starting it again or
// stopping it gives up what runs: an answer of an older generation is dropped.
type task struct {
	gen    int
	busy   bool
	what   string // shown while it runs
	began  time.Time
	cancel context.CancelFunc
	stage  *stage
}

// stage is what a running task tells of itself. It is written by its goroutine.
type stage struct {
	name atomic.Pointer[string]
	n    atomic.Int64
}

func (s *stage) set(name string, n int) {
	s.name.Store(&name)
	s.n.Store(int64(n))
}

// finished brings a result back to the event loop, where apply may touch the model.
type finished struct {
	t     *task
	gen   int
	apply func() tea.Cmd
}

// do runs work off the event loop. What it returns runs on the event loop, unless
// the task was stopped or started again in the meantime. A limit of 0 is none.
func (a *app) do(t *task, what string, limit time.Duration, work func(context.Context, *stage) func() tea.Cmd) tea.Cmd {
	a.stop(t)
	var ctx context.Context
	if limit > 0 {
		ctx, t.cancel = context.WithTimeout(a.ctx, limit)
	} else {
		ctx, t.cancel = context.WithCancel(a.ctx)
	}
	t.busy, t.what, t.began, t.stage = true, what, a.now(), &stage{}
	a.busy[t] = true
	gen, cancel, st := t.gen, t.cancel, t.stage
	return tea.Batch(func() tea.Msg {
		defer cancel()
		return finished{t, gen, work(ctx, st)}
	}, a.tick())
}

// stop gives a task up.
func (a *app) stop(t *task) {
	t.gen++
	if t.cancel != nil {
		t.cancel()
		t.cancel = nil
	}
	t.busy = false
	delete(a.busy, t)
}

func (a *app) finish(m finished) tea.Cmd {
	if !m.t.busy || m.t.gen != m.gen {
		return nil
	}
	m.t.busy, m.t.cancel = false, nil
	delete(a.busy, m.t)
	if m.apply == nil {
		return nil
	}
	return m.apply()
}

// waitText says what is waited for and for how long.
func (a *app) waitText(t *task) string {
	s := t.what
	if name := t.stage.name.Load(); name != nil {
		s += ": " + *name
		if n := t.stage.n.Load(); n > 0 {
			s += " " + human.Number(n)
		}
	}
	s += "…"
	if d := a.now().Sub(t.began); d >= 2*time.Second {
		s += " " + human.Duration(d)
	}
	return s
}

type tickMsg struct{}

// tick arms the one ticker, if it is not armed.
func (a *app) tick() tea.Cmd {
	if a.ticking {
		return nil
	}
	a.ticking = true
	return tea.Tick(a.tickEvery, func(time.Time) tea.Msg { return tickMsg{} })
}

// later runs apply after a pause, unless the task was started again before:
// for what follows the cursor or the typing without holding it up.
func (a *app) later(t *task, d time.Duration, apply func() tea.Cmd) tea.Cmd {
	a.stop(t)
	t.busy = true
	gen := t.gen
	return tea.Tick(d, func(time.Time) tea.Msg { return finished{t, gen, apply} })
}

// arrived is a result that comes by itself, with what it does to the model.
type arrived func() tea.Cmd

// ticked redraws the times while something is waited for.
func (a *app) ticked() tea.Cmd {
	a.ticking = false
	var cmds []tea.Cmd
	for _, s := range a.screens {
		if s, ok := s.(sampler); ok {
			cmds = append(cmds, s.sample())
		}
	}
	if len(a.busy) > 0 || a.flow.Run.Live() {
		cmds = append(cmds, a.tick())
	}
	return tea.Batch(cmds...)
}
