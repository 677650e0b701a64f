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

// The short way finds what the search finds.
func FuzzRedactSessions(f *testing.F) {
	for _, s := range []string{
		"alice-230101120000000x0123456789ABCDEF0123456789ABCDEF", "$pat-alice-230101120000000x0123456789ABCDEF", "a;sessionID=1&b",
		"xx230101120000x0123456789ABCDEF", "a-230101120000x0123456789abcdef", "plain words only", "%24PAT-x", "x", "ſeſſionID=1",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got, want := RedactSessions(s), sessions.ReplaceAllString(s, "[secret]"); got != want {
			t.Errorf("%q: %q, want %q", s, got, want)
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
