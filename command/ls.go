package command

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/selection"
)

func (c *call) lsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "ls [flags] [SELECTION]",
		Short:   "look around in openBIS",
		Long:    "List the children of an entity, or the spaces: kind, code, name, permId, size.",
		Example: "  zenobis ls\n  zenobis ls /LAB/PROJECT",
		Args:    arguments(0, 1, "entity"),
		RunE: func(cmd *cobra.Command, args []string) error {
			return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) { return "", r.ls(ctx, first(args)) })
		},
	}
	return cmd
}

// ls prints the children of an entity, or the spaces.
func (r *invocation) ls(ctx context.Context, what string) error {
	s, err := r.ConnectTo(ctx, "")
	if err != nil {
		return err
	}
	defer s.Close(ctx)
	if what == "" {
		spaces, err := s.Spaces(ctx)
		for _, e := range spaces {
			r.entity(e)
		}
		return err
	}
	rule, err := selection.Resolve(ctx, s.Client, what)
	if err != nil {
		return err
	}
	if rule.Kind == openbis.KindDataSet {
		return r.files(ctx, s.Client, rule.PermID)
	}
	found, err := s.Get(ctx, rule.Kind, rule.PermID)
	if err != nil {
		return err
	}
	e := found[rule.PermID]
	page := flow.Page{More: true}
	for page.More { // in the order of the tree
		if page, err = flow.Children(ctx, s.Client, e.Ref, page.Next, flow.CountSize); err != nil {
			return err
		}
		for _, e := range page.Entities {
			r.entity(e)
		}
		if err := r.out.unwritten(); err != nil {
			return err
		}
	}
	return nil
}

// files lists the files of a data set; a container's are those of its components.
func (r *invocation) files(ctx context.Context, ob *openbis.Client, dataSet string) error {
	found, err := ob.Get(ctx, openbis.KindDataSet, dataSet)
	if err != nil {
		return err
	}
	e, ok := found[dataSet]
	if !ok || e.Data == nil {
		return fmt.Errorf("%w: data set %s", openbis.ErrNotFound, safetext.Line(dataSet))
	}
	if e.Data.Kind == openbis.Link {
		r.out.note("%s is a link: its files are outside of openBIS.", dataSet)
		return nil
	}
	return ob.Files(ctx, e.Data.Store, dataSet, func(f openbis.File) error {
		r.out.event(
			"entity",
			entityEvent{Kind: openbis.KindFile, Code: f.Path, Name: f.Path, PermID: dataSet, Identifier: dataSet + "/" + f.Path, Bytes: &f.Size},
		)
		if !r.out.json {
			r.row(openbis.KindFile, f.Path, dataSet, human.Bytes(f.Size), "")
		}
		return r.out.unwritten()
	})
}

func (r *invocation) entity(e openbis.Entity) {
	var bytes *int64
	size := ""
	if e.Data != nil && e.Data.Kind == openbis.Physical && e.Data.Size >= 0 {
		bytes, size = &e.Data.Size, human.Bytes(e.Data.Size)
	}
	r.out.event("entity", entityEvent{
		Kind: e.Kind, Code: e.Code, Name: e.Name, PermID: e.PermID, Identifier: e.Identifier,
		Children: e.Data == nil || e.Data.Kind != openbis.Link, Bytes: bytes, Type: e.Type, Selection: selection.Spell(e.Ref),
	})
	if r.out.json {
		return
	}
	r.row(e.Kind, selection.Spell(e.Ref), e.PermID, size, e.Name)
}

// row prints an entity for people.
func (r *invocation) row(kind openbis.Kind, id, permID, size, name string) {
	r.out.say("%s", strings.TrimRight(fmt.Sprintf(
		"%-10s  %-40s  %-21s  %9s  %s", kind, safetext.Line(id), safetext.Line(permID), size, safetext.Line(name),
	), " "))
}
