package main

import (
	"os"
	"strings"

	"zenobis/safetext"
)

// withdraw takes our passwords and tokens out of the environment that children
// inherit, and returns a Getenv that still knows them. What we start ourselves gets
// an environment without them; what libraries start does not, such as the tmux that
// is asked for its colours.
func withdraw() func(string) string {
	clean := map[string]bool{}
	for _, v := range safetext.WithoutSecrets(os.Environ()) {
		clean[v] = true
	}
	own := map[string]string{}
	for _, v := range os.Environ() {
		if name, _, ok := strings.Cut(v, "="); ok && !clean[v] {
			own[name] = os.Getenv(name)
			_ = os.Unsetenv(name) // a name from the environment is one that can be unset
		}
	}
	return func(name string) string {
		if v, ok := own[name]; ok {
			return v
		}
		return os.Getenv(name)
	}
}
