package human

import (
	"testing"
	"time"
)

func TestWords(t *testing.T) {
	for n, want := range map[int64]string{
		0: "0 B", 999: "999 B", 1000: "1.0 kB", 999_995_679: "1.0 GB", 123_456: "123 kB", 50e9: "50.0 GB", -1: "?", 99_950: "100 kB",
		99_949: "99.9 kB", 1 << 62: "4.6 EB", 999_499: "999 kB", 999_500: "1.0 MB",
	} {
		if got := Bytes(n); got != want {
			t.Errorf("Bytes(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0 bytes", 999: "999 bytes", 1000: "1.0 kB (1,000 bytes)",
		1_500_000_000: "1.5 GB (1,500,000,000 bytes)"} {
		if got := Exact(n); got != want {
			t.Errorf("Exact(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 1_500_000_000: "1.5G", -1: "?", 12_345: "12.3k"} {
		if got := Short(n); got != want {
			t.Errorf("Short(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int64]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -1234: "-1,234", -999: "-999"} {
		if got := Number(n); got != want {
			t.Errorf("Number(%d) = %q, want %q", n, got, want)
		}
	}
	for n, want := range map[int]string{0: "0 files", 1: "1 file", 1000: "1,000 files"} {
		if got := Count(n, "file", "files"); got != want {
			t.Errorf("Count(%d) = %q, want %q", n, got, want)
		}
	}
	for d, want := range map[time.Duration]string{
		59 * time.Second: "59 s", 61 * time.Second: "1 min 01 s", 3*time.Hour + 5*time.Minute: "3 h 05 min", 72 * time.Hour: "3 days",
	} {
		if got := Duration(d); got != want {
			t.Errorf("Duration(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestTimes(t *testing.T) {
	at := time.Date(2026, 1, 31, 15, 4, 5, 0, time.Local).UTC()
	if got := Day(at); got != "2026-01-31" {
		t.Error(got)
	}
	if got := Moment(at); got != "2026-01-31 15:04" {
		t.Error(got)
	}
	if got := Exact(1); got != "1 byte" {
		t.Error(got)
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		0: "0 s", 499 * time.Millisecond: "0 s", 59 * time.Second: "59 s", 59_500 * time.Millisecond: "1 min 00 s", time.Minute: "1 min 00 s",
		185 * time.Second: "3 min 05 s", time.Hour - time.Second: "59 min 59 s", time.Hour: "1 h 00 min", 130 * time.Minute: "2 h 10 min",
		48*time.Hour - time.Second: "47 h 59 min", 48 * time.Hour: "2 days", 80 * time.Hour: "3 days",
	} {
		if got := Duration(d); got != want {
			t.Errorf("%s is %q, want %q", d, got, want)
		}
	}
}

func TestUnnumbered(t *testing.T) {
	for text, want := range map[string]string{"try 3 failed, at 12:00:05": "try  failed, at ::", "no answer": "no answer", "٣ tries": "٣ tries"} {
		if got := Unnumbered(text); got != want {
			t.Errorf("%q: %q", text, got)
		}
	}
}
