package session

import (
	"errors"
	"testing"

	"zenobis/config"
	"zenobis/export"
	"zenobis/shape"
)

// What the site's file fixes holds for whatever is asked for, by flag, file or screen.
func TestLocksHoldForRequests(t *testing.T) {
	b := newBench(t)
	b.Config.Export.Community, b.Config.Export.Language = "physics", "eng"
	b.Config.Site.Locked = []string{
		"export.layout",
		"export.pages",
		"export.crate",
		"export.limit_rate",
		"export.license",
		"export.language",
		"export.community",
	}
	as := func() export.Request {
		r := b.Request(Overrides{})
		r.Metadata.License, r.Metadata.Language, r.Metadata.Community = b.Config.Export.License, "eng", "physics"
		return r
	}
	if err := b.keepsLocks(as()); err != nil {
		t.Errorf("what is configured is refused: %v", err)
	}
	for name, change := range map[string]func(*export.Request){
		"layout":    func(r *export.Request) { r.Layout = "files" },
		"pages":     func(r *export.Request) { r.Pages = []shape.Format{"html"} },
		"crate":     func(r *export.Request) { r.Crate = "eln" },
		"rate":      func(r *export.Request) { r.LimitRate = 5 },
		"license":   func(r *export.Request) { r.Metadata.License = "cc0-1.0" },
		"language":  func(r *export.Request) { r.Metadata.Language = "deu" },
		"community": func(r *export.Request) { r.Metadata.Community = "" },
	} {
		r := as()
		change(&r)
		var locked *config.Error
		if err := b.keepsLocks(r); !errors.As(err, &locked) {
			t.Errorf("%s: %v", name, err)
		}
	}
	b.Config.Site.Locked = nil
	r := as()
	r.Metadata.License, r.Layout = "cc0-1.0", "files"
	if err := b.keepsLocks(r); err != nil {
		t.Errorf("nothing is locked: %v", err)
	}
}
