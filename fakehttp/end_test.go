package fakehttp

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"
)

// A connection that a client opened and never used doesn't delay the end: each
// test with such a server would take a second longer. (net/http takes such a
// connection for idle after five.)
func TestUnusedConnectionsEndAtOnce(t *testing.T) {
	s := New(Options{}, Site{Serve: func(http.ResponseWriter, *http.Request) {}})
	s.grace = time.Minute
	url, stop, err := s.Start("127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	unused, err := net.Dial("tcp", strings.TrimPrefix(url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer unused.Close()
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Get(url) // the connection before it has been accepted then
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	begun := time.Now()
	stop()
	if took := time.Since(begun); took > 4*time.Second {
		t.Errorf("the end took %v", took)
	}
	if n, err := unused.Read(make([]byte, 1)); n > 0 || err == nil {
		t.Errorf("read %d, %v from a server that has ended", n, err)
	} else if err != io.EOF {
		t.Log(err) // reset: just as well
	}
}
