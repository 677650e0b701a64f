package crate

import (
	"reflect"
	"strings"
	"testing"

	"zenobis/openbis"
)

func TestFindings(t *testing.T) {
	known := Known{UserIDs: []string{"alice", "J.Doe", "ab"}, Domains: []string{"lab.example.org"}}
	token := "alice-231114221320000x0123456789ABCDEF0123456789ABCDEF"
	for _, c := range []struct {
		text string
		want []string
	}{
		{"nothing here, 1.2.3.4 and example.org", nil},
		{"write to Alice.L@Example.org.", []string{"e-mail Alice.L@Example.org"}},
		{"alice did it", []string{"user-id alice"}},
		{"in /ALICE/P, by Alice", nil},
		{"alices malice alice-x are others", nil},
		{"ask j.doe.", []string{"user-id j.doe"}},
		{"ab is too short", nil},
		{"see https://openbis.lab.example.org:8443/x and notlab.example.org", []string{"host openbis.lab.example.org"}},
		{"10.1.2.3, 192.168.0.1, 172.32.0.1, 999.1.1.1", []string{"address 10.1.2.3", "address 192.168.0.1"}},
		{"host fd12:3456::1 and fe80::1", []string{"address fd12:3456::1", "address fe80::1"}},
		{"token " + token + " end", []string{"token alic… (54 characters)"}},
		{"again 10.1.2.3 10.1.2.3", []string{"address 10.1.2.3"}},
		{"sequence " + strings.Repeat("ACGT", 15), nil},
		{"zenodo " + strings.Repeat("aB3", 20), []string{"token aB3a… (60 characters)"}},
		{`<img src="data:image/png;base64,` + strings.Repeat("aB3", 20) + `">`, nil},
	} {
		var got []string
		for _, f := range NewScan(known).Text("here", c.text) {
			if f.Where != "here" {
				t.Error(f)
			}
			got = append(got, f.Kind+" "+f.Sample)
		}
		if !reflect.DeepEqual(got, c.want) {
			t.Errorf("%q: %q, want %q", c.text, got, c.want)
		}
	}
}

func TestFindingsInAnEntity(t *testing.T) {
	e := &openbis.Entity{
		Ref: openbis.Ref{Kind: openbis.KindObject, Identifier: "/LAB/P/E1", PermID: "1", Name: "Sample of alice"}, Tags: []string{"alice"},
		Registrator: &openbis.Person{UserID: "alice", Email: "alice@example.org", FirstName: "Alice"},
		Properties: map[string][]string{
			"RICH": {`<p>mail <a href="https://lab.example.org/x">a@example.org</a><img src="x?sessionID=1"></p>`}, "$XMLCOMMENTS": {"alice"},
			"SHEET": {sheetValue(`{"data":[["10.0.0.1"]]}`)},
		},
	}
	ty := &openbis.EntityType{Properties: []openbis.Assignment{{Code: "RICH", Label: "Notes", Widget: "Word Processor"}, {Code: "SHEET",
		Label: "Sheet", Widget: "Spreadsheet"}}}
	var got []string
	for _, f := range NewScan(Known{UserIDs: []string{"alice"}, Domains: []string{"lab.example.org"}}).Entity(e, ty) {
		got = append(got, f.Where+": "+f.Kind)
	}
	want := []string{"/LAB/P/E1, name: user-id", "/LAB/P/E1, tags: user-id", "/LAB/P/E1, Notes: e-mail", "/LAB/P/E1, Notes: host",
		"/LAB/P/E1, Sheet: address"}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}
