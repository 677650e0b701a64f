package command

import (
	"encoding/json"
	"fmt"
	"runtime"
	"runtime/debug"

	"github.com/spf13/cobra"
)

// release is the version of this source; CHANGELOG.md tells what is in it.
const release = "0.1.0"

// versionText is the version with commit and Go version, for people or programs.
func versionText(asJSON bool) string {
	commit := "unknown"
	if info, ok := debug.ReadBuildInfo(); ok {
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				commit = s.Value
			case s.Key == "vcs.modified" && s.Value == "true":
				commit += " (changed)"
			}
		}
	}
	if asJSON {
		data, _ := json.Marshal(map[string]string{"event": "version", "version": release, "commit": commit, "go": runtime.Version()})
		return string(data)
	}
	return fmt.Sprintf("zenobis %s, commit %s, %s", release, commit, runtime.Version())
}

func (c *call) versionCommand() *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "version, commit, Go version", Example: "  zenobis version --json", Args: arguments(0, 0, ""),
		RunE: func(*cobra.Command, []string) error { return c.version() },
	}
}

func (c *call) version() error {
	_, err := fmt.Fprintln(c.Out, versionText(c.json))
	return c.wrote(err)
}
