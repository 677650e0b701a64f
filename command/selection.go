package command

import (
	"context"
	"errors"
	"slices"

	"github.com/BurntSushi/toml"

	"zenobis/export/failure"
	"zenobis/openbis"
	"zenobis/selection"
)

// selectionFlags say what is exported.
type selectionFlags struct {
	selected, only, exclude, files []string
	file                           string
}

func (e *selectionFlags) register(f flags) {
	f.list(&e.only, "only", "SELECTION", "this entity alone, nothing below it", "object:/LAB/P/S")
	f.list(&e.exclude, "exclude", "SELECTION", "not this entity and nothing below it", "collection:/LAB/P/E")
	f.list(&e.files, "file", "PERMID:GLOB", "of a data set only the files that match: * within a part of the path, ** over parts", "'20230101120000000-42:*.csv'")
	f.text(&e.file, "selection", "FILE", "selection in TOML: select, only, exclude, files", "none", "selection.toml")
}

// words are a selection as it was typed.
type words struct {
	Select  []string `toml:"select"`
	Only    []string `toml:"only"`
	Exclude []string `toml:"exclude"`
	Files   []string `toml:"files"`
}

// words gathers the selection from arguments, flags and a file. That something
// is selected and well-formed is checked before any server is asked.
func (e *selectionFlags) words() (words, error) {
	var w words
	if e.file != "" {
		md, err := toml.DecodeFile(e.file, &w)
		if err != nil {
			return w, misuse("selection file: %v", err)
		}
		if u := md.Undecoded(); len(u) > 0 {
			return w, misuse("selection file %s: unknown key %s (known: select, only, exclude, files)", e.file, u[0])
		}
	}
	w.Select = append(w.Select, e.selected...)
	w.Only = append(w.Only, e.only...)
	w.Exclude = append(w.Exclude, e.exclude...)
	w.Files = append(w.Files, e.files...)
	if len(w.Select)+len(w.Only)+len(w.Files) == 0 {
		return w, &failure.Error{
			Kind: failure.Nothing, What: "nothing is selected",
			Do: "name a space, project, collection, object or data set, such as /LAB/PROJECT (zenobis ls shows them)",
		}
	}
	var errs []error
	for _, s := range slices.Concat(w.Select, w.Only, w.Exclude) {
		_, err := selection.Parse(s)
		errs = append(errs, err)
	}
	for _, s := range w.Files {
		_, err := selection.ParseFileRule(s)
		errs = append(errs, err)
	}
	return w, errors.Join(errs...)
}

// resolve looks every selected entity up.
func (w words) resolve(ctx context.Context, ob *openbis.Client) (selection.Selection, error) {
	var s selection.Selection
	add := func(mode selection.Mode, texts []string) error {
		for _, t := range texts {
			rule, err := selection.Resolve(ctx, ob, t)
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
	if err := errors.Join(add(selection.All, w.Select), add(selection.Only, w.Only), add(selection.Exclude, w.Exclude)); err != nil {
		return s, err
	}
	for _, f := range w.Files {
		rule, err := selection.ParseFileRule(f)
		if err != nil {
			return s, err
		}
		s.Files = append(s.Files, rule)
		if err := add(selection.All, []string{"dataset:" + rule.DataSet}); err != nil {
			return s, err
		}
	}
	return s, nil
}
