package style

import (
	"image/color"
	"math"
	"strconv"
	"testing"

	"charm.land/lipgloss/v2"
	"github.com/charmbracelet/colorprofile"
)

// themes are widely used ones: background, text, and the ANSI colours 1 to 6.
var themes = []struct {
	name     string
	ground   Ground
	bg, text string
	ansi     [7]string
}{
	{"Solarized dark", Dark, "002b36", "839496", [7]string{"", "dc322f", "859900", "b58900", "268bd2", "d33682", "2aa198"}},
	{"Solarized light", Light, "fdf6e3", "657b83", [7]string{"", "dc322f", "859900", "b58900", "268bd2", "d33682", "2aa198"}},
	{"xterm", Dark, "000000", "e5e5e5", [7]string{"", "cd0000", "00cd00", "cdcd00", "0000ee", "cd00cd", "00cdcd"}},
	{"Tango light (GNOME)", Light, "ffffff", "2e3436", [7]string{"", "cc0000", "4e9a06", "c4a000", "3465a4", "75507b", "06989a"}},
	{"Dracula", Dark, "282a36", "f8f8f2", [7]string{"", "ff5555", "50fa7b", "f1fa8c", "bd93f9", "ff79c6", "8be9fd"}},
	{"Gruvbox dark", Dark, "282828", "ebdbb2", [7]string{"", "cc241d", "98971a", "d79921", "458588", "b16286", "689d6a"}},
	{"Nord", Dark, "2e3440", "d8dee9", [7]string{"", "bf616a", "a3be8c", "ebcb8b", "81a1c1", "b48ead", "88c0d0"}},
	{"One Half Light", Light, "fafafa", "383a42", [7]string{"", "e45649", "50a14f", "c18401", "0184bc", "a626a4", "0997b3"}},
	{"Tomorrow Night", Dark, "1d1f21", "c5c8c6", [7]string{"", "cc6666", "b5bd68", "f0c674", "81a2be", "b294bb", "8abeb7"}},
	{"Windows Campbell", Dark, "0c0c0c", "cccccc", [7]string{"", "c50f1f", "13a10e", "c19c00", "0037da", "881798", "3a96dd"}},
}

func hex(s string) [3]float64 {
	n, _ := strconv.ParseUint(s, 16, 32)
	return [3]float64{float64(n >> 16 & 255), float64(n >> 8 & 255), float64(n & 255)}
}

// luminance and contrast are those of WCAG 2.
func luminance(c [3]float64) float64 {
	for i, v := range c {
		if v /= 255; v <= 0.03928 {
			c[i] = v / 12.92
		} else {
			c[i] = math.Pow((v+0.055)/1.055, 2.4)
		}
	}
	return 0.2126*c[0] + 0.7152*c[1] + 0.0722*c[2]
}

func contrast(a, b [3]float64) float64 {
	x, y := luminance(a), luminance(b)
	if x < y {
		x, y = y, x
	}
	return (x + 0.05) / (y + 0.05)
}

func TestWhatStandsAloneCanBeRead(t *testing.T) {
	for _, th := range themes {
		t.Run(th.name, func(t *testing.T) {
			bg := hex(th.bg)
			least := min(4.5, contrast(hex(th.text), bg))
			of := func(c color.Color) [3]float64 {
				if c == lipgloss.Color("5") {
					return hex(th.ansi[5])
				} else if c == lipgloss.Color("6") {
					return hex(th.ansi[6])
				}
				r, g, b, _ := c.RGBA()
				return [3]float64{float64(r >> 8), float64(g >> 8), float64(b >> 8)}
			}
			for name, c := range map[string]color.Color{"accent": accent(th.ground), "grey": grey(th.ground)} {
				if got := contrast(of(c), bg); got < least {
					t.Errorf("%s has a contrast of %.2f, least %.2f", name, got, least)
				}
			}
		})
	}
}

func TestDimIsNoBrightBlack(t *testing.T) {
	for _, g := range []Ground{Unknown, Dark, Light} {
		for _, p := range []colorprofile.Profile{colorprofile.ASCII, colorprofile.ANSI, colorprofile.ANSI256, colorprofile.TrueColor} {
			if c := New(g, p).Dim.GetForeground(); c == lipgloss.Color("8") {
				t.Errorf("ground %d, profile %v: bright black", g, p)
			} else if _, none := c.(lipgloss.NoColor); p < colorprofile.ANSI256 && !none {
				t.Errorf("ground %d, profile %v: %v", g, p, c)
			}
		}
	}
}
