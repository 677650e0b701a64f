package record

import (
	"cmp"
	"fmt"
	"html"
	"regexp"
	"slices"
	"strings"

	"zenobis/human"
	"zenobis/openbis"
	"zenobis/richtext"
)

// placeholders of templates: of the first selected entity, its project, and the
// year of the publication date. Descriptions have what the selected entities say
// they are about and the list of contents as well.
var (
	titlePlaceholders       = []string{"name", "code", "project", "space", "year"}
	descriptionPlaceholders = append(slices.Clone(titlePlaceholders), "goal", "contents")
	placeholder             = regexp.MustCompile(`\{([A-Za-z_]*)\}`)
)

// CheckTitleTemplate says what is wrong with a template for titles.
func CheckTitleTemplate(t string) error { return checkTemplate(t, titlePlaceholders) }

// CheckDescriptionTemplate says what is wrong with a template for descriptions.
func CheckDescriptionTemplate(t string) error { return checkTemplate(t, descriptionPlaceholders) }

func checkTemplate(t string, known []string) error {
	for _, m := range placeholder.FindAllStringSubmatch(t, -1) {
		if !slices.Contains(known, m[1]) {
			near := ""
			if n := human.Nearest(m[1], known); n != "" {
				near = ": did you mean {" + n + "}?"
			}
			return fmt.Errorf("unknown placeholder {%s}%s; there are {%s}", m[1], near, strings.Join(known, "}, {"))
		}
	}
	return nil
}

// expand puts values in the place of {name} and the like, as one line; what has
// no value leaves nothing behind, nor what separated it.
func expand(template string, values map[string]string) string {
	const none = "\x00"
	s := placeholder.ReplaceAllStringFunc(template, func(s string) string { return cmp.Or(oneLine(values[s[1:len(s)-1]]), none) })
	if strings.Contains(s, none) {
		s = bracketed.ReplaceAllString(s, "")
		s = leading.ReplaceAllString(s, "")
		s = strings.ReplaceAll(emptied.ReplaceAllString(s, ""), none, "")
	}
	return oneLine(s)
}

var (
	bracketed = regexp.MustCompile(`\s*[(\[]\s*\x00\s*[)\]]`)         // "Films (\x00)"
	leading   = regexp.MustCompile(`^\s*(?:\x00\s*[,;:·|/–—-]*\s*)+`) // "\x00, Films"
	emptied   = regexp.MustCompile(`(?:\s*[,;:·|/–—-]+\s*|\s+)\x00`)  // "Films, \x00, 2026"
)

// expandHTML does so in plain text or HTML, where {goal} and {contents} stand for
// whole paragraphs.
func expandHTML(template string, values map[string]string, goal, contents string) string {
	blocks := map[string]string{"goal": goal, "contents": contents}
	if !richtext.Is("", "", template) {
		template = DescriptionHTML(template)
	}
	for name, block := range blocks {
		template = strings.ReplaceAll(template, "<p>{"+name+"}</p>", block)
	}
	return placeholder.ReplaceAllStringFunc(template, func(s string) string {
		name := s[1 : len(s)-1]
		if block, ok := blocks[name]; ok {
			return block
		}
		return html.EscapeString(values[name])
	})
}

// placeholders are the values of this selection.
func (d *defaults) placeholders(date string) map[string]string {
	values := map[string]string{"name": defaultTitle(d.roots)}
	if len(date) >= 4 {
		values["year"] = date[:4]
	}
	if len(d.roots) == 0 {
		return values
	}
	e := &d.roots[0]
	values["code"] = e.Code
	parts := strings.Split(strings.Trim(e.Identifier, "/"), "/")
	switch {
	case e.Kind == openbis.KindDataSet || len(parts) == 0:
		parts = nil
	case e.Kind == openbis.KindObject && len(parts) < 3, e.Kind == openbis.KindProject && len(parts) < 2, e.Kind == openbis.KindSpace:
		parts = parts[:1]
	}
	if len(parts) > 0 {
		values["space"] = openbis.PrettyCode(parts[0])
	}
	if len(parts) > 1 {
		values["project"] = openbis.PrettyCode(parts[1])
	}
	if p := e.ProjectRef; p != nil {
		values["project"] = openbis.PrettyCode(p.Code)
		if p.Name != "" {
			values["project"] = p.Name
		}
	}
	return values
}
