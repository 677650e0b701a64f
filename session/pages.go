package session

import (
	"context"
	"strings"

	"zenobis/doi"
	"zenobis/handoff"
)

// OpenBrowser opens a page of the configured Zenodo, or a DOI, in a browser;
// false with the reason, fit to be shown, where there is none (SSH, no display).
func (s *Settings) OpenBrowser(_ context.Context, url string) (bool, string) {
	if !strings.HasPrefix(url, doi.Resolver) {
		if err := handoff.Check(url, s.Config.Zenodo.URL); err != nil {
			return false, err.Error()
		}
	}
	return s.OpenPage(url)
}

// OpenPage opens an address that the caller has checked.
func (s *Settings) OpenPage(url string) (bool, string) {
	cmd, why := handoff.Env{Getenv: s.Env}.Browser()
	if cmd == nil {
		return false, why
	}
	if err := handoff.Open(cmd, url); err != nil {
		return false, err.Error()
	}
	return true, ""
}

// CopyBeside hands the text to a terminal multiplexer's buffer as well (tmux
// load-buffer); without one it does nothing.
func (s *Settings) CopyBeside(ctx context.Context, text string) {
	_ = handoff.CopyTmux(ctx, handoff.Env{Getenv: s.Env}, text) // whether a clipboard got it can't be known
}

// QR draws the address as half blocks, light modules drawn, lines of equal
// width; nil where it cannot be encoded.
func (s *Settings) QR(url string) []string {
	lines, _, _, err := handoff.QR(url)
	if err != nil {
		return nil
	}
	return lines
}
