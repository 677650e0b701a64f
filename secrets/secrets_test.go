package secrets

import (
	"maps"
	"os"
	"strings"
	"testing"
)

// What is ours and secret is taken, by whatever case its name is written; nothing else is.
func TestTakenOnce(t *testing.T) {
	secret := map[string]string{
		"ZENOBIS_OPENBIS_PASSWORD": "a=b", "ZENOBIS_OPENBIS_TOKEN": "c", "ZENOBIS_ZENODO_TOKEN": "", "zenobis_other_token": "d",
	}
	kept := map[string]string{"ZENOBIS_CONFIG": "/c", "ZENOBIS_TOKENS": "e", "TOKEN": "f", "MY_ZENOBIS_TOKEN": "g"}
	for _, m := range []map[string]string{secret, kept} {
		for name, value := range m {
			t.Setenv(name, value)
		}
	}
	taken = take()

	got := Taken()
	if again := Taken(); len(again) != 0 {
		t.Errorf("handed out twice: %q", again)
	}
	if os.PathListSeparator == ';' { // Windows
		secret["ZENOBIS_OTHER_TOKEN"] = secret["zenobis_other_token"]
		delete(secret, "zenobis_other_token")
	}
	if !maps.Equal(got, secret) {
		t.Errorf("taken %q, want %q", got, secret)
	}
	for name := range secret {
		if v, there := os.LookupEnv(name); there {
			t.Errorf("%s=%s is still there", name, v)
		}
	}
	for name, value := range kept {
		if os.Getenv(name) != value {
			t.Errorf("%s is gone", name)
		}
	}
	if all := strings.Join(os.Environ(), "\n"); strings.Contains(all, "a=b") {
		t.Error("a child would inherit a password")
	}
}
