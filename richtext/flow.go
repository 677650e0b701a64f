package richtext

import "strings"

// flow collects blocks; spans gather into a paragraph until something ends it.
type flow struct {
	blocks []Block
	spans  []Span
	align  string
}

func (f *flow) add(s Span) { f.spans = append(f.spans, s) }

// flush ends the paragraph.
func (f *flow) flush() {
	if spans := tidy(f.spans); len(spans) > 0 {
		f.blocks = append(f.blocks, Block{Kind: Para, Align: f.align, Spans: spans})
	}
	f.spans = nil
}

func (f *flow) done() []Block {
	f.flush()
	return f.blocks
}

// tidy makes runs of blanks one where they don't count, drops them at the ends of
// lines, and joins spans that look the same.
func tidy(in []Span) (out []Span) {
	blank := true // so far the line ends in a blank, or is empty
	var run strings.Builder
	var look Style
	end := func() {
		if run.Len() > 0 {
			out = append(out, Span{Style: look, Text: run.String()})
			run.Reset()
		}
	}
	for _, s := range in {
		if s.Newline || s.Picture > 0 {
			end()
			out = append(out, s)
			blank = s.Newline
			continue
		}
		keep := s.keep
		s.keep = false
		if s.Style != look {
			end()
			look = s.Style
		}
		for _, r := range s.Text {
			switch {
			case keep && r == '\n':
				end()
				out = append(out, Span{Style: look, Newline: true})
				blank = false
			case !keep && (r == ' ' || r == '\n' || r == '\t'):
				if !blank {
					run.WriteByte(' ')
				}
				blank = true
			default:
				run.WriteRune(r)
				blank = false
			}
		}
	}
	end()
	for len(out) > 0 { // blanks, no-break ones too, and line breaks at the end
		k := len(out) - 1
		if out[k].Picture == 0 {
			out[k].Text = strings.TrimRight(out[k].Text, " \t\u00a0")
			if out[k].Text == "" {
				out = out[:k]
				continue
			}
		}
		break
	}
	for len(out) > 0 && out[0].Newline { // and those at the beginning
		out = out[1:]
	}
	return out
}
