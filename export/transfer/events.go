package transfer

import (
	"zenobis/export/job"
	"zenobis/omission"
)

// Event is one thing that happened to a running export.
type Event interface{ event() }

// The events. All texts are clean.
type (
	// Advanced is a look at the progress, from runs of other processes.
	Advanced struct{ Progress job.Progress }
	// DraftReady: the draft is there, with its DOI where one is reserved.
	DraftReady struct{ ID, URL, DOI string }
	// PackageUploaded: the server has confirmed a package.
	PackageUploaded struct {
		Package string
		Bytes   int64
		MD5     string // hex
	}
	// Retried: something is done again.
	Retried struct {
		Package string // "" for calls that are about none
		Attempt int    // how often it has failed
		Message string
	}
	// FileLeftOut: a file that can't be had is left out.
	FileLeftOut struct {
		Package  string
		Omission omission.Entry
	}
	// PlanChanged: the packages are others than planned.
	PlanChanged struct{ Plan *job.Plan }
	// Waiting for something that nobody can hurry.
	Waiting struct{ Message string }
	// Question: shall a file that can't be had be left out?
	Question struct {
		Package  string
		Omission omission.Entry
		Message  string // the question
		Hint     string // what else could be done
	}
	// Noted is something a person should know.
	Noted struct{ Message string }
	// Completed: the draft has everything.
	Completed struct {
		ID, URL, DOI string
		Bytes        int64
	}
	// Ended early; Wait returns the same error.
	Ended struct{ Err error }
)

func (Advanced) event()        {}
func (DraftReady) event()      {}
func (PackageUploaded) event() {}
func (Retried) event()         {}
func (FileLeftOut) event()     {}
func (PlanChanged) event()     {}
func (Waiting) event()         {}
func (Question) event()        {}
func (Noted) event()           {}
func (Completed) event()       {}
func (Ended) event()           {}
