package ui

import (
	tea "charm.land/bubbletea/v2"

	"zenobis/flow"
	"zenobis/openbis"
)

// place names a screen.
type place int

const (
	atConnect place = iota
	atToken
	atBrowse
	atDescribe
	atReview
	atExport
	atDone
	atExports
	atTray
)

// registered is a screen with its place on the way.
type registered struct {
	step flow.Step
	name string // of a screen beside the way; "" for those on it
	make func(*app) screen
}

// registry is the one list of screens, by place.
func registry() []registered {
	return []registered{
		atConnect:  {flow.Connect, "", newConnect},
		atToken:    {flow.Token, "", newToken},
		atBrowse:   {flow.Browse, "", newBrowse},
		atDescribe: {flow.Describe, "", newDescribe},
		atReview:   {flow.Review, "", newReview},
		atExport:   {flow.Export, "", newExport},
		atDone:     {flow.Export, "", newDone},
		atExports:  {flow.Export, "Exports", newExports},
		atTray:     {flow.Browse, "Selection", newTray},
	}
}

// screen is what the root model shows. Screens live as long as the program: going
// back finds everything as it was left. They share the flow and nothing else.
type screen interface {
	enter(back bool) tea.Cmd // called each time it comes on; back: by going back
	actions() []action
	input(tea.Msg) tea.Cmd  // a key that is no action, or a paste
	view(w, h int) []string // at most h lines; the root clips and fills
	status(w int) string    // the line below the body
	typing() bool           // letters go into a text
}

// What only some screens do.
type (
	restyler   interface{ restyle() }                // the colours have changed
	forgetter  interface{ anew() }                   // another server or person is logged in
	sampler    interface{ sample() tea.Cmd }         // a tick has passed
	retargeter interface{ retarget() }               // another Zenodo is the target
	filler     interface{ whole(w, h int) []string } // may take the whole screen
	counter    interface{ countSelection() tea.Cmd } // weighs what is selected
	legend     interface{ legend() string }          // more for the help
	starter    interface{ start() tea.Cmd }          // called once, before anything is shown
	finder     interface {                           // goes to an entity in the tree
		goToEntity(k openbis.Kind, permID string, note bool) tea.Cmd
	}
)
