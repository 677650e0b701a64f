package selection

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"zenobis/safetext"
)

// Words are a selection as the command line and a selection file spell it.
type Words struct {
	Select  []string `toml:"select,omitempty"`
	Only    []string `toml:"only,omitempty"`
	Exclude []string `toml:"exclude,omitempty"`
	Files   []string `toml:"files,omitempty"`
}

// ReadWords reads a selection file. Errors wrap ErrSyntax.
func ReadWords(path string) (Words, error) {
	var w Words
	md, err := toml.DecodeFile(path, &w)
	if err != nil {
		return w, fmt.Errorf("%w: selection file: %w", ErrSyntax, err)
	}
	if u := md.Undecoded(); len(u) > 0 {
		return w, fmt.Errorf(
			"%w: selection file %s: unknown key %s (known: select, only, exclude, files)",
			ErrSyntax,
			safetext.Line(path),
			safetext.Line(u[0].String()),
		)
	}
	return w, nil
}

// Encode makes a selection file.
func (w Words) Encode() ([]byte, error) {
	var b bytes.Buffer
	err := toml.NewEncoder(&b).Encode(w)
	return b.Bytes(), err
}

// WordsOf spells a selection.
func WordsOf(s Selection) Words {
	var w Words
	for _, r := range s.Rules {
		text := string(r.Kind) + ":" + r.PermID
		switch r.Mode {
		case Only:
			w.Only = append(w.Only, text)
		case Exclude:
			w.Exclude = append(w.Exclude, text)
		default:
			w.Select = append(w.Select, text)
		}
	}
	for _, f := range s.Files {
		w.Files = append(w.Files, f.DataSet+":"+f.Glob)
	}
	return w
}

// Fingerprint is the same for selections that say the same, in whatever order.
func (s Selection) Fingerprint() string {
	w := WordsOf(s)
	var out []string
	for prefix, list := range map[string][]string{"select ": w.Select, "only ": w.Only, "exclude ": w.Exclude, "file ": w.Files} {
		for _, text := range list {
			out = append(out, prefix+text)
		}
	}
	slices.Sort(out)
	return strings.Join(out, "\n")
}

// And adds further words.
func (w Words) And(o Words) Words {
	return Words{
		slices.Concat(w.Select, o.Select), slices.Concat(w.Only, o.Only), slices.Concat(w.Exclude, o.Exclude), slices.Concat(w.Files, o.Files),
	}
}

// Nothing reports words that select nothing.
func (w Words) Nothing() bool { return len(w.Select)+len(w.Only)+len(w.Files) == 0 }

// Check finds what can be seen to be wrong without asking openBIS. Errors wrap ErrSyntax.
func (w Words) Check() error {
	var errs []error
	for _, s := range slices.Concat(w.Select, w.Only, w.Exclude) {
		_, err := Parse(s)
		errs = append(errs, err)
	}
	for _, s := range w.Files {
		_, err := ParseFileRule(s)
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

// Resolve looks everything up. Files of a data set select it. Errors are those
// of Resolve and ParseFileRule.
func (w Words) Resolve(ctx context.Context, find Finder) (Selection, error) {
	var s Selection
	add := func(mode Mode, texts ...string) error {
		for _, t := range texts {
			rule, err := Resolve(ctx, find, t)
			if err != nil {
				return err
			}
			rule.Mode = mode
			if !slices.Contains(s.Rules, rule) {
				s.Rules = append(s.Rules, rule)
			}
		}
		return nil
	}
	if err := errors.Join(add(All, w.Select...), add(Only, w.Only...), add(Exclude, w.Exclude...)); err != nil {
		return s, err
	}
	for _, f := range w.Files {
		rule, err := ParseFileRule(f)
		if err != nil {
			return s, err
		}
		s.Files = append(s.Files, rule)
		if err := add(All, "dataset:"+rule.DataSet); err != nil {
			return s, err
		}
	}
	return s, nil
}
