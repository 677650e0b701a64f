package session

import (
	"errors"
	"strings"
	"testing"

	"zenobis/config"
	"zenobis/export"
)

// An export's own Zenodo is used, unless this run was told another one; the
// settings themselves stay as they are.
func TestForAnExport(t *testing.T) {
	b := newBench(t)
	b.ZenodoGiven = false
	own := b.Config.Zenodo.URL
	for _, same := range []string{"", own} {
		if at, err := b.For(export.Job{Zenodo: same}); err != nil || at != b.Settings {
			t.Errorf("%q: %v, %v", same, at, err)
		}
	}
	other := export.Job{ID: "J", Zenodo: "https://sandbox.zenodo.org"}
	at, err := b.For(other)
	if err != nil || at.Config.Zenodo.URL != other.Zenodo || b.Config.Zenodo.URL != own {
		t.Errorf("%+v, %v; the settings are at %s", at, err, b.Config.Zenodo.URL)
	}
	if token, _ := at.ZenodoToken(t.Context(), nil); token.Found() {
		t.Errorf("the token of another Zenodo: %v", token)
	}
	for name, told := range map[string]func(){
		"address": func() { b.ZenodoGiven = true },
		"token":   func() { b.ZenodoGiven, b.env["ZENOBIS_ZENODO_TOKEN"] = false, "t" },
	} {
		told()
		var wrong *config.Error
		if _, err := b.For(other); !errors.As(err, &wrong) || !strings.Contains(err.Error(), "--zenodo https://sandbox.zenodo.org") {
			t.Errorf("told by %s: %v", name, err)
		}
	}
}
