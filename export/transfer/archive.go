package transfer

import (
	"context"
	"time"

	"zenobis/export/failure"
	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/human"
	"zenobis/openbis"
)

// How often openBIS is asked whether archived data sets are there: it takes
// minutes at best.
const (
	archiveFirst = 15 * time.Second
	archiveMost  = 5 * time.Minute
)

// archive waits for data sets that openBIS has put away.
type archive struct {
	*base
	files     func(pkg string, yield func(fetch.File) error) error // of a package
	waitingOn map[string]bool                                      // permIds still in the archive
	needs     map[string][]string                                  // permIds by package
}

// bringBack asks for the archived data sets of the plan, once.
func (a *archive) bringBack(ctx context.Context) error {
	if len(a.plan().Unarchive) == 0 {
		return nil
	}
	a.run.gauge.stage("unarchiving")
	if !a.status().Unarchiving {
		if err := a.o.OpenBIS.Unarchive(ctx, a.plan().Unarchive); err != nil {
			return failure.Wrap("the archived data sets can't be brought back", err)
		}
		if err := a.add(job.Unarchiving{DataSets: a.plan().Unarchive}); err != nil {
			return err
		}
	}
	a.waitingOn = map[string]bool{}
	for _, id := range a.plan().Unarchive {
		a.waitingOn[id] = true
	}
	return a.ask(ctx)
}

// ask crosses off what is there.
func (a *archive) ask(ctx context.Context) error {
	var ids []string
	for id := range a.waitingOn {
		ids = append(ids, id)
	}
	found, err := a.o.OpenBIS.Get(ctx, openbis.KindDataSet, ids...)
	if err != nil {
		return failure.Wrap("archived data can't be looked for", err)
	}
	for _, id := range ids {
		if e, ok := found[id]; !ok || e.Data == nil || !e.Data.Archived() {
			delete(a.waitingOn, id) // one that is gone shows when it is fetched
		}
	}
	return nil
}

// await waits and looks again.
func (a *archive) await(ctx context.Context) error {
	a.run.gauge.stage("unarchiving")
	text := human.Count(len(a.waitingOn), "data set is", "data sets are") + " still in the archive"
	a.run.emit(Waiting{text})
	a.run.gauge.waiting(text)
	defer a.run.gauge.waiting("")
	before := len(a.waitingOn)
	for wait := archiveFirst; len(a.waitingOn) == before; wait = min(2*wait, archiveMost) {
		a.saveProgress()
		if err := a.o.Sleep(ctx, wait); err != nil {
			return err
		}
		if err := a.ask(ctx); err != nil {
			return err
		}
	}
	return nil
}

// holds reports whether a package needs data that is still in the archive.
func (a *archive) holds(pkg string) (bool, error) {
	if len(a.waitingOn) == 0 {
		return false, nil
	}
	if a.needs == nil {
		a.needs = map[string][]string{}
	}
	list, ok := a.needs[pkg]
	if !ok {
		seen := map[string]bool{}
		for _, id := range a.plan().Unarchive {
			seen[id] = false
		}
		err := a.files(pkg, func(r fetch.File) error {
			if got, archived := seen[r.DataSet]; archived && !got {
				seen[r.DataSet] = true
				list = append(list, r.DataSet)
			}
			return nil
		})
		if err != nil {
			return false, err
		}
		a.needs[pkg] = list
	}
	for _, id := range list {
		if a.waitingOn[id] {
			return true, nil
		}
	}
	return false, nil
}
