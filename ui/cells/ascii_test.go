package cells

import "testing"

func TestASCIIKeepsWhatItCan(t *testing.T) {
	for in, want := range map[string]string{
		"☑ Müller ▸ 30 µl": "x Muller > 30 ul", "e\u0301tude": "etude", "測定": "??", "T ≥ 5 °C": "T > 5 oC", "━━──": "==--",
		"☒ ☐ ▣ ◉": "- . / o", "plain": "plain",
	} {
		if got := ASCII(in); got != want || !IsASCII(got) || Width(got) > Width(in) {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
	}
}
