package command

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"zenobis/session"
)

// The site's file holds for every command, whatever flags say, but not for the demo,
// which has servers of its own.
func TestTheSitesFile(t *testing.T) {
	site := filepath.Join(t.TempDir(), "site.toml")
	text := "[openbis]\nurl = \"https://openbis.lab.example\"\n[zenodo]\nurl = \"https://zenodo.lab.example\"\n" +
		"[export]\nlayout = \"single\"\nlicense = \"cc0-1.0\"\npages = [\"txt\"]\ncrate = \"eln\"\ncommunity = \"lab\"\nlanguage = \"eng\"\n" +
		"limit_rate = \"10MB\"\n[site]\nlocked = [\"openbis.url\", \"zenodo.url\", \"export.layout\", \"export.license\", \"export.pages\", " +
		"\"export.crate\", \"export.community\", \"export.language\", \"export.limit_rate\"]\n"
	if err := os.WriteFile(site, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	me := person{"HOME": t.TempDir()}
	set := func(p *Program) { p.Site = site }
	for _, flag := range []string{"--layout=files", "--license=mit", "--pages=html", "--crate=ro-crate", "--community=other", "--language=deu",
		"--limit-rate=11MB", "--openbis=https://other.example", "--zenodo=https://zenodo.org"} {
		o := me.with(t, set, "export", "--title", "T", flag, "space:X")
		if o.status != session.StatusUsage && o.status != session.StatusRefused || !strings.Contains(o.stderr, "is locked by the administrator") {
			t.Errorf("%s: status %d, %s", flag, o.status, o.stderr)
		}
	}
	var told session.Facts
	o := me.with(t, func(p *Program) {
		p.Site = site
		p.StartDemo = func(_, _ string) (Demo, error) {
			return Demo{Env: func(k string) string {
				return map[string]string{"HOME": t.TempDir(), "ZENOBIS_ZENODO_URL": "http://127.0.0.1:1", "ZENOBIS_OPENBIS_URL": "http://127.0.0.1:2"}[k]
			}, Stop: func() {}}, nil
		}
		p.Questions = func(_ context.Context, s session.Terminal) (session.Summary, error) {
			told = s.Settings.Facts()
			return session.Summary{}, nil
		}
	}, "demo", "--plain")
	if o.status != session.StatusDone || told.Zenodo.URL != "http://127.0.0.1:1" || len(told.Locked) > 0 {
		t.Errorf("the demo: status %d, %+v, %s", o.status, told, o.stderr)
	}
}
