package zenodotest

import (
	_ "embed" // the style of the site's pages
	"strconv"

	h "zenobis/hypertext"
)

//go:embed pages.css
var pageStyle string

// pageFrame is a page of the site: HTML and CSS only, readable in a text browser too.
func pageFrame(d pageData, body ...h.Node) string {
	return h.String(h.HTML("<!doctype html>\n"), h.Block("html", h.Attr("lang", "en"),
		h.Block("head",
			h.El("meta", h.Attr("charset", "utf-8")),
			h.El("meta", h.Attr("name", "viewport"), h.Attr("content", "width=device-width, initial-scale=1")),
			h.El("title", h.Text(d.Title+" — "+d.Site)),
			h.Block("style", h.HTML(pageStyle))),
		h.Block("body",
			h.El("header", h.El("a", h.Attr("href", "/"), h.El("strong", h.Text(d.Site))), h.Link("/", "Uploads"),
				h.Link("/account/settings/applications/tokens/new/", "Token")),
			h.El("div", h.Class("practice"), h.Text(d.Practice)),
			h.Block("main", body...))))
}

// A card is a part of a page.
func card(title string, parts ...h.Node) h.Node {
	return h.Block("section", h.El("h2", h.Text(title)), h.Group(parts))
}

func soft(text string) h.Node { return h.El("span", h.Class("soft"), h.Text(text)) }

func tag(text string) h.Node { return h.El("span", h.Class("tag"), h.Text(text)) }

func code(text string) h.Node { return h.El("code", h.Text(text)) }

func space() h.Node { return h.Text(" ") }

// tableHead is the first line of a table.
func tableHead(names ...string) h.Node {
	return h.El("tr", h.Each(names, func(n string) h.Node { return h.El("th", h.Text(n)) }))
}

// plainPart tells something; a deleted record has its tombstone below.
func plainPart(d pageData) h.Node {
	return h.Block("section", h.El("h1", h.Text(d.Title)), h.El("p", h.Text(d.Notice)),
		h.If(d.Tombstone != "", h.El("p", h.Class("soft"), h.Text(d.Tombstone))), h.El("p", h.Link("/", "Uploads")))
}

// homePart lists the drafts and records.
func homePart(d pageData) h.Node {
	list := h.El("p", h.Class("soft"), h.Text("Nothing yet. What zenobis uploads appears here."))
	if len(d.Items) > 0 {
		list = h.Block("table", tableHead("Title", "Status", "DOI", "Changed"), h.Each(d.Items, func(it pageItem) h.Node {
			return h.El("tr", h.El("td", h.Link(it.URL, it.Title)), h.El("td", tag(it.Status)), h.El("td", code(it.DOI)),
				h.El("td", h.Class("num soft"), h.Text(it.Date)))
		}))
	}
	return h.Block("section", h.El("h1", h.Text("Uploads")), list)
}

// tokenPart shows the token that the instance accepts.
func tokenPart(d pageData) h.Node {
	return h.Block("section", h.El("h1", h.Text(d.Title)),
		h.El("p", h.Text("On the real site this form asks for a name and the scopes "), code("deposit:write"), h.Text(" and "),
			code("deposit:actions"), h.Text(", and shows the token once. Here is the one that this practice instance accepts:")),
		h.El("code", h.Class("token"), h.Text(d.Token)))
}

// filesPart lists the files of a draft or record.
func filesPart(d pageData) h.Node {
	if len(d.Files) == 0 {
		return card("Files", h.El("p", h.Class("soft"), h.Text("No files yet.")))
	}
	total := strconv.Itoa(len(d.Files)) + " files, " + d.Total
	if d.Restricted {
		total += ", restricted"
	}
	rows := h.Each(d.Files, func(f pageFile) h.Node {
		name, size := h.Node(h.Text(f.Key)), h.Node(h.Text(f.Size))
		if f.URL != "" {
			name = h.Link(f.URL, f.Key)
		}
		if f.Pending {
			size = tag("uploading")
		}
		return h.El("tr", h.El("td", name), h.El("td", h.Class("num"), size), h.El("td", code(f.MD5)))
	})
	return card("Files", h.Block("table", tableHead("Name", "Size", "MD5"), rows), h.El("p", h.Class("soft"), h.Text(total)))
}

// factsPart is what describes a draft or record, beside title and description.
func factsPart(d pageData) h.Node {
	row := func(name string, value ...h.Node) h.Node {
		return h.El("tr", h.El("th", h.Text(name)), h.El("td", value...))
	}
	said := func(name, text string) h.Node { return h.If(text != "", row(name, h.Text(text))) }
	lines := func(list []string) h.Node {
		return h.Each(list, func(s string) h.Node { return h.Line{h.Text(s), h.El("br")} })
	}
	many := func(name string, list []string) h.Node { return h.If(len(list) > 0, row(name, lines(list))) }
	doi, creators := soft("assigned when published"), lines(d.MD.Creators)
	switch {
	case d.DOI != "" && d.Published && !d.Draft:
		doi = h.El("a", h.Attr("href", d.DOIURL), code(d.DOI))
	case d.DOI != "":
		doi = h.Line{code(d.DOI), space(), soft("(reserved)")}
	}
	if len(d.MD.Creators) == 0 {
		creators = soft("none")
	}
	return card("Details", h.Block("table",
		said("Type", d.MD.Type), row("DOI", doi),
		h.If(d.ConceptDOI != "", row("All versions", code(d.ConceptDOI))),
		row("Creators", creators), many("Contributors", d.MD.Contributors), said("Licence", d.MD.License),
		h.If(len(d.MD.Keywords) > 0, row("Keywords", h.Each(d.MD.Keywords, tag))),
		many("Related works", d.MD.Related), said("Publisher", d.MD.Publisher)))
}

// moreParts are the further descriptions.
func moreParts(d pageData) h.Node {
	return h.Each(d.MD.More, func(m pageText) h.Node { return card(m.Label, m.HTML) })
}

// draftPart is the form of a draft.
func draftPart(d pageData) h.Node {
	field := func(id, name, label, value string) h.Node {
		return h.Line{h.El("label", h.Attr("for", id), h.Text(label)),
			h.El("input", h.Attr("type", "text"), h.Attr("id", id), h.Attr("name", name), h.Attr("value", value))}
	}
	button := func(look, action, label string) h.Node {
		return h.El("button", h.If(look != "", h.Attr("class", look)), h.Attr("name", "action"), h.Attr("value", action), h.Text(label))
	}
	publish, discard := "Publish", "Delete draft"
	if d.Community != "" && !d.CanPublish && d.Review == "created" {
		publish = "Submit for review"
	}
	if d.Published {
		discard = "Discard changes"
	}
	first := button("main", "publish", publish)
	if d.State == "in_review" {
		first = soft("In review: the community decides.")
	}
	problems := h.Each(d.Errors, func(e string) h.Node { return h.El("li", h.Text(e)) })
	return h.Group{
		h.El("p", tag(d.Status), h.If(d.Community != "", h.Line{space(), soft("for the community “" + d.Community + "”")})),
		h.If(d.Notice != "", h.El("section", h.El("p", h.Text(d.Notice)))),
		h.If(len(d.Errors) > 0, h.El("section", h.Class("errors"),
			h.El("h2", h.Text("The draft was not published")), h.Block("ul", problems))),
		filesPart(d),
		h.Block("form", h.Attr("method", "post"), h.Attr("action", "/uploads/"+d.ID),
			h.El("input", h.Attr("type", "hidden"), h.Attr("name", "nonce"), h.Attr("value", d.Nonce)),
			h.Block("section",
				field("title", "title", "Title", d.MD.Title),
				field("date", "publication_date", "Publication date", d.MD.Date),
				field("version", "version", "Version", d.MD.Version),
				h.Line{h.El("label", h.Attr("for", "description"), h.Text("Description "), soft("(HTML)")),
					h.El("textarea", h.Attr("id", "description"), h.Attr("name", "description"), h.Text(d.MD.DescriptionSource))},
				h.Block("div", h.Class("bar"), first, button("", "save", "Save draft"), button("bad", "discard", discard),
					h.Link("/records/"+d.ID+"?preview=1", "Preview")))),
		factsPart(d), moreParts(d),
	}
}

// recordPart is the landing page of a record.
func recordPart(d pageData) h.Node {
	above := h.Line{tag("preview"), space(), h.Link("/uploads/"+d.ID, "Back to the form")}
	if !d.Draft {
		date := d.MD.Date
		if d.MD.Version != "" {
			date += " · version " + d.MD.Version
		}
		above = h.Line{tag("published"), space(), soft(date)}
	}
	return h.Group{
		h.El("p", above), h.El("section", h.El("h1", h.Text(d.MD.Title)), d.MD.Description),
		filesPart(d), factsPart(d), moreParts(d),
	}
}
