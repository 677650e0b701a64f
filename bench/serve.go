//go:build linux

package main

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
	"time"

	"zenobis/fakehttp"
	"zenobis/openbis/openbistest"
	"zenobis/openbis/openbistest/labdata"
	"zenobis/zenodo/zenodotest"
)

// spec says what a server process serves.
type spec struct {
	Files   int           // of one data set
	Size    int64         // bytes of each
	Path    int           // characters of a path at least
	Objects int           // of a made-up lab instead
	Sets    int           // data sets of it
	Latency time.Duration // before each answer
	Rate    int64         // bytes a second of each server's line
	Window  int           // requests a minute; 0 for none
	TLS     string        // file to write the certificate to; "" for none
}

// site is what a server process has to say.
type site struct {
	OpenBIS, Zenodo, User, Password, Token string
	Kind                                   string // of the Zenodo in the configuration; "" follows from the address
	Store, Sink                            string // for curl: the first file, and a PUT that sums
	Asked                                  string // what Zenodo was asked
	Waits                                  string // what openBIS saw since it was asked last, where latency is measured
	Selection                              string
}

// lab makes the lab.
func (s spec) lab() (lab *labdata.Lab, selection, dataSet, path string) {
	if s.Objects > 0 {
		l := labdata.MadeUp(labdata.Size{Objects: s.Objects, DataSets: s.Sets, Files: 3})
		publications(l)
		return l, "space:LAB0", "", ""
	}
	l := labdata.NewLab()
	l.AddUser(labdata.UserSpec{ID: "jdoe", Password: "secret", FirstName: "Jane", LastName: "Doe", Roles: []labdata.RoleSpec{{Role: "ADMIN"}}})
	publications(l)
	c := l.AddCollection(labdata.CollectionSpec{Identifier: "/LAB/PROJ/COLL", Name: "Measured"})
	set := labdata.DataSetSpec{Collection: c, Name: "raw"}
	for i := range s.Files {
		name := fmt.Sprintf("original/run%03d/file%06d.dat", i/1000, i)
		for len(name) < s.Path {
			name = "original/" + fmt.Sprintf("part%02d/", len(name)%97) + name[len("original/"):]
		}
		set.Generated = append(set.Generated, labdata.GeneratedFile{Path: name, Size: s.Size, Seed: uint64(i + 1)})
		if i == 0 {
			path = name
		}
	}
	return l, "collection:/LAB/PROJ/COLL", l.AddDataSet(set), path
}

// publications adds what the ELN's plugin makes, without which nothing can be recorded.
func publications(l *labdata.Lab) {
	l.AddCollection(labdata.CollectionSpec{Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION"})
}

// serve runs both servers until the process is told to end.
func serve(text string) error {
	var s spec
	if err := json.Unmarshal([]byte(text), &s); err != nil {
		return err
	}
	lab, selection, dataSet, path := s.lab()
	common := fakehttp.Options{Latency: s.Latency, Rate: s.Rate}
	ob := openbistest.New(openbistest.Options{Lab: lab, Options: common})
	window := s.Window
	if window == 0 {
		window = -1
	}
	ze := zenodotest.New(zenodotest.Options{DiscardContent: true, RateLimit: window, Options: common})
	out := site{User: ob.User, Password: ob.Password, Token: ze.Token, Selection: selection}
	mux := http.NewServeMux()
	mux.Handle("/", ze)
	mux.HandleFunc("PUT /sink", func(w http.ResponseWriter, r *http.Request) {
		sum := md5.New() // as the built-in Zenodo does
		_, _ = io.CopyBuffer(struct{ io.Writer }{sum}, r.Body, make([]byte, 256<<10))
		w.WriteHeader(http.StatusNoContent)
	})
	mux.HandleFunc("GET /asked", func(w http.ResponseWriter, _ *http.Request) {
		var a asked
		for _, q := range ze.Requests() {
			if a.Requests++; q.Status == http.StatusTooManyRequests {
				a.Refused++
			}
		}
		_ = json.NewEncoder(w).Encode(a) // the bench notices
	})
	var err error
	seen := &waits{next: ob}
	mux.HandleFunc("GET /waits", seen.tell)
	if s.TLS == "" && s.Objects > 0 {
		if out.OpenBIS, err = listen(seen, nil); err != nil {
			return err
		}
		ob.URL = out.OpenBIS
		if out.Zenodo, err = listen(mux, nil); err != nil {
			return err
		}
		out.Waits = out.Zenodo + "/waits"
		out.Sink = out.Zenodo
	} else if s.TLS == "" {
		var stop func()
		if out.OpenBIS, stop, err = ob.Start("127.0.0.1:0"); err != nil {
			return err
		}
		defer stop()
		if out.Zenodo, stop, err = ze.Start("127.0.0.1:0"); err != nil {
			return err
		}
		defer stop()
		if out.Sink, err = listen(mux, nil); err != nil {
			return err
		}
	} else {
		c, err := certificate(s.TLS)
		if err != nil {
			return err
		}
		if out.OpenBIS, err = listen(ob, c); err != nil {
			return err
		}
		if out.Zenodo, err = listen(mux, c); err != nil {
			return err
		}
		out.Sink = out.Zenodo
	}
	out.Asked = out.Sink + "/asked"
	out.Sink += "/sink"
	if dataSet != "" {
		out.Store = out.OpenBIS + "/datastore_server/" + dataSet + "/" + path
	}
	line, err := json.Marshal(out)
	if err != nil {
		return err
	}
	fmt.Println(string(line))
	end := make(chan os.Signal, 1)
	signal.Notify(end, os.Interrupt, syscall.SIGTERM)
	<-end
	return nil
}

// listen serves a handler at any port, with TLS if there is a certificate.
func listen(h http.Handler, c *tls.Certificate) (address string, err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	scheme := "http://"
	if c != nil {
		scheme = "https://"
		l = tls.NewListener(l, &tls.Config{Certificates: []tls.Certificate{*c}, MinVersion: tls.VersionTLS12})
	}
	go func() { _ = http.Serve(l, h) }() // until the process ends
	return scheme + l.Addr().String(), nil
}

// certificate makes one for this computer and writes it to a file.
func certificate(path string) (*tls.Certificate, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, err
	}
	c := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "bench"}, IsCA: true, BasicConstraintsValid: true,
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(24 * time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		KeyUsage: x509.KeyUsageDigitalSignature | x509.KeyUsageCertSign, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, c, &key.PublicKey, key)
	if err != nil {
		return nil, err
	}
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600); err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}, nil
}
