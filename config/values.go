package config

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"zenobis/safetext"
	"zenobis/wire"
)

func stringKey(at func(*Config) *string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("wants a string")
		}
		*at(c) = strings.TrimSpace(s)
		return nil
	}
}

// nameKey is stringKey for what is shown to people: one clean line.
func nameKey(at func(*Config) *string) func(*Config, any) error {
	text := stringKey(at)
	return func(c *Config, v any) error {
		if s, ok := v.(string); ok {
			v = safetext.Name(s)
		}
		return text(c, v)
	}
}

func addressKey(at func(*Config) *string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("wants an address")
		}
		a, err := address(s)
		if err != nil {
			return err
		}
		*at(c) = a
		return nil
	}
}

// proxyKey takes the address of a proxy, which may hold a user and password.
func proxyKey(at func(*Config) *string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return fmt.Errorf("wants an address")
		}
		if s = strings.TrimSpace(s); s != "" && wire.CheckProxy(s) != nil {
			return fmt.Errorf("is not an address such as http://proxy.example:3128")
		}
		*at(c) = s
		return nil
	}
}

func storeKey(code string) func(*Config, any) error {
	return func(c *Config, v any) error {
		var a string
		if err := addressKey(func(*Config) *string { return &a })(c, v); err != nil {
			return err
		}
		c.OpenBIS.DataStores[code] = a
		return nil
	}
}

func oneOf(at func(*Config) *string, values ...string) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, _ := v.(string)
		if !slices.Contains(values, s) {
			return fmt.Errorf("wants one of %s", strings.Join(values, ", "))
		}
		*at(c) = s
		return nil
	}
}

// word takes one of the words that parse knows.
func word[T ~string](at func(*Config) *T, parse func(string) (T, error)) func(*Config, any) error {
	return func(c *Config, v any) error {
		s, ok := v.(string)
		if !ok {
			return errors.New("wants a string")
		}
		w, err := parse(s)
		if err != nil {
			return fmt.Errorf("is wrong: %w", err)
		}
		*at(c) = w
		return nil
	}
}

// words takes a list of the words that parse knows.
func words[T ~string](at func(*Config) *[]T, parse func(string) (T, error)) func(*Config, any) error {
	return func(c *Config, v any) error {
		var list []string
		if err := listKey(func(*Config) *[]string { return &list })(c, v); err != nil {
			return err
		}
		out := make([]T, len(list))
		for i, s := range list {
			w, err := parse(s)
			if err != nil {
				return fmt.Errorf("is wrong: %w", err)
			}
			out[i] = w
		}
		*at(c) = out
		return nil
	}
}

// listKey takes a list of strings or one string with commas.
func listKey(at func(*Config) *[]string) func(*Config, any) error {
	return func(c *Config, v any) error {
		var list []string
		switch v := v.(type) {
		case string:
			for s := range strings.SplitSeq(v, ",") {
				if s = safetext.Name(s); s != "" {
					list = append(list, s)
				}
			}
		case []any:
			for _, e := range v {
				s, ok := e.(string)
				if !ok {
					return fmt.Errorf("wants a list of strings")
				}
				list = append(list, safetext.Name(s))
			}
		default:
			return fmt.Errorf("wants a list of strings")
		}
		*at(c) = list
		return nil
	}
}

func boolKey(at func(*Config) *bool) func(*Config, any) error {
	return func(c *Config, v any) error {
		b, ok := v.(bool)
		if s, is := v.(string); is && (s == "true" || s == "false") { // a flag
			b, ok = s == "true", true
		}
		if !ok {
			return fmt.Errorf("wants true or false")
		}
		*at(c) = b
		return nil
	}
}

// sizeKey takes bytes as a number or as text such as "8 GB" (decimal).
func sizeKey(at func(*Config) *int64) func(*Config, any) error {
	return func(c *Config, v any) error {
		n, ok := v.(int64)
		if s, is := v.(string); is {
			var err error
			if n, err = Size(s); err != nil {
				return err
			}
			ok = true
		}
		if !ok || n < 0 {
			return fmt.Errorf(`wants bytes, as a number or as in "8 GB"`)
		}
		*at(c) = n
		return nil
	}
}

// Size reads a number of bytes: "1000", "8 GB", "50MB" (decimal units).
func Size(s string) (int64, error) {
	t := strings.ToUpper(strings.ReplaceAll(strings.TrimSpace(s), " ", ""))
	unit := int64(1)
	for _, u := range []struct {
		suffix string
		bytes  int64
	}{{"TB", 1e12}, {"GB", 1e9}, {"MB", 1e6}, {"KB", 1e3}, {"B", 1}} {
		if rest, ok := strings.CutSuffix(t, u.suffix); ok {
			t, unit = rest, u.bytes
			break
		}
	}
	n, err := strconv.ParseFloat(t, 64)
	if err != nil || n < 0 || n*float64(unit) > 1e18 {
		return 0, fmt.Errorf(`%q is no number of bytes such as 1000 or "8 GB"`, s)
	}
	return int64(n * float64(unit)), nil
}
