package jackson

import (
	"sort"
	"strings"
	"sync"
)

// Tables of what the API knows, read when they are first asked: most starts of the
// program are without the demo.
var (
	outClasses = sync.OnceValue(func() map[string]*Class { return readClasses(entityClasses, fetchClasses) })
	inClasses  = sync.OnceValue(func() map[string]map[string]string { return readInClasses(fetchClasses, requestClasses) })
	interfaces = sync.OnceValue(func() map[string]iface { return readInterfaces(interfaceTable, inClasses()) })
)

// outClass is a class that the server writes.
func outClass(name string) *Class {
	c := outClasses()[name]
	if c == nil {
		panic("jackson: unknown class " + name)
	}
	return c
}

// inClass is the fields of a class that hold more than plain JSON.
func inClass(name string) map[string]string { return inClasses()[name] }

// interfaceMembers are the classes that may stand for an interface, sorted.
func interfaceMembers(name string) []string { return interfaces()[name].members }

func javaInterface(name string) string { return javaClass(interfaces()[name].java) }

type iface struct {
	java    string
	members []string
}

// readClasses reads lines "name field field:spec ...".
func readClasses(tables ...string) map[string]*Class {
	all := map[string]*Class{}
	for _, t := range tables {
		for _, line := range rows(t) {
			f := strings.Fields(line)
			if len(f) == 0 {
				continue
			}
			c := &Class{Name: fullName(f[0]), Index: map[string]int{}}
			for i, k := range f[1:] {
				k, _, _ = strings.Cut(k, ":")
				c.Keys = append(c.Keys, k)
				c.Index[k] = i
			}
			all[c.Name] = c
		}
	}
	return all
}

// readInClasses reads the same lines for requests. A spec "space.Space" is
// Short for the fetch options of that class.
func readInClasses(fetch, request string) map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, line := range rows(fetch) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		name := fullName(f[0])
		fields := map[string]string{}
		for _, k := range f[1:] {
			if k, spec, ok := strings.Cut(k, ":"); ok {
				prefix := ""
				if strings.HasPrefix(spec, "{}") {
					prefix, spec = "{}", spec[2:]
				}
				pkg, short, _ := strings.Cut(spec, ".")
				fields[k] = prefix + "as.dto." + pkg + ".fetchoptions." + short + "FetchOptions"
			}
		}
		if sort := sortClass(name); sort != "" {
			fields["sort"] = sort
			all[sort] = map[string]string{"sortings": "[]as.dto.common.fetchoptions.Sorting"}
		}
		all[name] = fields
	}
	for _, line := range rows(request) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		fields := map[string]string{}
		for _, k := range f[1:] {
			k, spec, _ := strings.Cut(k, ":")
			i := strings.LastIndexAny(spec, "]}") + 1
			if spec[i:] != "" && !strings.HasPrefix(spec[i:], "@") {
				spec = spec[:i] + fullName(spec[i:])
			}
			fields[k] = spec
		}
		all[fullName(f[0])] = fields
	}
	return all
}

// fullName puts the package root before a name that lacks it.
func fullName(name string) string {
	if strings.HasPrefix(name, "dss.") {
		return name
	}
	return "as.dto." + name
}

// sortClass is the class of the field "sort" of fetch options.
func sortClass(fetch string) string {
	base, ok := strings.CutSuffix(fetch, "FetchOptions")
	if !ok {
		return ""
	}
	return base + "SortOptions"
}

// readInterfaces reads lines "name java.Interface member...", where a member
// "*Suffix" or "prefix*Suffix" stands for all classes of such a name.
func readInterfaces(table string, classes map[string]map[string]string) map[string]iface {
	all := map[string]iface{}
	for _, line := range rows(table) {
		f := strings.Fields(line)
		if len(f) == 0 {
			continue
		}
		i := iface{java: fullName(f[1])}
		for _, m := range f[2:] {
			prefix, suffix, many := strings.Cut(m, "*")
			if prefix != "" {
				prefix = fullName(prefix)
			}
			if !many {
				i.members = append(i.members, fullName(m))
				continue
			}
			for name := range classes {
				if strings.HasPrefix(name, prefix) && strings.HasSuffix(name, suffix) {
					i.members = append(i.members, name)
				}
			}
		}
		sort.Strings(i.members)
		all[f[0]] = i
	}
	return all
}

// rows are the lines of a table; one that begins with a tab goes on with the line
// before.
func rows(table string) []string { return strings.Split(strings.ReplaceAll(table, "\n\t", " "), "\n") }
