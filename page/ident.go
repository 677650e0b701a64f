package page

import (
	"fmt"
	"strings"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
)

// identification is what an entity is, where it stood, and who registered it.
func identification(in Input) (rows []row) {
	e := in.Entity
	add := func(label, text string) {
		if text = safetext.Name(text); text != "" {
			rows = append(rows, row{label, text})
		}
	}
	add("Kind", kindNames[e.Kind])
	if e.Type != "" {
		add("Type", e.Type)
	}
	if in.Type != nil && in.Type.Description != "" {
		add("Type description", in.Type.Description)
	}
	add("Name", e.Name)
	add("Code", e.Code)
	if e.Identifier != e.PermID && e.Identifier != "/"+e.Code {
		add("Identifier", e.Identifier)
	}
	if e.PermID != e.Code {
		add("PermId", e.PermID)
	}
	add("Registered by", PersonName(e.Registrator))
	add("Registered", Time(e.Registered))
	add("Modified by", PersonName(e.Modifier))
	add("Modified", Time(e.Modified))
	add("Tags", strings.Join(e.Tags, ", "))
	if d := e.Data; d != nil {
		add("Data", map[openbis.DataKind]string{
			openbis.Physical: "files", openbis.Container: "container of other data sets", openbis.Link: "link to files outside of openBIS",
		}[d.Kind])
		for _, l := range d.LinkedTo {
			add("Linked to", l)
		}
		if d.Kind == openbis.Physical {
			add("Files", fmt.Sprint(in.Files))
			add("Size", human.Exact(in.Bytes))
		}
	}
	return rows
}
