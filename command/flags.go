package command

import (
	"errors"
	"strings"

	"github.com/spf13/pflag"

	"zenobis/config"
)

// The annotations of a flag that its help is made from.
const (
	asHeading = "heading"
	asValue   = "value"
	asDefault = "default"
	asExample = "example"
)

// flags registers flags, each with the name of its value, its default and an
// example, under one heading of the help.
type flags struct {
	*pflag.FlagSet
	heading string
}

func (f flags) note(name, value, def, example string) {
	f.Lookup(name).Annotations = map[string][]string{asHeading: {f.heading}, asValue: {value}, asDefault: {def}, asExample: {example}}
}

// text is a flag with one value, which is not empty: a script whose variable is
// empty means something else than one without the flag. def says what counts
// without it.
func (f flags) text(to *string, name, value, says, def, example string) {
	f.Var((*textValue)(to), name, says)
	f.note(name, value, def, example)
}

// field is a text flag that may be empty: the field is empty then, whatever it
// would be filled with.
func (f flags) field(to *string, name, value, says, def, example string) {
	f.StringVar(to, name, "", says)
	f.note(name, value, def, example)
}

// errEmpty refuses a flag without a value.
var errEmpty = errors.New("is empty")

// textValue is a text that is not empty.
type textValue string

func (v *textValue) String() string { return string(*v) }
func (v *textValue) Type() string   { return "string" }
func (v *textValue) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		return errEmpty
	}
	*v = textValue(s)
	return nil
}

// checked is a text flag that refuses what can't be.
func (f flags) checked(to *string, name, value, says, def, example string, check func(string) error) {
	f.Var(checkedValue{(*textValue)(to), check}, name, says)
	f.note(name, value, def, example)
}

// checkedValue is a text that something is asked of.
type checkedValue struct {
	*textValue
	check func(string) error
}

// Set implements pflag.Value.
func (v checkedValue) Set(s string) error {
	if strings.TrimSpace(s) != "" {
		if err := v.check(s); err != nil {
			return err
		}
	}
	return v.textValue.Set(s)
}

// on is a flag that switches something on.
func (f flags) on(to *bool, name, says string) {
	f.BoolVar(to, name, false, says)
	f.note(name, "", "off", "")
}

// list is a flag that can be given several times.
func (f flags) list(to *[]string, name, value, says, example string) {
	f.Var((*listValue)(to), name, says+"; can be repeated")
	f.note(name, value, "none", example)
}

// listValue gathers the values of a repeated flag.
type listValue []string

func (l *listValue) String() string { return strings.Join(*l, ", ") }
func (l *listValue) Type() string   { return "list" }
func (l *listValue) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		return errEmpty
	}
	*l = append(*l, s)
	return nil
}

// setting is a flag that sets a key of the configuration for this run, so that
// the site's locks hold for it.
func (c *call) setting(f flags, key, name, value, says, def, example string) {
	f.Var(settingValue{c.settings, key}, name, says)
	f.note(name, value, def, example)
}

// settingValue keeps what a flag says of a setting.
type settingValue struct {
	settings map[string]string
	key      string
}

func (v settingValue) String() string { return v.settings[v.key] }
func (v settingValue) Type() string   { return "string" }
func (v settingValue) Set(s string) error {
	if strings.TrimSpace(s) == "" {
		return errEmpty
	}
	if err := config.Check(v.key, s); err != nil {
		return err
	}
	v.settings[v.key] = s
	return nil
}
