package wire

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"golang.org/x/net/idna"
)

// ParseAddress reads the address of a server as people copy it: https unless it
// says http, the host in lower case and as it is asked for (xn--...), without the
// usual port, query and slash at its end. No error repeats the address: it may hold a password.
func ParseAddress(s string) (*url.URL, error) {
	s = strings.TrimSpace(s)
	if s == "" {
		return nil, errors.New("is empty")
	}
	if !strings.Contains(s, "://") {
		s = "https://" + s
	}
	u, err := url.Parse(s)
	if err != nil {
		return nil, errors.New("is not an address such as https://lab.example.org")
	}
	switch u.Scheme = strings.ToLower(u.Scheme); {
	case u.Scheme != "http" && u.Scheme != "https":
		return nil, errors.New("must begin with https://")
	case u.User != nil:
		return nil, errors.New("must not hold a user or password")
	case u.Hostname() == "" || strings.ContainsFunc(u.Host, func(r rune) bool { return r <= ' ' || !unicode.IsPrint(r) }):
		return nil, errors.New("has no host")
	case asked(u.Hostname()) == "":
		return nil, errors.New("has a host that there can't be")
	}
	if p := u.Port(); p != "" {
		if n, err := strconv.ParseUint(p, 10, 16); err != nil || n == 0 {
			return nil, errors.New("has no port between 1 and 65535")
		}
	}
	return &url.URL{Scheme: u.Scheme, Host: hostPort(u), Path: strings.TrimRight(u.Path, "/")}, nil
}

// asked is a host's name in lower case, as it is asked for: what looks like another
// host, such as one with a Cyrillic letter, is seen to be none. "" for no name.
func asked(name string) string {
	if !strings.ContainsFunc(name, func(r rune) bool { return r > unicode.MaxASCII }) {
		return strings.ToLower(name)
	}
	ascii, err := idna.Lookup.ToASCII(name)
	if err != nil {
		return ""
	}
	return ascii
}

// hostPort is the host of an address as it is asked for, with its port unless that is
// the scheme's usual one.
func hostPort(u *url.URL) string {
	name, port := asked(u.Hostname()), u.Port()
	if port == "" || u.Scheme == "https" && port == "443" || u.Scheme == "http" && port == "80" {
		if strings.Contains(name, ":") {
			return "[" + name + "]"
		}
		return name
	}
	return net.JoinHostPort(name, port)
}

// Host is HostPort of an address that ParseAddress takes; "" for any other text.
func Host(address string) string {
	u, err := ParseAddress(address)
	if err != nil {
		return ""
	}
	return u.Host
}

// SameServer reports whether two addresses are of one server: scheme, host and
// port. An address that holds a user is of none.
func SameServer(a, b *url.URL) bool {
	return a != nil && b != nil && a.User == nil && b.User == nil &&
		strings.EqualFold(a.Scheme, b.Scheme) && asked(a.Hostname()) != "" && hostPort(a) == hostPort(b)
}

// Loopback reports whether a host, with or without port, is this computer: by
// its name "localhost" or by its address. 127.example.org is not.
func Loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.Trim(host, "[]")
	if strings.EqualFold(host, "localhost") {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.Unmap().IsLoopback()
}

// Private reports whether what is sent to an address can't be read on the way:
// it is encrypted, or does not leave this computer.
func Private(u *url.URL) bool { return u.Scheme == "https" || Loopback(u.Host) }

// ErrPlain is wrapped where a password or token would travel unencrypted.
var ErrPlain = errors.New("not encrypted")

// Plain is the refusal to send a secret to an address, and nil for one that is
// private.
func Plain(u *url.URL) error {
	if Private(u) {
		return nil
	}
	return fmt.Errorf("%s://%s is %w: passwords and tokens could be read on the way", u.Scheme, u.Host, ErrPlain)
}

// The two servers of zenodo.org: the one that counts, and its place for practice.
const (
	ZenodoURL  = "https://zenodo.org"
	SandboxURL = "https://sandbox.zenodo.org"
)

// ZenodoName is what people call it: the publisher of its records.
const ZenodoName = "Zenodo"

// What a server that runs InvenioRDM can be.
const (
	FlavourZenodo = "zenodo"     // zenodo.org or its sandbox
	FlavourOther  = "inveniordm" // any other instance
)

// Flavour is what the server at a host is.
func Flavour(host string) string {
	switch strings.TrimPrefix(strings.ToLower(host), "www.") {
	case Host(ZenodoURL), Host(SandboxURL):
		return FlavourZenodo
	}
	return FlavourOther
}

// Sandbox reports whether a host is a place for trying things out, by its name.
func Sandbox(host string) bool { return strings.Contains(strings.ToLower(host), "sandbox") }

// Token takes from a pasted token what is not of it: white space around it and
// the byte order mark that editors put before it.
func Token(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		return unicode.IsSpace(r) || r == '\uFEFF' || r == '\u200B'
	})
}
