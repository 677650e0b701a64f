package richtext

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/image/colornames"
)

var colourCall = regexp.MustCompile(
	`^(rgb|hsl)a?\(\s*(-?[\d.]+)(?:deg)?(%?)[\s,]+([\d.]+)(%?)[\s,]+([\d.]+)(%?)\s*(?:[,/]\s*[\d.]+%?\s*)?\)$`,
)

// Colour is a CSS colour as "#rrggbb", "" for anything else. Word knows no other
// form, and what is read anew can't smuggle anything into a style.
func Colour(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	s = strings.TrimSpace(strings.TrimSuffix(s, "!important"))
	if c, ok := colornames.Map[s]; ok {
		return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B)
	}
	if hex, ok := strings.CutPrefix(s, "#"); ok {
		if _, err := strconv.ParseUint(hex, 16, 32); err != nil {
			return ""
		}
		switch len(hex) {
		case 3, 4:
			return "#" + string([]byte{hex[0], hex[0], hex[1], hex[1], hex[2], hex[2]})
		case 6, 8:
			return "#" + hex[:6]
		}
		return ""
	}
	m := colourCall.FindStringSubmatch(s)
	if m == nil {
		return ""
	}
	var v [3]float64
	for i := range v {
		f, err := strconv.ParseFloat(m[2+2*i], 64)
		if err != nil {
			return ""
		}
		v[i] = f
		if m[3+2*i] == "%" && m[1] == "rgb" {
			v[i] = f * 255 / 100
		}
	}
	if m[1] == "hsl" {
		v = fromHSL(v[0], v[1]/100, v[2]/100)
	}
	for i := range v {
		v[i] = math.Round(min(max(v[i], 0), 255))
	}
	return fmt.Sprintf("#%02x%02x%02x", int(v[0]), int(v[1]), int(v[2]))
}

// fromHSL is a colour of hue in degrees, saturation and lightness up to 1, in parts
// of 255 (CSS Color Module Level 4, 7.1).
func fromHSL(h, s, l float64) (rgb [3]float64) {
	s, l = min(s, 1), min(l, 1)
	h = math.Mod(math.Mod(h, 360)+360, 360)
	for i, n := range []float64{0, 8, 4} {
		k := math.Mod(n+h/30, 12)
		rgb[i] = 255 * (l - s*min(l, 1-l)*max(-1, min(k-3, 9-k, 1)))
	}
	return rgb
}
