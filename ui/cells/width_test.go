package cells

import (
	"strings"
	"testing"

	"github.com/charmbracelet/x/ansi"
)

func FuzzClip(f *testing.F) {
	f.Add("測定 👩‍🔬 é \x1b[31mred\x1b[m क्षि", 5)
	f.Fuzz(func(t *testing.T, s string, w int) {
		s = strings.Map(func(r rune) rune {
			if r < 0x20 {
				return -1
			}
			return r
		}, strings.ToValidUTF8(s, ""))
		w = min(max(w, 0), 200)
		if got := Clip(s, w); Width(got) > w {
			t.Fatalf("clip(%q, %d) = %q is %d wide", s, w, got, Width(got))
		}
		for _, l := range Wrap(s, w) {
			if Width(l) > w {
				t.Fatalf("wrap(%q, %d) has %q", s, w, l)
			}
		}
	})
}

func TestNamesAreCutInTheMiddle(t *testing.T) {
	for _, c := range []struct {
		in   string
		w    int
		want string
	}{
		{"20250303141713655-605--original--default--od600_step_6.csv", 25, "202503031417…0_step_6.csv"},
		{"content.zip", 25, "content.zip"},
		{"a long name that is too long", 9, "a long n…"},
		{"日本語日本語日本語日本語.txt", 16, "日本語日…語.txt"},
	} {
		if got := ClipMiddle(c.in, c.w); got != c.want || Width(got) > c.w {
			t.Errorf("%q in %d cells: %q, %d wide, want %q", c.in, c.w, got, Width(got), c.want)
		}
	}
}

// FuzzPlainWidth holds the short way of counting to the long one.
func FuzzPlainWidth(f *testing.F) {
	for _, s := range []string{
		"", "abc", "\x1b[1;38;2;10;20;30mab\x1b[m ─│█░ ╭╮", "\x1b[", "\x1b[3", "\x1b[3m", "a\x1b[2Jb", "\x1b]8;;https://x\x07y",
		"e\u0301", "─\u0301", "─\ufe0f", "測定", "▸ ☑ 1", "\xe2\x94", "\xe2\x96\x9f", "\xe2\x96\xa0", "\x1b[38:5:1mx", "\x1b[>1mx",
		"a\tb", "\x1b\x1b[mx", "\x7f", "\x1b[0 qx",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if n, ok := plainWidth(s); ok {
			if want := max(ansi.StringWidth(s), ansi.StringWidthWc(s)); n != want {
				t.Errorf("%q takes %d cells, want %d", s, n, want)
			}
		}
	})
}
