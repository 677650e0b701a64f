package fakehttp

import (
	"fmt"
	"html"
	"io"
	"net/http"
	"time"
)

// The faults that every server has. They concern a whole request.
const (
	CutUnseen     Kind = "cut-unseen"     // connection cut after Bytes of the request body, before the server has looked at it
	CutAnswer     Kind = "cut-answer"     // carried out; connection cut after Bytes of the answer (0: no answer at all)
	Gateway       Kind = "gateway"        // Status (502) as a proxy's HTML page, nothing carried out
	GatewayStored Kind = "gateway-stored" // carried out, then Status (504) as a proxy's HTML page
	Stall         Kind = "stall"          // no answer until the client goes away or the server stops
	Slow          Kind = "slow"           // request and answer at Rate bytes a second
	Do            Kind = "do"             // calls Do, then the request goes on as usual
)

func (s *Server) commonDoor() map[Kind]Door {
	return map[Kind]Door{
		CutUnseen: func(_ http.ResponseWriter, r *http.Request, f Fault, _ http.HandlerFunc) {
			if f.Bytes > 0 {
				_, _ = io.CopyN(io.Discard, r.Body, f.Bytes)
			}
			panic(http.ErrAbortHandler)
		},
		CutAnswer: func(w http.ResponseWriter, r *http.Request, f Fault, next http.HandlerFunc) {
			if f.Bytes <= 0 {
				next(unheard{}, r)
				panic(http.ErrAbortHandler)
			}
			next(&shortAnswer{ResponseWriter: w, left: f.Bytes}, r)
		},
		Gateway: func(w http.ResponseWriter, _ *http.Request, f Fault, _ http.HandlerFunc) {
			ProxyPage(w, orStatus(f.Status, http.StatusBadGateway))
		},
		GatewayStored: func(w http.ResponseWriter, r *http.Request, f Fault, next http.HandlerFunc) {
			next(unheard{}, r)
			ProxyPage(w, orStatus(f.Status, http.StatusGatewayTimeout))
		},
		Stall: func(w http.ResponseWriter, r *http.Request, _ Fault, _ http.HandlerFunc) {
			_, _ = io.Copy(io.Discard, r.Body) // only then the client's leaving is noticed
			select {
			case <-r.Context().Done():
			case <-s.stop:
			}
			panic(http.ErrAbortHandler)
		},
		Slow: func(w http.ResponseWriter, r *http.Request, f Fault, next http.HandlerFunc) {
			r.Body = &slowBody{ReadCloser: r.Body, r: r, rate: max(f.Rate, 1)}
			next(&slowAnswer{ResponseWriter: w, r: r, rate: max(f.Rate, 1)}, r)
		},
		Do: func(w http.ResponseWriter, r *http.Request, f Fault, next http.HandlerFunc) {
			if f.Do != nil {
				f.Do()
			}
			next(w, r)
		},
	}
}

func orStatus(n, otherwise int) int {
	if n == 0 {
		return otherwise
	}
	return n
}

// ProxyPage is an error page of a proxy in front of a server: HTML, none of the server's headers.
func ProxyPage(w http.ResponseWriter, status int) {
	title := fmt.Sprintf("%d %s", status, http.StatusText(status))
	if status == http.StatusGatewayTimeout {
		title = "504 Gateway Time-out"
	}
	for k := range w.Header() {
		w.Header().Del(k)
	}
	w.Header().Set("Content-Type", "text/html")
	w.WriteHeader(status)
	fmt.Fprintf(w, "<html><body><h1>%s</h1>\nThe server didn't respond in time.\n</body></html>\n", html.EscapeString(title))
}

// unheard swallows an answer that never reaches the client.
type unheard struct{}

func (unheard) Header() http.Header         { return http.Header{} }
func (unheard) Write(p []byte) (int, error) { return len(p), nil }
func (unheard) WriteHeader(int)             {}

// shortAnswer cuts the connection in the middle of an answer.
type shortAnswer struct {
	http.ResponseWriter
	left int64
}

func (w *shortAnswer) Write(p []byte) (int, error) {
	if int64(len(p)) > w.left {
		_, _ = w.ResponseWriter.Write(p[:w.left])
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		panic(http.ErrAbortHandler)
	}
	n, err := w.ResponseWriter.Write(p)
	w.left -= int64(n)
	return n, err
}

func (w *shortAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// slowBody reads a request, slowAnswer writes an answer, a tenth of a second
// of the rate at a time.
type slowBody struct {
	io.ReadCloser
	r    *http.Request
	rate int64
}

func (b *slowBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p[:min(int64(len(p)), max(b.rate/10, 1))])
	if n > 0 && !rest(b.r, n, b.rate) {
		return n, b.r.Context().Err()
	}
	return n, err
}

type slowAnswer struct {
	http.ResponseWriter
	r    *http.Request
	rate int64
}

func (w *slowAnswer) Write(p []byte) (done int, err error) {
	for step := max(int(w.rate/10), 1); len(p) > 0; {
		n, err := w.ResponseWriter.Write(p[:min(step, len(p))])
		done += n
		if err != nil {
			return done, err
		}
		p = p[n:]
		_ = http.NewResponseController(w.ResponseWriter).Flush()
		if !rest(w.r, n, w.rate) {
			return done, w.r.Context().Err()
		}
	}
	return done, nil
}

func (w *slowAnswer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// rest waits as long as n bytes take; false means that the client is gone.
func rest(r *http.Request, n int, rate int64) bool {
	t := time.NewTimer(time.Duration(n) * time.Second / time.Duration(rate))
	defer t.Stop()
	select {
	case <-t.C:
		return true
	case <-r.Context().Done():
		return false
	}
}
