package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

const (
	leastMemory  = 40 << 20 // what the program may always take beside its own code
	leastGarbage = 8 << 20  // what may always lie about: collecting a small heap all the time is half of a small export
)

// frugal keeps what is held, but no longer used, small: lab servers are shared. A
// plan of a million files or of 100,000 entities is held in half of the memory for a
// few per cent of time. Both follow what is in use: the limit is never in the way for
// long, and the share of garbage is large only where it is little. What is in use for a
// moment alone, such as pages that are being read, raises no limit: it would be used up.
func frugal() {
	used := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for share, before := 0, int64(0); ; time.Sleep(time.Second) {
		metrics.Read(used)
		live := int64(used[0].Value.Uint64())
		debug.SetMemoryLimit(max(leastMemory, min(live, before)*5/4+leastGarbage))
		before = live
		if now := garbage(live); now != share {
			debug.SetGCPercent(now)
			share = now
		}
	}
}

// garbage is how much of it may lie about before it is collected, in per cent of what
// is in use, in steps of ten.
func garbage(live int64) int { return int(min(max(leastGarbage*10/max(live, 1)*10, 40), 200)) }
