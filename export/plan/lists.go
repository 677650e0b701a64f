package plan

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"path/filepath"
	"time"

	"zenobis/export/snapshot"
	"zenobis/names"
	"zenobis/openbis"
	"zenobis/shape"
)

// cutter writes the entry lists of the packages.
type cutter struct {
	r       *planning
	packs   []snapshot.Pack
	out     *snapshot.LineWriter // of the last of packs
	sets    dataSet              // the data set whose files go by
	made    map[uint64]bool      // folders that the package under way has
	members int                  // entries of all packages, generated files not among them
	model   hash.Hash            // over the models of the pages that the package under way has
	split   split
}

// split is a data set that is spread over parts: the pages in the first one list all
// its files.
type split struct {
	first int // among the packages
	files hash.Hash
}

// dataSet is what a file's entry needs of its data set.
type dataSet struct {
	item  int32
	entry snapshot.Entry // D, R, T filled in
	code  string
	at    string // its folder
}

// begin begins a package with a list of entries.
func (c *cutter) begin(p snapshot.Pack) error {
	if err := c.end(); err != nil {
		return err
	}
	p.List = fmt.Sprintf("list-%05d.gz", len(c.packs)+1)
	c.packs, c.made, c.model = append(c.packs, p), map[uint64]bool{}, sha256.New()
	var err error
	c.out, err = snapshot.CreateLines(filepath.Join(c.r.dir, p.List))
	return err
}

func (c *cutter) end() error {
	if c.out == nil {
		return nil
	}
	err := c.out.Close()
	c.out = nil
	c.packs[len(c.packs)-1].Model = hex.EncodeToString(c.model.Sum(nil))
	return err
}

// endSplit notes with the first part of a data set what files its pages list.
func (c *cutter) endSplit() {
	if c.split.files != nil {
		c.packs[c.split.first].Model += hex.EncodeToString(c.split.files.Sum(nil))
	}
	c.split.files = nil
}

// add adds an entry to the package under way.
func (c *cutter) add(e *snapshot.Entry) error {
	c.members++
	return c.out.AddEntry(e)
}

// pages adds the pages of an item to the package under way.
func (c *cutter) pages(i int32) error {
	it := c.r.idx.at(i)
	var made rendered
	entry := it.within // an entry of an .eln has a folder even without a file
	if err := c.r.spool.GetJSON(it.pages.span(), &made); err != nil || len(made.Pages) == 0 && !entry {
		return err
	}
	c.model.Write([]byte(made.Model))
	var e openbis.Entity
	if err := c.r.spool.GetJSON(it.at.span(), &e); err != nil {
		return err
	}
	if entry {
		folder := c.r.idx.folder(it)
		if err := c.folders(folder+"/", unixTime(changed(&e)), len(folder)); err != nil {
			return err
		}
	}
	for _, p := range made.Pages {
		if err := c.folders(p.N, unixTime(changed(&e)), len(p.N)); err != nil {
			return err
		}
		if err := c.add(&snapshot.Entry{N: p.N, S: p.S, C: p.C, H: p.H, T: unixTime(changed(&e)), Page: true, At: p.Span}); err != nil {
			return err
		}
	}
	return nil
}

// folders adds the folders that a file lies in and the package has not yet, of
// those whose path is no longer than most: validators look for the folder of each
// entity; those inside of a data set follow from its files.
func (c *cutter) folders(file string, at int64, most int) error {
	if c.packs[len(c.packs)-1].Kind != snapshot.ZIP {
		return nil
	}
	for i := range file {
		if file[i] != '/' || i > most || c.made[names.Hash64(file[:i])] {
			continue
		}
		c.made[names.Hash64(file[:i])] = true
		if err := c.add(&snapshot.Entry{N: file[:i+1], F: true, T: at}); err != nil {
			return err
		}
	}
	return nil
}

func (c *cutter) allPages() error {
	for i, it := range c.r.idx.all() {
		if !it.in {
			continue
		}
		if err := c.pages(int32(i)); err != nil {
			return err
		}
	}
	return nil
}

// file adds a data file, or an empty directory of a data set, to the package under
// way. R of f is the data set's item.
func (c *cutter) file(f *snapshot.Entry) error {
	if err := c.of(int32(f.R)); err != nil {
		return err
	}
	e := *f
	e.D, e.R, e.T = c.sets.entry.D, c.sets.entry.R, c.sets.entry.T
	if err := c.folders(e.N, e.T, len(c.sets.at)); err != nil {
		return err
	}
	if !e.F {
		c.packs[len(c.packs)-1].Files++
	}
	return c.add(&e)
}

// of looks up the data set of the files that go by.
func (c *cutter) of(i int32) error {
	if c.sets.item == i && c.sets.entry.D != "" {
		return nil
	}
	var e openbis.Entity
	if err := c.r.spool.GetJSON(c.r.idx.at(i).at.span(), &e); err != nil {
		return err
	}
	c.sets = dataSet{
		item:  i,
		code:  e.Code,
		at:    c.r.idx.folder(c.r.idx.at(i)),
		entry: snapshot.Entry{D: e.PermID, R: c.r.store(e.Data.Store), T: unixTime(e.Registered)},
	}
	return nil
}

// unix is the second of a time; a zero time stays at the beginning of the epoch.
func unixTime(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

func (r *planning) store(s openbis.DataStore) int {
	i, ok := r.storeAt[s.Code]
	if !ok {
		i = len(r.stores)
		r.storeAt[s.Code] = i
		r.stores = append(r.stores, s)
	}
	return i
}

// cutInto writes the lists for a layout.
func (c *cutter) cutInto(ctx context.Context, layout shape.Layout) error {
	files := func(yield func(*snapshot.Entry) error) error {
		return snapshot.ReadEntries(filepath.Join(c.r.dir, "files.tmp"), func(f *snapshot.Entry) error {
			if err := ctx.Err(); err != nil {
				return err
			}
			return yield(f)
		})
	}
	var err error
	switch layout {
	case shape.LayoutSingle:
		err = c.single(files)
	case shape.LayoutFiles:
		err = c.flat(files)
	default:
		err = c.perDataSet(files)
	}
	if err != nil {
		if c.out != nil {
			c.out.Abort()
		}
		return err
	}
	return c.end()
}

type fileList func(yield func(*snapshot.Entry) error) error

func (c *cutter) single(files fileList) error {
	p := snapshot.Pack{Name: names.Content, Kind: snapshot.ZIP, Gen: c.generated()}
	if c.r.req.Crate == shape.ELN {
		p.Name = names.ContentELN
		p.Prefix = names.Prefix(p.Name)
	}
	if err := c.begin(p); err != nil {
		return err
	}
	if err := c.allPages(); err != nil {
		return err
	}
	if err := files(c.file); err != nil {
		return err
	}
	return c.docs(names.Readme)
}

// generated lists the generated files of the package that holds the pages, each
// before those that name its hash.
func (c *cutter) generated() []snapshot.Generated {
	list := []snapshot.Generated{{Name: names.Types, What: snapshot.GenTypes}, {Name: names.Index, What: snapshot.GenIndex}}
	if len(c.r.omitted) > 0 {
		list = append(list, snapshot.Generated{Name: names.Omitted, What: snapshot.GenOmitted})
	}
	return append(list,
		snapshot.Generated{Name: names.Readme, What: snapshot.GenReadme},
		snapshot.Generated{Name: names.Crate, What: snapshot.GenCrate},
		snapshot.Generated{Name: names.Manifest, What: snapshot.GenManifest})
}

// metadata begins metadata.zip with all pages.
func (c *cutter) metadata() error {
	if err := c.begin(snapshot.Pack{Name: names.Metadata, Kind: snapshot.ZIP, Gen: c.generated()}); err != nil {
		return err
	}
	return c.allPages()
}

// docs adds the record files that stand beside the ZIPs, the same bytes as within.
func (c *cutter) docs(which ...string) error {
	if err := c.end(); err != nil {
		return err
	}
	for _, name := range which {
		what := snapshot.GenReadme
		if name == names.Crate {
			what = snapshot.GenCrate
		}
		c.packs = append(c.packs, snapshot.Pack{Name: name, Kind: snapshot.Doc, Gen: []snapshot.Generated{{Name: name, What: what}}})
	}
	return nil
}

func (c *cutter) perDataSet(files fileList) error {
	shares := c.r.shares()
	at := -1
	var n int32                                                                               // of the file in its data set
	apart := func(f *snapshot.Entry) bool { return f.F && c.r.idx.at(int32(f.R)).files == 0 } // its data set has no package
	rest := 0
	err := files(func(f *snapshot.Entry) error {
		if apart(f) {
			rest++
			return nil
		}
		if f.F {
			return c.file(f) // behind the files, in the last part
		}
		if at < 0 || shares[at].item != int32(f.R) {
			n = 0
			c.endSplit()
		}
		if at < 0 || shares[at].item != int32(f.R) || n >= shares[at].to {
			at++
			s := shares[at]
			if len(c.packs) == 0 || c.packs[len(c.packs)-1].Name != s.pack {
				own := snapshot.Generated{Name: names.OwnManifest(s.pack), What: snapshot.GenOwn}
				if err := c.begin(snapshot.Pack{Name: s.pack, Kind: snapshot.ZIP, Data: true, Gen: []snapshot.Generated{own}}); err != nil {
					return err
				}
			}
			if s.pages {
				if err := c.pages(s.item); err != nil {
					return err
				}
				if len(c.r.parts[s.item]) > 0 {
					c.split = split{first: len(c.packs) - 1, files: sha256.New()}
				}
			}
		}
		n++
		if c.split.files != nil {
			c.split.files.Write(f.AppendLine(nil))
		}
		return c.file(f)
	})
	if err != nil {
		return err
	}
	c.endSplit()
	if err := c.metadata(); err != nil {
		return err
	}
	if err := c.those(files, rest, apart); err != nil {
		return err
	}
	return c.docs(names.Readme, names.Crate)
}

// those adds the files that take says to the package under way, if there are any.
func (c *cutter) those(files fileList, n int, take func(*snapshot.Entry) bool) error {
	if n == 0 {
		return nil
	}
	return files(func(f *snapshot.Entry) error {
		if !take(f) {
			return nil
		}
		return c.file(f)
	})
}

func (c *cutter) flat(files fileList) error {
	keys := newFlatKeys()
	empty := func(f *snapshot.Entry) bool { return f.S == 0 } // a record file may not be, and no folder
	rest := 0
	err := files(func(f *snapshot.Entry) error {
		if empty(f) {
			rest++
			return nil
		}
		if err := c.of(int32(f.R)); err != nil {
			return err
		}
		name := keys.key(c.sets.code, f.Path())
		if err := c.begin(snapshot.Pack{Name: name, Kind: snapshot.Raw, Data: true}); err != nil {
			return err
		}
		return c.file(f)
	})
	if err != nil {
		return err
	}
	if err := c.metadata(); err != nil {
		return err
	}
	if err := c.those(files, rest, empty); err != nil {
		return err
	}
	return c.docs(names.Readme, names.Crate)
}
