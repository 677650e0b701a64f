package main

import "testing"

// TestGarbage is about what is in use while that is little, and never under two fifths.
func TestGarbage(t *testing.T) {
	for live, want := range map[int64]int{0: 200, 1 << 20: 200, 4 << 20: 200, 6 << 20: 130, 8 << 20: 100, 16 << 20: 50, 20 << 20: 40, 1 << 30: 40} {
		if got := garbage(live); got != want {
			t.Errorf("%d bytes in use: %d %%, want %d", live, got, want)
		}
	}
}
