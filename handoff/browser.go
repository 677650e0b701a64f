// Package handoff is how a person gets from the terminal to a draft's page:
// browser, hyperlink, clipboard, QR code. It returns text and commands; whoever
// has the terminal writes and starts them.
package handoff

import (
	"fmt"
	"net/url"
	"os/exec"
	"runtime"
	"strings"

	"zenobis/wire"
)

// Env is the part of the environment that decides. OS is a GOOS; "" is this system's.
type Env struct {
	Getenv func(string) string
	OS     string
}

// Remote reports whether the terminal is reached over SSH.
func (e Env) Remote() bool {
	return e.Getenv("SSH_CONNECTION") != "" || e.Getenv("SSH_TTY") != ""
}

// Browser returns the command that opens an address, without the address, or
// nil with the reason why none is started. $BROWSER is what the user wants and
// always wins; without it nothing is started over SSH or without a display,
// since xdg-open may then start a text browser behind the screen.
func (e Env) Browser() (command []string, why string) {
	if b := e.Getenv("BROWSER"); b != "" && b != "none" {
		first, _, _ := strings.Cut(b, ":")
		return strings.Fields(first), ""
	} else if b == "none" {
		return nil, "BROWSER says none"
	}
	if e.Remote() {
		return nil, "this is an SSH session"
	}
	switch os := e.os(); {
	case os == "darwin":
		return []string{"open"}, ""
	case os == "windows", e.Getenv("WSL_DISTRO_NAME") != "":
		return []string{"rundll32.exe", "url.dll,FileProtocolHandler"}, ""
	case e.Getenv("DISPLAY") == "" && e.Getenv("WAYLAND_DISPLAY") == "":
		return nil, "there is no display"
	}
	return []string{"xdg-open"}, ""
}

func (e Env) os() string {
	if e.OS != "" {
		return e.OS
	}
	return runtime.GOOS
}

// Open starts a browser command with an address, detached from the terminal:
// a browser's chatter would stay on the screen. It does not wait for it.
func Open(command []string, address string) error {
	if len(command) == 0 {
		return fmt.Errorf("no browser")
	}
	args := append([]string{}, command[1:]...)
	placed := false
	for i, a := range args {
		if strings.Contains(a, "%s") {
			args[i], placed = strings.ReplaceAll(a, "%s", address), true
		}
	}
	if !placed {
		args = append(args, address)
	}
	cmd := exec.Command(command[0], args...)
	detach(cmd)
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start browser: %w", err)
	}
	go func() { _ = cmd.Wait() }() // collects the child; its outcome tells nothing
	return nil
}

// Check refuses an address that is not a page of the given server: what comes
// from a server must not make us open anything else.
func Check(address, server string) error {
	a, err := url.Parse(address)
	s, serr := url.Parse(server)
	if err != nil || serr != nil || !wire.SameServer(a, s) || !strings.HasPrefix(strings.ToLower(a.Scheme), "http") ||
		strings.ContainsFunc(address, func(r rune) bool { return r <= ' ' || r == 0x7f }) {
		return fmt.Errorf("the server sent an address that is not its own: %q", address)
	}
	return nil
}
