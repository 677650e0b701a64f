// Command pictures paints the golden frames of the screens as SVG files, for
// README.md and the guide: run it by `make pictures` after the screens changed. A
// test tells when the files are older than the frames.
package main

import (
	"bytes"
	"fmt"
	"html"
	"image/color"
	"os"
	"path/filepath"
	"strings"

	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
)

// frames and target are folders below the repository's root.
const (
	frames = "ui/testdata/TestPictures"
	target = "docs/pictures"
)

func main() {
	if err := run("."); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(root string) error {
	all, err := paintAll(root)
	if err != nil {
		return err
	}
	for name, svg := range all {
		if err := os.WriteFile(filepath.Join(root, target, name), svg, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// paintAll paints each frame and returns the pictures by file name.
func paintAll(root string) (map[string][]byte, error) {
	list, err := filepath.Glob(filepath.Join(root, frames, "*.golden"))
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("no frames in %s", filepath.Join(root, frames))
	}
	out := map[string][]byte{}
	for _, path := range list {
		frame, err := os.ReadFile(path)
		if err != nil {
			return nil, err
		}
		name := strings.TrimSuffix(filepath.Base(path), ".golden")
		out[name+".svg"] = paint(name, string(frame))
	}
	return out, nil
}

// The look of a cell, in pixels, and of the terminal.
const (
	cellWidth  = 8.4
	cellHeight = 18.0
	baseline   = 13.5
	margin     = 12.0
	ground     = "#1d1f21"
	ink        = "#d5d8d6"
)

// paint draws a frame: a rectangle for each run of a background, a text for each
// run of a look, stretched to its cells so that every font keeps the columns.
func paint(title, frame string) []byte {
	lines := strings.Split(strings.ReplaceAll(strings.TrimRight(frame, "\n"), "\r\n", "\n"), "\n")
	width := 0
	for _, l := range lines {
		width = max(width, ansi.StringWidthWc(l))
	}
	buf := uv.NewScreenBuffer(width, len(lines))
	buf.Method = ansi.WcWidth
	uv.NewStyledString(strings.Join(lines, "\n")).Draw(buf, buf.Bounds())
	var back, text bytes.Buffer
	for y := range len(lines) {
		for x := 0; x < width; {
			run, cells := look(buf.CellAt(x, y)), 0
			var words strings.Builder
			begin := x
			for x < width && look(buf.CellAt(x, y)) == run {
				w, s := 1, " "
				if c := buf.CellAt(x, y); c != nil && c.Width > 0 {
					w, s = c.Width, c.Content
				}
				words.WriteString(s)
				x, cells = x+w, cells+w
			}
			run.draw(&back, &text, words.String(), begin, y, cells)
		}
	}
	w, h := float64(width)*cellWidth+2*margin, float64(len(lines))*cellHeight+2*margin
	var b bytes.Buffer
	fmt.Fprintf(
		&b,
		`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 %.0f %.0f" width="%.0f" role="img" aria-label="%s">`+"\n",
		w,
		h,
		w,
		html.EscapeString(title),
	)
	fmt.Fprintf(&b, `<rect width="100%%" height="100%%" rx="8" fill="%s"/>`+"\n", ground)
	b.Write(back.Bytes())
	b.WriteString(`<g font-family="ui-monospace,Menlo,Consolas,'DejaVu Sans Mono',monospace" font-size="14" xml:space="preserve">` + "\n")
	b.Write(text.Bytes())
	b.WriteString("</g>\n</svg>\n")
	return b.Bytes()
}

// style is how a cell looks; equal neighbours are drawn together.
type style struct {
	ink, ground     string
	bold, underline bool
}

func look(c *uv.Cell) style {
	s := style{ink: ink, ground: ground}
	if c == nil {
		return s
	}
	if c.Style.Fg != nil {
		s.ink = hex(c.Style.Fg)
	}
	if c.Style.Bg != nil {
		s.ground = hex(c.Style.Bg)
	}
	if c.Style.Attrs&uv.AttrReverse != 0 {
		s.ink, s.ground = s.ground, s.ink
	}
	s.bold = c.Style.Attrs&uv.AttrBold != 0
	s.underline = c.Style.Underline != ansi.UnderlineNone
	return s
}

// basic are the first eight colours as a usual dark theme has them.
var basic = [...]string{"#1d1f21", "#e06c75", "#98c379", "#e5c07b", "#61afef", "#d28be0", "#56b6c2", "#d5d8d6"}

func hex(c color.Color) string {
	if b, ok := c.(ansi.BasicColor); ok {
		return basic[int(b)%len(basic)]
	}
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// draw draws a run of cells.
func (s style) draw(back, text *bytes.Buffer, words string, x, y, cells int) {
	left, top := margin+float64(x)*cellWidth, margin+float64(y)*cellHeight
	if s.ground != ground {
		fmt.Fprintf(
			back,
			`<rect x="%.1f" y="%.1f" width="%.1f" height="%.1f" fill="%s"/>`+"\n",
			left,
			top,
			float64(cells)*cellWidth,
			cellHeight,
			s.ground,
		)
	}
	if strings.TrimSpace(words) == "" && !s.underline {
		return
	}
	fmt.Fprintf(
		text,
		`<text x="%.1f" y="%.1f" textLength="%.1f" lengthAdjust="spacingAndGlyphs" fill="%s"`,
		left,
		top+baseline,
		float64(cells)*cellWidth,
		s.ink,
	)
	if s.bold {
		text.WriteString(` font-weight="bold"`)
	}
	if s.underline {
		text.WriteString(` text-decoration="underline"`)
	}
	fmt.Fprintf(text, ">%s</text>\n", html.EscapeString(strings.ReplaceAll(words, " ", "\u00a0")))
}
