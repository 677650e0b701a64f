package page

import (
	"slices"
	"strings"
	"testing"

	"zenobis/config"
)

// The configuration lies below the pages and has its own list of their formats.
func TestConfigurationKnowsTheFormats(t *testing.T) {
	var all []string
	for _, f := range Formats() {
		all = append(all, string(f))
	}
	home := t.TempDir()
	load := func(pages string) (*config.Config, error) {
		c, _, err := config.Load(config.Options{
			Flags: map[string]string{"export.pages": pages}, Env: func(k string) string { return map[string]string{"HOME": home}[k] },
			Home: func() string { return home },
		})
		return c, err
	}
	c, err := load(strings.Join(all, ","))
	if err != nil || !slices.Equal(c.Export.Pages, all) {
		t.Errorf("%v", err)
	}
	if _, err := load("pdf"); err == nil {
		t.Error("a format that nobody writes is taken")
	} else {
		for _, f := range all {
			if !strings.Contains(err.Error(), f) {
				t.Errorf("%v does not name %s", err, f)
			}
		}
	}
}
