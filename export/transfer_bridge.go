package export

import "zenobis/openbis"

func namesHashes(s *Snapshot, pkg string) bool {
	if x, ok := any(s).(interface{ NamesHashes(string) bool }); ok {
		return x.NamesHashes(pkg)
	}
	return s.NamesRecord(pkg)
}

func snapshotRefs(s *Snapshot, yield func(openbis.Ref) error) error {
	if x, ok := any(s).(interface {
		Refs(func(openbis.Ref) error) error
	}); ok {
		return x.Refs(yield)
	}
	seen := map[string]bool{}
	return s.Files("", func(r FileRef) error {
		if seen[r.DataSet] {
			return nil
		}
		seen[r.DataSet] = true
		return yield(openbis.Ref{Kind: openbis.KindDataSet, PermID: r.DataSet, Code: r.DataSet})
	})
}
