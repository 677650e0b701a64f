package openbistest

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"math"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

func listed(t *testing.T, c *rpc, code string) map[string]*jackson.RawObject {
	t.Helper()
	r := c.result(dssPath, "searchFiles", `"T",`+filesOf(code)).(*jackson.RawObject)
	out := map[string]*jackson.RawObject{}
	for _, x := range r.Vals["objects"].([]any) {
		o := x.(*jackson.RawObject)
		out[o.Vals["path"].(string)] = o
	}
	if fmt.Sprint(r.Vals["totalCount"]) != fmt.Sprint(len(out)) {
		t.Errorf("total %v of %d", r.Vals["totalCount"], len(out))
	}
	return out
}

func TestSearchFilesListsWholeTreesWithoutPaging(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	files := listed(t, c, "D1")
	if len(files) != 8 {
		t.Errorf("%d entries", len(files))
	}
	for _, dir := range []string{"", "original", "original/sub"} {
		o := files[dir]
		if o == nil || o.Vals["directory"] != true || fmt.Sprintf("%v %v", o.Vals["fileLength"], o.Vals["checksumCRC32"]) != "0 0" {
			t.Errorf("folder %q: %s", dir, asJSON(o))
		}
	}
	for p, o := range files {
		if o.Vals["directory"] == true {
			continue
		}
		crc, size, ok := s.FileCRC("D1", p)
		if want := fmt.Sprint(size, int32(crc)); !ok || fmt.Sprintf("%v %v", o.Vals["fileLength"], o.Vals["checksumCRC32"]) != want {
			t.Errorf("%s: %v %v, want %s", p, o.Vals["fileLength"], o.Vals["checksumCRC32"], want)
		}
	}
	for _, code := range []string{"NOPE", "D3"} { // unknown, and of others
		if files := listed(t, c, code); len(files) != 0 {
			t.Errorf("%s: %d entries", code, len(files))
		}
	}
	if files := listed(t, c, "OLD"); len(files) != 3 {
		t.Errorf("archived: %d entries", len(files))
	}
	box := listed(t, c, "BOX")
	if len(box) != 9 || box["original/z.txt"] == nil {
		t.Errorf("container: %d entries", len(box))
	}
	if r := c.result(dssPath, "searchFiles",
		`"T",{"@type":"dss.dto.datasetfile.search.DataSetFileSearchCriteria"},{"@type":"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}`).(*jackson.RawObject); len(
		r.Vals["objects"].([]any),
	) != 0 {
		t.Error("no criterion lists something")
	}
}

func TestSearchFilesFailsAsAWholeWithALinkDataSet(t *testing.T) {
	c := login(t, Start(t, Options{Lab: smallLab()}), "ann", "pw")
	class, message := c.fails(dssPath, "searchFiles", `"T",{"@type":"dss.dto.datasetfile.search.DataSetFileSearchCriteria","criteria":[`+
		criteria(
			"dataset.search.DataSet",
			"AND",
			`{"@type":"as.dto.common.search.CodesSearchCriteria","fieldValue":["D1","LNK"]}`,
		)+`]},{"@type":"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}`)
	if class != "java.lang.NullPointerException" || !strings.Contains(message, `because "content" is null`) {
		t.Errorf("%s %s", class, message)
	}
}

func TestSearchFilesOnlyOwnStore(t *testing.T) {
	l := smallLab()
	l.AddStore("DSS2", "https://other.example:444")
	l.AddDataSet(labdata.DataSetSpec{Code: "FAR", Collection: "/LAB/P/C", Store: "DSS2", Files: map[string][]byte{"original/f": []byte("f")}})
	c := login(t, Start(t, Options{Lab: l}), "ann", "pw")
	if files := listed(t, c, "FAR"); len(files) != 0 {
		t.Errorf("%d entries of another store", len(files))
	}
}

func TestCRCUnknownForAWhile(t *testing.T) {
	now := time.Date(2025, 5, 5, 5, 5, 5, 0, time.UTC)
	s := Start(t, Options{Lab: smallLab(), Options: fakehttp.Options{Clock: func() time.Time { return now }}})
	c := login(t, s, "ann", "pw")
	s.Fault(fakehttp.Fault{Kind: FaultCRCUnknown, Of: "D1", For: time.Minute, Times: fakehttp.Always})
	crc := func() string { return fmt.Sprint(listed(t, c, "D1")["original/a.txt"].Vals["checksumCRC32"]) }
	if crc() != "0" {
		t.Error("known at once")
	}
	if got := fmt.Sprint(listed(t, c, "D2")["original/z.txt"].Vals["checksumCRC32"]); got == "0" {
		t.Error("the other data set's is unknown too")
	}
	now = now.Add(2 * time.Minute)
	if crc() == "0" {
		t.Error("still unknown")
	}
	s.Fault(fakehttp.Fault{Kind: FaultCRCUnknown, Times: 2})
	if a, b, c := crc(), crc(), crc(); a != "0" || b != "0" || c == "0" {
		t.Errorf("two listings: %s %s %s", a, b, c)
	}
}

func TestDownload(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	for _, x := range []struct{ path, mode, contentType, disposition string }{
		{"original/a.txt", "", "text/plain", `inline; filename="a.txt"`},
		{"original/a.txt", "?mode=txt", "binary", `inline; filename="a.txt"`},
		{"original/sub/b+c%20d.csv", "", "application/octet-stream", `inline; filename="b+c d.csv"`},
		{"original/sub/b%2Bc%20d.csv", "", "application/octet-stream", `inline; filename="b+c d.csv"`},
		{"original/none.dat", "", "application/octet-stream", `inline; filename="none.dat"`},
		{"original/na%C3%AFve%20%231%3F.txt", "", "text/plain", "inline; filename=\"na\xefve #1?.txt\""},
	} {
		res, body, err := get(t, s, "/datastore_server/D1/"+x.path+x.mode, c.token)
		if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Disposition") != x.disposition ||
			res.Header.Get("Content-Type") != x.contentType {
			t.Errorf("%s: %v, %d, %q, %q", x.path, err, res.StatusCode, res.Header.Get("Content-Disposition"), res.Header.Get("Content-Type"))
		}
		if res.ContentLength != int64(len(body)) || len(res.Header["Set-Cookie"]) != 1 {
			t.Errorf("%s: length %d of %d, cookies %v", x.path, res.ContentLength, len(body), res.Header["Set-Cookie"])
		}
		for _, h := range []string{"Accept-Ranges", "ETag", "Last-Modified"} {
			if res.Header.Get(h) != "" {
				t.Errorf("%s: %s", x.path, h)
			}
		}
	}
	// A container delivers the files of its components.
	if _, body, err := get(t, s, "/datastore_server/BOX/original/z.txt", c.token); err != nil || string(body) != "z" {
		t.Errorf("container: %q, %v", body, err)
	}
}

// Errors, folders and ended sessions are pages with status 200.
func TestDownloadPagesInsteadOfFiles(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	for _, x := range []struct{ path, token, want string }{
		{"D1/original/nope", c.token, "<html><body><h1>Error</h1>\nResource 'original/nope' does not exist.\n</body></html>\n"},
		{"D1/original/nope?mode=txt", c.token, "Error:\nResource 'original/nope' does not exist.\n"},
		{"OLD/original/o.txt", c.token, "<html><body><h1>Error</h1>\nResource 'original/o.txt' is currently unavailable. It might be " +
			"archived.\n</body></html>\n"},
		{"NOPE/x", c.token, "<html><body><h1>Error</h1>\nUnknown data set: NOPE\n</body></html>\n"},
		{"D3/original/s.txt", c.token, "<html><body><h1>Error</h1>\nData set 'D3' is not accessible.\n</body></html>\n"},
		{"D1/original/a.txt?mode=txt", "junk", "<html><body>Download session expired.</body></html>"},
		{"D1/original/a.txt", "-", "<html><body>Download session expired.</body></html>"},
		{"LNK/x", c.token, ""},
		{"D1/original", c.token, ""},
	} {
		res, body, err := get(t, s, "/datastore_server/"+x.path, x.token)
		if err != nil || res.StatusCode != 200 || res.Header.Get("Content-Disposition") != "" || res.ContentLength != -1 {
			t.Errorf("%s: %v, %d, %q, length %d", x.path, err, res.StatusCode, res.Header.Get("Content-Disposition"), res.ContentLength)
		}
		if x.want != "" && string(body) != x.want {
			t.Errorf("%s: %q", x.path, body)
		}
	}
	if res, _, _ := get(t, s, "/datastore_server/D1/original/%2e%2e/x", c.token); res.StatusCode != http.StatusNotFound {
		t.Errorf("..: %d", res.StatusCode)
	}
}

func TestDownloadIgnoresRangeAndGivesGzip(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	path := "/datastore_server/D1/original/big.csv"
	whole := s.FileBytes("D1", "original/big.csv")
	res, body, err := get(t, s, path, c.token, "Range", "bytes=0-9")
	if err != nil || res.StatusCode != 200 || !bytes.Equal(body, whole) {
		t.Errorf("range: %v, %d, %d bytes", err, res.StatusCode, len(body))
	}
	res, body, err = get(t, s, path, c.token, "Accept-Encoding", "gzip")
	if err != nil || res.Header.Get("Content-Encoding") != "gzip" || res.ContentLength != -1 || len(body) >= len(whole) {
		t.Errorf("gzip: %v, %v, length %d", err, res.Header, res.ContentLength)
	}
	res, _, _ = get(t, s, "/datastore_server/D1/original/a.txt", c.token, "Accept-Encoding", "gzip")
	if res.Header.Get("Content-Encoding") != "" {
		t.Error("a small file is compressed")
	}
}

func TestDownloadOfANameWithControlCharacters(t *testing.T) {
	l := smallLab()
	l.AddDataSet(
		labdata.DataSetSpec{
			Code:       "ESC",
			Collection: "/LAB/P/C",
			Files:      map[string][]byte{"original/\x1b[2J.txt": []byte("x"), "original/日本\n.txt": []byte("y")},
		},
	)
	s := Start(t, Options{Lab: l})
	c := login(t, s, "ann", "pw")
	if _, _, err := get(t, s, "/datastore_server/ESC/original/%1B%5B2J.txt", c.token); err == nil ||
		!strings.Contains(err.Error(), "malformed MIME header") {
		t.Errorf("escape: %v", err)
	}
	res, _, err := get(t, s, "/datastore_server/ESC/original/%E6%97%A5%E6%9C%AC%0A.txt", c.token)
	if err != nil || res.Header.Get("Content-Disposition") != `inline; filename="   .txt"` {
		t.Errorf("other alphabets: %v %q", err, res.Header.Get("Content-Disposition"))
	}
}

func TestDownloadFaults(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	path := "/datastore_server/D1/original/big.csv"
	whole := s.FileBytes("D1", "original/big.csv")
	fetch := func() (*http.Response, []byte, error) { return get(t, s, path, c.token) }
	intact := func(what string) {
		t.Helper()
		if _, body, err := fetch(); err != nil || !bytes.Equal(body, whole) {
			t.Errorf("after %s: %d bytes, %v", what, len(body), err)
		}
	}
	s.Fault(fakehttp.Fault{Kind: fakehttp.CutAnswer, Of: "D1", Bytes: 1000, Times: 2, Call: "download"})
	for range 2 {
		res, body, err := fetch()
		if !errors.Is(err, io.ErrUnexpectedEOF) || len(body) != 1000 || res.ContentLength != int64(len(whole)) {
			t.Errorf("cut: %d bytes, %v", len(body), err)
		}
	}
	intact("cut")
	s.Fault(fakehttp.Fault{Kind: FaultWrongBytes, Path: "original/big.csv"})
	if _, body, err := fetch(); err != nil || len(body) != len(whole) || bytes.Equal(body, whole) {
		t.Errorf("wrong bytes: %d, %v", len(body), err)
	}
	intact("wrong bytes")
	s.Fault(fakehttp.Fault{Kind: FaultErrorPage, Path: "original/big.csv", Message: "oops"})
	if res, body, _ := fetch(); res.StatusCode != 200 || !strings.Contains(string(body), "oops") {
		t.Errorf("page: %q", body)
	}
	intact("page")
	back := s.Fault(fakehttp.Fault{Kind: FaultNotOnDisk, Of: "D1", Times: fakehttp.Always})
	for range 2 {
		if _, body, _ := fetch(); !strings.Contains(string(body), "is currently unavailable. It might be archived.") {
			t.Errorf("not on disk: %q", body)
		}
	}
	back()
	intact("not on disk")
	s.Fault(fakehttp.Fault{Kind: fakehttp.Gateway, Call: "download", Status: 502, Times: 2})
	for range 2 {
		if res, _, _ := fetch(); res.StatusCode != 502 {
			t.Errorf("status %d", res.StatusCode)
		}
	}
	intact("status")
	s.Fault(fakehttp.Fault{Kind: FaultExpireSession, Skip: 2})
	intact("arming")
	intact("the first")
	if _, body, _ := fetch(); !strings.Contains(string(body), "Download session expired.") {
		t.Errorf("expired: %q", body)
	}
	c = login(t, s, "ann", "pw")
	s.Fault(fakehttp.Fault{Kind: FaultDelete, Of: "D1"})
	if _, body, _ := fetch(); !strings.Contains(string(body), "Unknown data set: D1") {
		t.Errorf("deleted: %q", body)
	}
	if objects, _ := c.search("searchDataSets", criteria("dataset.search.DataSet", "AND", equal("CodeSearchCriteria", "D1")), setFetch); len(
		objects,
	) != 0 {
		t.Error("still found")
	}
}

func TestSlowAndHangingAnswers(t *testing.T) {
	s := Start(t, Options{Lab: smallLab()})
	c := login(t, s, "ann", "pw")
	back := s.Fault(fakehttp.Fault{Kind: fakehttp.Slow, Of: "D1", Rate: 2000, Times: fakehttp.Always})
	ctx, cancel := context.WithTimeout(t.Context(), 250*time.Millisecond)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+"/datastore_server/D1/original/big.csv?sessionID="+c.token, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	n, err := io.Copy(io.Discard, res.Body)
	_ = res.Body.Close()
	if err == nil || n == 0 || n > 2000 {
		t.Errorf("%d bytes, %v", n, err)
	}
	back()
	s.Fault(fakehttp.Fault{Kind: fakehttp.Stall, Path: "rmi-application-server"})
	ctx, cancel = context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	req, err = http.NewRequestWithContext(ctx, http.MethodPost, s.URL+asPath, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(req); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("hang: %v", err)
	}
}

func TestUnarchive(t *testing.T) {
	now := time.Date(2025, 5, 5, 5, 5, 5, 0, time.UTC)
	s := Start(t, Options{Lab: smallLab(), Options: fakehttp.Options{Clock: func() time.Time { return now }}, UnarchiveAfter: time.Minute})
	c := login(t, s, "ann", "pw")
	ask := `"T",[{"@type":"as.dto.dataset.id.DataSetPermId","permId":"OLD"}],{"@type":"as.dto.dataset.unarchive.DataSetUnarchiveOptions"}`
	if class, message := login(t, s, "ole", "pw").fails(asPath, "unarchiveDataSets", ask); class != jackson.ExUser ||
		!strings.Contains(message, "ole does not have enough privileges.") {
		t.Errorf("observer: %s %s", class, message)
	}
	c.result(asPath, "unarchiveDataSets", ask)
	if got := s.Status("OLD"); got != "UNARCHIVE_PENDING" {
		t.Error(got)
	}
	now = now.Add(time.Minute)
	back := s.Fault(fakehttp.Fault{Kind: FaultNoUnarchive, Times: fakehttp.Always})
	if got := s.Status("OLD"); got != "UNARCHIVE_PENDING" {
		t.Error(got)
	}
	back()
	if _, body, err := get(t, s, "/datastore_server/OLD/original/o.txt", c.token); err != nil || string(body) != "old" {
		t.Errorf("%q, %v", body, err)
	}
}

func TestImages(t *testing.T) {
	l := smallLab()
	src := l.AddImage("a.png", "image/png", []byte("png"))
	s := Start(t, Options{Lab: l})
	c := login(t, s, "ann", "pw")
	for _, x := range []struct {
		path, token string
		status      int
	}{{src, c.token, 200}, {src, "junk", 404}, {src, "-", 500}, {src + "x", c.token, 404}} {
		if res, _, err := get(t, s, x.path, x.token); err != nil || res.StatusCode != x.status {
			t.Errorf("%s with %q: %d, %v", x.path, x.token, res.StatusCode, err)
		}
	}
	res, body, err := get(t, s, src, "-", "Cookie", "openbis="+c.token)
	if err != nil || string(body) != "png" || res.Header.Get("Content-Type") != "image/png" {
		t.Errorf("cookie: %q, %v", body, err)
	}
}

func TestGeneratedFiles(t *testing.T) {
	for _, size := range []int64{0, 1, 7, 8, labdata.Period - 1, labdata.Period, labdata.Period + 1, 3*labdata.Period - 5, 1 << 20,
		10*labdata.Period + 17} {
		f := labdata.File{Path: "x", Size: size, Seed: 5 | 1<<63}
		b, err := io.ReadAll(f.Open())
		if err != nil || int64(len(b)) != size {
			t.Fatalf("size %d: %d bytes, %v", size, len(b), err)
		}
		if got, want := f.Crc(), crc32.ChecksumIEEE(b); got != want {
			t.Errorf("size %d: crc %08x, want %08x", size, got, want)
		}
		for _, off := range []int64{0, size / 3, size} {
			if rest, _ := io.ReadAll(f.From(off)); !bytes.Equal(rest, b[off:]) {
				t.Errorf("size %d: wrong bytes from %d", size, off)
			}
		}
	}
	start := time.Now()
	_ = labdata.File{Size: math.MaxInt64 / 2, Seed: 1 << 63}.Crc()
	if d := time.Since(start); d > time.Second {
		t.Errorf("the CRC of a huge file took %v", d)
	}
}

func FuzzGeneratedCRC(f *testing.F) {
	f.Add(int64(100_000), uint64(3))
	f.Fuzz(func(t *testing.T, size int64, seed uint64) {
		size &= 1<<19 - 1
		x := labdata.File{Size: size, Seed: seed | 1<<63}
		h := crc32.NewIEEE()
		if _, err := io.Copy(h, x.Open()); err != nil {
			t.Fatal(err)
		}
		if x.Crc() != h.Sum32() {
			t.Errorf("size %d, seed %d", size, seed)
		}
	})
}

func FuzzRequest(f *testing.F) {
	s := New(Options{Lab: smallLab()})
	f.Add(`{"id":1,"method":"searchSamples","params":["T",{"@type":"as.dto.sample.search.SampleSearchCriteria"},` + objFetch + `]}`)
	f.Add(`{"id":1,"method":"searchFiles","params":["T",` + filesOf("D1") + `]}`)
	f.Add(
		`[{"id":1,"method":"getPersons","params":["T",[{"@type":"as.dto.person.id.Me"}],{"@type":"as.dto.person.fetchoptions.PersonFetchOptions","allWebAppSettings":true}]}]`,
	)
	token, err := s.login("ann", "pw")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, body string) {
		for _, path := range []string{asPath, dssPath} {
			req, err := http.NewRequest(
				http.MethodPost,
				"http://x"+path,
				strings.NewReader(strings.ReplaceAll(body, `"T"`, fmt.Sprintf("%q", token))),
			)
			if err != nil {
				t.Fatal(err)
			}
			s.ServeHTTP(discard{http.Header{}}, req)
		}
	})
}

type discard struct{ h http.Header }

func (d discard) Header() http.Header         { return d.h }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}
