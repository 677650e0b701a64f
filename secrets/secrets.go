// Package secrets takes our passwords and tokens out of the process's environment
// before any other package can look at it or start a program that inherits it.
//
// That can't wait for main. Lip Gloss asks for the colours of the terminal while its
// package variables are initialised, and in a tmux without COLORTERM=truecolor it
// starts "tmux info" for that. Of the packages whose imports are initialised, the one
// whose path sorts first is the next (Go specification, Package initialization). So
// this one is a module of its own, whose path comes before those of all libraries
// (on a host that never exists, RFC 2606), and it imports syscall alone: who reads the
// environment or starts a program stands on syscall, too, and comes later. A test of the built program looks at the order.
package secrets

import (
	"runtime"
	"syscall"
)

// taken holds what was taken until main asks for it: the one variable of a package in
// the program, since nothing can be passed in before main.
var taken = take()

// Taken hands out what was taken, by name, to the first who asks: to main. It is
// empty afterwards.
func Taken() map[string]string {
	out := taken
	taken = nil
	return out
}

// take takes the secrets out of the environment.
func take() map[string]string {
	out := map[string]string{}
	for _, v := range syscall.Environ() {
		name, value := cut(v)
		if !secret(name) || syscall.Unsetenv(name) != nil {
			continue
		}
		if runtime.GOOS == "windows" {
			name = upper(name) // names have no case there
		}
		out[name] = value
	}
	return out
}

// secret tells by its name whether a variable is one of our passwords and tokens.
func secret(name string) bool {
	name = upper(name)
	return begins(name, "ZENOBIS_") && (ends(name, "PASSWORD") || ends(name, "TOKEN"))
}

// The package strings would bring packages that may be initialised late.

func cut(v string) (name, value string) {
	for i := range len(v) {
		if v[i] == '=' {
			return v[:i], v[i+1:]
		}
	}
	return v, ""
}

func upper(s string) string {
	b := []byte(s)
	for i, c := range b {
		if c >= 'a' && c <= 'z' {
			b[i] = c - 'a' + 'A'
		}
	}
	return string(b)
}

func begins(s, with string) bool { return len(s) >= len(with) && s[:len(with)] == with }
func ends(s, with string) bool   { return len(s) >= len(with) && s[len(s)-len(with):] == with }
