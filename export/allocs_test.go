package export

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"zenobis/openbis"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/wire"
	"zenobis/zenodo"
	"zenobis/zenodo/zenodotest"
)

// bareTLS is how many allocations crypto/tls itself takes for each MiB of one
// direction, both ends together.
func bareTLS(t *testing.T) float64 {
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	defer s.Close()
	l, err := tls.Listen("tcp", "127.0.0.1:0", s.TLS)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	const mib = 128
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		defer c.Close()
		piece := make([]byte, 256<<10)
		for range 4 * mib {
			if _, err := c.Write(piece); err != nil {
				return // the reader tells
			}
		}
	}()
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	c, err := tls.Dial("tcp", l.Addr().String(), &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12})
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	piece := make([]byte, 256<<10)
	for n := 0; n < mib<<20; {
		k, err := c.Read(piece)
		if n += k; err != nil {
			t.Fatal(err)
		}
	}
	runtime.ReadMemStats(&after)
	return float64(after.Mallocs-before.Mallocs) / mib
}

// TestAllocationsOfALargeFile: fewer than one for each MiB, those of the two built-in
// servers included. With TLS crypto/tls takes one whenever it reads, in both directions.
func TestAllocationsOfALargeFile(t *testing.T) {
	if testing.Short() {
		t.Skip("takes seconds")
	}
	for name, start := range map[string]func(http.Handler) *httptest.Server{"plain": httptest.NewServer, "TLS": httptest.NewTLSServer} {
		t.Run(name, func(t *testing.T) {
			const small, large = 16 << 20, 272 << 20
			allocations := func(size int64) uint64 {
				lab := smallLab(0, 0)
				lab.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/LARGE"})
				lab.AddDataSet(labdata.DataSetSpec{Collection: lab.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/FILE"}),
					Generated: []labdata.GeneratedFile{{Path: "original/a.dat", Size: size, Seed: 1}}})
				r := newRig(t, lab, zenodotest.Options{DiscardContent: true})
				r.spec = "/LAB/PROJ/FILE"
				ob, ze := start(r.ob), start(r.z)
				defer ob.Close()
				defer ze.Close()
				r.ob.URL = ob.URL
				var o wire.Options
				if ob.TLS != nil {
					o.CAFile = filepath.Join(t.TempDir(), "ca.pem")
					ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: ob.Certificate().Raw})
					if err := os.WriteFile(o.CAFile, ca, 0o600); err != nil {
						t.Fatal(err)
					}
				}
				hc, err := wire.Client(o)
				if err != nil {
					t.Fatal(err)
				}
				if r.client, err = openbis.New(openbis.Options{URL: ob.URL, HTTP: hc}); err != nil {
					t.Fatal(err)
				}
				if err := r.client.Login(t.Context(), r.ob.User, r.ob.Password); err != nil {
					t.Fatal(err)
				}
				deposit := zenodo.Options{URL: ze.URL, Token: r.z.Token, Kind: zenodo.KindZenodo, PerMinute: -1, HTTP: hc}
				if r.deposit, err = zenodo.New(deposit); err != nil {
					t.Fatal(err)
				}
				r.opts.OpenBIS, r.opts.Zenodo = r.client, r.deposit
				job := r.plan(nil)
				var before, after runtime.MemStats
				runtime.ReadMemStats(&before)
				if _, err := r.send(r.engine(), job.ID); err != nil {
					t.Fatal(err)
				}
				runtime.ReadMemStats(&after)
				return after.Mallocs - before.Mallocs
			}
			allocations(small) // what is made once is made
			few, many := allocations(small), allocations(large)
			each := (float64(many) - float64(few)) / ((large - small) >> 20)
			most := 1.0
			if name == "TLS" {
				most += 2 * 1.5 * bareTLS(t) // how much comes at a read is not the same each time
			}
			t.Logf("%d for 16 MiB, %d for 272 MiB: %.2f for each MiB, at most %.2f", few, many, each, most)
			if each >= most {
				t.Errorf("%.2f allocations for each MiB, at most %.2f", each, most)
			}
		})
	}
}
