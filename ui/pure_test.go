package ui

import (
	"testing"
	"time"

	"zenobis/openbis"
	"zenobis/record"
)

func TestLayout(t *testing.T) {
	for _, c := range []struct {
		w, h int
		want frame
	}{
		{19, 5, frame{w: 19, h: 5, left: 19, tooSmall: true}},
		{20, 4, frame{w: 20, h: 4, left: 20, tooSmall: true}},
		{20, 5, frame{w: 20, h: 5, left: 20, status: true, body: 4}},
		{40, 12, frame{w: 40, h: 12, left: 40, header: 1, status: true, help: true, body: 9}},
		{80, 24, frame{w: 80, h: 24, left: 45, right: 32, header: 3, rule: true, status: true, help: true, body: 18}},
		{200, 50, frame{w: 200, h: 50, left: 117, right: 80, header: 3, rule: true, status: true, help: true, body: 44}},
	} {
		if got := layout(c.w, c.h); got != c.want {
			t.Errorf("layout(%d, %d) = %+v, want %+v", c.w, c.h, got, c.want)
		}
	}
	for w := range 260 {
		for h := range 90 {
			f := layout(w, h)
			sum := f.header + f.body
			for _, b := range []bool{f.rule, f.status, f.help} {
				if b {
					sum++
				}
			}
			if !f.tooSmall && (sum != h || f.body < 1 || f.right > 0 && f.left+3+f.right != w) {
				t.Fatalf("layout(%d, %d) = %+v", w, h, f)
			}
		}
	}
}

func TestRate(t *testing.T) {
	var r rate
	at := time.Unix(0, 0)
	for i := range 60 {
		r.add(at.Add(time.Duration(i)*time.Second), int64(i)*1e6)
	}
	if v := r.perSecond(); v < 0.99e6 || v > 1.01e6 {
		t.Errorf("%.0f bytes a second", v)
	}
	if len(r.samples) > 25 {
		t.Errorf("%d samples are kept", len(r.samples))
	}
	now := at.Add(59 * time.Second)
	if d, ok := r.left(now, 10e6); !ok || d.Round(time.Second) != 10*time.Second {
		t.Errorf("left %s", d)
	}
	if d, _ := r.left(now.Add(500*time.Millisecond), 99e6); d.Round(time.Second) != 10*time.Second {
		t.Error("the time left flickers")
	}
	r.add(now.Add(time.Second), 3) // a package is sent again
	if _, ok := r.left(now.Add(9*time.Second), 1); ok {
		t.Error("a speed out of nothing")
	}
}

func TestMetadataText(t *testing.T) {
	for in, want := range map[string]record.Agent{
		"Doe, Jane": {Family: "Doe", Given: "Jane"},
		"Doe, Jane; https://orcid.org/0000-0002-1825-0097; Lab; Uni": {
			Family: "Doe", Given: "Jane", ORCID: "0000-0002-1825-0097", Affiliations: []string{"Lab", "Uni"}},
		"Example Consortium":        {Family: "Example Consortium"},
		"Doe, Jane; ; 042nb2s44":    {Family: "Doe", Given: "Jane", Affiliations: []string{"042nb2s44"}},
		"Doe, J; 0000-0002-1825-00": {Family: "Doe", Given: "J", ORCID: "0000-0002-1825-00"},
	} {
		got := parseAgent(in, false)
		if agentText(got) != agentText(want) || got.ORCID != want.ORCID || len(got.Affiliations) != len(want.Affiliations) {
			t.Errorf("%q became %+v, want %+v", in, got, want)
		}
	}
	if a := parseAgent("datamanager: Roe, R", true); a.Role != "datamanager" || a.Family != "Roe" {
		t.Errorf("contributor %+v", a)
	}
	for in, want := range map[string]string{
		"a < b\n\nsecond\nline":       "<p>a &lt; b</p><p>second<br>line</p>",
		"":                            "",
		"<p>a</p><ul><li>b</li></ul>": "<p>a</p><ul><li>b</li></ul>",
	} {
		if got := parseDescription(in); got != want {
			t.Errorf("%q became %q, want %q", in, got, want)
		}
		if again := parseDescription(descriptionText(want)); again != want {
			t.Errorf("%q came back as %q", want, again)
		}
	}
	for in, want := range map[string]string{
		"original/a*[1]?.csv": `original/a\*\[1]\?.csv`, "a.csv": "/a.csv",
	} {
		if got := globOf(in); got != want {
			t.Errorf("globOf(%q) = %q, want %q", in, got, want)
		}
	}
	if got := htmlText("<p>Mass &amp; <b>loss</b></p><script>x</script><ul><li>one</li></ul>"); got != "Mass & loss\none" {
		t.Errorf("htmlText %q", got)
	}
}

func TestValuesReadLikeInTheELN(t *testing.T) {
	for _, c := range []struct{ kind, value, want string }{
		{"BOOLEAN", "true", "yes"},
		{"BOOLEAN", "false", "no"},
		{"TIMESTAMP", "2025-02-03 09:00:00 +0000", "2025-02-03 09:00:00"},
		{"TIMESTAMP", "2025-02-03 00:00:00 +0000", "2025-02-03"},
		{"TIMESTAMP", "2025-02-03 09:00:00 +0200", "2025-02-03 09:00:00 +0200"},
		{"VARCHAR", "true", "true"},
	} {
		if got := propertyText(c.value, &openbis.Assignment{DataType: c.kind}); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.kind, c.value, got, c.want)
		}
	}
}

func TestALongListOfFilesSaysThatItIsCut(t *testing.T) {
	files := make([]openbis.File, maxFiles+1)
	if p := filePage(files, maxFiles-10, 500); len(p.items) != 10 || !p.more || p.total != -1 {
		t.Errorf("the end of a cut list: %d rows, more %v, total %d", len(p.items), p.more, p.total)
	}
	if p := filePage(files[:maxFiles], maxFiles-10, 500); len(p.items) != 10 || p.more {
		t.Errorf("the end of a whole list: %d rows, more %v", len(p.items), p.more)
	}
}
