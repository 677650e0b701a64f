package openbistest

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// rpc is one call of a test; params are JSON, "T" in them the token.
type rpc struct {
	t     *testing.T
	s     *Server
	token string
}

func login(t *testing.T, s *Server, user, password string) *rpc {
	t.Helper()
	c := &rpc{t: t, s: s}
	v := c.result(asPath, "login", fmt.Sprintf("%q,%q", user, password))
	token, ok := v.(string)
	if !ok {
		t.Fatalf("login of %s: %v", user, v)
	}
	c.token = token
	return c
}

// call sends a request and returns the whole answer.
func (c *rpc) call(path, method, params string) (int, *jackson.RawObject) {
	c.t.Helper()
	params = strings.ReplaceAll(params, `"T"`, fmt.Sprintf("%q", c.token))
	status, body := post(c.t, c.s, path, `{"jsonrpc":"2.0","id":"1","method":"`+method+`","params":[`+params+`]}`)
	v, err := jackson.ParseJSON(body)
	if err != nil {
		c.t.Fatalf("%s: status %d, %q: %v", method, status, body, err)
	}
	return status, v.(*jackson.RawObject)
}

// result wants success.
func (c *rpc) result(path, method, params string) any {
	c.t.Helper()
	status, o := c.call(path, method, params)
	if status != http.StatusOK || o.Vals["error"] != nil {
		c.t.Fatalf("%s: status %d, %s", method, status, asJSON(o))
	}
	checkNumbers(c.t, o.Vals["result"])
	return o.Vals["result"]
}

// fails wants an error with code 0 and returns class and message.
func (c *rpc) fails(path, method, params string) (class, message string) {
	c.t.Helper()
	status, o := c.call(path, method, params)
	e, _ := o.Vals["error"].(*jackson.RawObject)
	if status != http.StatusOK || e == nil || fmt.Sprint(e.Vals["code"]) != "0" {
		c.t.Fatalf("%s: status %d, %s", method, status, asJSON(o))
	}
	d := e.Vals["data"].(*jackson.RawObject)
	if fmt.Sprint(d.Vals["@id"]) != "1" || d.Vals["@type"] != nil {
		c.t.Errorf("error data: %v", d.Keys)
	}
	m, _ := e.Vals["message"].(string)
	return d.Vals["exceptionTypeName"].(string), m
}

// search returns objects and total count.
func (c *rpc) search(method, criteria, fetch string) ([]any, int) {
	c.t.Helper()
	r := c.result(asPath, method, `"T",`+criteria+`,`+fetch).(*jackson.RawObject)
	var n int
	if _, err := fmt.Sscan(fmt.Sprint(r.Vals["totalCount"]), &n); err != nil {
		c.t.Fatal(err)
	}
	return r.Vals["objects"].([]any), n
}

// codes are the codes of the objects of a listing.
func codes(objects []any) string {
	var out []string
	for _, x := range objects {
		if o, ok := x.(*jackson.RawObject); ok {
			out = append(out, o.Vals["code"].(string))
		} else {
			out = append(out, fmt.Sprint(x))
		}
	}
	return strings.Join(out, " ")
}

func asJSON(v any) string {
	b, _ := json.Marshal(jackson.Plain(v))
	return string(b)
}

// get fetches below the data store server and returns answer and body; err is
// that of the body.
func get(t *testing.T, s *Server, path, token string, header ...string) (*http.Response, []byte, error) {
	t.Helper()
	u := s.URL + path
	if token != "-" {
		sep := "?"
		if strings.Contains(path, "?") {
			sep = "&"
		}
		u += sep + "sessionID=" + url.QueryEscape(token)
	}
	req, err := http.NewRequest(http.MethodGet, u, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	for i := 0; i+1 < len(header); i += 2 {
		req.Header.Set(header[i], header[i+1])
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	return res, b, err
}

const (
	anySpaces  = `{"@type":"as.dto.space.search.SpaceSearchCriteria"}`
	spaceFetch = `{"@type":"as.dto.space.fetchoptions.SpaceFetchOptions"}`
	objFetch   = `{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"}`
	setFetch   = `{"@type":"as.dto.dataset.fetchoptions.DataSetFetchOptions"}`
)

// equal is a criterion on an attribute.
func equal(class, value string) string {
	return fmt.Sprintf(
		`{"@type":"as.dto.common.search.%s","fieldValue":{"@type":"as.dto.common.search.StringEqualToValue","value":%q}}`,
		class,
		value,
	)
}

// criteria are composite criteria of a class such as "sample.search.Sample".
func criteria(class, operator string, members ...string) string {
	return fmt.Sprintf(`{"@type":"as.dto.%sSearchCriteria","operator":%q,"criteria":[%s]}`, class, operator, strings.Join(members, ","))
}

func filesOf(code string) string {
	return `{"@type":"dss.dto.datasetfile.search.DataSetFileSearchCriteria","criteria":[` + criteria(
		"dataset.search.DataSet",
		"OR",
		equal("CodeSearchCriteria", code),
	) +
		`]},{"@type":"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions","from":0,"count":1}`
}

// smallLab has a bit of everything.
func smallLab() *labdata.Lab {
	l := labdata.NewLab()
	l.AddUser(
		labdata.UserSpec{
			ID:        "ann",
			Password:  "pw",
			FirstName: "Ann",
			Roles:     []labdata.RoleSpec{{Role: "ADMIN", Space: "LAB"}, {Role: "OBSERVER", Space: "PUBLICATIONS"}},
		},
	)
	l.AddUser(labdata.UserSpec{ID: "ole", Password: "pw", Roles: []labdata.RoleSpec{{Role: "OBSERVER", Space: "LAB"}}})
	l.AddUser(labdata.UserSpec{ID: "pia", Password: "pw", Roles: []labdata.RoleSpec{{Role: "USER", Project: "/LAB/P"}}})
	l.AddUser(labdata.UserSpec{ID: "root", Password: "pw", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	l.AddUser(labdata.UserSpec{ID: "nil", Password: "pw"})
	l.AddSpace("LAB")
	l.AddSpace("SECRET")
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C", Name: "Collection"})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/Q/D", Name: "Another"})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/SECRET/S/E"})
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
	l.AddObject(labdata.ObjectSpec{Collection: "/LAB/P/C", Code: "A", Name: "Zebra", Tags: []string{"RED"}})
	l.AddObject(labdata.ObjectSpec{Collection: "/LAB/P/C", Code: "B", Name: "apple", Parents: []string{"/LAB/P/A"}})
	l.AddObject(
		labdata.ObjectSpec{
			Collection: "/LAB/P/C",
			Code:       "C",
			Parents:    []string{"/LAB/P/A", "/LAB/P/B"},
			Type:       "ENTRY",
			Properties: map[string]string{"$DOCUMENT": "<p>heat shock</p>"},
		},
	)
	l.AddObject(labdata.ObjectSpec{Project: "/LAB/P", Code: "INP"})
	l.AddObject(labdata.ObjectSpec{Space: "LAB", Code: "INS"})
	l.AddObject(labdata.ObjectSpec{Collection: "/SECRET/S/E", Code: "HID", Parents: []string{"/LAB/P/C"}})
	l.AddDataSet(labdata.DataSetSpec{Code: "D1", Object: "/LAB/P/A", Files: map[string][]byte{
		"original/a.txt": []byte(
			"hello, files\n",
		), "original/sub/b+c d.csv": []byte("1,2\n"), "original/big.csv": labdata.Csv("x", "y", 2000, 3), "original/none.dat": {},
		"original/naïve #1?.txt": []byte("x")}})
	l.AddDataSet(labdata.DataSetSpec{Code: "D2", Collection: "/LAB/P/C", Files: map[string][]byte{"original/z.txt": []byte("z")}})
	l.AddDataSet(labdata.DataSetSpec{Code: "D3", Collection: "/SECRET/S/E", Files: map[string][]byte{"original/s.txt": []byte("s")}})
	l.AddDataSet(
		labdata.DataSetSpec{Code: "OLD", Collection: "/LAB/P/C", Status: "ARCHIVED", Files: map[string][]byte{"original/o.txt": []byte("old")}},
	)
	l.AddDataSet(labdata.DataSetSpec{Code: "LNK", Collection: "/LAB/P/C", Kind: "LINK", Links: []labdata.Link{{Path: "/share"}}})
	l.AddDataSet(labdata.DataSetSpec{Code: "BOX", Collection: "/LAB/P/C", Kind: "CONTAINER", Components: []string{"D2", "D1"}})
	return l
}

// postRaw sends a request whose answer may not come.
func postRaw(s *Server, body string) ([]byte, error) {
	res, err := http.Post(s.URL+asPath, "application/json", strings.NewReader(body))
	if err != nil {
		return nil, err
	}
	defer func() { _ = res.Body.Close() }()
	return io.ReadAll(res.Body)
}
