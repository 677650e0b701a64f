package main

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// leastMemory is what the program may always take beside its own code.
const leastMemory = 40 << 20

// frugal keeps what is held, but no longer used, small: lab servers are shared. A
// plan of a million files or of 100,000 entities is held in half of the memory for a
// few per cent of time. The limit follows what is in use, so it is never in the way.
func frugal() {
	debug.SetGCPercent(40)
	used := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	for {
		metrics.Read(used)
		debug.SetMemoryLimit(max(leastMemory, int64(used[0].Value.Uint64())*5/4+8<<20))
		time.Sleep(time.Second)
	}
}
