package command

import (
	"bytes"
	"fmt"
	"io"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/human"
)

// showPlan prints the plan event, and for a dry run or a person the table.
func (r *invocation) showPlan(job string, p *export.Plan, dry bool) {
	var omitted list[omittedThing]
	for _, o := range p.Omitted {
		omitted = append(omitted, omittedOf(o))
	}
	var published list[publishedThing]
	for _, b := range p.Published {
		published = append(published, publishedThing{b.Entity.PermID, b.DOI})
	}
	if dry {
		job = ""
	}
	var removed list[removedFile]
	for _, f := range p.Removed {
		removed = append(removed, removedFile{f.Name, f.Bytes})
	}
	r.out.event("plan", planEvent{
		Job: job, Entities: p.Entities, DataSets: p.DataSets, Files: p.Files, Bytes: p.Bytes, Packages: p.Packages, Omitted: omitted,
		Limits: limitsOfPlan{
			p.Limits.Bytes,
			p.Limits.Files,
		}, Layout: p.Layout, Findings: p.Findings, Gaps: p.Gaps, Notes: p.Notes, Removed: removed, Published: published,
	})
	r.out.endLine()
	if r.out.json {
		return
	}
	var text bytes.Buffer
	defer func() {
		if dry {
			r.out.write(clean(text.String()))
		} else if !r.out.quiet {
			r.out.tell(clean(text.String()))
		}
	}()
	w := &text
	fmt.Fprintf(w, "%s, %s, %s; %s will lie on Zenodo (layout %s)\n", human.Count(p.Entities, "entity", "entities"),
		human.Count(p.DataSets, "data set", "data sets"), human.Count(p.Files, "file", "files"), human.Bytes(p.Bytes), p.Layout)
	width := 0
	for _, k := range p.Packages {
		width = max(width, len([]rune(k.Name)))
	}
	for _, k := range p.Packages {
		stands := ""
		if k.Former != "" {
			stands = ", as in the former version"
		}
		fmt.Fprintf(w, "  %-*s  %15d bytes  %s%s\n", width, k.Name, k.Bytes,
			human.Count(k.Files, "data file", "data files"), stands)
	}
	lists := flow.PlanLists(p, func(o export.Omission) string { // by what a selection names
		return fmt.Sprintf("%s (%s): %s", omittedName(o), o.Reason, o.Message)
	})
	for _, l := range lists {
		bullets(w, l)
	}
}

// bullets prints a list with at most 20 lines.
func bullets(w io.Writer, l flow.Section) {
	fmt.Fprintln(w, l.Title+":")
	shown := l.Items[:min(len(l.Items), 20)]
	for _, it := range shown {
		fmt.Fprintf(w, "  %s\n", it)
	}
	if more := l.More + len(l.Items) - len(shown); more > 0 {
		fmt.Fprintf(w, "  and %s more\n", human.Number(more))
	}
}

func omittedOf(o export.Omission) omittedThing {
	return omittedThing{omittedEntity(o), o.File, string(o.Reason), o.Message}
}

// omittedEntity is the permId of what was left out, else its identifier.
func omittedEntity(o export.Omission) string {
	if o.Entity.PermID == "" {
		return o.Entity.Identifier
	}
	return o.Entity.PermID
}

func omittedName(o export.Omission) string {
	if o.File == "" {
		return omittedEntity(o)
	}
	return omittedEntity(o) + "/" + o.File
}
