package command

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"strconv"
	"syscall"

	"github.com/spf13/cobra"

	"zenobis/export/failure"
	"zenobis/safetext"
	"zenobis/session"
)

// Demo is a pair of running built-in servers.
type Demo struct {
	Line  []byte        // one JSON object that says where they are
	Login session.Login // what the first screen is filled with
	// Env points a run at the demo alone: no configuration, tokens or exports
	// of the user are read or changed.
	Env  func(string) string
	Stop func()
}

func (c *call) demoCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:   "demo [flags]",
		Short: "the terminal UI against built-in servers with example data",
		Long: "Show the terminal UI against a built-in openBIS and a built-in Zenodo with example\n" +
			"data, on loopback, nothing to configure.",
		Example: "  zenobis demo\n  zenobis demo --serve",
		Args:    arguments(0, 0, ""),
	}
	var serve bool
	var openBIS, zenodo string
	f := flags{cmd.Flags(), "Flags"}
	f.on(&serve, "serve", "only the two servers, until SIGINT or SIGTERM; the first line on stdout says where they are")
	f.checked(&openBIS, "openbis-listen", "ADDR", "address of the built-in openBIS", "127.0.0.1:0", "127.0.0.1:8443", checkListen)
	f.checked(&zenodo, "zenodo-listen", "ADDR", "address of the built-in Zenodo", "127.0.0.1:0", "127.0.0.1:8444", checkListen)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if !serve && !c.interactive() && !c.plain {
			return errNoTerminal
		}
		d, err := c.StartDemo(cmp.Or(openBIS, "127.0.0.1:0"), cmp.Or(zenodo, "127.0.0.1:0"))
		if err != nil {
			c.status = (&invocation{out: c.printer()}).fail("", notStarted(err))
			return nil
		}
		defer d.Stop()
		if serve {
			return c.serve(cmd.Context(), d)
		}
		c.Env, c.Site = d.Env, "" // what the site fixes is meant for real servers
		return c.front(cmd.Context(), &d.Login)
	}
	return cmd
}

// checkListen refuses what is no address to listen at.
func checkListen(s string) error {
	_, port, err := net.SplitHostPort(s)
	if err == nil {
		_, err = strconv.ParseUint(port, 10, 16)
	}
	if err != nil {
		return fmt.Errorf("%q is not a host and port, such as 127.0.0.1:8443", safetext.Line(s))
	}
	return nil
}

// notStarted words why a built-in server can't listen. It is no server that could
// be slow or away, as it would be for any other error of the network.
func notStarted(err error) error {
	f := &failure.Error{Kind: failure.Failed, What: "the built-in servers can't be started", Why: failure.Text(err), Err: err}
	var dns *net.DNSError
	switch {
	case errors.Is(err, syscall.EADDRINUSE):
		f.Do = "something listens there already: give another port, or 0 for any"
	case errors.Is(err, syscall.EADDRNOTAVAIL):
		f.Do = "this computer does not have that address: give one of its own, such as 127.0.0.1"
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		f.Do = "ports below 1024 are the system's: give another"
	case errors.As(err, &dns):
		f.Do = "there is no host of that name: give an address of this computer, such as 127.0.0.1"
	}
	return f
}

// serve keeps the built-in servers running and prints where they are.
func (c *call) serve(ctx context.Context, d Demo) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	if _, err := fmt.Fprintf(c.Out, "%s\n", d.Line); err != nil && !errors.Is(err, syscall.EPIPE) {
		c.status = (&invocation{out: c.printer()}).fail("", err)
		return nil
	}
	<-ctx.Done()
	return nil
}
