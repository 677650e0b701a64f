package flow

import (
	"net/url"

	"zenobis/page"
	"zenobis/session"
)

// Words is an error as a person reads it: what happened, the likely cause, what
// to do now.
func Words(err error) string {
	return session.Explain(err).String()
}

// Host is the part of an address that a person recognises.
func Host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return address
}

// LeftOutWhy says why the data of a data set is left out.
func LeftOutWhy(reason string) string {
	switch reason {
	case "link":
		return page.Reason(reason)
	case "archived":
		return page.Reason(reason) + ", until unarchived (a choice at the review)"
	case "container":
		return "a container has no files of its own"
	}
	return reason
}
