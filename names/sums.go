package names

import (
	"encoding/hex"
	"strings"
)

const hexSum = 64 // characters of a SHA-256

// SumLine is one line of a manifest for sha256sum -c with its line feed. sum is the
// SHA-256 in hexadecimal; a path with a backslash or a line feed is escaped as GNU
// coreutils does.
func SumLine(sum, path string) string {
	escape := ""
	if strings.ContainsAny(path, "\\\n\r") {
		escape = `\`
		path = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`).Replace(path)
	}
	return escape + sum + "  " + path + "\n"
}

// ParseSumLine takes a line apart as sha256sum does: a hash, a blank, a blank or star,
// a path. Where the line begins with a backslash its path is escaped. What is no such
// line is not ok.
func ParseSumLine(line string) (sum, path string, ok bool) {
	line = strings.TrimSuffix(line, "\n")
	bare, escaped := strings.CutPrefix(line, `\`)
	if len(bare) < hexSum+3 || bare[hexSum] != ' ' || bare[hexSum+1] != ' ' && bare[hexSum+1] != '*' {
		return "", "", false
	}
	sum, path = strings.ToLower(bare[:hexSum]), bare[hexSum+2:]
	if _, err := hex.DecodeString(sum); err != nil {
		return "", "", false
	}
	if escaped {
		path = strings.NewReplacer(`\\`, `\`, `\n`, "\n", `\r`, "\r").Replace(path)
	}
	return sum, path, true
}
