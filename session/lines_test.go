package session

import "testing"

// idle counts how often it was told to close what is idle.
type idle int

func (i *idle) CloseIdle() { *i++ }

// TestLinesRememberAFew: those before them are closed at once, all others in the end.
func TestLinesRememberAFew(t *testing.T) {
	var l Lines
	made := make([]idle, 3*mostLines)
	for i := range made {
		l.add(&made[i])
	}
	if len(l.made) != mostLines {
		t.Errorf("%d are remembered", len(l.made))
	}
	for _, when := range []string{"in the end", "again"} {
		l.Close()
		for i, n := range made {
			if n != 1 {
				t.Errorf("%s: client %d was told %d times", when, i, n)
			}
		}
	}
	var none *Lines
	none.add(&made[0])
	none.Close()
}
