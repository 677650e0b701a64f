package openbistest

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

func TestDemoLabIsTheSameOnEveryRun(t *testing.T) {
	start := time.Now()
	a, b := labdata.DemoLab(), labdata.DemoLab()
	if d := time.Since(start); d > 4*time.Second {
		t.Errorf("two demo labs took %v", d)
	}
	for k := labdata.KindSpace; k <= labdata.KindDataSet; k++ {
		if len(a.All[k]) != len(b.All[k]) {
			t.Fatalf("kind %v: %d and %d entities", k, len(a.All[k]), len(b.All[k]))
		}
		t.Logf("%v: %d", k.APIKind(), len(a.All[k]))
		for i, e := range a.All[k] {
			if e.PermID != b.All[k][i].PermID || e.Identifier != b.All[k][i].Identifier {
				t.Errorf("entity %d: %s %s and %s %s", i, e.PermID, e.Identifier, b.All[k][i].PermID, b.All[k][i].Identifier)
			}
		}
	}
	if n := len(a.All[labdata.KindSample]); n < 300 {
		t.Errorf("%d objects, want a few hundred", n)
	}
}

// What the demo promises: something of every kind, seen by its user.
func TestDemoLabHasEverything(t *testing.T) {
	s := Start(t, Options{Lab: labdata.DemoLab()})
	if s.User != labdata.DemoUser || s.Password != labdata.DemoPassword || s.PAT != labdata.DemoPAT {
		t.Errorf("%s %s %s", s.User, s.Password, s.PAT)
	}
	c := &rpc{t: t, s: s, token: labdata.DemoPAT}
	seen := map[string]int{}
	objects, _ := c.search(
		"searchDataSets",
		`{"@type":"as.dto.dataset.search.DataSetSearchCriteria"}`,
		`{"@type":"as.dto.dataset.fetchoptions.DataSetFetchOptions","physicalData":{"@type":"as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"}}`,
	)
	for _, x := range objects {
		o := x.(*jackson.RawObject)
		seen[o.Vals["kind"].(string)]++
		if p, ok := o.Vals["physicalData"].(*jackson.RawObject); ok {
			seen[p.Vals["status"].(string)]++
			if fmt.Sprint(p.Vals["size"]) == "0" {
				seen["empty"]++
			}
			if p.Vals["size"] == nil {
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
	objects, _ = c.search(
		"searchSamples",
		criteria(
			"sample.search.Sample",
			"AND",
			`{"@type":"as.dto.common.search.AnyPropertySearchCriteria","fieldValue":{"@type":"as.dto.common.search.StringContainsValue","value":"file-service"}}`,
		),
		`{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","properties":{"@type":"as.dto.property.fetchoptions.PropertyFetchOptions"}}`,
	)
	if len(objects) != 1 {
		t.Fatalf("%d objects with a picture", len(objects))
	}
	_, text, _ := strings.Cut(
		asString(objects[0].(*jackson.RawObject).Vals["properties"].(*jackson.RawObject).Vals["EXPERIMENTAL_STEP.EXPERIMENTAL_RESULTS"]),
		`src="`,
	)
	src, _, _ := strings.Cut(text, `"`)
	if _, body, err := get(t, s, src, labdata.DemoPAT); err != nil || !bytes.HasPrefix(body, []byte("\x89PNG")) {
		t.Errorf("%s: %v", src, err)
	}
}

func asString(v any) string { s, _ := v.(string); return s }

func TestDemoGroupsLab(t *testing.T) {
	s := Start(t, Options{Lab: labdata.DemoGroupsLab()})
	c := login(t, s, labdata.DemoUser, labdata.DemoPassword)
	_, n := c.search(
		"searchSamples",
		criteria("sample.search.Sample", "AND", criteria("sample.search.SampleType", "AND", equal("CodeSearchCriteria", "GENERAL_ELN_SETTINGS"))),
		objFetch,
	)
	if n != 3 {
		t.Errorf("%d settings objects", n)
	}
	c.result(asPath, "executeCustomASService", publish("10.5072/7", "GROUP:GRP1,GROUP:GRP2"))
	all := s.Publications()
	if len(all) != 2 || !strings.HasPrefix(all[1].Identifier, "/GRP2_PUBLICATIONS/GRP2_PUBLIC_REPOSITORIES/PUB") {
		t.Errorf("%+v", all)
	}
}
