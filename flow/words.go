package flow

import (
	"cmp"

	"zenobis/session"
	"zenobis/wire"
)

// Words is an error as a person reads it: what happened, the likely cause, what
// to do now.
func Words(err error) string {
	return session.Explain(err).String()
}

// Host is the part of an address that a person recognises.
func Host(address string) string {
	return cmp.Or(wire.Host(address), address)
}
