package style

import "strings"

// WantsASCII decides from the locale and the terminal whether there is more
// than ASCII; LC_ALL wins over LC_CTYPE over LANG, as POSIX says.
func WantsASCII(env func(string) string) bool {
	if env("TERM") == "linux" { // the console's font has no check boxes
		return true
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(env(name)); v != "" {
			return !strings.Contains(v, "utf-8") && !strings.Contains(v, "utf8")
		}
	}
	return true
}
