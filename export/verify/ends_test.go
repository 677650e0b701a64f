package verify

import (
	"errors"
	"strings"
	"testing"

	"zenobis/export/job"
)

// TestEveryAnswerMayBeTheLast: whoever has enough is told nothing more.
func TestEveryAnswerMayBeTheLast(t *testing.T) {
	s, e, j, st, lines := export(t)
	pack := packed(t, "page.html", "<p>", "manifest-sha256.txt",
		strings.Repeat("0", 64)+"  page.html\n"+strings.Repeat("1", 64)+"  gone.html\n")
	s.content["metadata.zip"], s.content["mine.txt"] = pack, []byte("x")
	j.Plan.Packages = append(j.Plan.Packages, job.Package{Name: "metadata.zip", Bytes: int64(len(pack))})
	st.Packages["metadata.zip"] = job.SentPackage{MD5: sumMD5(pack)}
	all := func(yield func(job.ManifestLine) error) error {
		for _, l := range *lines {
			if err := yield(l); err != nil {
				return err
			}
		}
		return nil
	}
	enough := errors.New("enough")
	v := Verifier{Zenodo: s, OpenBIS: e}
	for name, c := range map[string]struct {
		run   func(yield func(Verified) error) error
		wrong int
	}{
		"of an export": {func(yield func(Verified) error) error { return v.Job(t.Context(), j, st, all, true, yield) }, 2},
		"of a record":  {func(yield func(Verified) error) error { return v.Record(t.Context(), "7", true, yield) }, 2},
	} {
		ends := func(most int) (told, wrong int, err error) {
			err = c.run(func(v Verified) error {
				if told++; !v.OK {
					wrong++
				}
				if told == most {
					return enough
				}
				return nil
			})
			return told, wrong, err
		}
		whole, wrong, err := ends(0)
		if err != nil || whole < 6 || wrong != c.wrong {
			t.Fatalf("%s: %d answers, %d are wrong, %v", name, whole, wrong, err)
		}
		for n := 1; n <= whole; n++ {
			if told, _, err := ends(n); told != n || !errors.Is(err, enough) {
				t.Errorf("%s: enough after %d: %d answers, %v", name, n, told, err)
			}
		}
	}
}
