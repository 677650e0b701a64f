package main

import "testing"

// What is set for another server, or comes to be known, is nothing to the demo.
func TestDemoHasItsOwnEnvironment(t *testing.T) {
	var d demo
	for _, name := range []string{"ZENOBIS_OPENBIS_URL", "ZENOBIS_OPENBIS_TOKEN", "ZENOBIS_CONFIG", "ZENOBIS_PROFILE", "ZENOBIS_NEW"} {
		t.Setenv(name, "of another server")
		if v := d.environment(name); v != "" {
			t.Errorf("%s is %q", name, v)
		}
	}
	t.Setenv("NO_COLOR", "1")
	if v := d.environment("NO_COLOR"); v != "1" {
		t.Errorf("NO_COLOR is %q", v)
	}
}
