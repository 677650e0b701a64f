package plan

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"zenobis/export/job"
	"zenobis/fakehttp"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
)

// waits measures how long at least one request is under way.
type waits struct {
	next  http.RoundTripper
	mu    sync.Mutex
	open  int
	since time.Time
	total time.Duration
	calls int
}

func (w *waits) begin() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.calls++
	if w.open++; w.open == 1 {
		w.since = time.Now()
	}
}

func (w *waits) end() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.open--; w.open == 0 {
		w.total += time.Since(w.since)
	}
}

// RoundTrip ends with the headers: reading the answer is work.
func (w *waits) RoundTrip(r *http.Request) (*http.Response, error) {
	w.begin()
	defer w.end()
	return w.next.RoundTrip(r)
}

// wideLab is a made-up lab behind HTTP, with a client that measures its waiting.
func wideLab(t testing.TB, n labdata.Size, latency time.Duration) (*openbistest.Server, *openbis.Client, *waits) {
	t.Helper()
	s := openbistest.Start(t, openbistest.Options{Lab: labdata.MadeUp(n), Options: fakehttp.Options{Latency: latency}})
	w := &waits{next: &http.Transport{MaxIdleConnsPerHost: 8}}
	c, err := openbis.New(openbis.Options{URL: s.URL, HTTP: &http.Client{Transport: w}})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), s.User, s.Password); err != nil {
		t.Fatal(err)
	}
	w.calls, w.total = 0, 0
	return s, c, w
}

func wholeLab(spaces ...string) job.Request {
	req := job.Request{
		Layout:   job.LayoutSingle,
		Metadata: record.Metadata{Title: "Everything", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}},
	}
	for _, s := range spaces {
		req.Selection.Rules = append(req.Selection.Rules, selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: s, Label: s})
	}
	return req
}

// TestCallsOfAPlan counts what planning asks of openBIS: it grows with pages, not
// with entities.
func TestCallsOfAPlan(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	// Three for the types, one for the spaces, and for each of four spaces one for
	// its projects, collections, objects and data sets; files fifty at a time.
	const fixed = 3 + 1 + 4*4
	for _, n := range []labdata.Size{{Objects: 100, DataSets: 20, Files: 2}, {Objects: 1_000, DataSets: 600, Files: 1}} {
		_, client, w := wideLab(t, n, 0)
		req := wholeLab("LAB0", "LAB1", "LAB2", "LAB3")
		req.Pages = []string{"txt"}
		_, p := plan(t, demoPlanner(client), req)
		if most := fixed + n.DataSets/batchSize + 1; p.Entities < n.Objects || w.calls > most {
			t.Errorf("%d calls for a plan of %d entities, want at most %d", w.calls, p.Entities, most)
		}
	}
}

// script is what somebody would write by hand for one lab: pages of a thousand
// objects, four at once, data sets in pages, files of 25 data sets at once, four
// at once. It keeps nothing.
type script struct {
	url, token string
	http       *http.Client
	seen       struct{ objects, sets, files int }
}

func (s *script) call(ctx context.Context, path, method, params string) (map[string]any, error) {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":%q,"params":[%q,%s]}`, method, s.token, params)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, bytes.NewReader([]byte(body)))
	if err != nil {
		return nil, err
	}
	res, err := s.http.Do(r)
	if err != nil {
		return nil, err
	}
	defer res.Body.Close()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		return nil, err
	}
	var v struct {
		Result map[string]any `json:"result"`
		Error  any            `json:"error"`
	}
	if err := json.Unmarshal(b, &v); err != nil || v.Error != nil {
		return nil, fmt.Errorf("%s: %w %v", method, err, v.Error)
	}
	return v.Result, nil
}

func (s *script) space(ctx context.Context, code string) error {
	const (
		as   = "/openbis/openbis/rmi-application-server-v3.json"
		dss  = "/datastore_server/rmi-data-store-server-v3.json"
		sort = `"sort":{"@type":"as.dto.%s.fetchoptions.%sSortOptions","sortings":[{"@type":"as.dto.common.fetchoptions.Sorting","field":%q}]}`
	)
	at := fmt.Sprintf(`{"@type":"as.dto.space.search.SpaceSearchCriteria","criteria":[{"@type":"as.dto.common.search.CodeSearchCriteria",
		"fieldValue":{"@type":"as.dto.common.search.StringEqualToValue","value":%q}}]}`, code)
	person := `{"@type":"as.dto.person.fetchoptions.PersonFetchOptions"}`
	objects := func(from, count int) (map[string]any, error) {
		return s.call(ctx, as, "searchSamples", fmt.Sprintf(`{"@type":"as.dto.sample.search.SampleSearchCriteria","criteria":[%s]},
			{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","from":%d,"count":%d,`+sort+`,
			"type":{"@type":"as.dto.sample.fetchoptions.SampleTypeFetchOptions"},"properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"},
			"experiment":{"@type":"as.dto.experiment.fetchoptions.ExperimentFetchOptions"},"registrator":%s,"modifier":%s,
			"parents":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"},"children":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"}}`,
			at, from, count, "sample", "Sample", "PERM_ID", person, person))
	}
	const page = 1000
	first, err := objects(0, page)
	if err != nil {
		return err
	}
	total := int(first["totalCount"].(float64))
	s.seen.objects += total
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(4)
	for from := page; from < total; from += page {
		g.Go(func() error { _, err := objects(from, page); return err })
	}
	if err := g.Wait(); err != nil {
		return err
	}
	var codes []string
	for from, more := 0, true; more; from += page {
		r, err := s.call(
			context.WithoutCancel(ctx),
			as,
			"searchDataSets",
			fmt.Sprintf(`{"@type":"as.dto.dataset.search.DataSetSearchCriteria","operator":"OR","criteria":[
			{"@type":"as.dto.experiment.search.ExperimentSearchCriteria","criteria":[{"@type":"as.dto.project.search.ProjectSearchCriteria","criteria":[%s]}]},
			{"@type":"as.dto.sample.search.SampleSearchCriteria","criteria":[%s]}]},
			{"@type":"as.dto.dataset.fetchoptions.DataSetFetchOptions","from":%d,"count":%d,`+sort+`,"sample":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"},
			"experiment":{"@type":"as.dto.experiment.fetchoptions.ExperimentFetchOptions"},"properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"},
			"type":{"@type":"as.dto.dataset.fetchoptions.DataSetTypeFetchOptions"},"physicalData":{"@type":"as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"},
			"dataStore":{"@type":"as.dto.datastore.fetchoptions.DataStoreFetchOptions"},"registrator":%s}`, at, at, from, page, "dataset", "DataSet", "CODE", person),
		)
		if err != nil {
			return err
		}
		for _, o := range r["objects"].([]any) {
			codes = append(codes, o.(map[string]any)["code"].(string))
		}
		more = from+page < int(r["totalCount"].(float64))
	}
	s.seen.sets += len(codes)
	var mu sync.Mutex
	g, ctx = errgroup.WithContext(context.WithoutCancel(ctx))
	g.SetLimit(4)
	for len(codes) > 0 {
		some, err := json.Marshal(codes[:min(25, len(codes))])
		if err != nil {
			return err
		}
		codes = codes[min(25, len(codes)):]
		g.Go(func() error {
			r, err := s.call(
				ctx,
				dss,
				"searchFiles",
				fmt.Sprintf(`{"@type":"dss.dto.datasetfile.search.DataSetFileSearchCriteria","operator":"AND","criteria":[
				{"@type":"as.dto.dataset.search.DataSetSearchCriteria","operator":"AND","criteria":[{"@type":"as.dto.common.search.CodesSearchCriteria","fieldValue":%s},
				{"@type":"as.dto.dataset.search.PhysicalDataSearchCriteria","criteria":[]}]}]},
				{"@type":"dss.dto.datasetfile.fetchoptions.DataSetFileFetchOptions"}`, some),
			)
			if err == nil {
				mu.Lock()
				s.seen.files += len(r["objects"].([]any))
				mu.Unlock()
			}
			return err
		})
	}
	return g.Wait()
}

// processorTime is what this process has used.
func processorTime() time.Duration {
	var u syscall.Rusage
	if syscall.Getrusage(syscall.RUSAGE_SELF, &u) != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkPlanOverHTTP plans a lab at 10 ms latency and, beside it, reads the
// same with a script. waiting is the time during which an answer was waited for.
func BenchmarkPlanOverHTTP(b *testing.B) {
	spaces := []string{"LAB0", "LAB1", "LAB2", "LAB3"}
	for _, n := range []labdata.Size{{Objects: 5_000, DataSets: 423, Files: 2}, {Objects: 20_000, DataSets: 2_000, Files: 4}} {
		b.Run(fmt.Sprintf("%dobjects/%dsets", n.Objects, n.DataSets), func(b *testing.B) {
			srv, client, w := wideLab(b, n, 10*time.Millisecond)
			by := &waits{next: &http.Transport{MaxIdleConnsPerHost: 8}}
			other, err := openbis.New(openbis.Options{URL: srv.URL})
			if err != nil {
				b.Fatal(err)
			}
			if err := other.Login(b.Context(), srv.User, srv.Password); err != nil {
				b.Fatal(err)
			}
			for b.Loop() {
				used, start := processorTime(), time.Now()
				p, err := demoPlanner(client).Plan(b.Context(), wholeLab(spaces...), b.TempDir())
				if err != nil {
					b.Fatal(err)
				}
				took := time.Since(start)
				b.ReportMetric(took.Seconds(), "plan-s")
				b.ReportMetric((processorTime() - used).Seconds(), "cpu-s")
				b.ReportMetric(w.total.Seconds(), "waiting-s")
				b.ReportMetric(float64(w.calls), "calls")
				if most := (n.Objects+n.DataSets)/pageSize + n.DataSets/batchSize + 60; w.calls > most {
					b.Errorf("%d calls, want at most %d", w.calls, most)
				}
				s := &script{url: srv.URL, token: srv.PAT, http: &http.Client{Transport: by}}
				start = time.Now()
				for _, code := range spaces {
					if err := s.space(b.Context(), code); err != nil {
						b.Fatal(err)
					}
				}
				if s.seen.objects < n.Objects || s.seen.sets < n.DataSets || p.Entities < s.seen.objects {
					b.Errorf("the script saw %+v, the plan has %d entities", s.seen, p.Entities)
				}
				b.ReportMetric(time.Since(start).Seconds(), "script-s")
				b.ReportMetric(by.total.Seconds(), "script-waiting-s")
				b.ReportMetric(w.total.Seconds()/by.total.Seconds(), "waiting-ratio")
			}
		})
	}
}
