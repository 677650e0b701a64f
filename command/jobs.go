package command

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"zenobis/doi"
	"zenobis/export"
	"zenobis/human"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/session"
	"zenobis/zenodo"
)

func (c *call) jobsCommand() *cobra.Command {
	cmd := &cobra.Command{
		Use:     "jobs [flags] [JOB]",
		Short:   "what was exported, and where it stands",
		Long:    "List the exports that you started, with their state and when it was last looked at.",
		Example: "  zenobis jobs\n  zenobis jobs --cite bibtex 20260102-kbm3ei2o",
		Args:    arguments(0, 1, "export"),
	}
	var format string
	var manifest bool
	f := flags{cmd.Flags(), "Flags"}
	f.text(&format, "cite", "FORMAT", "print a citation of the export: "+strings.Join(record.CitationFormats(), ", "), "none", "bibtex")
	f.on(&manifest, "manifest", "print permId, path, size, CRC-32 and SHA-256 of each data file")
	cmd.ValidArgsFunction = offered(c.jobs).cobra()
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		switch {
		case (format != "" || manifest) && len(args) == 0:
			return misuse("--cite and --manifest: say which export (zenobis jobs lists them)")
		case format != "" && !slices.Contains(record.CitationFormats(), format):
			return misuse("--cite takes %s", strings.Join(record.CitationFormats(), ", "))
		}
		return c.do(cmd.Context(), func(ctx context.Context, r *invocation) (string, error) {
			switch {
			case format != "":
				return args[0], r.cite(ctx, args[0], format)
			case manifest:
				return args[0], r.manifest(ctx, args[0])
			case len(args) > 0:
				job, err := r.local().Job(args[0])
				if err == nil {
					r.showJob(job)
				}
				return args[0], err
			}
			return "", r.jobs()
		})
	}
	return cmd
}

// local is the engine without servers: it knows the exports of this machine.
func (r *invocation) local() *export.Engine { return r.Engine(nil) }

// jobs lists the exports. What can't be read hides nothing else.
func (r *invocation) jobs() error {
	all, err := r.local().Jobs()
	if len(all) == 0 && err == nil {
		r.out.note("No exports yet.")
	}
	for _, j := range all {
		r.showJob(j)
	}
	return err
}

// citationEvent and fileEvent are what jobs --cite and --manifest print.
type (
	citationEvent struct {
		Job    string `json:"job"`
		Format string `json:"format"`
		Text   string `json:"text"`
	}
	fileEvent struct {
		Job    string `json:"job"`
		PermID string `json:"perm_id"`
		Path   string `json:"path"`
		Bytes  int64  `json:"bytes"`
		CRC32  string `json:"crc32"`
		SHA256 word   `json:"sha256"`
	}
)

func (r *invocation) cite(ctx context.Context, id, format string) error {
	job, err := r.local().Job(id)
	if err != nil {
		return err
	}
	text, err := record.Cite(r.citation(ctx, job), format)
	if err != nil {
		return fmt.Errorf("%s: %w", id, err)
	}
	r.out.event("citation", citationEvent{id, format, text})
	if !r.out.json {
		r.out.say("%s", text)
	}
	return nil
}

// citation is what there is to cite: a published record as it was published, a
// draft as it was sent.
func (r *invocation) citation(ctx context.Context, j export.Job) record.Citation {
	if j.State.Public() {
		rec, err := r.published(ctx, j)
		if err == nil {
			c := record.CitationOf(rec)
			c.Publisher = cmp.Or(c.Publisher, j.Publisher)
			return c
		}
		r.out.note("Cited as it was sent, since the published record can't be read: %s", session.Explain(err))
	}
	return export.Citation(j)
}

// published reads a published record by its public address.
func (r *invocation) published(ctx context.Context, j export.Job) (zenodo.Record, error) {
	z, err := r.Looker(ctx, j.Zenodo)
	if err != nil {
		return zenodo.Record{}, err
	}
	return z.Record(ctx, j.RecordID)
}

func (r *invocation) manifest(ctx context.Context, id string) error {
	return r.local().Manifest(ctx, id, func(l export.ManifestLine) error {
		crc := fmt.Sprintf("%08x", l.CRC)
		r.out.event("file", fileEvent{id, l.DataSet, l.Path, l.Size, crc, word(l.SHA256)})
		if !r.out.json {
			r.out.say("%s\t%s\t%d\t%s\t%s", l.DataSet, safetext.Line(l.Path), l.Size, crc, l.SHA256)
		}
		return r.out.unwritten()
	})
}

// showJob prints one export.
func (r *invocation) showJob(j export.Job) {
	ev := jobEvent{
		Job: j.ID, Title: j.Title, State: j.State, ID: word(j.RecordID), URL: word(j.URL), DOI: word(j.DOI),
		Created: moment(j.Created), Updated: moment(j.Updated), Looked: moment(j.Looked), Review: word(j.Review),
		Running: j.Running, Reason: word(j.Reason), LeftOut: leftOut(j),
	}
	if j.State == export.StateRegistered {
		ev.Objects = (*list[string])(&j.Objects)
	}
	r.out.event("job", ev)
	if r.out.json {
		return
	}
	line := fmt.Sprintf("%s  %-11s  %s", j.ID, j.State, safetext.Line(j.Title))
	left := session.LeftOutText(j)
	if left != "" {
		left = "left out: " + left
	}
	for _, s := range []string{j.URL, doiAddress(j), session.ReviewText(j), registered(j), j.Reason, left} {
		if s != "" {
			line += "\n    " + safetext.Line(s)
		}
	}
	if !j.Looked.IsZero() && !j.State.Settled() {
		line += "\n    looked at " + human.Moment(j.Looked)
	}
	r.out.say("%s", line)
}

// leftOut is what an export's plan lists as left out, in the words of its events.
func leftOut(j export.Job) list[omittedThing] {
	if j.Plan == nil {
		return nil
	}
	var out list[omittedThing]
	for _, o := range j.Plan.Omitted {
		out = append(out, omittedOf(o))
	}
	return out
}

func doiAddress(j export.Job) string {
	if j.DOI == "" {
		return ""
	}
	if j.State.Public() {
		return doi.Address(j.DOI)
	}
	return "reserved DOI " + j.DOI
}

func registered(j export.Job) string {
	switch {
	case j.State != export.StateRegistered:
		return ""
	case len(j.Objects) == 0:
		return "registered in openBIS, not confirmed: the publications collection is not visible to you"
	}
	return "registered in openBIS: " + strings.Join(j.Objects, ", ")
}
