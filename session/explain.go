package session

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/safetext"
)

// The exit statuses: export/failure says which kind of failure has which.
const (
	StatusDone        = failure.StatusDone
	StatusFailed      = failure.StatusFailed
	StatusUsage       = failure.StatusUsage
	StatusLogin       = failure.StatusLogin
	StatusRefused     = failure.StatusRefused
	StatusInterrupted = failure.StatusInterrupted
)

// Explanation is an error for a person: what happened, the likely cause, and
// what to do now. Its texts begin in lower case and have no full stop.
type Explanation struct {
	Kind failure.Kind
	What string
	Why  string // "" where What says all
	Do   string // "" where there is nothing to be done
}

// Explain words an error for a person. Nothing in it is secret.
func Explain(err error) Explanation {
	var bad *config.Error
	if errors.As(err, &bad) {
		return Explanation{Kind: failure.Configuration, What: failure.Text(err)}
	}
	x := Explanation{Kind: failure.Of(err), What: failure.Text(err)}
	w := wordsFor(err)
	var f *failure.Error
	if errors.As(err, &f) { // whoever met it has said what was tried
		x.What, x.Why, x.Do = clean(f.What), clean(f.Why), clean(f.Do)
		if len(f.Fields) > 0 {
			x.Why = fieldsText(f)
		}
	} else if w.what != "" {
		x.What, x.Why = w.what, w.why+" ("+x.What+")"
		x.Why = strings.TrimSpace(x.Why)
	}
	var limit *export.LimitError
	if errors.As(err, &limit) && x.Do == "" {
		x.Do = clean(limit.Hint)
	}
	if x.Do == "" {
		x.Do = w.act
	}
	return x
}

func clean(s string) string { return safetext.Redact(safetext.Line(s)) }

// Message is what happened with its cause, in one line.
func (x Explanation) Message() string {
	if x.Why == "" {
		return x.What
	}
	return x.What + ": " + x.Why
}

// String is the whole as sentences.
func (x Explanation) String() string {
	var s []string
	for _, part := range []string{x.What, x.Why, x.Do} {
		if part != "" {
			s = append(s, Sentence(part))
		}
	}
	return strings.Join(s, " ")
}

// Sentence starts a text with a capital and ends it with a full stop.
func Sentence(s string) string {
	if s == "" {
		return ""
	}
	if first, n := utf8.DecodeRuneInString(s); !strings.HasPrefix(s, "openBIS") && !strings.HasPrefix(s, "zenobis") {
		s = string(unicode.ToUpper(first)) + s[n:]
	}
	if !strings.ContainsRune(".!?", rune(s[len(s)-1])) {
		s += "."
	}
	return s
}

// fieldsText names what is wrong with which field.
func fieldsText(f *failure.Error) string {
	var s []string
	for _, field := range f.Fields {
		s = append(s, FieldName(field.Field)+": "+clean(strings.Join(field.Messages, " ")))
	}
	return strings.Join(s, "; ")
}

// FieldName words the path of a field for a person, who counts from 1:
// "creators.0.orcid" is "creator 1, orcid". Paths of Zenodo's own form, such as
// "metadata.creators.0.person_or_org.identifiers.0.identifier", are read too.
func FieldName(path string) string {
	parts := strings.Split(strings.TrimPrefix(path, "metadata."), ".")
	name := strings.ReplaceAll(parts[0], "_", " ")
	rest := parts[1:]
	if len(rest) > 0 {
		if i, err := strconv.Atoi(rest[0]); err == nil {
			name, rest = fmt.Sprintf("%s %d", strings.TrimSuffix(name, "s"), i+1), rest[1:]
		}
	}
	for i := len(rest) - 1; i >= 0; i-- { // the innermost name says most
		if _, err := strconv.Atoi(rest[i]); err != nil && rest[i] != "identifier" && rest[i] != "id" {
			return clean(name + ", " + strings.ReplaceAll(strings.TrimSuffix(rest[i], "s"), "_", " "))
		}
	}
	return clean(name)
}
