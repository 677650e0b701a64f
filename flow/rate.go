package flow

import "time"

// rate measures speed over a window, long enough to be calm and short enough
// to follow a change.
type rate struct {
	samples []sample
}

type sample struct {
	at    time.Time
	bytes int64
}

const rateWindow = 20 * time.Second

// add takes a sample. Bytes that fall (a package is sent again) start anew.
func (r *rate) add(at time.Time, bytes int64) {
	if n := len(r.samples); n > 0 && bytes < r.samples[n-1].bytes {
		r.samples = r.samples[:0]
	}
	r.samples = append(r.samples, sample{at, bytes})
	drop := 0
	for drop < len(r.samples)-2 && at.Sub(r.samples[drop].at) > rateWindow {
		drop++
	}
	r.samples = r.samples[drop:]
}

// perSecond is the speed in bytes a second, 0 while it is not known.
func (r *rate) perSecond() float64 {
	if len(r.samples) < 2 {
		return 0
	}
	first, last := r.samples[0], r.samples[len(r.samples)-1]
	d := last.at.Sub(first.at)
	if d < time.Second {
		return 0
	}
	return float64(last.bytes-first.bytes) / d.Seconds()
}
