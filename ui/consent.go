package ui

import (
	tea "charm.land/bubbletea/v2"

	"zenobis/safetext"
)

// askStore asks whether the session may be sent to a data store at another
// address; each is asked about once.
func (a *app) askStore(again func() tea.Cmd) tea.Cmd {
	st, ok := a.flow.StoreToAsk()
	if !ok {
		return nil
	}
	a.interrupt(&dialog{
		title: "Trust this data store?",
		text: "openBIS keeps data at " + safetext.Line(st.URL) + " (" + safetext.Line(st.Code) +
			"), another address than its own, or one without encryption. To read files your session must be sent there.",
		choices: []choice{
			{"n", "no, leave its files out", nil},
			{"y", "yes, send the session there", func() tea.Cmd {
				a.flow.Session.AllowStore(st.Code)
				if again != nil {
					return again()
				}
				return nil
			}},
		},
	})
	return nil
}
