package record

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestAgentText(t *testing.T) {
	eth := Affiliation{Name: "ETH Zurich", ROR: "05a28rw58"}
	for in, want := range map[string]Agent{
		"Doe, Jane": {Kind: Person, Family: "Doe", Given: "Jane"},
		"Doe, Jane; https://orcid.org/0000-0002-1825-0097; Lab; Uni": {Kind: Person, Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097",
			Affiliations: []Affiliation{{Name: "Lab"}, {Name: "Uni"}}},
		"Doe, Jane;https://orcid.org/0000-0002-1694-233x/": {Kind: Person, Family: "Doe", Given: "Jane", ORCID: "0000-0002-1694-233X"},
		"Doe, Jane; ETH Zurich (05a28rw58)":                {Kind: Person, Family: "Doe", Given: "Jane", Affiliations: []Affiliation{eth}},
		"Doe, Jane; ETH Zurich, https://ror.org/05a28rw58": {Kind: Person, Family: "Doe", Given: "Jane", Affiliations: []Affiliation{eth}},
		"Doe, Jane; ; 05a28rw58": {Kind: Person, Family: "Doe", Given: "Jane",
			Affiliations: []Affiliation{{ROR: "05a28rw58"}}},
		"Doe, Jane; Lab X (B 12)": {Kind: Person, Family: "Doe", Given: "Jane",
			Affiliations: []Affiliation{{Name: "Lab X (B 12)"}}},
		`Doe, Jane; "Lab; with a sign"`: {Kind: Person, Family: "Doe", Given: "Jane",
			Affiliations: []Affiliation{{Name: "Lab; with a sign"}}},
		`"Doe, Jr.", Jane`:                             {Kind: Person, Family: "Doe, Jr.", Given: "Jane"},
		"Doe, J; 0000-0002-1825-00":                    {Kind: Person, Family: "Doe", Given: "J", ORCID: "0000-0002-1825-00"},
		"Sukarno,":                                     {Kind: Person, Family: "Sukarno"},
		"Sukarno; 0000-0002-1825-0097":                 {Kind: Person, Family: "Sukarno", ORCID: "0000-0002-1825-0097"},
		"Jane Doe":                                     {Family: "Jane Doe"},
		"org: Core Facility, Group X":                  {Kind: Organisation, Family: "Core Facility, Group X"},
		"ORG:Core Facility; https://ror.org/05a28rw58": {Kind: Organisation, Family: "Core Facility", ROR: "05a28rw58"},
		"org: Core; 05a28rw59":                         {Kind: Organisation, Family: "Core", ROR: "05a28rw59"},
		"org: org: ETH Zurich":                         {Kind: Organisation, Family: "ETH Zurich"},
		"org:Organisation: ETH Zurich":                 {Kind: Organisation, Family: "ETH Zurich"},
		"ETH Zurich; 05a28rw58":                        {Kind: Organisation, Family: "ETH Zurich", ROR: "05a28rw58"},
	} {
		got, err := ParseAgent(in)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q:\n got %+v, %v\nwant %+v", in, got, err, want)
		}
		if again, _ := ParseAgent(got.String()); !reflect.DeepEqual(again, got) {
			t.Errorf("%q does not survive as %q: %+v", in, got.String(), again)
		}
	}
	for _, in := range []string{"", " , Jane", "; 0000", "org:"} {
		if _, err := ParseAgent(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
	for _, in := range []string{"Doe, Jane", "org: Lab", ": Doe, Jane"} {
		if _, err := ParseContributor(in); err == nil {
			t.Errorf("a contributor without a role is taken: %q", in)
		}
	}
	for in, want := range map[string]Agent{
		"Data Manager: Doe, Jane":             {Kind: Person, Family: "Doe", Given: "Jane", Role: "datamanager"},
		"hostingInstitution: org: ETH Zurich": {Kind: Organisation, Family: "ETH Zurich", Role: "hostinginstitution"},
	} {
		if got, err := ParseContributor(in); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
	}
}

func FuzzAgentText(f *testing.F) {
	for _, s := range []string{"Doe, Jane; 0000-0002-1825-0097; ETH Zurich (05a28rw58)", `org: "A; B"; 05a28rw58`,
		`"Doe, Jr.", Jane; "x""y;"`, "Sukarno,"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if strings.ContainsAny(s, "\r\n") {
			return // a line is an entry
		}
		a, err := ParseAgent(s)
		if err != nil {
			return
		}
		list := normalAgents([]Agent{a})
		again, err := ParseAgent(list[0].String())
		if err != nil {
			t.Fatalf("%q: %+v is written as %q: %v", s, list[0], list[0].String(), err)
		}
		if got := normalAgents([]Agent{again}); !reflect.DeepEqual(got, list) {
			t.Fatalf("%q:\n   %+v\n-> %q\n-> %+v", s, list[0], list[0].String(), got[0])
		}
	})
}

func TestRelatedText(t *testing.T) {
	for in, want := range map[string]string{
		"issupplementto 10.1234/abc":                         "issupplementto 10.1234/abc",
		"Is Supplement To https://doi.org/10.1234/abc":       "issupplementto 10.1234/abc",
		"isDerivedFrom doi: 10.1234/abc":                     "isderivedfrom 10.1234/abc",
		"references 10.1/x":                                  "references 10.1/x",
		"references 10.1234/a, 10.1234/b":                    "references 10.1234/a\nreferences 10.1234/b",
		"likes 10.1234/a":                                    "likes 10.1234/a",
		"cites ISBN 978 3 16 148410 0":                       "cites 9783161484100",
		"is-supplement-to https://www.example.org/paper?a=b": "issupplementto https://www.example.org/paper?a=b",
	} {
		got, err := ParseRelated(in)
		if text := FormatLines(got); text != want || err != nil {
			t.Errorf("%q: %q, %v", in, text, err)
		}
	}
	for _, in := range []string{"", "references", "10.1234/a", "10.1234/a 10.1234/b"} {
		if _, err := ParseRelated(in); err == nil {
			t.Errorf("%q is taken", in)
		}
	}
}

func TestGrantText(t *testing.T) {
	for in, want := range map[string]Grant{
		"00k4n6c32":                                   {Funder: "00k4n6c32"},
		"https://ror.org/00k4n6c32 101094817":         {Funder: "00k4n6c32", Award: "101094817"},
		"00k4n6c32::101094817":                        {Funder: "00k4n6c32", Award: "101094817", AwardID: "00k4n6c32::101094817"},
		"018mejw64 EXC 2075":                          {Funder: "018mejw64", Award: "EXC 2075"},
		`European Commission (00k4n6c32) 1 "A ""b"""`: {Funder: "00k4n6c32", FunderName: "European Commission", Award: "1", AwardTitle: `A "b"`},
		"SNF 200021":                                  {Funder: "SNF", Award: "200021"},
		"Swiss National Science Foundation 200021_1":  {Funder: "Swiss National Science Foundation", Award: "200021_1"},
		`Swiss National Science Foundation "A title"`: {Funder: "Swiss National Science Foundation", AwardTitle: "A title"},
		"Jane Doe Foundation":                         {Funder: "Jane Doe Foundation"},
		"European Commission (00k4n6c33) 1":           {Funder: "00k4n6c33", FunderName: "European Commission", Award: "1"},
		`"The ""Small"" Fund" 7`:                      {FunderName: `The "Small" Fund`, Award: "7"},
		`"Small Fund"`:                                {FunderName: "Small Fund"},
	} {
		got, err := ParseGrant(in)
		if err != nil || got != want {
			t.Errorf("%q: %+v, %v", in, got, err)
		}
		again, _ := ParseGrant(got.String())
		if again.AwardID = got.AwardID; again != got {
			t.Errorf("%q does not survive as %q", in, got.String())
		}
	}
}

func TestDescriptionHTML(t *testing.T) {
	for in, want := range map[string]string{
		"a < b":                       "<p>a &lt; b</p>",
		"one\n\ntwo\r\nthree":         "<p>one</p><p>two<br>three</p>",
		"<p>done</p>":                 "<p>done</p>",
		"<p>a</p><ul><li>b</li></ul>": "<p>a</p><ul><li>b</li></ul>",
		"":                            "",
	} {
		if got := DescriptionHTML(in); got != want {
			t.Errorf("%q: %q", in, got)
		}
		if again := DescriptionHTML(DescriptionText(want)); again != want {
			t.Errorf("%q came back as %q", want, again)
		}
	}
}

func TestNormal(t *testing.T) {
	m := Metadata{
		Title: " Thin\nfilms  at 5 K ", Keywords: []string{"light", " Light", "", "cold  films"}, License: " CC-BY-4.0", Language: "DE",
		Access:    "Embargo: 2027-01-31",
		Community: "https://zenodo.org/communities/my-lab/records", Related: []Related{{"isSupplementTo", "10.1234/x https://doi.org/10.1234/X"}},
		Funding: []Grant{{Funder: "https://ror.org/00k4n6c32", Award: "00k4n6c32::7"}, {Funder: "00k4n6c32", Award: "7"}},
	}.Normal()
	want := Metadata{
		Title: "Thin films at 5 K", Keywords: []string{"light", "cold films"}, License: "cc-by-4.0", Language: "deu",
		Access: "embargo:2027-01-31", Community: "my-lab",
		Related: []Related{{"issupplementto", "10.1234/x"}}, Funding: []Grant{{Funder: "00k4n6c32", Award: "7", AwardID: "00k4n6c32::7"}},
	}
	if !reflect.DeepEqual(m, want) {
		t.Errorf("got  %+v\nwant %+v", m, want)
	}
	if again := m.Normal(); !reflect.DeepEqual(again, m) {
		t.Errorf("not canonical: %+v", again)
	}
}

func TestLanguages(t *testing.T) {
	for given, want := range map[string]string{
		"EN": "eng", " eng ": "eng", "Lao": "lao", "": "",
		"ger": "ger", "English": "english", "Klingonish": "klingonish",
	} {
		m := Metadata{Language: given}.Normal()
		if m.Language != want {
			t.Errorf("%q is %q, want %q", given, m.Language, want)
		}
		wrong := slices.ContainsFunc(Validate(Metadata{Language: given}, today), func(f FieldError) bool { return f.Field == "language" })
		if wrong != (len(want) > 3) {
			t.Errorf("%q refused: %v", given, wrong)
		}
	}
}

func TestOrigins(t *testing.T) {
	f, err := ReadForm("testdata/origins.toml")
	if err != nil {
		t.Fatal(err)
	}
	f = Form{License: "cc-by 4.0", Keywords: []string{"x"}}.FromFlags(func(flag string) bool { return flag == "license" || flag == "keyword" }).Over(f)
	var m Metadata
	from, err := f.Apply(&m)
	if err != nil {
		t.Fatal(err)
	}
	for field, want := range map[string]string{
		"title": "line 2 of testdata/origins.toml", "creators.0.orcid": "line 4 of testdata/origins.toml",
		"creators.1": "line 5 of testdata/origins.toml",
		"license":    "--license", "keywords.0": "--keyword", "related.1.identifier": "line 8 of testdata/origins.toml",
		"publication_date": "line 9 of testdata/origins.toml",
		"language":         "",
	} {
		if got := from.Of(field); got != want {
			t.Errorf("%s: %q, want %q", field, got, want)
		}
	}
	if m.Date != "2026-11-25" || m.License != "cc-by 4.0" || len(m.Related) != 2 {
		t.Errorf("%+v", m)
	}
	if bad := Validate(m, time.Date(2026, 11, 25, 0, 0, 0, 0, time.UTC)); len(bad) != 1 ||
		bad[0].Message != `no licence "cc-by 4.0": did you mean cc-by-4.0?` {
		t.Errorf("%v", bad)
	}
}
