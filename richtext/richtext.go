// Package richtext reads the rich text of an ELN: what its word processor stores
// is HTML, what programs store in the same property may be plain text. It tells
// the two apart and turns rich text into blocks and spans, from which pages of
// every format are written: whatever was nested how, they are well formed, and
// nothing runs, loads or leads elsewhere unasked, since only what is listed here
// is ever written.
//
// Reading takes time and memory in proportion to the text, whatever it holds.
package richtext

// Kind is the kind of a block.
type Kind int

// The kinds of blocks.
const (
	Para Kind = iota
	Heading
	List
	Table
	Quote
	Pre
	Rule
)

// Block is a paragraph or what stands for one.
type Block struct {
	Kind    Kind
	Level   int     // headings: 1 to 6
	Align   string  // "", left, right, center, justify
	Spans   []Span  // paragraphs, headings, preformatted text
	Blocks  []Block // quotes
	Ordered bool    // lists
	Marks   string  // ordered lists: "1", "a", "A", "i" or "I"; "" is "1"
	Items   []Item  // lists
	Rows    [][]Cell
	Caption []Span // tables
}

// Item is one of a list.
type Item struct {
	Number int // ordered lists: what it counts
	Blocks []Block
}

// Cell is one of a table.
type Cell struct {
	Head             bool
	ColSpan, RowSpan int // at least 1
	Column           int // where it begins, from 0
	Align, Fill      string
	Blocks           []Block
}

// Style is how a span looks.
type Style struct {
	Bold, Italic, Underline, Strike, Code bool
	Raise                                 int    // 1 superscript, -1 subscript
	Color, Fill                           string // "#rrggbb", "" for none
	Link                                  string // an absolute address
	Gap                                   bool   // our own mark of something that is missing

	keep bool // white space stays as it is
}

// Span is a run of text, a line break or a picture.
type Span struct {
	Style
	Text    string // of a picture what it shows
	Newline bool
	Picture int    // number that Images gave, 0 for none
	Width   string // of a picture: "40%" or "120" pixels, "" as it is
}

// Images returns the number of the picture with an address, or why there is none.
// The address itself is never told: it may hold somebody's session.
type Images func(src string) (number int, why string)

// Doc is rich text as blocks.
type Doc struct {
	Blocks  []Block
	Missing []string // what could not be shown, one line each
}
