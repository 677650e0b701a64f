package openbistest

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
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
	fakehttp.Noted(r).User = who.user.UserID
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
	fmt.Fprintf(
		w,
		`{"size": %d, "id": %q, "startByte": %d, "endByte": %q, "filename": %q}`,
		len(body),
		q.Get("id"),
		start,
		q.Get("endByte"),
		name,
	)
}

// createUploaded makes a data set of what was uploaded before.
func createUploaded(c *call) (any, error) {
	n := c.node(0)
	if n == nil {
		return nil, jackson.UserFailure("Creation cannot be null.").Bare()
	}
	s := c.s
	s.mu.Lock()
	defer s.mu.Unlock()
	u := s.uploads[n.Str("uploadId")]
	if u == nil {
		return nil, jackson.UserFailure("Upload with id '" + n.Str("uploadId") + "' does not exist.").Bare()
	}
	typ, err := c.typeFor(labdata.KindDataSet, n)
	if err != nil {
		return nil, err
	}
	e := s.lab.NewEntity(labdata.KindDataSet, "", "", "")
	e.Code, e.Typ, e.Registrator, e.Modifier = e.PermID, typ, c.caller.user, c.caller.user
	switch {
	case n.Node("sampleId") != nil:
		if e.Sample, err = c.lookup(n.Node("sampleId")); err != nil {
			return nil, err
		}
		e.Exp, e.Project, e.Space = e.Sample.Exp, e.Sample.Project, e.Sample.Space
	case n.Node("experimentId") != nil:
		if e.Exp, err = c.lookup(n.Node("experimentId")); err != nil {
			return nil, err
		}
		e.Project, e.Space = e.Exp.Project, e.Exp.Space
	default:
		return nil, jackson.UserFailure("Either experiment or sample has to be specified.").Bare()
	}
	if c.caller.user.Rank(e) < labdata.RankUser {
		return nil, jackson.AccessDenied("DataSetPermId", e.PermID)
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
	d := &labdata.DataSet{
		Kind:     "PHYSICAL",
		Store:    s.lab.Stores[0],
		Status:   "AVAILABLE",
		Location: labdata.Location(e.Code),
		Accessed: e.Registered,
		Files:    labdata.CollectFiles(bodies, nil, folders),
	}
	for _, f := range d.Files {
		d.Size += f.Size
	}
	e.Data = d
	for _, id := range n.Nodes("parentIds") {
		p, err := c.lookup(id)
		if err != nil {
			return nil, err
		}
		labdata.Connect(p, e)
	}
	s.lab.Insert(e)
	delete(s.uploads, n.Str("uploadId"))
	s.version++
	return permIDObj("as.dto.dataset.id.DataSetPermId", e.Code), nil
}

// AddDataSet registers a data set on the running server, as a user would who
// works while something else reads. It returns the code.
func (s *Server) AddDataSet(spec labdata.DataSetSpec) string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.version++
	return s.lab.AddDataSet(spec)
}

// AddObject registers an object on the running server and returns its permId.
func (s *Server) AddObject(spec labdata.ObjectSpec) string {
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
	for k := labdata.KindExperiment; k <= labdata.KindDataSet; k++ {
		if e := s.lab.Find(k, id); e != nil {
			if value == "" {
				delete(e.Props, code)
			} else {
				e.Props[code] = value
			}
			e.Modified = s.now().Truncate(time.Millisecond)
			s.version++
			return
		}
	}
	panic("openbistest: no entity " + id)
}
