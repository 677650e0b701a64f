package flow

import "zenobis/session"

// Words is an error as a person reads it: what happened, the likely cause, what
// to do now.
func Words(err error) string {
	return session.Explain(err).String()
}
