package export

import (
	"context"
	"io"
	"net/http"
	"testing"
	"time"

	"zenobis/export/fetch"
	"zenobis/export/snapshot"
	"zenobis/openbis"
	"zenobis/wire"
	"zenobis/zenodo/zenodotest"
)

// late answers every download after a round trip.
type late struct {
	http.RoundTripper
	by time.Duration
}

func (l late) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Method == http.MethodGet {
		time.Sleep(l.by)
	}
	return l.RoundTripper.RoundTrip(r)
}

// BenchmarkTransfer sends whole exports; "serial" is the same data fetched one
// file after the other and thrown away, without hashes, as a bound.
func BenchmarkTransfer(b *testing.B) {
	for _, c := range []struct {
		name    string
		files   int
		size    int64
		latency time.Duration
		layout  Layout
	}{
		{"large", 1, 128 << 20, 0, LayoutSingle},
		{"small", 300, 20 << 10, 30 * time.Millisecond, LayoutSingle},
		{"packages", 20, 2 << 20, 5 * time.Millisecond, LayoutFiles},
	} {
		lab := smallLab(c.files, c.size)
		bytes := int64(2*c.files) * c.size
		setup := func(b *testing.B) *rig {
			r := newRig(b, lab, zenodotest.Options{DiscardContent: true})
			hc, err := wire.Client(wire.Options{})
			if err != nil {
				b.Fatal(err)
			}
			hc.Transport = late{hc.Transport, c.latency}
			client, err := openbis.New(openbis.Options{URL: r.ob.URL, HTTP: hc})
			if err != nil {
				b.Fatal(err)
			}
			if err := client.Login(context.Background(), r.ob.User, r.ob.Password); err != nil {
				b.Fatal(err)
			}
			r.client, r.opts.OpenBIS = client, client
			return r
		}
		b.Run(c.name+"/engine", func(b *testing.B) {
			r := setup(b)
			b.SetBytes(bytes)
			b.ReportAllocs()
			for range b.N {
				b.StopTimer()
				job := r.plan(func(q *Request) { q.Layout = c.layout })
				b.StartTimer()
				if _, err := r.send(r.engine(), job.ID); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(c.name+"/serial", func(b *testing.B) {
			r := setup(b)
			job := r.plan(nil)
			snap, err := snapshot.Open(job.Dir)
			if err != nil {
				b.Fatal(err)
			}
			defer snap.Close()
			b.SetBytes(bytes)
			for range b.N {
				err := snap.Files("", func(f fetch.File) error {
					if f.File.Size == 0 {
						return nil
					}
					rc, err := r.client.Download(context.Background(), f.Store, f.DataSet, f.File)
					if err != nil {
						return err
					}
					defer rc.Close()
					_, err = io.Copy(io.Discard, rc)
					return err
				})
				if err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
