package command

import (
	"zenobis/export/failure"
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
	f.list(
		&e.files,
		"file",
		"PERMID:GLOB",
		"of a data set only the files that match: * within a part of the path, ** over parts",
		"'20230101120000000-42:*.csv'",
	)
	f.text(&e.file, "selection", "FILE", "selection in TOML: select, only, exclude, files", "none", "selection.toml")
}

// words gathers the selection from arguments, flags and a file. That something
// is selected and well-formed is checked before any server is asked.
func (e *selectionFlags) words() (selection.Words, error) {
	w := selection.Words{Select: e.selected, Only: e.only, Exclude: e.exclude, Files: e.files}
	if e.file != "" {
		read, err := selection.ReadWords(e.file)
		if err != nil {
			return w, err
		}
		w = read.And(w)
	}
	if w.Nothing() {
		return w, &failure.Error{
			Kind: failure.Nothing, What: "nothing is selected",
			Do: "name a space, project, collection, object or data set, such as /LAB/PROJECT (zenobis ls shows them)",
		}
	}
	return w, w.Check()
}
