package zenodotest

// check is what a view asks of a request before it looks for anything: the
// first refusal is the answer.
type check func(*call) *apiError

func acceptsRecord(c *call) (e *apiError) { c.kind, e = c.acceptRecord(); return e }
func acceptsFile(c *call) (e *apiError)   { c.kind, e = c.acceptFile(); return e }
func acceptsJSON(c *call) (e *apiError)   { c.kind, e = c.accept(jsonType); return e }
func readsJSON(c *call) (e *apiError)     { c.body, e = c.json(); return e }
func readsIfMatch(c *call) (e *apiError)  { c.rev, e = c.ifMatch(); return e }

// on makes a view of what is done with the item that the address names: the
// checks in their order, then the lock, the item of this user or the refusal.
func on(find func(*call) (*item, *apiError), do func(*call, *item) (*answer, error), checks []check) handler {
	return func(c *call) (*answer, error) {
		for _, ok := range checks {
			if e := ok(c); e != nil {
				return nil, e
			}
		}
		c.s.mu.Lock()
		defer c.s.mu.Unlock()
		it, e := find(c)
		if e != nil {
			return nil, e
		}
		return do(c, it)
	}
}

// onFile is on for a file of the item.
func onFile(find func(*call) (*item, *entry, *apiError), do func(*call, *item, *entry) (*answer, error), checks []check) handler {
	return func(c *call) (*answer, error) {
		var f *entry
		return on(func(c *call) (it *item, e *apiError) { it, f, e = find(c); return it, e },
			func(c *call, it *item) (*answer, error) { return do(c, it, f) }, checks)(c)
	}
}

func onDraft(do func(*call, *item) (*answer, error), checks ...check) handler {
	return on((*call).draftItem, do, checks)
}

func onOwnDraft(do func(*call, *item) (*answer, error), checks ...check) handler {
	return on((*call).ownDraft, do, checks)
}

func onRecord(do func(*call, *item) (*answer, error), checks ...check) handler {
	return on((*call).recordItem, do, checks)
}

func onFiles(do func(*call, *item) (*answer, error), checks ...check) handler {
	return on((*call).readableFiles, do, checks)
}

func onDraftFile(do func(*call, *item, *entry) (*answer, error), checks ...check) handler {
	return onFile((*call).draftEntry, do, checks)
}

func onRecordFile(do func(*call, *item, *entry) (*answer, error), checks ...check) handler {
	return onFile((*call).recordEntry, do, checks)
}
