package config

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"zenobis/disk"
	"zenobis/wire"
)

// Secret is a token or password with a word on where it came from. It prints
// as its source, so that it can't slip into a message.
type Secret struct {
	Value  string
	Source string
}

// String implements fmt.Stringer without the value.
func (s Secret) String() string { return "[secret from " + s.Source + "]" }

// GoString implements fmt.GoStringer without the value.
func (s Secret) GoString() string { return s.String() }

// Found reports whether there is one.
func (s Secret) Found() bool { return s.Value != "" }

// ZenodoToken returns the token for the configured Zenodo: environment,
// token_command, token_file, then the file that an earlier session kept. A
// token from a file belongs to the address beside it and is given for no other.
func (c *Config) ZenodoToken(ctx context.Context, env func(string) string) (Secret, error) {
	if t := wire.Token(env(EnvZenodoToken)); t != "" {
		return Secret{t, EnvZenodoToken}, nil
	}
	z := c.Zenodo
	return c.token(ctx, "zenodo", z.URL, z.tokenFor, z.TokenCommand, z.TokenFile)
}

// OpenBISToken returns a session token or personal access token, likewise.
func (c *Config) OpenBISToken(ctx context.Context, env func(string) string) (Secret, error) {
	if t := wire.Token(env(EnvOpenBISToken)); t != "" {
		return Secret{t, EnvOpenBISToken}, nil
	}
	o := c.OpenBIS
	return c.token(ctx, "openbis", o.URL, o.tokenFor, o.TokenCommand, o.TokenFile)
}

// OpenBISPassword returns the password from the environment, if it is there.
func (c *Config) OpenBISPassword(env func(string) string) Secret {
	return Secret{env(EnvOpenBISPassword), EnvOpenBISPassword}
}

func (c *Config) token(ctx context.Context, service, target, tokenFor, command, file string) (Secret, error) {
	if target == tokenFor {
		if command != "" {
			return runCommand(ctx, service, command)
		}
		if file != "" {
			return readFile(service+".token_file", file)
		}
	}
	return c.keptToken(service, target)
}

// KeptTokenPath is the file in which a token for an address is remembered.
// service is "zenodo" or "openbis".
func (c *Config) KeptTokenPath(service, address string) string {
	return filepath.Join(c.Dir, "tokens", service+"@"+url.PathEscape(address))
}

// keptToken reads a kept token. Version 0.1 kept a token under its host alone,
// whatever the scheme and path: such a one moves to the first address with https
// that asks for it.
func (c *Config) keptToken(service, address string) (Secret, error) {
	path := c.KeptTokenPath(service, address)
	if _, err := os.Lstat(path); errors.Is(err, fs.ErrNotExist) {
		old := filepath.Join(c.Dir, "tokens", service+"@"+strings.NewReplacer(":", "_", "/", "_").Replace(wire.Host(address)))
		if !strings.HasPrefix(address, "https://") || os.Rename(old, path) != nil {
			return Secret{}, nil
		}
	}
	f, err := disk.Open(path, os.O_RDONLY)
	if err != nil {
		return Secret{}, &Error{"kept token", err.Error()}
	}
	f.Close()
	return readFile("kept token", path)
}

// KeepToken remembers a token for an address in a file that only the user can read.
func (c *Config) KeepToken(service, address, token string) error {
	path := c.KeptTokenPath(service, address)
	if err := disk.Folder(filepath.Dir(path)); err != nil {
		return fmt.Errorf("keep token: %w", err)
	}
	if err := disk.Write(path, []byte(token+"\n")); err != nil {
		return fmt.Errorf("keep token: %w", err)
	}
	return nil
}

func readFile(what, path string) (Secret, error) {
	info, err := os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return Secret{}, &Error{what, path + " does not exist"}
	} else if err != nil {
		return Secret{}, &Error{what, err.Error()}
	}
	if info.Mode().Perm()&0o077 != 0 {
		return Secret{}, &Error{what, fmt.Sprintf("others can read %s (mode %04o): chmod 600 it", path, info.Mode().Perm())}
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return Secret{}, &Error{what, err.Error()}
	}
	t, err := firstLine(data)
	if err != nil {
		return Secret{}, &Error{what, path + " " + err.Error()}
	}
	return Secret{t, path}, nil
}

// runCommand runs a token command with the shell. What it prints on stderr is
// not repeated: it may hold a secret.
func runCommand(ctx context.Context, service, command string) (Secret, error) {
	what := service + ".token_command"
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if err != nil {
		return Secret{}, &Error{what, fmt.Sprintf("the command failed (%v): try it in a shell", exitText(err, ctx))}
	}
	t, err := firstLine(out)
	if err != nil {
		return Secret{}, &Error{what, "its output " + err.Error()}
	}
	return Secret{t, what}, nil
}

func exitText(err error, ctx context.Context) string {
	if ctx.Err() != nil {
		return "no answer within 30 s"
	}
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ProcessState.String()
	}
	return err.Error()
}

func firstLine(data []byte) (string, error) {
	line, _, _ := strings.Cut(wire.Token(string(data)), "\n")
	t := wire.Token(line)
	if t == "" {
		return "", errors.New("holds no token")
	}
	if len(t) > 1000 || strings.ContainsAny(t, " \t") {
		return "", errors.New("holds more than a token on its first line")
	}
	return t, nil
}

func expand(path, home string) string {
	if rest, ok := strings.CutPrefix(path, "~/"); ok {
		return filepath.Join(home, rest)
	}
	return path
}
