package handoff

import (
	"context"
	"fmt"
	"os/exec"
	"strings"
	"time"

	"rsc.io/qr"
)

// CopyTmux hands text to tmux, which by default drops OSC 52 from programs but
// passes its own buffers on. It does nothing outside of tmux.
func CopyTmux(ctx context.Context, e Env, text string) error {
	if e.Getenv("TMUX") == "" {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", "load-buffer", "-w", "-")
	cmd.Stdin = strings.NewReader(text)
	if err := cmd.Run(); err != nil {
		return fmt.Errorf("hand to tmux: %w", err)
	}
	return nil
}

// QR returns an address as a QR code of half blocks, with its quiet zone, and
// its size in cells. Light modules are drawn as blocks: print it in white on
// black, since inverted codes are not read by every phone.
func QR(address string) (lines []string, width, height int, err error) {
	code, err := qr.Encode(address, qr.L)
	if err != nil {
		return nil, 0, 0, fmt.Errorf("QR code: %w", err)
	}
	const quiet = 4 // modules, as ISO/IEC 18004 wants it
	light := func(x, y int) bool {
		x, y = x-quiet, y-quiet
		if x < -quiet || y < -quiet || y >= code.Size+quiet {
			return false
		}
		return x < 0 || y < 0 || x >= code.Size || y >= code.Size || !code.Black(x, y)
	}
	width = code.Size + 2*quiet
	for y := 0; y < width; y += 2 {
		var b strings.Builder
		for x := range width {
			switch upper, lower := light(x, y), light(x, y+1); {
			case upper && lower:
				b.WriteRune('█')
			case upper:
				b.WriteRune('▀')
			case lower:
				b.WriteRune('▄')
			default:
				b.WriteByte(' ')
			}
		}
		lines = append(lines, b.String())
	}
	return lines, width, len(lines), nil
}
