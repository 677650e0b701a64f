package zenodotest

import "html/template"

// pages are the site's pages: HTML and CSS only, readable in a text browser too.
var pages = template.Must(template.New("").Parse(`
{{define "top"}}<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{{.Title}} — {{.Site}}</title>
<style>
:root { --ink:#1d2733; --soft:#5b6875; --line:#d8dee5; --paper:#fff; --ground:#f4f6f8; --brand:#0b5ea8; --good:#1b7f4d; --bad:#b3261e; --tint:#eaf3fb }
@media (prefers-color-scheme: dark) { :root { --ink:#e6ebf0; --soft:#9aa7b4; --line:#323c47; --paper:#1a212a; --ground:#11161c; --brand:#6cb3f2; --good:#63cf98; --bad:#ff8a80; --tint:#1b2a38 } }
* { box-sizing:border-box }
body { margin:0; font:16px/1.55 system-ui, sans-serif; color:var(--ink); background:var(--ground) }
header { background:var(--brand); color:#fff; padding:.8rem 1.2rem; display:flex; gap:1.2rem; align-items:baseline; flex-wrap:wrap }
@media (prefers-color-scheme: dark) { header { background:#12304a } }
header a { color:#fff; text-decoration:none } header strong { font-size:1.25rem; letter-spacing:.02em }
.practice { background:var(--tint); color:var(--soft); padding:.35rem 1.2rem; font-size:.88rem; border-bottom:1px solid var(--line) }
main { max-width:60rem; margin:1.5rem auto; padding:0 1rem }
section, .card { background:var(--paper); border:1px solid var(--line); border-radius:10px; padding:1.1rem 1.3rem; margin:0 0 1rem }
h1 { font-size:1.55rem; line-height:1.25; margin:.2rem 0 .8rem } h2 { font-size:1.05rem; margin:0 0 .6rem }
a { color:var(--brand) } .soft { color:var(--soft) } code { font:.88em ui-monospace, monospace; overflow-wrap:anywhere }
label { display:block; font-weight:600; margin:.8rem 0 .25rem }
input[type=text], textarea { width:100%; font:inherit; color:inherit; background:var(--ground); border:1px solid var(--line); border-radius:6px; padding:.5rem .6rem }
textarea { min-height:9rem }
table { width:100%; border-collapse:collapse } th, td { text-align:left; padding:.45rem .5rem; border-bottom:1px solid var(--line); vertical-align:top } th { font-size:.85rem; color:var(--soft); font-weight:600 }
td.num { white-space:nowrap } .tag { display:inline-block; background:var(--tint); border-radius:999px; padding:.1rem .65rem; font-size:.85rem; margin-right:.3rem }
button { font:inherit; font-weight:600; border:1px solid var(--line); border-radius:8px; padding:.55rem 1.2rem; background:var(--paper); color:var(--ink); cursor:pointer }
button.main { background:var(--good); border-color:var(--good); color:#fff } button.bad { color:var(--bad) }
@media (prefers-color-scheme: dark) { button.main { color:#08130d } }
.bar { display:flex; gap:.7rem; flex-wrap:wrap; margin-top:1.2rem; align-items:center }
.errors { border-left:5px solid var(--bad) } .errors h2 { color:var(--bad) }
.token { display:block; padding:.8rem 1rem; background:var(--ground); border:1px dashed var(--line); border-radius:6px; user-select:all }
</style>
</head>
<body>
<header><a href="/"><strong>{{.Site}}</strong></a><a href="/">Uploads</a><a href="/account/settings/applications/tokens/new/">Token</a></header>
<div class="practice">{{.Practice}}</div>
<main>
{{end}}

{{define "bottom"}}</main>
</body>
</html>
{{end}}

{{define "plain"}}{{template "top" .}}<section><h1>{{.Title}}</h1><p>{{.Notice}}</p>{{with .Tombstone}}<p class="soft">{{.}}</p>{{end}}<p><a href="/">Uploads</a></p></section>{{template "bottom" .}}{{end}}

{{define "home"}}{{template "top" .}}<section><h1>Uploads</h1>
{{if .Items}}<table><tr><th>Title</th><th>Status</th><th>DOI</th><th>Changed</th></tr>
{{range .Items}}<tr><td><a href="{{.URL}}">{{.Title}}</a></td><td><span class="tag">{{.Status}}</span></td><td><code>{{.DOI}}</code></td><td class="num soft">{{.Date}}</td></tr>
{{end}}</table>{{else}}<p class="soft">Nothing yet. What zenobis uploads appears here.</p>{{end}}</section>{{template "bottom" .}}{{end}}

{{define "token"}}{{template "top" .}}<section><h1>{{.Title}}</h1>
<p>On the real site this form asks for a name and the scopes <code>deposit:write</code> and <code>deposit:actions</code>, and shows the token once. Here is the one that this practice instance accepts:</p>
<code class="token">{{.Token}}</code></section>{{template "bottom" .}}{{end}}

{{define "files"}}<section><h2>Files</h2>
{{if .Files}}<table><tr><th>Name</th><th>Size</th><th>MD5</th></tr>
{{range .Files}}<tr><td>{{if .URL}}<a href="{{.URL}}">{{.Key}}</a>{{else}}{{.Key}}{{end}}</td><td class="num">{{if .Pending}}<span class="tag">uploading</span>{{else}}{{.Size}}{{end}}</td><td><code>{{.MD5}}</code></td></tr>
{{end}}</table><p class="soft">{{len .Files}} files, {{.Total}}{{if .Restricted}}, restricted{{end}}</p>{{else}}<p class="soft">No files yet.</p>{{end}}</section>{{end}}

{{define "facts"}}<section><h2>Details</h2><table>
{{with .MD.Type}}<tr><th>Type</th><td>{{.}}</td></tr>{{end}}
<tr><th>DOI</th><td>{{if .DOI}}{{if and .Published (not .Draft)}}<a href="{{.DOIURL}}"><code>{{.DOI}}</code></a>{{else}}<code>{{.DOI}}</code> <span class="soft">(reserved)</span>{{end}}{{else}}<span class="soft">assigned when published</span>{{end}}</td></tr>
{{with .ConceptDOI}}<tr><th>All versions</th><td><code>{{.}}</code></td></tr>{{end}}
<tr><th>Creators</th><td>{{range .MD.Creators}}{{.}}<br>{{else}}<span class="soft">none</span>{{end}}</td></tr>
{{if .MD.Contributors}}<tr><th>Contributors</th><td>{{range .MD.Contributors}}{{.}}<br>{{end}}</td></tr>{{end}}
{{with .MD.License}}<tr><th>Licence</th><td>{{.}}</td></tr>{{end}}
{{if .MD.Keywords}}<tr><th>Keywords</th><td>{{range .MD.Keywords}}<span class="tag">{{.}}</span>{{end}}</td></tr>{{end}}
{{if .MD.Related}}<tr><th>Related works</th><td>{{range .MD.Related}}{{.}}<br>{{end}}</td></tr>{{end}}
{{with .MD.Publisher}}<tr><th>Publisher</th><td>{{.}}</td></tr>{{end}}
</table></section>{{end}}

{{define "draft"}}{{template "top" .}}
<p><span class="tag">{{.Status}}</span>{{with .Community}} <span class="soft">for the community “{{.}}”</span>{{end}}</p>
{{with .Notice}}<section><p>{{.}}</p></section>{{end}}
{{if .Errors}}<section class="errors"><h2>The draft was not published</h2><ul>{{range .Errors}}<li>{{.}}</li>{{end}}</ul></section>{{end}}
{{template "files" .}}
<form method="post" action="/uploads/{{.ID}}">
<input type="hidden" name="nonce" value="{{.Nonce}}">
<section>
<label for="title">Title</label><input type="text" id="title" name="title" value="{{.MD.Title}}">
<label for="date">Publication date</label><input type="text" id="date" name="publication_date" value="{{.MD.Date}}">
<label for="version">Version</label><input type="text" id="version" name="version" value="{{.MD.Version}}">
<label for="description">Description <span class="soft">(HTML)</span></label><textarea id="description" name="description">{{.MD.DescriptionSource}}</textarea>
<div class="bar">
{{if eq .State "in_review"}}<span class="soft">In review: the community decides.</span>{{else}}<button class="main" name="action" value="publish">{{if and .Community (not .CanPublish) (eq .Review "created")}}Submit for review{{else}}Publish{{end}}</button>{{end}}
<button name="action" value="save">Save draft</button>
<button class="bad" name="action" value="discard">{{if .Published}}Discard changes{{else}}Delete draft{{end}}</button>
<a href="/records/{{.ID}}?preview=1">Preview</a>
</div>
</section>
</form>
{{template "facts" .}}
{{range .MD.More}}<section><h2>{{.Label}}</h2>{{.HTML}}</section>{{end}}
{{template "bottom" .}}{{end}}

{{define "record"}}{{template "top" .}}
<p>{{if .Draft}}<span class="tag">preview</span> <a href="/uploads/{{.ID}}">Back to the form</a>{{else}}<span class="tag">published</span> <span class="soft">{{.MD.Date}}{{with .MD.Version}} · version {{.}}{{end}}</span>{{end}}</p>
<section><h1>{{.MD.Title}}</h1>{{.MD.Description}}</section>
{{template "files" .}}
{{template "facts" .}}
{{range .MD.More}}<section><h2>{{.Label}}</h2>{{.HTML}}</section>{{end}}
{{template "bottom" .}}{{end}}
`))
