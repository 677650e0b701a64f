package names

import (
	"strings"
	"testing"
)

// FuzzSumLine: what is written is read as it was, whatever the path.
func FuzzSumLine(f *testing.F) {
	for _, path := range []string{"a.txt", "a b (1).txt", `a\b`, `\`, `\n`, "a\nb\r\\n", "  a", " *a", "ü"} {
		f.Add(path)
	}
	sum := strings.Repeat("0f", hexSum/2)
	f.Fuzz(func(t *testing.T, path string) {
		line := SumLine(sum, path)
		if strings.Count(line, "\n") != 1 || !strings.HasSuffix(line, "\n") {
			t.Fatalf("%q is not one line", line)
		}
		if gotSum, got, ok := ParseSumLine(line); path != "" && (gotSum != sum || got != path || !ok) {
			t.Errorf("%q was read as %q, %q, %v", path, gotSum, got, ok)
		}
	})
}

func TestParseSumLine(t *testing.T) {
	sum := strings.Repeat("AB", hexSum/2)
	for line, want := range map[string]string{
		sum + " *a b.txt": "a b.txt", sum + "  c": "c", `\` + sum + `  a\nb\\c\r`: "a\nb\\c\r", sum + `  a\n`: `a\n`,
		sum + "  ": "", sum[2:] + "  short.txt": "", sum + "\ta.txt": "", "": "", sum + " a.txt": "",
		strings.Repeat("x", hexSum) + "  a.txt": "",
	} {
		if got, path, ok := ParseSumLine(line); path != want || ok != (want != "") || ok && got != strings.ToLower(sum) {
			t.Errorf("%q: %q, %q, %v", line, got, path, ok)
		}
	}
}
