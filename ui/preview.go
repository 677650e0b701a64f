package ui

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/human"
	"zenobis/openbis"
	"zenobis/safetext"
	"zenobis/tree"
	"zenobis/ui/cells"
)

// preview is what is shown beside the tree of one entity.
type preview struct {
	title, sub string
	facts      [][2]string // label and value
	lists      []previewList
}

type previewList struct {
	title string
	items []string
}

const previewsKept = 300

// moved follows the cursor: what is known is shown at once, the rest is asked
// for when the cursor rests.
func (s *browseScreen) moved() tea.Cmd {
	a := s.app
	a.stop(&s.wait)
	id, row := a.flow.Tree.Cursor()
	if row < 0 {
		s.preview = nil
		return nil
	}
	it := a.flow.Tree.Item(id)
	if it.Kind == tree.File || it.Kind == tree.Folder || it.Kind == tree.More || it.Kind == tree.Section {
		s.preview = &preview{title: it.Label}
		if it.Kind == tree.File {
			s.preview.facts = [][2]string{{"Size", human.Number(it.Size) + " bytes"}}
		}
		return nil
	}
	if p := s.cache[it.Key]; p != nil {
		if s.preview != p {
			s.preview, s.ptop = p, 0
		}
		return nil
	}
	e := a.flow.Ref(id)
	s.preview, s.ptop = brief(it, e), 0
	if a.panes.right == 0 && !s.full || a.at != atBrowse {
		return nil
	}
	return a.later(&s.wait, 150*time.Millisecond, func() tea.Cmd { return s.lookAt(it.Key, e) })
}

// brief is what the row itself tells.
func brief(it tree.Item, e openbis.Ref) *preview {
	return &preview{title: it.Label, sub: strings.TrimSpace(kindName(e) + "  " + e.Code)}
}

func kindName(r openbis.Ref) string {
	switch {
	case r.Type != "" && r.Kind == openbis.KindDataSet:
		return "Data set " + r.Type
	case r.Type != "":
		return openbis.PrettyCode(r.Type)
	}
	return openbis.PrettyCode(string(r.Kind))
}

func (s *browseScreen) lookAt(k tree.Key, e openbis.Ref) tea.Cmd {
	a := s.app
	sess := a.flow.Session
	types, known := s.types[e.Kind]
	return a.do(&s.look, "Looking at "+e.Label(), patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		id := e.PermID
		got, err := sess.Get(ctx, e.Kind, id)
		if err == nil && !known && e.Type != "" {
			types, err = sess.Types(ctx, e.Kind)
		}
		return func() tea.Cmd {
			if err != nil {
				if !flow.Silent(err) {
					s.preview.facts = [][2]string{{"", "✗ " + flow.Words(err)}}
				}
				return nil
			}
			s.types[e.Kind] = types
			ent, ok := got[id]
			if !ok {
				return nil
			}
			if len(s.cache) >= previewsKept {
				clear(s.cache)
			}
			p := previewOf(&ent, types[ent.Type])
			if cur, row := a.flow.Tree.Cursor(); row >= 0 && a.flow.Tree.Item(cur).Key == k {
				p.title = a.flow.Tree.Item(cur).Label // as the tree names it, such as the home space
			}
			s.cache[k] = p
			if cur, row := a.flow.Tree.Cursor(); row >= 0 && a.flow.Tree.Item(cur).Key == k {
				s.preview = p
			}
			return nil
		}
	})
}

// previewOf puts an entity's form on a few lines, in the order of its type.
func previewOf(e *openbis.Entity, typ openbis.EntityType) *preview {
	p := &preview{title: e.Label(), sub: strings.TrimSpace(kindName(e.Ref) + "  " + e.Code)}
	if e.Kind == openbis.KindSpace || e.Kind == openbis.KindProject {
		p.title = openbis.PrettyCode(e.Code)
	}
	fact := func(label, value string) {
		if value = safetext.Block(value); strings.TrimSpace(value) != "" {
			p.facts = append(p.facts, [2]string{label, value})
		}
	}
	if e.Identifier != "" && e.Identifier != e.PermID {
		fact("Path", e.Identifier)
	}
	fact("About", flow.HTMLText(e.Description))
	if d := e.Data; d != nil {
		if d.Size >= 0 {
			fact("Size", human.Bytes(d.Size))
		}
		if d.Kind != openbis.Physical {
			fact("Kind", strings.ToLower(string(d.Kind)))
		}
		if d.Status != "AVAILABLE" {
			fact("State", d.Status)
		}
		fact("Linked", strings.Join(d.LinkedTo, "\n"))
		switch {
		case d.Kind == openbis.Link:
			fact("Left out", flow.LeftOutWhy("link"))
		case d.Archived():
			fact("Left out", flow.LeftOutWhy("archived"))
		case d.Kind == openbis.Container:
			fact("Holds", flow.LeftOutWhy("container"))
		}
	}
	seen := make(map[string]bool)
	value := func(label, code string, a *openbis.Assignment) {
		seen[code] = true
		var vals []string
		for _, v := range e.Properties[code] {
			vals = append(vals, propertyText(v, a))
		}
		fact(label, strings.Join(vals, ", "))
	}
	for i := range typ.Properties {
		a := &typ.Properties[i]
		if strings.TrimPrefix(a.Code, "$") != "NAME" {
			value(a.Label, a.Code, a)
		}
		seen[a.Code] = true
	}
	var rest []string
	for code := range e.Properties {
		if !seen[code] && strings.TrimPrefix(code, "$") != "NAME" {
			rest = append(rest, code)
		}
	}
	slices.Sort(rest)
	for _, code := range rest {
		value(openbis.PrettyCode(strings.TrimPrefix(code, "$")), code, nil)
	}
	if e.Registrator != nil {
		fact("By", e.Registrator.Name())
	}
	if !e.Registered.IsZero() {
		fact("Since", e.Registered.Format("2006-01-02"))
	}
	fact("Tags", strings.Join(e.Tags, ", "))
	for _, l := range []struct {
		title string
		refs  []openbis.Ref
	}{{"Parents", e.Parents}, {"Children", e.Children}, {"Components", e.Components}} {
		if len(l.refs) == 0 {
			continue
		}
		pl := previewList{title: l.title}
		for i, r := range l.refs {
			if i == 12 {
				pl.items = append(pl.items, "and "+human.Number(len(l.refs)-i)+" more")
				break
			}
			text := r.Label()
			if r.Code != "" && r.Code != text {
				text += " (" + r.Code + ")"
			}
			pl.items = append(pl.items, text)
		}
		p.lists = append(p.lists, pl)
	}
	return p
}

// propertyText spells a value for a narrow pane.
func propertyText(v string, a *openbis.Assignment) string {
	if a != nil {
		switch {
		case a.DataType == "CONTROLLEDVOCABULARY" && a.Terms[v] != "":
			return a.Terms[v]
		case a.DataType == "XML" || a.Widget == "Spreadsheet":
			return "(table)"
		case a.DataType == "BOOLEAN" && v == "true":
			return "yes"
		case a.DataType == "BOOLEAN" && v == "false":
			return "no"
		case a.DataType == "TIMESTAMP":
			return timeText(v)
		}
	}
	if strings.HasPrefix(strings.TrimSpace(v), "<") {
		v = flow.HTMLText(v)
	}
	if len(v) > 2000 {
		v = strings.ToValidUTF8(v[:2000], "") + "…"
	}
	return v
}

// timeText spells a moment without what says nothing: the zone of UTC, and
// midnight, which stands for a day.
func timeText(v string) string {
	return strings.TrimSuffix(strings.TrimSuffix(v, " +0000"), " 00:00:00")
}

// previewLines draws the preview from ptop on.
func (s *browseScreen) previewLines(w, h, margin int) []string {
	p, th := s.preview, s.app.th
	if p == nil || w < 10 {
		return nil
	}
	blank := strings.Repeat(" ", margin)
	out := []string{}
	for _, l := range cells.Wrap(p.title, w) {
		out = append(out, blank+th.bold.Render(l))
	}
	out = append(out, blank+th.dim.Render(cells.Clip(p.sub, w)), "")
	labelW := 0
	for _, f := range p.facts {
		labelW = max(labelW, min(cells.Width(f[0]), w/3))
	}
	for _, f := range p.facts {
		for i, l := range cells.Wrap(f[1], w-labelW-2) {
			label := ""
			if i == 0 {
				label = f[0]
			}
			out = append(out, blank+th.dim.Render(cells.Pad(label, labelW))+"  "+l)
		}
	}
	for _, l := range p.lists {
		out = append(out, "", blank+l.title)
		for _, it := range l.items {
			out = append(out, blank+" "+cells.Clip(it, w-1))
		}
	}
	if s.look.busy {
		out = append(out, blank+th.dim.Render("asking openBIS…"))
	}
	if len(out) <= h {
		s.ptop = 0
		return out
	}
	s.ptop = min(s.ptop, len(out)-h)
	return out[s.ptop : s.ptop+h]
}
