package openbis

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// objects makes a page of objects with codes from..to-1.
func objects(from, to, total int) recording {
	var b strings.Builder
	for i := from; i < to; i++ {
		if i > from {
			b.WriteByte(',')
		}
		fmt.Fprintf(&b, `{"@id":%d,"permId":{"permId":"P-%d"},"code":"C%d"}`, i+1, i, i)
	}
	return result(fmt.Sprintf(`{"objects":[%s],"totalCount":%d}`, b.String(), total))
}

func options(t *testing.T, q sent) (from, count int, sort string) {
	t.Helper()
	var o struct {
		From, Count int
		Sort        struct{ Sortings []struct{ Field string } }
	}
	if err := json.Unmarshal(q.Params[2], &o); err != nil {
		t.Fatal(err)
	}
	for _, s := range o.Sort.Sortings {
		sort += s.Field + " "
	}
	return o.From, o.Count, strings.TrimSpace(sort)
}

// Pages with fewer objects than asked for are no end (docs/openbis-api.md, Searching).
func TestPagesAdvanceByCount(t *testing.T) {
	c, s := start(t, map[string][]recording{"searchSamples": {objects(0, 499, 1200), objects(500, 500, 1200), objects(999, 1199, 1200)}})
	l, err := c.CollectionObjects(t.Context(), "1-2", Page{})
	if err != nil || len(l.Entities) != 699 || l.Next != -1 || l.Total != 1200 {
		t.Fatalf("%d, next %d, total %d, %v", len(l.Entities), l.Next, l.Total, err)
	}
	for i, q := range s.calls("searchSamples") {
		if from, count, _ := options(t, q); from != 500*i || count != 500 {
			t.Errorf("page %d: from %d count %d", i, from, count)
		}
	}
}

func TestMovedEntitiesComeOnce(t *testing.T) {
	c, _ := start(t, map[string][]recording{"searchSamples": {objects(0, 500, 600), objects(450, 600, 600)}})
	if l, err := c.CollectionObjects(t.Context(), "1-2", Page{}); err != nil || len(l.Entities) != 600 {
		t.Errorf("%d, %v", len(l.Entities), err)
	}
}

func TestEndlessPagesEnd(t *testing.T) {
	c, _ := start(t, map[string][]recording{"searchSamples": {objects(0, 0, 1<<60)}})
	if _, err := c.CollectionObjects(t.Context(), "1-2", Page{}); !errors.Is(err, ErrNotOpenBIS) {
		t.Error(err)
	}
}

func TestOnePage(t *testing.T) {
	c, s := start(t, map[string][]recording{"searchDataSets": {objects(0, 10, 25)}})
	for _, r := range []struct{ from, next int }{{0, 10}, {10, 20}, {20, -1}, {30, -1}} {
		if l, err := c.ObjectDataSets(t.Context(), "1-2", Page{From: r.from, Count: 10}); err != nil || l.Next != r.next {
			t.Errorf("%+v: %d, %v", r, l.Next, err)
		}
	}
	if _, _, sort := options(t, s.sent[0]); sort != "PROPERTY$NAME CODE" {
		t.Errorf("sorted by %s", sort)
	}
	if _, err := c.ObjectDataSets(t.Context(), "1-2", Page{From: -1}); err == nil {
		t.Error("a negative page was asked for")
	}
}

func TestSortFallsBack(t *testing.T) {
	bad := failure("org.postgresql.util.PSQLException", "ERROR: column t0.nope does not exist")
	c, s := start(t, map[string][]recording{"searchSamples": {bad, bad, objects(0, 1, 1)}})
	for range 2 {
		if l, err := c.CollectionObjects(t.Context(), "1-2", Page{Count: 5}); err != nil || len(l.Entities) != 1 {
			t.Fatal(err)
		}
	}
	var order []string
	for _, q := range s.sent {
		_, _, sort := options(t, q)
		order = append(order, sort)
	}
	if got := strings.Join(order, ", "); got != "PROPERTY$NAME CODE, PROPERTYNAME CODE, CODE, CODE" {
		t.Error(got)
	}
	c, s = start(t, map[string][]recording{"searchSamples": {recorded(t, "20-err-expired")}})
	if _, err := c.CollectionObjects(t.Context(), "1-2", Page{Count: 5}); !errors.Is(err, ErrSession) || len(s.sent) != 1 {
		t.Errorf("%v after %d calls", err, len(s.sent))
	}
	c, _ = start(t, map[string][]recording{"searchSamples": {bad}})
	if _, err := c.CollectionObjects(t.Context(), "1-2", Page{Count: 5}); err == nil || !strings.Contains(err.Error(), "t0.nope") {
		t.Error(err)
	}
}

// A page that is too big to hold is asked for in smaller pieces.
func TestSmallerPagesAfterTooBig(t *testing.T) {
	var counts []int
	h := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		var q sent
		_ = json.NewDecoder(r.Body).Decode(&q)
		from, count, _ := options(t, q)
		counts = append(counts, count)
		body := objects(from, min(from+count, 40), 40).Body
		_, _ = w.Write([]byte(strings.Replace(string(body), `"id":"1"`, `"id":`+string(q.ID), 1)))
	}))
	defer h.Close()
	c, err := New(Options{URL: h.URL})
	if err != nil {
		t.Fatal(err)
	}
	c.token = testToken
	c.limits.values = 150
	l, err := c.CollectionObjects(t.Context(), "1-2", Page{Detail: true})
	if err != nil || len(l.Entities) != 40 || counts[0] != batch || counts[1] != batch/4 {
		t.Errorf("%d, %v, %v", len(l.Entities), counts, err)
	}
}

// The tree is fetched without what only pages need.
func TestBrowsingFetchesLittle(t *testing.T) {
	c, s := start(t, map[string][]recording{"searchSamples": {objects(0, 1, 1)}})
	for _, p := range []Page{{Count: 1}, {Count: 1, Detail: true}} {
		if _, err := c.CollectionObjects(t.Context(), "1-2", p); err != nil {
			t.Fatal(err)
		}
	}
	lean, whole := string(s.sent[0].Params[2]), string(s.sent[1].Params[2])
	for _, key := range []string{"children", "tags", "registrator", "modifier", "components", "dataSets", "space"} {
		if strings.Contains(lean, `"`+key+`"`) {
			t.Errorf("the tree fetches %s", key)
		}
		if key != "dataSets" && !strings.Contains(whole, `"`+key+`"`) {
			t.Errorf("detail lacks %s", key)
		}
	}
	if !strings.Contains(lean, `"parents":{"@type":"as.dto.sample.fetchoptions.SampleFetchOptions","experiment"`) {
		t.Errorf("the tree lacks the parents' collections: %s", lean)
	}
}

func TestSearchWithoutGlobalSearch(t *testing.T) {
	c, _ := start(t, map[string][]recording{
		"searchGlobally":    {failure("java.lang.RuntimeException", "no index")},
		"searchExperiments": {failure("java.lang.RuntimeException", "no property $NAME")},
		"searchSamples":     {objects(0, 3, 3)}, "searchDataSets": {objects(0, 3, 3)},
	})
	if found, err := c.SearchText(t.Context(), "x", 4); err != nil || len(found) != 4 {
		t.Errorf("%v, %v", found, err)
	}
	if found, err := c.SearchText(t.Context(), "  ", 4); err != nil || found != nil {
		t.Errorf("%v, %v", found, err)
	}
}

func TestIdsOfAllShapes(t *testing.T) {
	for _, r := range []struct {
		kind Kind
		id   string
		ok   bool
	}{
		{KindSpace, "LAB", true}, {KindSpace, "/LAB", true}, {KindSpace, "/LAB/P", false},
		{KindProject, "/LAB/P", true}, {KindProject, "1-2", true}, {KindProject, "/LAB", false},
		{KindCollection, "/LAB/P/E", true}, {KindCollection, "/LAB/P", false},
		{KindObject, "/LAB/P/S", true}, {KindObject, "/LAB/S", true}, {KindObject, "/S", true}, {KindObject, "/A/B/C/D", false},
		{KindDataSet, "1-2", true}, {KindDataSet, "/1-2", false}, {KindObject, "LAB/S", false}, {KindObject, "/", false}, {KindObject, " ",
			false},
	} {
		if _, ok := idOf(r.kind, r.id); ok != r.ok {
			t.Errorf("%s %q: %t", r.kind, r.id, ok)
		}
	}
}
