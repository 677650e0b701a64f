package safetext

import "testing"

// FuzzSuspicious: whatever the expression matches is looked at.
func FuzzSuspicious(f *testing.F) {
	for _, s := range []string{
		"", "Growth at 25 °C", "$pat-alice-1", "%24PAT-x", "alice-231114221320000x0123456789abcdef0", "a?sessionid=x", "ACCESS_TOKEN=abc",
		"Bearer\tabc", "bearer  x",
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567", "https://u:p@host/", "acceſſ_token=x", "//a:b@",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if secrets.MatchString(s) && !suspicious(s) {
			t.Errorf("%q holds a secret", s)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	s := "<p>Growth in light, step 7: some text some text some text some text some text some text some text some text, at 25 °C</p>"
	b.SetBytes(int64(len(s)))
	for b.Loop() {
		if Redact(s) != s {
			b.Fatal("changed")
		}
	}
}
