package ui

import (
	"image/color"
	"slices"
	"testing"

	tea "charm.land/bubbletea/v2"
	"github.com/charmbracelet/colorprofile"
	uv "github.com/charmbracelet/ultraviolet"
	"github.com/charmbracelet/x/ansi"
	"github.com/charmbracelet/x/exp/golden"

	"zenobis/flow/flowtest"
)

// pictured are the screens of the README and the guide.
var pictured = []string{"connect", "token", "browse", "describe", "review", "export", "done", "exports"}

// TestPictures keeps the frames from which `make pictures` paints, with their
// colours on a dark background.
func TestPictures(t *testing.T) {
	for _, way := range ways {
		if !slices.Contains(pictured, way.name) {
			continue
		}
		t.Run(way.name, func(t *testing.T) {
			frame := ""
			drive(t, flowtest.New(), 80, 24, func(d *driver) {
				d.send(tea.ColorProfileMsg{Profile: colorprofile.ANSI256})
				d.send(tea.BackgroundColorMsg{Color: color.Black})
				way.go_(d)
				buf := uv.NewScreenBuffer(80, 24)
				buf.Method = ansi.WcWidth
				uv.NewStyledString(d.a.View().Content).Draw(buf, buf.Bounds())
				frame = buf.Render()
			})
			golden.RequireEqual(t, frame)
		})
	}
}
