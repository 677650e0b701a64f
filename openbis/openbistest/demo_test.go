package openbistest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"
)

func TestDemoLabIsTheSameOnEveryRun(t *testing.T) {
	start := time.Now()
	a, b := DemoLab(), DemoLab()
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("two demo labs took %v", d)
	}
	for k := kindSpace; k <= kindDataSet; k++ {
		if len(a.all[k]) != len(b.all[k]) {
			t.Fatalf("kind %v: %d and %d entities", k, len(a.all[k]), len(b.all[k]))
		}
		t.Logf("%v: %d", k.apiKind(), len(a.all[k]))
		for i, e := range a.all[k] {
			if e.permID != b.all[k][i].permID || e.identifier != b.all[k][i].identifier {
				t.Errorf("entity %d: %s %s and %s %s", i, e.permID, e.identifier, b.all[k][i].permID, b.all[k][i].identifier)
			}
		}
	}
	if n := len(a.all[kindSample]); n < 300 {
		t.Errorf("%d objects, want a few hundred", n)
	}
}

// What the demo promises: something of every kind, seen by its user.
func TestDemoLabHasEverything(t *testing.T) {
	s := Start(t, Options{Lab: DemoLab()})
	if s.User != DemoUser || s.Password != DemoPassword || s.PAT != DemoPAT {
		t.Errorf("%s %s %s", s.User, s.Password, s.PAT)
	}
	c := &rpc{t: t, s: s, token: DemoPAT}
	seen := map[string]int{}
	objects, _ := c.search("searchDataSets", `{"@type":"as.dto.dataset.search.DataSetSearchCriteria"}`,
		`{"@type":"as.dto.dataset.fetchoptions.DataSetFetchOptions","physicalData":{"@type":"as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"}}`)
	for _, x := range objects {
		o := x.(*rawObject)
		seen[o.vals["kind"].(string)]++
		if p, ok := o.vals["physicalData"].(*rawObject); ok {
			seen[p.vals["status"].(string)]++
			if fmt.Sprint(p.vals["size"]) == "0" {
				seen["empty"]++
			}
			if p.vals["size"] == nil {
				seen["size unknown"]++
			}
		}
	}
	for _, k := range []string{"PHYSICAL", "CONTAINER", "LINK", "AVAILABLE", "ARCHIVED", "empty", "size unknown"} {
		if seen[k] == 0 {
			t.Errorf("no data set is %s", k)
		}
	}
	if len(s.Publications()) != 1 || len(s.Publications()[0].DataSets) != 1 {
		t.Errorf("publications: %+v", s.Publications())
	}
	// The picture in the rich text is there.
	objects, _ = c.search("searchSamples", criteria("sample.search.Sample", "AND", `{"@type":"as.dto.common.search.AnyPropertySearchCriteria","fieldValue":{"@type":"as.dto.common.search.StringContainsValue","value":"file-service"}}`),
		`{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"}}`)
	if len(objects) != 1 {
		t.Fatalf("%d objects with a picture", len(objects))
	}
	_, text, _ := strings.Cut(asString(objects[0].(*rawObject).vals["properties"].(*rawObject).vals["EXPERIMENTAL_STEP.EXPERIMENTAL_RESULTS"]), `src="`)
	src, _, _ := strings.Cut(text, `"`)
	if _, body, err := get(t, s, src, DemoPAT); err != nil || !bytes.HasPrefix(body, []byte("\x89PNG")) {
		t.Errorf("%s: %v", src, err)
	}
}

func asString(v any) string { s, _ := v.(string); return s }

func TestDemoGroupsLab(t *testing.T) {
	s := Start(t, Options{Lab: DemoGroupsLab()})
	c := login(t, s, DemoUser, DemoPassword)
	_, n := c.search("searchSamples", criteria("sample.search.Sample", "AND", criteria("sample.search.SampleType", "AND", equal("CodeSearchCriteria", "GENERAL_ELN_SETTINGS"))), objFetch)
	if n != 3 {
		t.Errorf("%d settings objects", n)
	}
	c.result(asPath, "executeCustomASService", publish("10.5072/7", "GROUP:GRP1,GROUP:GRP2"))
	all := s.Publications()
	if len(all) != 2 || !strings.HasPrefix(all[1].Identifier, "/GRP2_PUBLICATIONS/GRP2_PUBLIC_REPOSITORIES/PUB") {
		t.Errorf("%+v", all)
	}
}
