package openbistest

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// method is one method of the API. The first parameter of those with auth is
// the session token.
type method struct {
	dss    bool // on the data store server, else on the application server
	auth   bool
	params []string // specs, the token not among them
	run    func(*call) (any, error)
}

// call is one method call.
type call struct {
	s      *Server
	caller *caller           // nil without auth
	args   []any             // decoded, the token not among them
	raw    []any             // as sent
	base   string            // URL of this server as the client knows it
	made   []*labdata.Entity // by this call, for taking it back
}

func (c *call) node(i int) *jackson.Node {
	n, _ := c.args[i].(*jackson.Node)
	return n
}

func (c *call) text(i int) string {
	t, _ := c.args[i].(string)
	return t
}

func (c *call) nodes(i int) []*jackson.Node {
	l, _ := c.args[i].([]any)
	return jackson.AsNodes(l)
}

// reply is the answer to one request of a batch.
type reply struct {
	id      string // JSON
	silent  bool   // a notification: no answer
	status  int
	code    int
	message string
	java    *jackson.Exception
	result  any
	failed  bool
}

func (s *Server) serveRPC(w http.ResponseWriter, r *http.Request, part string) {
	if part == "as" {
		w.Header().Set("X-Frame-Options", "SAMEORIGIN")
		w.Header().Set("Cache-Control", "max-age=3600")
	}
	w.Header().Set("Server", jetty)
	switch r.Method {
	case http.MethodPost:
	case http.MethodGet:
		s.writeReply(w, r, fault(http.StatusBadRequest, -32700, "JSON parse error"))
		return
	default:
		w.WriteHeader(http.StatusMethodNotAllowed)
		return
	}
	var in io.Reader = r.Body
	if strings.Contains(r.Header.Get("Content-Encoding"), "gzip") {
		z, err := gzip.NewReader(in)
		if err != nil {
			s.writeReply(w, r, fault(http.StatusBadRequest, -32700, "JSON parse error"))
			return
		}
		in = z
	}
	body, err := io.ReadAll(in)
	if err != nil {
		return // the client is gone
	}
	raw, err := jackson.ParseJSON(body)
	if err != nil {
		s.writeReply(w, r, fault(http.StatusBadRequest, -32700, "JSON parse error"))
		return
	}
	base := s.base(r)
	switch v := raw.(type) {
	case *jackson.RawObject:
		s.writeReply(w, r, s.answer(v, part, base, r))
	case []any:
		s.serveBatch(w, r, v, part, base)
	default:
		s.writeReply(w, r, fault(http.StatusBadRequest, -32600, "invalid request"))
	}
}

// base is the address under which the client reaches this server.
func (s *Server) base(r *http.Request) string {
	s.mu.RLock()
	defer s.mu.RUnlock()
	if s.URL != "" {
		return s.URL
	}
	return "http://" + r.Host
}

func fault(status, code int, message string) reply {
	return reply{id: `"null"`, status: status, code: code, message: message, failed: true}
}

// answer runs one request.
func (s *Server) answer(o *jackson.RawObject, part, base string, r *http.Request) reply {
	re := reply{status: http.StatusOK, id: "null", silent: true}
	switch id := o.Vals["id"].(type) {
	case string:
		b, _ := json.Marshal(id)
		re.id, re.silent = string(b), false
	case json.Number:
		re.id, re.silent = id.String(), false
	}
	name, _ := o.Vals["method"].(string)
	m, ok := s.methods[name]
	if !ok || m.dss != (part == "dss") {
		re.status, re.code, re.message, re.failed, re.silent = http.StatusNotFound, -32601, "method not found", true, false
		return re
	}
	params, isList := o.Vals["params"].([]any)
	want := len(m.params)
	if m.auth {
		want++
	}
	if !isList && o.Vals["params"] != nil || len(params) != want {
		re.status, re.code, re.message, re.failed, re.silent = http.StatusInternalServerError, -32602, "method parameters invalid", true, false
		return re
	}
	result, user, err := s.invoke(name, m, params, base)
	fakehttp.Noted(r).User = user
	if err != nil {
		if !errors.As(err, &re.java) {
			re.java = jackson.RuntimeFailure(err.Error())
		}
		re.failed = true
		return re
	}
	re.result = result
	return re
}

// invoke decodes the parameters, finds the caller, and runs a method.
func (s *Server) invoke(name string, m method, params []any, base string) (result any, user string, err error) {
	c := &call{s: s, base: base}
	token := ""
	if m.auth {
		if t, ok := params[0].(string); ok {
			token = t
		} else if params[0] != nil {
			return nil, "", &jackson.Exception{Class: jackson.ExInput, Plain: true,
				Message: "Can not deserialize instance of java.lang.String\n at [Source: UNKNOWN; line: -1, column: -1]"}
		}
		params = params[1:]
	}
	for i, p := range params {
		v, err := jackson.DecodeParam(p, m.params[i])
		if err != nil {
			return nil, "", err
		}
		c.args, c.raw = append(c.args, v), append(c.raw, p)
	}
	if m.dss && s.hit(FaultServerAway, "", "") {
		return nil, "", &jackson.Exception{Class: "ch.systemsx.cisd.common.exceptions.MasqueradingException", Message: serverAway, Plain: true}
	}
	if m.auth {
		if c.caller, err = s.caller(token); err != nil {
			if m.dss && token != "" {
				err = notLoggedIn(token) // it knows no better
			}
			return nil, "", err
		}
		user = c.caller.user.UserID
	}
	if f, ok := s.Take(FaultRPCError, fakehttp.Place{Call: name}); ok {
		e := jackson.RuntimeFailure(f.Message)
		e.Null = f.Message == ""
		return nil, user, e
	}
	result, err = m.run(c)
	return result, user, err
}

func (s *Server) serveBatch(w http.ResponseWriter, r *http.Request, batch []any, part, base string) {
	var buf bytes.Buffer
	buf.WriteByte('[')
	status, n := http.StatusOK, 0
	for _, x := range batch {
		re := fault(http.StatusBadRequest, -32600, "invalid request")
		if o, ok := x.(*jackson.RawObject); ok {
			re = s.answer(o, part, base, r)
		}
		if re.failed && re.java == nil {
			status = http.StatusInternalServerError
		}
		if re.silent {
			continue
		}
		if n++; n > 1 {
			buf.WriteByte(',')
		}
		re.write(&buf)
	}
	buf.WriteString("]\n")
	s.writeBody(w, r, status, buf.Bytes())
}

// write writes the JSON of an answer.
func (re reply) write(w io.Writer) {
	e := jackson.NewEncoder(w)
	e.Raw(`{"jsonrpc":"2.0","id":` + re.id)
	switch {
	case re.java != nil:
		e.Raw(`,"error":{"code":0,"message":`)
		writeMessage(e, re.java)
		e.Raw(`,"data":{"@id":1,"exceptionTypeName":`)
		e.Str(re.java.Class)
		e.Raw(`,"message":`)
		writeMessage(e, re.java)
		e.Raw(`,"stackTrace":`)
		e.Str(re.java.Stack())
		e.Raw("}}")
	case re.failed:
		e.Raw(`,"error":{"code":` + strconv.Itoa(re.code) + `,"message":`)
		e.Str(re.message)
		e.Raw("}")
	default:
		e.Raw(`,"result":`)
		e.Value(re.result)
	}
	e.Raw("}")
	_ = e.W.Flush()
}

func writeMessage(e *jackson.Encoder, j *jackson.Exception) {
	if j.Null {
		e.Raw("null")
		return
	}
	e.Str(j.Text())
}

// counter counts what is written.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}

func (s *Server) writeReply(w http.ResponseWriter, r *http.Request, re reply) {
	if re.silent {
		s.writeBody(w, r, re.status, nil)
		return
	}
	if _, big := re.result.(jackson.Streamed); big && !s.gzips(r) {
		// Written twice, so that a listing of a million files has its
		// Content-Length without standing in memory.
		var n counter
		re.write(&n)
		s.rpcHeader(w, re.status)
		w.Header().Set("Content-Length", strconv.FormatInt(int64(n)+1, 10))
		w.WriteHeader(re.status)
		re.write(w)
		_, _ = io.WriteString(w, "\n")
		return
	}
	var buf bytes.Buffer
	re.write(&buf)
	buf.WriteByte('\n')
	s.writeBody(w, r, re.status, buf.Bytes())
}

// gzips reports whether the client takes gzip and this server gives it.
func (s *Server) gzips(r *http.Request) bool {
	return !s.o.NoCompression && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip")
}

// compressor compresses for w: one that was used before, if there is one, since it
// takes the better part of a megabyte. It goes back to zips after its Close.
func (s *Server) compressor(w io.Writer) *gzip.Writer {
	if z, ok := s.zips.Get().(*gzip.Writer); ok {
		z.Reset(w)
		return z
	}
	return gzip.NewWriter(w)
}

// compressFrom is the length from which Jetty compresses.
const compressFrom = 2048

func (s *Server) rpcHeader(w http.ResponseWriter, status int) {
	w.Header().Set("Content-Type", "application/json-rpc")
	if status == http.StatusOK {
		w.Header().Set("Vary", "Accept-Encoding, User-Agent")
	}
}

func (s *Server) writeBody(w http.ResponseWriter, r *http.Request, status int, body []byte) {
	s.rpcHeader(w, status)
	if len(body) >= compressFrom && s.gzips(r) {
		w.Header().Set("Content-Encoding", "gzip")
		w.WriteHeader(status)
		z := s.compressor(w)
		_, _ = z.Write(body)
		_ = z.Close()
		s.zips.Put(z)
		return
	}
	w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	w.WriteHeader(status)
	_, _ = w.Write(body)
}
