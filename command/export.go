package command

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/BurntSushi/toml"

	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/zenodo"
)

// export runs a whole export.
func (c *run) export(ctx context.Context) (string, error) {
	given, err := c.inv.Export.fields()
	if err != nil {
		return "", err
	}
	e := &c.inv.Export
	if strings.TrimSpace(given.Title) == "" && e.WriteMetadata == "" {
		return "", fmt.Errorf("%w: an export needs a title: --title T", ErrUsage)
	}
	words, err := c.words()
	if err != nil {
		return "", err
	}
	s, err := c.open(ctx, "")
	if err != nil {
		return "", err
	}
	defer s.Close(ctx)
	if err := c.switchedOn(ctx, s); err != nil {
		return "", err
	}
	selection, err := words.resolve(ctx, s.Client)
	if err != nil {
		return "", err
	}
	var eng *export.Engine
	if e.DryRun || e.WriteMetadata != "" { // nothing is created, so no token is needed
		var z *zenodo.Client
		if z, err = c.Settings.Zenodo(""); err == nil {
			eng = s.EngineWith(z)
		}
	} else {
		eng, err = c.sender(ctx, s)
	}
	if err != nil {
		return "", err
	}
	req, err := c.Settings.Request(c.inv.overrides())
	if err != nil {
		return "", err
	}
	req.Selection = selection
	if req.Metadata, _, err = s.DefaultMetadata(ctx, selection); err != nil {
		return "", err
	}
	if err := given.apply(&req.Metadata); err != nil {
		return "", err
	}
	req.Groups = given.Groups
	if e.WriteMetadata != "" {
		if err := writeMetadata(e.WriteMetadata, req.Metadata, req.Groups); err != nil {
			return "", err
		}
		c.out.note("Wrote %s; use it with --metadata %s", e.WriteMetadata, e.WriteMetadata)
		return "", nil
	}
	job, plan, err := eng.Plan(ctx, req, e.DryRun, c.planning)
	if plan != nil {
		c.showPlan(job.ID, plan, e.DryRun)
		c.planOnly = e.DryRun
	}
	if err != nil {
		return job.ID, err
	}
	if e.DryRun {
		return "", nil
	}
	return job.ID, c.transfer(ctx, eng, job.ID)
}

// overrides are the flags that change how an export is made.
func (i *Invocation) overrides() session.Overrides {
	e := &i.Export
	return session.Overrides{
		Layout: e.Layout, Pages: e.Pages, Crate: e.Crate, LimitRate: e.LimitRate, LimitRateGiven: i.Given("limit-rate"),
		MetadataOnly: e.MetadataOnly, WithParents: e.WithParents, WithChildren: e.WithChildren, WithReferences: e.WithReferences,
		OtherSpaces: e.OtherSpaces, Unarchive: e.Unarchive, Strict: e.Strict, LeaveOutBroken: e.LeaveOutBroken,
		AcceptFindings: e.AcceptFindings, NewVersionOf: e.NewVersionOf,
	}
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
func (c *run) words() (words, error) {
	var w words
	e := &c.inv.Export
	if e.Selection != "" {
		md, err := toml.DecodeFile(e.Selection, &w)
		if err != nil {
			return w, fmt.Errorf("%w: selection file: %v", ErrUsage, err)
		}
		if u := md.Undecoded(); len(u) > 0 {
			return w, fmt.Errorf("%w: selection file %s: unknown key %s (known: select, only, exclude, files)", ErrUsage, e.Selection, u[0])
		}
	}
	w.Select = append(w.Select, c.inv.Args...)
	w.Only = append(w.Only, e.Only...)
	w.Exclude = append(w.Exclude, e.Exclude...)
	w.Files = append(w.Files, e.File...)
	if len(w.Select)+len(w.Only)+len(w.Files) == 0 {
		return w, &failure.Error{
			Kind: failure.Nothing, What: "nothing is selected",
			Do: "name a space, project, collection, object or data set, such as /LAB/PROJECT (zenobis ls shows them)",
		}
	}
	return w, nil
}

// resolve looks every selected entity up.
func (w words) resolve(ctx context.Context, ob *openbis.Client) (export.Selection, error) {
	var s export.Selection
	add := func(mode export.Mode, texts []string) error {
		for _, t := range texts {
			rule, err := export.Resolve(ctx, ob, t)
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
	if err := errors.Join(add(export.ModeAll, w.Select), add(export.ModeOnly, w.Only), add(export.ModeExclude, w.Exclude)); err != nil {
		return s, err
	}
	for _, f := range w.Files {
		dataSet, glob, ok := strings.Cut(strings.TrimPrefix(f, "dataset:"), ":")
		if !ok || dataSet == "" || glob == "" {
			return s, fmt.Errorf("%w: --file %q; write PERMID:GLOB, such as 20230101120000000-42:*.csv", ErrUsage, f)
		}
		s.Files = append(s.Files, export.FileRule{DataSet: dataSet, Glob: glob})
		if err := add(export.ModeAll, []string{"dataset:" + dataSet}); err != nil {
			return s, err
		}
	}
	return s, nil
}

// switchedOn asks the lab manager's switch.
func (c *run) switchedOn(ctx context.Context, s *session.Session) error {
	notice, err := s.Switch(ctx)
	if notice != "" {
		c.out.note("%s", notice)
	}
	return err
}

func (c *run) planning(stage string, n int) {
	if c.out.ErrTTY && !c.out.quiet {
		fmt.Fprintf(c.out.Err, "\r\x1b[K%s %d", safetext.Line(stage), n)
		c.out.open = true
	}
}

// showPlan prints the plan event, and for a dry run or a person the table.
func (c *run) showPlan(job string, p *export.Plan, dry bool) {
	type omitted struct {
		Entity  string `json:"entity"`
		File    string `json:"file"`
		Reason  string `json:"reason"`
		Message string `json:"message"`
	}
	om := []omitted{}
	for _, o := range p.Omitted {
		om = append(om, omitted{omittedEntity(o), o.File, o.Reason, o.Message})
	}
	if dry {
		job = ""
	}
	c.out.event("plan", "job", job, "entities", p.Entities, "datasets", p.DataSets, "files", p.Files, "bytes", p.Bytes,
		"packages", orEmpty(p.Packages), "omitted", om, "limits", map[string]int64{"bytes": p.Limits.Bytes, "files": int64(p.Limits.Files)},
		"layout", p.Layout, "findings", orEmpty(p.Findings), "gaps", orEmpty(p.Gaps))
	c.out.endLine()
	if c.inv.JSON {
		return
	}
	w := c.out.Err
	if dry {
		w = c.out.Out
	}
	if c.out.quiet && !dry {
		return
	}
	fmt.Fprintf(w, "%d entities, %d data sets, %d files; %s will lie on Zenodo (layout %s)\n", p.Entities, p.DataSets, p.Files, human.Bytes(p.Bytes), p.Layout)
	width := 0
	for _, k := range p.Packages {
		width = max(width, len([]rune(k.Name)))
	}
	for _, k := range p.Packages {
		fmt.Fprintf(w, "  %-*s  %15d bytes  %d data files\n", width, k.Name, k.Bytes, k.Files)
	}
	bullets(w, "Left out:", p.Omitted, func(o export.Omission) string {
		return fmt.Sprintf("%s (%s): %s", safetext.Line(omittedName(o)), o.Reason, safetext.Line(o.Message))
	})
	bullets(w, "Published before:", p.Published, func(b export.Published) string { return b.Entity.Label() + ": https://doi.org/" + b.DOI })
	bullets(w, "Broken values, marked in their pages:", p.Gaps, safetext.Line)
	bullets(w, "Private details that would be published:", p.Findings, func(f export.Finding) string {
		return safetext.Line(f.Kind + " " + f.Sample + " in " + f.Where)
	})
	bullets(w, "Long paths that Windows may refuse:", p.LongPaths, safetext.Line)
}

// bullets prints a heading with at most 20 lines.
func bullets[T any](w io.Writer, heading string, items []T, line func(T) string) {
	if len(items) == 0 {
		return
	}
	fmt.Fprintln(w, heading)
	for i, it := range items {
		if i == 20 {
			fmt.Fprintf(w, "  and %d more\n", len(items)-i)
			return
		}
		fmt.Fprintf(w, "  %s\n", line(it))
	}
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
