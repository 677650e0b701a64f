package config

import (
	"cmp"
	"fmt"
	"io"
	"os"
	"os/user"
	"path/filepath"
	"strconv"

	"zenobis/disk"
)

// places finds the user's folders. Nothing is ever taken from the folder that the
// program happens to be started in: whoever may write there would choose the
// commands that are run.
func (c *Config) places(o Options) (home string, err error) {
	if home = o.Env("HOME"); !filepath.IsAbs(home) {
		of := o.Home
		if of == nil {
			of = passwordHome
		}
		if home = of(); !filepath.IsAbs(home) {
			home = ""
		}
	}
	below := func(variable string, usual ...string) string {
		base := o.Env(variable)
		if !filepath.IsAbs(base) { // the standard says to ignore such a value
			if home == "" {
				return ""
			}
			base = filepath.Join(append([]string{home}, usual...)...)
		}
		return filepath.Join(base, "zenobis")
	}
	c.Dir = below("XDG_CONFIG_HOME", ".config")
	given := cmp.Or(o.StateDir, o.Env(EnvStateDir))
	if given != "" {
		if c.StateDir, err = filepath.Abs(given); err != nil {
			return "", &Error{"state directory", "the current folder is not known; give it from / on"}
		}
	} else {
		c.StateDir = below("XDG_STATE_HOME", ".local", "state")
	}
	if c.Dir == "" || c.StateDir == "" {
		return "", &Error{"home", "neither HOME nor the password database names a folder for this user: set HOME"}
	}
	if err := disk.Mine(c.StateDir); err != nil {
		return "", &Error{"state directory", err.Error() + "; choose another with --state-dir"}
	}
	return home, nil
}

// passwordHome is the user's home in the password database.
func passwordHome() string {
	u, err := user.LookupId(strconv.Itoa(os.Getuid()))
	if err != nil {
		return ""
	}
	return u.HomeDir
}

// maxFile is more bytes than a configuration file has.
const maxFile = 1 << 20

// readOwn reads a configuration file that nobody but the user and the
// administrator can have written: it may name commands.
func readOwn(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, err
	}
	if uid, ok := disk.Owner(info); ok && uid != os.Geteuid() && uid != 0 {
		return nil, fmt.Errorf("it belongs to user number %d and is not read: its commands would be run as yours", uid)
	}
	if info.Mode().IsRegular() && info.Mode().Perm()&0o002 != 0 {
		return nil, fmt.Errorf("everyone can write it (mode %04o), so it is not read: chmod o-w it", info.Mode().Perm())
	}
	data, err := io.ReadAll(io.LimitReader(f, maxFile+1))
	if err == nil && len(data) > maxFile {
		err = fmt.Errorf("it is longer than %d bytes", maxFile)
	}
	return data, err
}
