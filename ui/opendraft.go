package ui

import (
	"context"
	"time"

	tea "charm.land/bubbletea/v2"

	"zenobis/export"
	"zenobis/flow"
	"zenobis/safetext"
)

// openPage shows a page in the browser; where there is none its address is shown.
func (a *app) openPage(t *task, url string) tea.Cmd {
	be := a.flow.Backend
	return a.do(t, "Opening the browser", 20*time.Second, func(ctx context.Context, _ *stage) func() tea.Cmd {
		ok, why := be.OpenBrowser(ctx, url)
		return func() tea.Cmd {
			if ok {
				a.say(flow.OpenedText)
			} else {
				a.fail(safetext.Line(url) + " (no browser: " + safetext.Line(why) + ")")
			}
			return nil
		}
	})
}

// readOrphans asks which drafts at Zenodo no export needs.
func (s *exportsScreen) readOrphans() tea.Cmd {
	a := s.app
	sess := a.flow.Session
	if sess == nil {
		return nil
	}
	return a.do(&s.orphans, "Looking for drafts that are left over", patience, func(ctx context.Context, _ *stage) func() tea.Cmd {
		list, err := sess.Orphans(ctx)
		return func() tea.Cmd {
			if err == nil { // it is only an offer
				a.flow.Earlier.Orphans = list
			}
			return nil
		}
	})
}

// askOrphan shows the drafts that are left over, to look at one or delete it.
func (s *exportsScreen) askOrphan() tea.Cmd {
	a := s.app
	list := a.flow.Earlier.Orphans
	d := &dialog{title: "Drafts that are left over", text: flow.OrphansText(list), keep: true}
	for _, o := range list {
		d.choices = append(d.choices, choice{"", flow.OrphanText(o), func() tea.Cmd { return s.askAbout(o) }})
	}
	a.ask(d)
	return nil
}

func (s *exportsScreen) askAbout(o export.Orphan) tea.Cmd {
	a := s.app
	a.ask(&dialog{title: "Delete this draft?", text: flow.OrphanText(o) + "\n" + flow.DiscardOrphanText, choices: []choice{
		{"k", "keep it", nil},
		{"b", "show it in the browser", func() tea.Cmd { return a.openPage(&s.page, o.URL) }},
		{"d", "delete it", func() tea.Cmd {
			sess := a.flow.Session
			return a.do(&s.act, "Deleting the draft", 2*time.Minute, func(ctx context.Context, _ *stage) func() tea.Cmd {
				err := sess.DiscardOrphan(ctx, o.Draft)
				return func() tea.Cmd {
					if err != nil {
						return a.failed(err, nil)
					}
					a.say("Deleted.")
					return s.readOrphans()
				}
			})
		}},
	}})
	return nil
}
