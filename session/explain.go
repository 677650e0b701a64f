package session

import (
	"cmp"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"zenobis/config"
	"zenobis/export"
	"zenobis/export/failure"
	"zenobis/human"
	"zenobis/record"
	"zenobis/safetext"
	"zenobis/wire"
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
		x.What, x.Why, x.Do = safetext.Safe(f.What), safetext.Safe(f.Why), safetext.Safe(f.Do)
		if len(f.Fields) > 0 {
			x.Why = fieldsText(f)
		}
	} else if x.Kind == failure.Interrupted { // what was under way then says nothing
		x.What = "it was interrupted"
	} else if w.what != "" {
		x.What, x.Why = w.what, w.why+" ("+x.What+")"
		x.Why = strings.TrimSpace(x.Why)
	}
	var limit *export.LimitError
	if errors.As(err, &limit) && x.Do == "" {
		x.Do = safetext.Safe(limit.Hint)
	}
	if asked := wire.RetryAfter(err); asked >= time.Minute && x.Do == "" {
		x.Do = "try again in " + human.Duration(asked) + ", as the server asks"
	}
	if x.Do == "" {
		x.Do = w.act
	}
	return x
}

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
		s = append(s, fieldName(field.Field)+": "+strings.TrimSuffix(safetext.Safe(strings.Join(field.Messages, " ")), "."))
	}
	return strings.Join(s, "; ")
}

// fieldName words the path of a field for a person, who counts from 1:
// "creators.0.orcid" is "creator 1, ORCID".
func fieldName(path string) string {
	parts := strings.Split(path, ".")
	name := cmp.Or(fieldWords[parts[0]], strings.ReplaceAll(parts[0], "_", " "))
	if len(parts) == 1 {
		return safetext.Safe(name)
	}
	if i, err := strconv.Atoi(parts[1]); err == nil {
		name = fmt.Sprintf("%s %d", cmp.Or(record.One(parts[0]), name), i+1)
		parts = parts[1:]
	}
	if len(parts) > 1 && parts[1] != "identifier" {
		name += ", " + cmp.Or(fieldWords[parts[1]], parts[1])
	}
	return safetext.Safe(name)
}

// fieldWords are the words for what is called otherwise in a metadata file.
var fieldWords = map[string]string{
	"license": "licence", "record_version": "version", "publication_date": "date", "related": "related works",
	"orcid": "ORCID", "ror": "ROR id", "family": "name", "given": "given name", "affiliations": "affiliation",
}
