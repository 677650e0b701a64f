package names

import (
	"fmt"
	"math/rand/v2"
	"path"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"zenobis/openbis"
)

func entityNamed(kind openbis.Kind, code, name, permID string) *openbis.Entity {
	return &openbis.Entity{Ref: openbis.Ref{Kind: kind, Code: code, Name: name, PermID: permID}}
}

func TestPlace(t *testing.T) {
	long := strings.Repeat("Ä very long name ", 10)
	project := Place{Folder: "LAB/CELLS", Page: "LAB/CELLS"}
	coll := Place{Folder: "LAB/CELLS/Default Experiment (DEFAULT_EXPERIMENT)"}
	for _, c := range []struct {
		name   string
		e      *openbis.Entity
		parent Place
		want   string
	}{
		{"space", entityNamed(openbis.KindSpace, "LAB", "ignored", "LAB"), Place{}, "LAB"},
		{"project", entityNamed(openbis.KindProject, "CELLS", "", "1"), Place{Folder: "LAB"}, "LAB/CELLS"},
		{"collection", entityNamed(openbis.KindCollection, "DEFAULT_EXPERIMENT", "Default Experiment", "2"), project,
			"LAB/CELLS/Default Experiment (DEFAULT_EXPERIMENT)"},
		{"without a name", entityNamed(openbis.KindCollection, "EXP_1", "", "2"), project, "LAB/CELLS/EXP_1"},
		{"object", entityNamed(openbis.KindObject, "EXP1", "Thaw", "3"), coll, coll.Folder + "/Thaw (EXP1)"},
		{"object in a project", entityNamed(openbis.KindObject, "EXP1", "Thaw", "3"), project, "LAB/CELLS/Thaw (EXP1, object)"},
		{"object in a space", entityNamed(openbis.KindObject, "EXP1", "", "3"), Place{Folder: "LAB"}, "LAB/EXP1 (object)"},
		{"slash, backslash, colon", entityNamed(openbis.KindObject, "E1", `a/b\c: d?`, "3"), coll, coll.Folder + "/a_b_c_ d_ (E1)"},
		{"way up", entityNamed(openbis.KindObject, "E1", "../../etc", "3"), coll, coll.Folder + "/_.._etc (E1)"},
		{"joiners", entityNamed(openbis.KindObject, "E1", "می\u200cخواهم", "3"), coll, coll.Folder + "/می\u200cخواهم (E1)"},
		{"direction", entityNamed(openbis.KindObject, "E1", "abc\u202egpj", "3"), coll, coll.Folder + "/abcgpj (E1)"},
		{"decomposed", entityNamed(openbis.KindObject, "E1", "Gro\u0308ße", "3"), coll, coll.Folder + "/Größe (E1)"},
		{"nothing left", entityNamed(openbis.KindObject, "E1", " .. ", "3"), coll, coll.Folder + "/E1"},
		{"device as a name", entityNamed(openbis.KindObject, "E1", "con.x", "3"), coll, coll.Folder + "/_con.x (E1)"},
		{"long name", entityNamed(openbis.KindObject, "E1", long, "3"), project,
			"LAB/CELLS/Ä very long name Ä very long name Ä very lon (E1, object)"},
		{"data set", entityNamed(openbis.KindDataSet, "20240302092000000-6", "Raw", "20240302092000000-6"), coll, coll.Folder +
			"/Raw (20240302092000000-6)"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := NewTree([]string{"html", "json", "txt", "docx"}).Place(c.e, c.parent).Folder; got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
		})
	}
}

// Codes that can't stand as they are carry a hash of the entity's own permId.
func TestPlaceOfHardCodes(t *testing.T) {
	for _, code := range []string{"CON", "NUL.X", "A.", "a", "PLATE:A1", "X.HTML", "X.CSV", strings.Repeat("LONG", 20), "../..", ""} {
		n := NewTree([]string{"html", "json", "txt", "docx"})
		one := n.Place(entityNamed(openbis.KindCollection, code, "", "1"), Place{Folder: "LAB/P"}).Folder
		two := n.Place(entityNamed(openbis.KindCollection, code, "", "2"), Place{Folder: "LAB/P"}).Folder
		checkPart(t, path.Base(one))
		if Fold(one) == Fold(two) || !strings.Contains(one, "~") {
			t.Errorf("code %q: %q and %q", code, one, two)
		}
	}
	// Some disks don't tell small letters from capital ones.
	own := map[string]bool{"MANIFESTS": true, "INDEX": true, "OMITTED": true, "OPENBIS-TYPES": true, "RO-CRATE-METADATA": true,
		"MANIFEST-SHA256": true, "README.MD": true, "README": false, "MANIFEST": false}
	for code, taken := range own {
		n := NewTree([]string{"html", "json", "txt", "docx"})
		space := n.Place(entityNamed(openbis.KindSpace, code, "", code), Place{})
		if (space.Folder != code) != taken {
			t.Errorf("space %s lies in %s", code, space.Folder)
		}
		if got := n.Place(entityNamed(openbis.KindProject, code, "", code), space).Folder; code != "README.MD" && got != space.Folder+"/"+code {
			t.Errorf("project %s lies in %s", code, got)
		}
	}
}

func checkPart(t testing.TB, part string) {
	t.Helper()
	stem, _, _ := strings.Cut(part, ".")
	switch {
	case part == "", len(part) > maxPart, part == ".", part == "..", strings.ContainsAny(part, `/\:*?"<>|`), !utf8.ValidString(part),
		!norm.NFC.IsNormalString(part), strings.HasSuffix(part, " "), strings.HasSuffix(part, "."), strings.HasPrefix(part, " "), reserved(stem):
		t.Errorf("unsafe part %q (%d bytes)", part, len(part))
	}
	for _, r := range part {
		if unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp) {
			t.Errorf("part %q holds %U", part, r)
		}
	}
}

// tree is a lab with names and codes that fall together as far as openBIS lets them.
func tree(r *rand.Rand) (list []*openbis.Entity, up map[*openbis.Entity]*openbis.Entity) {
	up = map[*openbis.Entity]*openbis.Entity{}
	pick := func(from ...string) string { return from[r.IntN(len(from))] }
	name := func() string {
		return pick(
			"",
			"",
			"A",
			"a",
			"A (B)",
			"CON",
			"x/y",
			"x\\y",
			"ä",
			"a\u0308",
			"e\u202ex",
			"Größe.html",
			strings.Repeat("測定", 40),
			strings.Repeat("Name ", 30),
			"..",
			"a.",
			"nul.txt",
			"B, object",
		)
	}
	serial := 0
	add := func(kind openbis.Kind, code, name string, parent *openbis.Entity) *openbis.Entity {
		serial++
		e := entityNamed(kind, code, name, fmt.Sprintf("20240302092000000-%d", serial))
		if kind == openbis.KindSpace {
			e.PermID = code
		}
		if kind == openbis.KindDataSet {
			e.Code = e.PermID
		}
		list, up[e] = append(list, e), parent
		return e
	}
	codes := func() []string {
		all := []string{
			"A",
			"B",
			"A.HTML",
			"A.CSV",
			"CON",
			"A.",
			"B-1",
			"B_1",
			strings.Repeat("C", 60),
			strings.Repeat("C", 59) + "D",
			"20240302092000000-3",
			"MANIFESTS",
			"INDEX",
			"OBJECT",
		}
		r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
		return all[:1+r.IntN(len(all)-1)]
	}
	for _, s := range codes() {
		space := add(openbis.KindSpace, s, "", nil)
		for _, o := range codes()[:1] {
			add(openbis.KindObject, o, name(), space)
		}
		for _, p := range codes() {
			project := add(openbis.KindProject, p, "", space)
			taken := map[string]bool{} // objects of a project share their codes
			object := func(parent *openbis.Entity) {
				for _, o := range codes() {
					if !taken[o] {
						taken[o] = true
						e := add(openbis.KindObject, o, name(), parent)
						for range r.IntN(3) {
							add(openbis.KindDataSet, "", name(), e)
						}
					}
				}
			}
			for _, c := range codes()[:1] {
				coll := add(openbis.KindCollection, c, name(), project)
				object(coll)
				add(openbis.KindDataSet, "", name(), coll)
			}
			object(project)
		}
	}
	return list, up
}

func TestPlacesAreSafeUniqueAndStable(t *testing.T) {
	seeds := uint64(12)
	if testing.Short() {
		seeds = 3
	}
	for seed := range seeds {
		r := rand.New(rand.NewPCG(seed, 1))
		list, up := tree(r)
		all := map[*openbis.Entity]Place{}
		n := NewTree([]string{"html", "json", "txt", "docx"})
		for _, e := range list {
			all[e] = n.Place(e, all[up[e]])
		}
		taken := map[string]*openbis.Entity{}
		claim := func(p string, e *openbis.Entity) {
			if was := taken[Fold(p)]; was != nil && was != e {
				t.Fatalf("seed %d: %q belongs to %v and %v", seed, p, was.Ref, e.Ref)
			}
			taken[Fold(p)] = e
		}
		for _, e := range list {
			p := all[e]
			checkPart(t, path.Base(p.Folder))
			if e.Kind == openbis.KindDataSet && len(p.Folder) > maxFolder {
				t.Errorf("%d bytes: %q", len(p.Folder), p.Folder)
			}
			claim(p.Folder, e)
			if p.Page != "" {
				for _, ext := range []string{".html", ".json", ".txt", ".docx", ".Sheet.csv"} {
					claim(p.Page+ext, e)
				}
			}
		}
		// Another order, and only some of the siblings: nobody moves.
		some := map[*openbis.Entity]Place{}
		n = NewTree([]string{"html", "json", "txt", "docx"})
		order := r.Perm(len(list))
		var place func(e *openbis.Entity) Place
		place = func(e *openbis.Entity) Place {
			if e == nil {
				return Place{}
			}
			if p, ok := some[e]; ok {
				return p
			}
			some[e] = n.Place(e, place(up[e]))
			return some[e]
		}
		for _, i := range order[:len(order)/2] {
			if got := place(list[i]); got != all[list[i]] {
				t.Fatalf("seed %d: %v moved from %q to %q", seed, list[i].Ref, all[list[i]].Folder, got.Folder)
			}
		}
	}
}

func TestFilePath(t *testing.T) {
	n := NewTree([]string{"html", "json", "txt", "docx"})
	for _, c := range [][2]string{
		{"original/a b%.txt", "D/original/a b%.txt"},
		{"original/A B%.TXT", "D/original/A B%~" + Hash("original/A B%.TXT", 8) + ".TXT"},
		{"original/Größe/測定.tif", "D/original/Größe/測定.tif"},
		{"original/e\u0301.txt", "D/original/e\u0301.txt"},
		{"original/a:b.txt", "D/original/a_b~" + Hash("a:b.txt", 8) + ".txt"},
		{"original/../x", "D/original/__~" + Hash("..", 8) + "/x"},
		{"original/x", "D/original/x"},
		{"original/X/y", "D/original/X~" + Hash("original/X/y", 8) + "/y"},
		{strings.Repeat("l", 300), "D/" + strings.Repeat("l", 300)},
	} {
		if got := n.FilePath("D", c[0]); got != c[1] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[1])
		}
	}
	if got := n.FilePath("E", "original/x"); got != "E/original/x" {
		t.Errorf("another data set: %q", got)
	}
}

func TestFlatKey(t *testing.T) {
	taken := map[string]bool{}
	seen := func(f string) bool { return taken[f] }
	for _, c := range [][2]string{
		{"original/a.txt", "20240302092000000-6--original--a.txt"},
		{"original/A.txt", "20240302092000000-6--original--A~" + Hash("original/A.txt+", 8) + ".txt"},
		{"original--b.txt", "20240302092000000-6--original--b~" + Hash("original--b.txt", 8) + ".txt"},
		{"original/b.txt", "20240302092000000-6--original--b.txt"},
	} {
		got := FlatKey("20240302092000000-6", c[0], seen)
		if got != c[1] {
			t.Errorf("%q: got %q, want %q", c[0], got, c[1])
		}
		taken[Fold(got)] = true
	}
	long := FlatKey("20240302092000000-6", strings.Repeat("測", 100)+"/x.tiff", nil)
	if len(long) > maxFlatKey || !strings.HasSuffix(long, ".tiff") || !utf8.ValidString(long) {
		t.Errorf("%d bytes: %q", len(long), long)
	}
}

func FuzzNames(f *testing.F) {
	f.Add("EXP1", "Thaw", "original/a.txt", "original/A.txt")
	f.Add("con", "..", "../x", "/x//y/")
	f.Add("A.HTML", "\xff\u202e", "a\\b:c", "a_b_c")
	f.Add("", " . ", "", ".")
	f.Fuzz(func(t *testing.T, code, name, one, two string) {
		n := NewTree([]string{"html", "json", "txt", "docx"})
		coll := n.Place(entityNamed(openbis.KindCollection, code, name, "1"), Place{Folder: "LAB/P"})
		object := n.Place(entityNamed(openbis.KindObject, code, name, "2"), coll)
		loose := n.Place(entityNamed(openbis.KindObject, code, name, "3"), Place{Folder: "LAB/P"})
		set := n.Place(entityNamed(openbis.KindDataSet, code, name, "4"), object)
		for _, p := range []Place{coll, object, loose, set} {
			checkPart(t, path.Base(p.Folder))
		}
		if len(set.Folder) > maxFolder || Fold(coll.Folder) == Fold(loose.Folder) {
			t.Errorf("%q %q", set.Folder, loose.Folder)
		}
		if s := Safe(name); Safe(s) != s {
			t.Errorf("Safe(%q) = %q is not stable", name, s)
		}
		a, b := n.FilePath(set.Folder, one), n.FilePath(set.Folder, two)
		if strings.Trim(one, "/") != strings.Trim(two, "/") &&
			(Fold(a) == Fold(b) || strings.HasPrefix(Fold(b), Fold(a)+"/") || strings.HasPrefix(Fold(a), Fold(b)+"/")) {
			t.Errorf("%q and %q fall together: %q %q", one, two, a, b)
		}
		for _, p := range strings.Split(a, "/")[strings.Count(set.Folder, "/")+1:] {
			if p == "" || p == "." || p == ".." || strings.ContainsAny(p, "\\:\x00\n") || !utf8.ValidString(p) || strings.HasSuffix(p, ".") {
				t.Errorf("unsafe part %q of %q", p, a)
			}
		}
		key := FlatKey(code, one, nil)
		other := FlatKey(code, two, func(k string) bool { return k == Fold(key) })
		if len(key) > maxFlatKey || Safe(key) != key || Fold(key) == Fold(other) {
			t.Errorf("keys %q and %q", key, other)
		}
	})
}

// Names that some disk takes for the same stay apart.
func TestFold(t *testing.T) {
	for _, c := range [][2]string{{"straße.txt", "STRASSE.TXT"}, {"ΣΊΣΥΦΟΣ", "σίσυφος"}, {"Å", "A\u030a"}, {"ǰ",
		"J\u030c"}, {"abc", "ABC"}, {"ﬁ", "FI"}} {
		if Fold(c[0]) != Fold(c[1]) {
			t.Errorf("%q and %q: %q, %q", c[0], c[1], Fold(c[0]), Fold(c[1]))
		}
	}
	taken := map[string]bool{}
	var keys []string
	for _, f := range []string{"straße.txt", "strasse.txt"} {
		keys = append(keys, FlatKey("D", f, func(folded string) bool { return taken[folded] }))
		taken[Fold(keys[len(keys)-1])] = true
	}
	if len(taken) != 2 {
		t.Errorf("%q", keys)
	}
	tree := NewTree([]string{"html", "json", "txt", "docx"})
	if a, b := tree.FilePath("D", "straße.txt"), tree.FilePath("D", "strasse.txt"); Fold(a) == Fold(b) {
		t.Errorf("%q, %q", a, b)
	}
}

func TestNatural(t *testing.T) {
	list := []string{"PLA10", "pla2", "PLA1", "a", "PLA02", "", "Ä", "PLA2b", "20250303-9", "20250303-56"}
	slices.SortFunc(list, Natural)
	want := []string{"", "20250303-9", "20250303-56", "a", "PLA1", "PLA02", "pla2", "PLA2b", "PLA10", "Ä"}
	if !slices.Equal(list, want) {
		t.Errorf("%q, want %q", list, want)
	}
}

func TestNaturalOrder(t *testing.T) {
	in := []string{"EXP10", "exp2", "EXP1", "a", "A", "a1b", "a01b", "a1", "", "b", "10", "9", "9a", "x 2", "x10",
		"äb 10", "Äb 9", "a\u0308b 11", "z"}
	slices.SortStableFunc(in, Natural)
	want := []string{"", "9", "9a", "10", "A", "a", "a1", "a01b", "a1b", "b", "EXP1", "exp2", "EXP10", "x 2", "x10", "z",
		"Äb 9", "äb 10", "a\u0308b 11"}
	if !slices.Equal(in, want) {
		t.Errorf("got  %q\nwant %q", in, want)
	}
	for _, a := range want {
		for _, b := range want {
			if x, y := Natural(a, b), Natural(b, a); x != -y || (x == 0) != (a == b) {
				t.Errorf("%q and %q: %d and %d", a, b, x, y)
			}
		}
	}
	if Natural("99999999999999999999999", "100000000000000000000000") >= 0 {
		t.Error("long numbers are not compared by their value")
	}
}

func TestIsManifest(t *testing.T) {
	for pack, entry := range map[string]string{
		Content: Manifest, ContentELN: "content/" + Manifest, Metadata: Manifest,
		"20240302092000000-3.zip":      "manifests/20240302092000000-3.sha256",
		"20240302092000000-3.1of2.zip": "manifests/20240302092000000-3.1of2.sha256", "PROJ-01.zip": "manifests/PROJ-01.sha256",
	} {
		if !IsManifest(pack, entry) {
			t.Errorf("%s in %s is not its manifest", entry, pack)
		}
		for _, other := range []string{"LAB/P/C/S/original/" + entry, "content/content/" + entry, "manifests/x.sha256", "x/" + Manifest, Readme} {
			if IsManifest(pack, other) {
				t.Errorf("%s in %s is no manifest of ours", other, pack)
			}
		}
	}
	if IsManifest("x--"+Manifest, "x--"+Manifest) || IsManifest(Readme, Manifest) {
		t.Error("a record file that is no package has no manifest")
	}
}

func TestDataSetFolder(t *testing.T) {
	const code = "20240302092000000-3"
	for file, want := range map[string][2]string{
		"LAB/P/C/S/raw (" + code + ")/original/a.txt":         {"LAB/P/C/S/raw (" + code + ")", code},
		"LAB/P/C/S/" + code + "/a.txt":                        {"LAB/P/C/S/" + code, code},
		"LAB/P/C/S/" + code + "/manifests/x.sha256":           {"LAB/P/C/S/" + code, code},
		"LAB/P/" + code + "/x/original/" + code + "--1/a":     {"LAB/P/" + code, code},
		"LAB/P/C/S/raw (OTHER)/original/original/a":           {"LAB/P/C/S/raw (OTHER)", "OTHER"},
		"content/LAB--P--S/" + code + "--original--a (b).txt": {"content/LAB--P--S/" + code, code},
		"LAB/P/C/S/raw (" + code + ").html":                   {"", ""},
		"LAB/P/C/S.html":                                      {"", ""},
		Manifest:                                              {"", ""},
		"manifests/" + code + ".sha256":                       {"", ""},
		"original/a.txt":                                      {"", ""},
	} {
		if folder, got, eln := DataSetFolder(file); folder != want[0] || got != want[1] || eln != strings.HasPrefix(file, "content/") {
			t.Errorf("%s: %q, %q, %v", file, folder, got, eln)
		}
	}
}
