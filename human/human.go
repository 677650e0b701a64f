// Package human spells bytes, numbers and durations for people.
package human

import (
	"fmt"
	"strings"
	"time"
)

// Bytes spells a number of bytes in decimal units, as Zenodo counts: "1.5 GB".
// A negative number is unknown: "?".
func Bytes(n int64) string {
	if n < 0 {
		return "?"
	}
	if n < 1000 {
		return fmt.Sprintf("%d B", n)
	}
	v, units := float64(n), "kMGTPE"
	i := -1
	for v >= 999.5 && i < len(units)-1 {
		v /= 1000
		i++
	}
	if v >= 99.95 {
		return fmt.Sprintf("%.0f %cB", v, units[i])
	}
	return fmt.Sprintf("%.1f %cB", v, units[i])
}

// Exact is Bytes with the number itself: "1.5 GB (1,500,000,000 bytes)".
func Exact(n int64) string {
	if n < 1000 {
		return Count(n, "byte", "bytes")
	}
	return Bytes(n) + " (" + Number(n) + " bytes)"
}

// Short is Bytes without the blank and the B, for narrow columns: "1.5G".
func Short(n int64) string {
	if n < 0 {
		return "?"
	}
	return strings.TrimSuffix(strings.ReplaceAll(Bytes(n), " ", ""), "B")
}

// Number writes a number with separators of thousands: "1,234,567".
func Number[T ~int | ~int32 | ~int64](n T) string {
	s := fmt.Sprint(n)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Count writes a number with its noun: "1 file", "3,000 files".
func Count[T ~int | ~int32 | ~int64](n T, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return Number(n) + " " + many
}

// Unnumbered is a text without its digits: what a wait that counts down says each time.
func Unnumbered(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, text)
}

// Day is the day of a time where the reader is: "2026-01-31".
func Day(t time.Time) string { return t.Local().Format(time.DateOnly) }

// Moment is Day with the time of day, in minutes: "2026-01-31 15:04".
func Moment(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// Duration spells a time left or gone, coarsely: "12 s", "3 min 05 s", "2 h 10 min", "3 days".
func Duration(d time.Duration) string {
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d s", s)
	case s < 3600:
		return fmt.Sprintf("%d min %02d s", s/60, s%60)
	case s < 48*3600:
		return fmt.Sprintf("%d h %02d min", s/3600, s%3600/60)
	}
	return fmt.Sprintf("%d days", s/86400)
}
