package session

import (
	"context"
	"sync"

	"zenobis/openbis"
	"zenobis/selection"
)

// ahead is what a plan will ask of the session, on its way beside what comes first.
type ahead struct {
	done   chan struct{} // closed when nothing is on its way any more
	cancel context.CancelFunc
	told   chan struct{} // closed when groups are known
	groups Groups        // nil where they could not be had: they are asked for again then
}

// begin begins to ask, beside what comes next, what Plan wants to know whatever is
// selected: where a publication could be recorded, the types, what was published before.
// Close ends it.
func (s *Session) begin(ctx context.Context) {
	ctx, cancel := context.WithCancel(ctx)
	a := &ahead{done: make(chan struct{}), told: make(chan struct{}), cancel: cancel}
	s.ahead = a
	go func() {
		defer close(a.done)
		var all sync.WaitGroup
		defer all.Wait()
		if groups, err := s.Groups(ctx); err == nil {
			a.groups = groups
		}
		close(a.told)
		all.Go(func() { _, _ = s.publicationService(ctx) }) // kept; an error is told by who asks again
		for _, kind := range []openbis.Kind{openbis.KindCollection, openbis.KindObject, openbis.KindDataSet} {
			all.Go(func() { _, _ = s.Client.Types(ctx, kind) })
		}
		all.Go(func() { _, _ = s.Client.Published(ctx) })
	}()
}

// groups are those of the session, as they were when it was opened, or as asked now.
func (s *Session) groups(ctx context.Context) (Groups, error) {
	if s.who.Groups != nil {
		return s.who.Groups, nil
	}
	if s.ahead != nil {
		<-s.ahead.told
		if s.ahead.groups != nil {
			return s.ahead.groups, nil
		}
	}
	return s.Groups(ctx)
}

// Opening is what is to be known before anything of a selection is read.
type Opening struct {
	Selection selection.Selection
	Notice    string // of the lab's switch; "" for none
	Token     error  // why there is no Zenodo token in use, as of FindToken
}

// Open looks what words select, whether it may be exported from here, and for a Zenodo
// token: all at once, since none of it hangs on the rest. The errors are those of Switch,
// then those of what is selected. What a plan will ask besides is on its way from then on.
func (s *Session) Open(ctx context.Context, words selection.Words) (o Opening, err error) {
	s.begin(ctx)
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var unknown error
	var beside sync.WaitGroup
	beside.Go(func() { o.Selection, unknown = words.Resolve(ctx, s.Client) })
	beside.Go(func() { _, o.Token = s.FindToken(ctx) })
	o.Notice, err = s.Switch(ctx)
	if err != nil {
		cancel() // the rest does not matter any more
	}
	beside.Wait()
	if err != nil {
		return o, err
	}
	return o, unknown
}
