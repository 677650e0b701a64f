package richtext

import "strings"

func set(names string) map[string]bool {
	m := map[string]bool{}
	for n := range strings.FieldsSeq(names) {
		m[n] = true
	}
	return m
}

// elements says what is known of the elements of HTML and MathML.
type elements struct {
	known    map[string]bool
	void     map[string]bool // have no end
	optional map[string]bool // their end may be left out
	block    map[string]bool // end a paragraph
	format   map[string]bool // go on after a paragraph's end if nothing ended them
	skipped  map[string]bool // their content is never seen
	math     map[string]bool // of MathML
}

// tags are the elements of HTML and MathML.
var tags = newElements()

func newElements() elements {
	e := elements{
		void:     set("area base br col embed hr img input link meta param source track wbr"),
		optional: set("p li dt dd tr td th thead tbody tfoot colgroup caption html body head option optgroup rt rp"),
		block: set(
			"address article aside blockquote center dd details dir div dl dt fieldset figcaption figure footer form h1 h2 h3 h4 h5 h6 header " +
				"hgroup hr li main menu nav " +
				"ol p pre section summary table ul tr td th thead tbody tfoot caption colgroup html body head",
		),
		format:  set("a b big code em font i s small strike strong tt u span sub sup mark del ins"),
		skipped: set("script style title template noembed noframes noscript iframe"),
		math: set(
			"math mi mn mo ms mtext mspace mrow mfrac msqrt mroot msup msub msubsup munder mover munderover mtable mtr mtd mstyle mfenced " +
				"mpadded mphantom menclose merror " +
				"semantics annotation annotation-xml",
		),
	}
	e.known = set(
		"abbr acronym audio bdi bdo button canvas cite data datalist dfn iframe kbd label legend map meter nobr object oembed output " +
			"picture progress q ruby samp " +
			"search select svg textarea time var video",
	)
	for _, m := range []map[string]bool{e.void, e.optional, e.block, e.format, e.skipped, e.math} {
		for n := range m {
			e.known[n] = true
		}
	}
	return e
}
