package openbistest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zenobis/fakehttp"
)

// upload is what a client put into its session workspace under one name.
type upload struct {
	files   map[string]map[int64][]byte // by path, parts by their first byte
	folders []string
}

// maxUpload bounds one part.
const maxUpload = 64 << 20

// serveUpload takes a file, or a part of one, into the session workspace.
func (s *Server) serveUpload(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Server", jetty)
	if r.Method != http.MethodPost {
		jettyError(w, http.StatusMethodNotAllowed, r.URL.Path)
		return
	}
	q := r.URL.Query()
	who, err := s.caller(q.Get("sessionID"))
	if err != nil {
		jettyError(w, http.StatusBadRequest, r.URL.Path)
		return
	}
	fakehttp.Noted(r).User = who.user.userID
	id, name, ok := strings.Cut(q.Get("filename"), "/")
	start, _ := strconv.ParseInt(q.Get("startByte"), 10, 64)
	if !ok || strings.Contains(name, "..") {
		jettyError(w, http.StatusBadRequest, r.URL.Path)
		return
	}
	body, err := io.ReadAll(io.LimitReader(r.Body, maxUpload))
	if err != nil {
		return // the client is gone
	}
	s.mu.Lock()
	u := s.uploads[id]
	if u == nil {
		u = &upload{files: map[string]map[int64][]byte{}}
		s.uploads[id] = u
	}
	if strings.EqualFold(q.Get("emptyFolder"), "true") {
		u.folders = append(u.folders, strings.TrimSuffix(name, "/"))
	} else {
		if u.files[name] == nil {
			u.files[name] = map[int64][]byte{}
		}
		u.files[name][start] = body
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "application/json")
	fmt.Fprintf(w, `{"size": %d, "id": %q, "startByte": %d, "endByte": %q, "filename": %q}`, len(body), q.Get("id"), start, q.Get("endByte"), name)
}

// createUploaded makes a data set of what was uploaded before.
func createUploaded(c *call) (any, error) {
	n := c.node(0)
	if n == nil {
		return nil, userFailure("Creation cannot be null.").bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[n.str("uploadId")]
	if u == nil {
		return nil, userFailure("Upload with id '" + n.str("uploadId") + "' does not exist.").bare()
	}
	typ, err := c.typeFor(kindDataSet, n)
	if err != nil {
		return nil, err
	}
	e := s.lab.newEntity(kindDataSet, "", "", "")
	e.code, e.typ, e.registrator, e.modifier = e.permID, typ, c.caller.user, c.caller.user
	switch {
	case n.node("sampleId") != nil:
		if e.sample, err = c.lookup(n.node("sampleId")); err != nil {
			return nil, err
		}
		e.exp, e.project, e.space = e.sample.exp, e.sample.project, e.sample.space
	case n.node("experimentId") != nil:
		if e.exp, err = c.lookup(n.node("experimentId")); err != nil {
			return nil, err
		}
		e.project, e.space = e.exp.project, e.exp.space
	default:
		return nil, userFailure("Either experiment or sample has to be specified.").bare()
	}
	if c.caller.user.rank(e) < rankUser {
		return nil, accessDenied("DataSetPermId", e.permID)
	}
	if err := c.setProperties(e, n, 0, 1, "DataPE"); err != nil {
		return nil, err
	}
	bodies := map[string][]byte{}
	for name, parts := range u.files {
		var whole []byte
		for at := int64(0); ; {
			p, ok := parts[at]
			if !ok {
				break
			}
			whole = append(whole, p...)
			if len(p) == 0 {
				break
			}
			at += int64(len(p))
		}
		bodies["original/"+name] = whole
	}
	var folders []string
	for _, f := range u.folders {
		folders = append(folders, "original/"+f)
	}
	d := &dataSet{kind: "PHYSICAL", store: s.lab.stores[0], status: "AVAILABLE", location: location(e.code), accessed: e.registered,
		files: collectFiles(bodies, nil, folders)}
	for _, f := range d.files {
		d.size += f.size
	}
	e.data = d
	for _, id := range n.nodes("parentIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		link(p, e)
	}
	s.lab.insert(e)
	delete(s.uploads, n.str("uploadId"))
	s.version++
	return permIDObj("as.dto.dataset.id.DataSetPermId", e.code), nil
}

// AddDataSet registers a data set on the running server, as a user would who
// works while something else reads. It returns the code.
func (s *Server) AddDataSet(spec DataSetSpec) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	return s.lab.AddDataSet(spec)
}

// AddObject registers an object on the running server and returns its permId.
func (s *Server) AddObject(spec ObjectSpec) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	return s.lab.AddObject(spec)
}

// SetProperty changes a property of an entity by permId or identifier; an
// empty value takes it away.
func (s *Server) SetProperty(id, code, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for k := kindExperiment; k <= kindDataSet; k++ {
		if e := s.lab.find(k, id); e != nil {
			if value == "" {
				delete(e.props, code)
			} else {
				e.props[code] = value
			}
			e.modified = s.now().Truncate(time.Millisecond)
			s.version++
			return
		}
	}
	panic("openbistest: no entity " + id)
}
