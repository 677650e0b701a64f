//go:build linux

package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
)

const applicationServer = "/openbis/openbis/rmi-application-server-v3.json"

// script is what somebody would write by hand for one lab: pages of a thousand
// objects, four at once, data sets in pages, files of 25 data sets at once, four
// at once. It keeps nothing.
type script struct {
	url, token string
	http       *http.Client
	seen       struct{ objects, sets, files int }
}

// login opens a session.
func (s *script) login(ctx context.Context, user, password string) error {
	body := fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":"login","params":[%q,%q]}`, user, password)
	var answer struct{ Result string }
	if err := s.post(ctx, applicationServer, body, &answer); err != nil || answer.Result == "" {
		return fmt.Errorf("log in: %w", err)
	}
	s.token = answer.Result
	return nil
}

func (s *script) post(ctx context.Context, path, body string, v any) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.url+path, strings.NewReader(body))
	if err != nil {
		return err
	}
	res, err := s.http.Do(r)
	if err != nil {
		return err
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(v)
}

func (s *script) call(ctx context.Context, path, method, params string) (map[string]any, error) {
	var v struct {
		Result map[string]any `json:"result"`
		Error  any            `json:"error"`
	}
	err := s.post(ctx, path, fmt.Sprintf(`{"jsonrpc":"2.0","id":"1","method":%q,"params":[%q,%s]}`, method, s.token, params), &v)
	if err != nil || v.Error != nil {
		return nil, fmt.Errorf("%s: %w %v", method, err, v.Error)
	}
	return v.Result, nil
}

func (s *script) space(ctx context.Context, code string) error {
	const (
		as   = applicationServer
		dss  = "/datastore_server/rmi-data-store-server-v3.json"
		sort = `"sort":{"@type":"as.dto.%s.fetchoptions.%sSortOptions",
		"sortings":[{"@type":"as.dto.common.fetchoptions.Sorting","field":%q}]}`
	)
	at := fmt.Sprintf(`{"@type":"as.dto.space.search.SpaceSearchCriteria",
	"criteria":[{"@type":"as.dto.common.search.CodeSearchCriteria",
		"fieldValue":{"@type":"as.dto.common.search.StringEqualToValue","value":%q}}]}`, code)
	person := `{"@type":"as.dto.person.fetchoptions.PersonFetchOptions"}`
	objects := func(from, count int) (map[string]any, error) {
		return s.call(ctx, as, "searchSamples", fmt.Sprintf(`{"@type":"as.dto.sample.search.SampleSearchCriteria",
		"criteria":[%s]},
			{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","from":%d,"count":%d,`+sort+`,
			"type":{"@type":"as.dto.sample.fetchoptions.SampleTypeFetchOptions"},
			"properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"},
			"experiment":{"@type":"as.dto.experiment.fetchoptions.ExperimentFetchOptions"},"registrator":%s,"modifier":%s,
			"parents":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"},
			"children":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"}}`,
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
			{"@type":"as.dto.experiment.search.ExperimentSearchCriteria","criteria":[
			{"@type":"as.dto.project.search.ProjectSearchCriteria","criteria":[%s]}]},
			{"@type":"as.dto.sample.search.SampleSearchCriteria","criteria":[%s]}]},
			{"@type":"as.dto.dataset.fetchoptions.DataSetFetchOptions","from":%d,
			"count":%d,`+sort+`,"sample":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions"},
			"experiment":{"@type":"as.dto.experiment.fetchoptions.ExperimentFetchOptions"},
			"properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"},
			"type":{"@type":"as.dto.dataset.fetchoptions.DataSetTypeFetchOptions"},
			"physicalData":{"@type":"as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"},
			"dataStore":{"@type":"as.dto.datastore.fetchoptions.DataStoreFetchOptions"},
			"registrator":%s}`, at, at, from, page, "dataset", "DataSet", "CODE", person),
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
				{"@type":"as.dto.dataset.search.DataSetSearchCriteria","operator":"AND",
				"criteria":[{"@type":"as.dto.common.search.CodesSearchCriteria","fieldValue":%s},
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
