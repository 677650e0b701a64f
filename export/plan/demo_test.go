package plan

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"

	"zenobis/export/fetch"
	"zenobis/export/job"
	"zenobis/export/snapshot"
	"zenobis/omission"
	"zenobis/openbis"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/record"
	"zenobis/selection"
	"zenobis/shape"
	"zenobis/zenodo"
)

// direct is a feed that downloads one file after the other.
type direct struct{ c *openbis.Client }

// Open implements Feed.
func (d direct) Open(ctx context.Context, r fetch.File) (io.ReadCloser, error) {
	return d.c.Download(ctx, r.Store, r.DataSet, r.File)
}

// demoClient is logged in to a server with the demo's lab.
func demoClient(t *testing.T) (*openbistest.Server, *openbis.Client) {
	t.Helper()
	srv := openbistest.Start(t, openbistest.Options{Lab: labdata.DemoLab()})
	c, err := openbis.New(openbis.Options{URL: srv.URL, HTTP: http.DefaultClient, AllowStore: func(openbis.DataStore) bool { return true }})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Login(t.Context(), srv.User, srv.Password); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Logout(context.WithoutCancel(t.Context())) })
	return srv, c
}

// everything selects all spaces, without the data sets above a size.
func everything(t *testing.T, c *openbis.Client, max int64) job.Request {
	t.Helper()
	spaces, err := c.Spaces(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	req := job.Request{Metadata: record.Metadata{Title: "All of a lab", Creators: []record.Agent{{Family: "Doe", Given: "Jane"}}}}
	for _, s := range spaces {
		req.Selection.Rules = append(
			req.Selection.Rules,
			selection.Rule{Mode: selection.All, Kind: openbis.KindSpace, PermID: s.Code, Label: s.Code},
		)
	}
	p := demoPlanner(c)
	s, _ := plan(t, p, req)
	err = s.Files("", func(r fetch.File) error {
		rule := selection.Rule{Mode: selection.Exclude, Kind: openbis.KindDataSet, PermID: r.DataSet, Label: ""}
		if r.File.Size > max && !slices.Contains(req.Selection.Rules, rule) {
			req.Selection.Rules = append(req.Selection.Rules, rule)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return req
}

// fetchable leaves out the file whose name no download survives.
func fetchable(t *testing.T, s *snapshot.Snapshot) {
	t.Helper()
	var bad []snapshot.OmitRequest
	err := s.Files("", func(r fetch.File) error {
		if strings.ContainsFunc(r.File.Path, unicode.IsControl) {
			bad = append(
				bad,
				snapshot.OmitRequest{DataSet: r.DataSet, Path: r.File.Path, Reason: "unreadable", Message: "its name breaks the download"},
			)
		}
		return nil
	})
	if err != nil || len(bad) != 1 {
		t.Fatalf("%d odd names, %v", len(bad), err)
	}
	if _, err := s.Omit(bad[0], nil); err != nil {
		t.Fatal(err)
	}
}

func demoPlanner(c *openbis.Client) *Planner {
	return &Planner{
		Catalog: c, Limits: zenodo.Limits{Bytes: 50e9, Files: 1000}, Version: "1.0.0", Now: time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC),
		Sleep: func(context.Context, time.Duration) error { return nil },
	}
}

func TestTheDemoLabThroughTheClient(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	srv, c := demoClient(t)
	req := everything(t, c, 10<<20)
	var first map[string]string
	for _, layout := range []shape.Layout{shape.LayoutSingle, shape.LayoutPerDataSet, shape.LayoutFiles} {
		req.Layout = layout
		s, _ := plan(t, demoPlanner(c), req)
		fetchable(t, s)
		p := s.Plan()
		packs := pull(t, s, direct{c}, "10.5281/zenodo.1")
		tree := unpack(t, s, packs)
		checkManifest(t, s, tree)
		got := content(tree)
		if first == nil {
			first = got
		} else if !sameTree(first, got, layout) {
			t.Errorf("%s: another tree", layout)
			for n := range got {
				if first[n] != got[n] {
					t.Errorf("  %s", n)
				}
			}
		}
		files := 0
		s.Files("", func(r fetch.File) error {
			files++
			if !bytes.Equal(tree[r.Entry], srv.FileBytes(r.DataSet, r.File.Path)) {
				t.Errorf("%s: %s differs from what openBIS has", layout, r.Entry)
			}
			return nil
		})
		reasons := map[omission.Reason]bool{}
		for _, o := range p.Omitted {
			reasons[o.Reason] = true
		}
		if files == 0 || files != p.Files || !reasons["link"] || !reasons["archived"] {
			t.Errorf("%s: %d of %d files, left out: %v", layout, files, p.Files, p.Omitted)
		}
		for name, data := range tree {
			for _, secret := range []string{srv.Password, srv.PAT, "sessionID=", "@example", "jdoe@"} {
				if strings.HasSuffix(name, ".html") && bytes.Contains(data, []byte(secret)) {
					t.Errorf("%s holds %s", name, secret)
				}
			}
		}
	}
}

func TestOtherProgramsUnpackThePackages(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	_, c := demoClient(t)
	req := everything(t, c, 1<<20)
	req.Layout = shape.LayoutSingle
	s, _ := plan(t, demoPlanner(c), req)
	fetchable(t, s)
	dir := t.TempDir()
	file := filepath.Join(dir, "content.zip")
	if err := os.WriteFile(file, pull(t, s, direct{c}, "")["content.zip"], 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{
		{"unzip", "-tqq", file},
		{"7z", "t", "-bd", file},
		{"python3", "-c", "import sys,zipfile; sys.exit(zipfile.ZipFile(sys.argv[1]).testzip() is not None)", file},
	} {
		t.Run(args[0], func(t *testing.T) {
			if _, err := exec.LookPath(args[0]); err != nil {
				t.Skipf("%s is not installed", args[0])
			}
			if out, err := exec.Command(args[0], args[1:]...).CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
	t.Run("sha256sum", func(t *testing.T) {
		for _, p := range []string{"unzip", "sha256sum"} {
			if _, err := exec.LookPath(p); err != nil {
				t.Skipf("%s is not installed", p)
			}
		}
		at := filepath.Join(dir, "tree")
		if out, err := exec.Command("unzip", "-qq", file, "-d", at).CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		check := exec.Command("sha256sum", "-c", "--strict", "--quiet", "manifest-sha256.txt")
		check.Dir = at
		if out, err := check.CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	})
}
