package openbistest

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"zenobis/openbis/openbistest/labdata"
)

// A lab of 100,000 objects is read page by page without searching and sorting
// them all for every page.
func TestManyObjects(t *testing.T) {
	if testing.Short() {
		t.Skip("a large lab")
	}
	const objects = 100_000
	l := labdata.NewLab()
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C"})
	for i := range objects {
		l.AddObject(labdata.ObjectSpec{Collection: "/LAB/P/C", Code: fmt.Sprintf("O%d", i), Name: fmt.Sprintf("Object %d", i%1000)})
	}
	s := Start(t, Options{Lab: l})
	c := login(t, s, s.User, s.Password)
	start := time.Now()
	n := 0
	for from := 0; from < objects; from += 5000 {
		status, body := post(
			t,
			s,
			asPath,
			fmt.Sprintf(
				`{"id":1,"method":"searchSamples","params":[%q,%s,{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","from":%d,"count":5000,
			"sort":{"@type":"as.dto.sample.fetchoptions.SampleSortOptions","sortings":[{"@type":"as.dto.common.fetchoptions.Sorting","field":"PROPERTY$NAME"},{"@type":"as.dto.common.fetchoptions.Sorting","field":"CODE"}]}}]}`,
				c.token,
				criteria("sample.search.Sample", "AND", criteria("experiment.search.Experiment", "AND", equal("IdentifierSearchCriteria", "/LAB/P/C"))),
				from,
			),
		)
		if status != http.StatusOK {
			t.Fatalf("status %d: %s", status, body)
		}
		n += strings.Count(string(body), `"@type":"as.dto.sample.Sample"`)
	}
	if n != objects {
		t.Errorf("%d objects", n)
	}
	if d := time.Since(start); d > 30*time.Second {
		t.Errorf("reading them all took %v", d)
	}
	if len(s.recent) != 1 {
		t.Errorf("%d searches, want one for all pages", len(s.recent))
	}
}

// A data set of a million files is listed with its length announced and
// nothing of it kept in memory.
func TestManyFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("a large listing")
	}
	const files = 1_000_000
	l := labdata.NewLab()
	l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/P/C"})
	spec := labdata.DataSetSpec{Code: "MANY", Collection: "/LAB/P/C", Generated: make([]labdata.GeneratedFile, files)}
	for i := range spec.Generated {
		spec.Generated[i] = labdata.GeneratedFile{Path: fmt.Sprintf("original/%03d/%06d.dat", i/1000, i), Size: 20, Seed: uint64(i)}
	}
	l.AddDataSet(spec)
	s := Start(t, Options{Lab: l})
	c := login(t, s, s.User, s.Password)
	start := time.Now()
	req, err := http.NewRequest(
		http.MethodPost,
		s.URL+dssPath,
		strings.NewReader(fmt.Sprintf(`{"id":1,"method":"searchFiles","params":[%q,%s]}`, c.token, filesOf("MANY"))),
	)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Accept-Encoding", "identity")
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	n, err := io.Copy(io.Discard, res.Body)
	if err != nil || n != res.ContentLength || n < 300*files {
		t.Errorf("%d bytes of %d, %v", n, res.ContentLength, err)
	}
	if d := time.Since(start); d > time.Minute {
		t.Errorf("the listing took %v", d)
	}
	if got, want := len(s.FileBytes("MANY", "original/999/999999.dat")), 20; got != want {
		t.Errorf("%d bytes", got)
	}
}
