package openbis

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"sync"
	"time"
)

// keptPages remembers pages of Below for a while, compressed, so that what was
// counted need not be read again for a plan. It is used only as long as openBIS
// says that nothing below the node has changed.
type keptPages struct {
	mu    sync.Mutex
	nodes map[string]*keptNode
	bytes int
}

// keptNode are the pages of one search.
type keptNode struct {
	state string    // what openBIS said when they were read
	at    time.Time // of the first one
	asked time.Time // when openBIS was last asked whether that still holds
	epoch int64     // of the session: another user sees something else
	pages map[Page][]byte
}

const (
	keptBytes  = 16 << 20         // of all pages together
	keptTrust  = 30 * time.Second // for which an answer to that question holds
	keptFollow = 1                // entities that the question lists: the one that was changed last
)

// kept answers from memory, or reads and remembers.
func (c *Client) kept(ctx context.Context, kind Kind, node Ref, search dto, p Page, read func() (Listing, error)) (Listing, error) {
	if c.o.Keep <= 0 || !p.Detail || p.Count <= 0 {
		return read()
	}
	key := keptKey(kind, node)
	k := &c.keep
	now := c.o.Now()
	c.mu.RLock()
	epoch := c.epoch
	c.mu.RUnlock()
	k.mu.Lock()
	n := k.nodes[key]
	if n != nil && (now.Sub(n.at) > c.keeps() || n.epoch != epoch) {
		k.drop(key)
		n = nil
	}
	fresh := n != nil && (c.o.Brief || now.Sub(n.asked) < keptTrust)
	last := p.Last
	p.Last = false
	none := last && (n == nil || n.pages[p] == nil)
	k.mu.Unlock()
	if none {
		return read()
	}
	if !fresh {
		state, err := "", error(nil)
		if !c.o.Brief { // then nothing is kept for so long that it would have to be asked
			state, err = c.state(ctx, kind, search)
		}
		if err != nil {
			return read() // the question is ours alone
		}
		k.mu.Lock()
		if n = k.nodes[key]; n == nil || n.state != state || n.epoch != epoch {
			k.drop(key)
			n = &keptNode{state: state, at: now, epoch: epoch, pages: map[Page][]byte{}}
			if k.nodes == nil {
				k.nodes = map[string]*keptNode{}
			}
			k.nodes[key] = n
		}
		n.asked = now
		k.mu.Unlock()
	}
	k.mu.Lock()
	packed := n.pages[p]
	if last && k.nodes[key] == n {
		k.bytes -= len(packed)
		delete(n.pages, p)
	}
	k.mu.Unlock()
	if packed != nil {
		if l, err := unpackListing(packed); err == nil {
			return l, nil
		}
	}
	l, err := read()
	if err != nil || last {
		return l, err
	}
	if packed, err := packListing(l); err == nil {
		k.mu.Lock()
		if k.nodes[key] == n && k.bytes+len(packed) <= keptBytes && n.pages[p] == nil {
			n.pages[p] = packed
			k.bytes += len(packed)
		}
		k.mu.Unlock()
	}
	return l, nil
}

// Kept reports whether Below answers a page from what is remembered.
func (c *Client) Kept(kind Kind, node Ref, p Page) bool {
	k := &c.keep
	p.Last = false
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.nodes[keptKey(kind, node)]
	return n != nil && c.o.Now().Sub(n.at) <= c.keeps() && n.epoch == c.Epoch() && n.pages[p] != nil
}

func keptKey(kind Kind, node Ref) string {
	return fmt.Sprintf("%s %s %s", kind, node.Kind, node.PermID)
}

// keeps is how long pages are remembered.
func (c *Client) keeps() time.Duration {
	if c.o.Brief {
		return min(c.o.Keep, keptTrust)
	}
	return c.o.Keep
}

func (k *keptPages) drop(key string) {
	if n := k.nodes[key]; n != nil {
		for _, p := range n.pages {
			k.bytes -= len(p)
		}
		delete(k.nodes, key)
	}
}

// state is how many entities a search finds and which of them was changed last:
// as long as it stays, nothing was added, taken away or edited.
func (c *Client) state(ctx context.Context, kind Kind, search dto) (string, error) {
	options := fetch(kind, bare).with("from", 0).with("count", keptFollow)
	sort := sortings(kind, []string{"MODIFICATION_DATE"})
	for _, s := range sort["sortings"].([]any) {
		s.(dto)["order"].(dto)["asc"] = false
	}
	options["sort"] = sort
	g, err := c.call(ctx, "search"+api[kind].plural, search, options)
	if err != nil {
		return "", err
	}
	l, err := g.listing(kind)
	if err != nil {
		return "", err
	}
	s := fmt.Sprint(l.Total)
	for _, e := range l.Entities {
		s += fmt.Sprintf(" %s %d", e.PermID, e.Modified.UnixMilli())
	}
	return s, nil
}

func packListing(l Listing) ([]byte, error) {
	var b bytes.Buffer
	z, err := flate.NewWriter(&b, flate.BestSpeed)
	if err != nil {
		return nil, err
	}
	if err := json.NewEncoder(z).Encode(l); err != nil {
		return nil, err
	}
	err = z.Close()
	return b.Bytes(), err
}

func unpackListing(packed []byte) (l Listing, err error) {
	err = json.NewDecoder(io.Reader(flate.NewReader(bytes.NewReader(packed)))).Decode(&l)
	return l, err
}

// recent remembers small answers for a moment: one thing that is done asks the same
// several times, and several at once.
type recent struct {
	mu      sync.Mutex
	answers map[string]*recently
}

// recently is an answer, or one that is on its way.
type recently struct {
	epoch int64         // of the session: another user is told something else
	done  chan struct{} // closed when it is there
	at    time.Time     // when it was
	value any
	err   error
}

const (
	mostRecent = 200 // answers that are remembered
	fewRecent  = 50  // entities that are asked for together and remembered
)

// again answers as openBIS did a moment ago (keptTrust), or asks. An error is told to
// those alone who waited for it, unless who asked only gave up. What is returned is
// shared: nobody may change it.
func again[T any](ctx context.Context, c *Client, question string, ask func(context.Context) (T, error)) (T, error) {
	if c.o.Keep <= 0 {
		return ask(ctx)
	}
	for {
		r, own := c.recent.of(question, c.Epoch(), c.o.Now())
		if own {
			return asked(ctx, c, r, ask)
		}
		select {
		case <-r.done:
		case <-ctx.Done():
			var none T
			return none, context.Cause(ctx)
		}
		v, _ := r.value.(T)
		if !errors.Is(r.err, context.Canceled) {
			return v, r.err
		}
	}
}

// asked asks, and tells those who wait.
func asked[T any](ctx context.Context, c *Client, r *recently, ask func(context.Context) (T, error)) (v T, err error) {
	r.err = context.Canceled // what is told if ask does not return
	defer func() {
		c.recent.mu.Lock()
		defer c.recent.mu.Unlock()
		r.at = c.o.Now()
		close(r.done)
	}()
	v, err = ask(ctx)
	r.value, r.err = v, err
	return v, err
}

// of finds an answer, or notes that its caller is about to ask for it.
func (k *recent) of(question string, epoch int64, now time.Time) (r *recently, own bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.answers[question]; r != nil && r.epoch == epoch && r.good(now) {
		return r, false
	}
	if k.answers == nil || len(k.answers) >= mostRecent {
		k.answers = map[string]*recently{}
	}
	r = &recently{epoch: epoch, done: make(chan struct{})}
	k.answers[question] = r
	return r, true
}

// good reports whether an answer still holds, or is on its way.
func (r *recently) good(now time.Time) bool {
	select {
	case <-r.done:
		return r.err == nil && now.Sub(r.at) < keptTrust
	default:
		return true
	}
}

// briefly is again for what may only be remembered by a client that is Brief.
func briefly[T any](ctx context.Context, c *Client, question string, ask func(context.Context) (T, error)) (T, error) {
	if !c.o.Brief {
		return ask(ctx)
	}
	return again(ctx, c, question, ask)
}

// found is an entity that Get read a moment ago.
func (k *recent) found(kind Kind, id string, epoch int64, now time.Time) (Entity, bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if r := k.answers[entityQuestion(kind, id)]; r != nil && r.epoch == epoch && r.good(now) {
		e, ok := r.value.(Entity)
		return e, ok
	}
	return Entity{}, false
}

// note remembers entities by what they were asked for, and by their permIds.
func (k *recent) note(kind Kind, got map[string]Entity, epoch int64, now time.Time) {
	k.mu.Lock()
	defer k.mu.Unlock()
	done := make(chan struct{})
	close(done)
	if k.answers == nil {
		k.answers = map[string]*recently{}
	}
	for id, e := range got {
		for _, text := range []string{id, e.PermID} {
			if len(k.answers) < mostRecent {
				k.answers[entityQuestion(kind, text)] = &recently{epoch: epoch, done: done, at: now, value: e}
			}
		}
	}
}

func entityQuestion(kind Kind, id string) string { return "entity " + string(kind) + " " + id }
