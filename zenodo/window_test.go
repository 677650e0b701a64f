package zenodo

import (
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

// TestFiveExportsOnOneWindow: several that begin one after the other see of each other
// only what remains. At most one request of them all is refused, however they meet; of
// one export alone none is. The time is that of the bubble.
func TestFiveExportsOnOneWindow(t *testing.T) {
	unlucky := []int{12, 283, 871, 1056, 1459, 1698, 1875, 1966, 2380, 2832, 3279, 3360}
	some := 200
	if testing.Short() {
		some = len(unlucky)
	}
	for _, exports := range []int{1, 2, 5} {
		most := min(exports-1, 1)
		for seed := range some {
			// Where one knew nothing for a minute in which the others took all, several were
			// refused: these met like that, before each left something to the others.
			if seed < len(unlucky) {
				seed = unlucky[seed]
			}
			var refused int
			var took, fair time.Duration
			synctest.Test(t, func(t *testing.T) { refused, took, fair = meet(t, exports, uint64(seed)) })
			if refused > most || took > fair {
				t.Errorf("%d exports, seed %d: %d refused, want at most %d; took %v, want at most %v", exports, seed, refused, most, took, fair)
			}
		}
	}
}

// A forecast of more than a minute does not take a window for free because nobody has
// told of it for so long, whether others were met or not.
func TestForecastOfASharedWindow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		now := time.Now()
		for _, met := range []time.Time{{}, now} {
			for _, pending := range []int{0, 1} {
				w := &requestWindow{pending: pending, met: met, told: []told{{limit: 100, remaining: 0, at: now, reset: now.Add(time.Minute)}}}
				b := &budget{o: Options{Clock: time.Now}, windows: [classes]*requestWindow{classOther: w}}
				d := b.ahead(classOther, 400, time.Millisecond)
				if d < 4*time.Minute || d > 6*time.Minute {
					t.Errorf("met %v, %d under way: 400 requests of 100 a minute take %v", !met.IsZero(), pending, d)
				}
			}
		}
	})
}

// meet lets exports meet as a seed says.
func meet(t *testing.T, exports int, seed uint64) (refused int, took, fair time.Duration) {
	rnd := rand.New(rand.NewPCG(seed, 7))
	limits := []int{100, 133, 133, 1000}
	s := &counter{limit: limits[rnd.IntN(len(limits))], moving: rnd.IntN(4) > 0, latency: time.Duration(20+rnd.IntN(200)) * time.Millisecond}
	requests, gap := 100+rnd.IntN(200), time.Duration(rnd.IntN(15))*time.Second
	var all sync.WaitGroup
	for i := range exports {
		own := rand.New(rand.NewPCG(seed, uint64(100+i)))
		c, err := New(Options{URL: "https://rdm.example", Token: secret, HTTP: &http.Client{Transport: s}, Rand: own.Float64})
		if err != nil {
			t.Fatal(err)
		}
		begin := time.Duration(i)*gap + time.Duration(rnd.IntN(1000))*time.Millisecond
		work := time.Duration(rnd.IntN(300)) * time.Millisecond
		all.Go(func() {
			time.Sleep(begin)
			for range requests { // an export asks one after the other
				time.Sleep(work)
				if err := c.CheckToken(t.Context()); err != nil {
					t.Error(err)
				}
			}
		})
	}
	from := time.Now()
	all.Wait()
	return s.refused, time.Since(from), time.Duration(float64(exports*requests)/float64(s.limit)*float64(time.Minute)) + 6*time.Minute
}
