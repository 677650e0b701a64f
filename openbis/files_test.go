package openbis

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"strings"
	"testing"
)

func readFiles(s string) ([]File, error) {
	var all []File
	r := fileReader{yield: func(f File) error { all = append(all, f); return nil }, item: 1 << 20}
	m := &meter{r: strings.NewReader(s), left: 1 << 20}
	dec := json.NewDecoder(m)
	dec.UseNumber()
	return all, r.read(dec, m)
}

func TestFileEntries(t *testing.T) {
	got, err := readFiles(`{"totalCount":4,"objects":[
	 {"path":"","directory":true,"fileLength":0},
	 {"path":"a/\u001b[31m\n.txt","directory":false,"fileLength":3,"checksumCRC32":-1},
	 {"path":"new","fileLength":5,"checksumCRC32":0},
	 {"path":"empty","fileLength":0,"checksumCRC32":0}]}`)
	want := []File{{Path: "a/\x1b[31m\n.txt", Size: 3, CRC: 0xFFFFFFFF, HasCRC: true}, {Path: "new", Size: 5}, {Path: "empty", HasCRC: true}}
	if err != nil || fmt.Sprint(got) != fmt.Sprint(want) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestFileEntriesRefused(t *testing.T) {
	for _, s := range []string{
		`{}`, `[]`, `{"objects":7}`, `{"objects":[null]}`, `{"objects":[3]}`, `{"objects":[{"path":"x"}]}`,
		`{"objects":[{"path":"","fileLength":1}]}`, `{"objects":[{"path":"x","fileLength":-1}]}`,
		`{"objects":[{"path":"x","fileLength":9223372036854775807}]}`, `{"objects":[{"path":"x","fileLength":1125899906842625}]}`,
		`{"objects":[{"path":"x","fileLength":1}],"totalCount":2}`, `{"objects":[{"path":"x","fileLength":1}`,
		`{"objects":[{"path":"` + strings.Repeat("x", 3<<20) + `","fileLength":1}]}`,
	} {
		if _, err := readFiles(s); err == nil {
			t.Errorf("accepted: %.60s", s)
		}
	}
}

func TestFilesStopsWhereYieldStops(t *testing.T) {
	c := play(t, "searchFiles", "d1-searchfiles")
	enough := errors.New("enough")
	if err := c.Files(t.Context(), DataStore{Code: "DSS1", URL: c.URL()}, "X", func(File) error { return enough }); !errors.Is(err, enough) {
		t.Error(err)
	}
}

func TestFilesErrors(t *testing.T) {
	for name, want := range map[string]error{
		"live/93-search-files-with-link":            ErrNoBytes,
		"live/102-search-files-link-java11":         ErrNoBytes,
		"live/103-search-files-empty-container":     nil,
		"live/31-search-files-unknown":              nil,
		"live/32-search-files-junk-session":         ErrSession,
		"live/117-trashed-search-files":             nil,
		"live/101-search-files-container-of-hidden": nil,
	} {
		c := play(t, "searchFiles", name)
		if err := c.Files(t.Context(), DataStore{Code: "DSS1", URL: c.URL()}, "X", func(File) error { return nil }); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// TestFilesOfABigDataSet lists 100,000 files, gzipped as the server does.
func TestFilesOfABigDataSet(t *testing.T) {
	const n = 100_000
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q sent
		_ = json.NewDecoder(r.Body).Decode(&q)
		fmt.Fprintf(w, `{"jsonrpc":"2.0","id":%s,"result":{"objects":[`, q.ID)
		entry := `{"@type":"dss.dto.datasetfile.DataSetFile","permId":{"dataSetId":{"permId":"20231114221323000-16"},"filePath":"original/%06d.csv"},"path":"original/%06d.csv","directory":false,"fileLength":%d,"checksumCRC32":5}`
		for i := range n {
			if i > 0 {
				_, _ = io.WriteString(w, ",")
			}
			fmt.Fprintf(w, entry, i, i, i)
		}
		fmt.Fprintf(w, `],"totalCount":%d}}`, n)
	}))
	defer h.Close()
	c, err := New(Options{URL: h.URL})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	c.limits.bytes = 1 << 20 // what is streamed is not held
	var before, after runtime.MemStats
	count := 0
	var most uint64
	runtime.GC()
	runtime.ReadMemStats(&before)
	err = c.Files(t.Context(), DataStore{Code: "DSS1", URL: c.URL()}, "X", func(f File) error {
		if count++; count%25_000 == 0 {
			runtime.GC()
			runtime.ReadMemStats(&after)
			most = max(most, after.HeapAlloc)
		}
		return nil
	})
	if err != nil || count != n {
		t.Fatalf("%d files, %v", count, err)
	}
	if most > before.HeapAlloc+8<<20 {
		t.Errorf("%d bytes held", most-before.HeapAlloc)
	}
}

func FuzzFiles(f *testing.F) {
	f.Add(`{"objects":[{"path":"x","fileLength":1,"checksumCRC32":-1}],"totalCount":1}`)
	f.Add(`{"totalCount":0,"objects":[]}`)
	f.Fuzz(func(t *testing.T, s string) {
		all, err := readFiles(s)
		for _, file := range all {
			if file.Path == "" || file.Size < 0 {
				t.Errorf("%+v, %v", file, err)
			}
		}
	})
}
