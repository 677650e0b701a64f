//go:build !linux

package ui

import "time"

// worked is a clock where there is none of what a thread has computed.
func worked() time.Duration { return time.Duration(time.Now().UnixNano()) }
