package command

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"zenobis/export"
	"zenobis/human"
	"zenobis/safetext"
	"zenobis/session"
)

func (c *call) verifyCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "verify [flags] JOB|DOI|ID",
		Short:   "compare what lies on Zenodo with what was sent",
		Long:    "Compare names, sizes and MD5 of what lies on Zenodo with what was sent.",
		Example: "  zenobis verify 20260102-kbm3ei2o\n  zenobis verify --deep 10.5281/zenodo.1234567",
		Args:    arguments(1, 1, "export (zenobis jobs lists them), DOI or id of a record"),
	}
	var deep bool
	flags{cmd.Flags(), "Flags"}.on(&deep, "deep", "download it again and compare every file inside with what openBIS keeps today")
	cmd.ValidArgsFunction = offered(c.jobs).cobra()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) {
			return r.verify(ctx, args[0], deep)
		})
	}
	return cmd
}

func (r *invocation) verify(ctx context.Context, what string, deep bool) (id string, err error) {
	eng := r.local()
	job, unknown := eng.Job(what)
	if unknown == nil {
		if err := r.target(job); err != nil {
			return what, err
		}
	}
	eng, done, err := r.verifier(ctx, job.OpenBIS, deep)
	if err != nil {
		return what, err
	}
	defer done()
	bad, untold := 0, 0
	err = eng.Verify(ctx, what, deep, func(v export.Verified) error {
		r.out.event("verified", verifiedEvent{Package: v.Package, DataSet: v.DataSet, File: v.File, OK: v.OK, Message: v.Message})
		if !v.OK {
			bad++
		}
		if v.Unknown {
			untold++
		}
		if !r.out.json && (!v.OK || !r.out.quiet) {
			r.out.say("%s  %s  %s", mark(v.OK), safetext.Line(joinPath(v.Package, v.File)), safetext.Line(v.Message))
		}
		return r.out.unwritten()
	})
	if err != nil {
		return what, err
	}
	r.verified(eng, what, bad)
	if bad > 0 {
		return what, fmt.Errorf("%d of the files differ from what was sent, or could not be read to their end", bad)
	}
	if untold > 0 {
		r.out.note("What can be compared is as it was sent. Of " + human.Count(untold, "file", "files") +
			" nothing tells here what was sent: --deep reads them.")
	} else {
		r.out.note("Everything is as it was sent.")
	}
	return what, nil
}

// verifier is the engine that compares; done ends its session. A login is
// needed for a deep comparison, and for the token in the openBIS profile; a
// published record can be looked at without.
func (r *invocation) verifier(ctx context.Context, openBIS string, deep bool) (eng *export.Engine, done func(), err error) {
	done = func() {}
	token, err := r.ZenodoToken(ctx, nil)
	missing := errors.Is(err, session.ErrNoToken)
	if err != nil && !missing {
		return nil, nil, err
	}
	var s *session.Session
	if deep || missing {
		switch s, err = r.ConnectTo(ctx, openBIS); {
		case err == nil:
			done = func() { s.Close(ctx) }
			if t, err := r.ZenodoToken(ctx, s.Client); err == nil {
				token = t
			}
		case deep:
			return nil, nil, err
		}
	}
	z, err := r.Zenodo(token.Value)
	if err != nil {
		done()
		return nil, nil, err
	}
	if s == nil {
		return r.Engine(z), done, nil
	}
	return s.EngineWith(z), done, nil
}

// verified prints the end of a comparison, with the keys of every done event.
func (r *invocation) verified(eng *export.Engine, what string, bad int) {
	of, doi := eng.Compared(what)
	var bytes *int64
	if of.Plan != nil {
		bytes = &of.Plan.Bytes
	}
	r.out.event("done", verifyDone{doneEvent{of.ID, word(of.RecordID), word(of.URL), word(doi), bytes, leftOut(of)}, bad})
}

// mark is how a check came out.
func mark(ok bool) string {
	if ok {
		return "ok    "
	}
	return "FAILED"
}

func joinPath(pkg, file string) string {
	if file == "" {
		return pkg
	}
	return pkg + ": " + file
}
