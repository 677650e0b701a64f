package openbistest

import (
	"testing"
	"time"
)

func TestDemoLabIsTheSameOnEveryRun(t *testing.T) {
	start := time.Now()
	a, b := DemoLab(), DemoLab()
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("two demo labs took %v", d)
	}
	for k := kindSpace; k <= kindDataSet; k++ {
		if len(a.all[k]) != len(b.all[k]) {
			t.Fatalf("kind %v: %d and %d entities", k, len(a.all[k]), len(b.all[k]))
		}
		t.Logf("%v: %d", k.apiKind(), len(a.all[k]))
		for i, e := range a.all[k] {
			if e.permID != b.all[k][i].permID || e.identifier != b.all[k][i].identifier {
				t.Errorf("entity %d: %s %s and %s %s", i, e.permID, e.identifier, b.all[k][i].permID, b.all[k][i].identifier)
			}
		}
	}
	if n := len(a.all[kindSample]); n < 300 {
		t.Errorf("%d objects, want a few hundred", n)
	}
}
