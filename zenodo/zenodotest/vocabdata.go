package zenodotest

import "strings"

// vocabularies builds the instance's vocabularies: a useful part of the real ones.
func vocabularies(o Options) map[string]*vocabulary {
	all := map[string]*vocabulary{}
	add := func(name, id string, e object) {
		v := all[name]
		if v == nil {
			v = &vocabulary{name: name, entries: map[string]object{}}
			all[name] = v
		}
		v.order = append(v.order, id)
		v.entries[id] = e
	}
	titles := func(name, table string) {
		for line := range strings.Lines(strings.TrimSpace(table)) {
			id, title, _ := strings.Cut(strings.TrimSpace(line), " ")
			add(name, id, object{"title": object{"en": title}})
		}
	}
	for line := range strings.Lines(strings.TrimSpace(licenseTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		tags := []any{}
		for t := range strings.SplitSeq(f[3], ",") {
			tags = append(tags, t)
		}
		e := object{"title": object{"en": f[1]}, "description": object{"en": ""}, "icon": "", "tags": tags,
			"props": object{"url": f[2], "scheme": "spdx", "osi_approved": ""}}
		if strings.HasPrefix(f[0], "cc-by") {
			e["icon"] = strings.TrimSuffix(f[0], "-4.0") + "-icon"
		}
		if f[0] == "cc-by-4.0" {
			e["description"] = object{
				"en": "The Creative Commons Attribution license allows re-distribution and re-use of a licensed work on the condition that the " +
					"creator is appropriately credited.",
			}
		}
		add("licenses", f[0], e)
	}
	for line := range strings.Lines(strings.TrimSpace(resourceTable)) {
		id, title, _ := strings.Cut(strings.TrimSpace(line), " ")
		kind, sub, _ := strings.Cut(id, "-")
		if sub != "" {
			sub = id
		}
		add("resourcetypes", id, object{"title": object{"en": title}, "icon": "file", "tags": []any{"depositable", "linkable"},
			"props": object{"type": kind, "subtype": sub}})
	}
	for line := range strings.Lines(strings.TrimSpace(languageTable)) {
		f := strings.SplitN(strings.TrimSpace(line), " ", 3)
		add("languages", f[0], object{"title": object{"en": f[2]}, "tags": []any{"individual", "living"}, "props": object{"alpha_2": f[1]}})
	}
	titles("relationtypes", relationTable)
	titles("contributorsroles", roleTable)
	titles("creatorsroles", roleTable)
	titles("datetypes", dateTable)
	titles("descriptiontypes", descriptionTable)
	if o.zenodo() {
		titles("descriptiontypes", "notes Notes") // Zenodo's own (docs/zenodo-api.md, The document)
	}
	titles("titletypes", "alternative-title Alternative title\nsubtitle Subtitle\ntranslated-title Translated title\nother Other")
	for line := range strings.Lines(strings.TrimSpace(affiliationTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		add(
			"affiliations",
			f[0],
			object{"title": object{"en": f[1]}, "name": f[1], "acronym": f[2], "identifiers": []any{object{"identifier": f[0], "scheme": "ror"}}},
		)
	}
	for line := range strings.Lines(strings.TrimSpace(funderTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		add(
			"funders",
			f[0],
			object{"title": object{"en": f[1]}, "name": f[1], "country": f[2], "identifiers": []any{object{"identifier": f[0], "scheme": "ror"}}},
		)
	}
	for line := range strings.Lines(strings.TrimSpace(awardTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		e := object{"title": object{"en": f[2]}, "number": f[1], "funder": object{"id": f[0], "name": all["funders"].entries[f[0]]["name"]}}
		if f[3] != "" {
			e["acronym"] = f[3]
		}
		add("awards", f[0]+"::"+f[1], e)
	}
	for line := range strings.Lines(strings.TrimSpace(nameTable)) {
		f := strings.Split(strings.TrimSpace(line), "|")
		a := all["affiliations"].entries[f[3]]
		add("names", f[0], object{"internal_id": nil, "name": f[1] + ", " + f[2], "given_name": f[2], "family_name": f[1],
			"identifiers":  []any{object{"identifier": f[0], "scheme": "orcid"}},
			"affiliations": []any{object{"id": f[3], "name": a["name"], "acronym": a["acronym"]}}})
	}
	return all
}

const licenseTable = `
cc-by-4.0|Creative Commons Attribution 4.0 International|https://creativecommons.org/licenses/by/4.0/|recommended,all,data
cc0-1.0|Creative Commons Zero v1.0 Universal|https://creativecommons.org/publicdomain/zero/1.0/|recommended,all,data
cc-by-sa-4.0|Creative Commons Attribution Share Alike 4.0 International|https://creativecommons.org/licenses/by-sa/4.0/|recommended,all,data
cc-by-nc-4.0|Creative Commons Attribution Non Commercial 4.0 International|https://creativecommons.org/licenses/by-nc/4.0/|all,data
cc-by-nd-4.0|Creative Commons Attribution No Derivatives 4.0 International|https://creativecommons.org/licenses/by-nd/4.0/|all,data
cc-by-nc-sa-4.0|Creative Commons Attribution Non Commercial Share Alike 4.0 International|https://creativecommons.org/licenses/by-nc-sa/4.0/|all,data
cc-by-nc-nd-4.0|Creative Commons Attribution Non Commercial No Derivatives 4.0 International|https://creativecommons.org/licenses/by-nc-nd/4.0/|all,data
cc-by-3.0|Creative Commons Attribution 3.0 Unported|https://creativecommons.org/licenses/by/3.0/|all,data
mit|MIT License|https://opensource.org/licenses/MIT|recommended,all,software
apache-2.0|Apache License 2.0|https://www.apache.org/licenses/LICENSE-2.0|recommended,all,software
bsd-2-clause|BSD 2-Clause "Simplified" License|https://opensource.org/licenses/BSD-2-Clause|all,software
bsd-3-clause|BSD 3-Clause "New" or "Revised" License|https://opensource.org/licenses/BSD-3-Clause|recommended,all,software
gpl-2.0-only|GNU General Public License v2.0 only|https://www.gnu.org/licenses/old-licenses/gpl-2.0-standalone.html|all,software
gpl-3.0-only|GNU General Public License v3.0 only|https://www.gnu.org/licenses/gpl-3.0-standalone.html|all,software
gpl-3.0-or-later|GNU General Public License v3.0 or later|https://www.gnu.org/licenses/gpl-3.0-standalone.html|recommended,all,software
lgpl-3.0-only|GNU Lesser General Public License v3.0 only|https://www.gnu.org/licenses/lgpl-3.0-standalone.html|all,software
agpl-3.0-only|GNU Affero General Public License v3.0 only|https://www.gnu.org/licenses/agpl.txt|all,software
mpl-2.0|Mozilla Public License 2.0|https://www.mozilla.org/MPL/2.0/|all,software
isc|ISC License|https://www.isc.org/licenses/|all,software
odbl-1.0|Open Data Commons Open Database License v1.0|https://opendatacommons.org/licenses/odbl/1.0/|all,data
pddl-1.0|Open Data Commons Public Domain Dedication & License 1.0|https://opendatacommons.org/licenses/pddl/1.0/|all,data
other-open|Other (Open)||all
other-closed|Other (Not Open)||all
other-at|Other (Attribution)||all
other-nc|Other (Non-Commercial)||all
other-pd|Other (Public Domain)||all
notspecified|License Not Specified||all
`

const resourceTable = `
publication Publication
publication-annotationcollection Annotation collection
publication-book Book
publication-section Book chapter
publication-conferencepaper Conference paper
publication-conferenceproceeding Conference proceeding
publication-datamanagementplan Data management plan
publication-journal Journal
publication-article Journal article
publication-patent Patent
publication-peerreview Peer review
publication-preprint Preprint
publication-deliverable Project deliverable
publication-milestone Project milestone
publication-proposal Proposal
publication-report Report
publication-softwaredocumentation Software documentation
publication-taxonomictreatment Taxonomic treatment
publication-technicalnote Technical note
publication-workingpaper Working paper
publication-datapaper Data paper
publication-dissertation Dissertation
publication-standard Standard
publication-studyregistration Study Registration
publication-other Other
poster Poster
presentation Presentation
event Event
dataset Dataset
image Image
image-figure Figure
image-plot Plot
image-drawing Drawing
image-diagram Diagram
image-photo Photo
image-other Other
model Model
video Video/Audio
audio Audio
software Software
software-computationalnotebook Computational notebook
lesson Lesson
other Other
physicalobject Physical object
workflow Workflow
project Project
instrument Instrument
`

const languageTable = `
eng en English
deu de German
fra fr French
ita it Italian
roh rm Romansh
spa es Spanish
por pt Portuguese
nld nl Dutch
dan da Danish
swe sv Swedish
nor no Norwegian
fin fi Finnish
isl is Icelandic
pol pl Polish
ces cs Czech
slk sk Slovak
slv sl Slovenian
hrv hr Croatian
srp sr Serbian
hun hu Hungarian
ron ro Romanian
bul bg Bulgarian
ell el Modern Greek (1453-)
tur tr Turkish
rus ru Russian
ukr uk Ukrainian
est et Estonian
lav lv Latvian
lit lt Lithuanian
cat ca Catalan
gle ga Irish
lat la Latin
ara ar Arabic
heb he Hebrew
fas fa Persian
hin hi Hindi
zho zh Chinese
jpn ja Japanese
kor ko Korean
vie vi Vietnamese
ind id Indonesian
`

const relationTable = `
iscitedby Is cited by
cites Cites
issupplementto Is supplement to
issupplementedby Is supplemented by
iscontinuedby Is continued by
continues Continues
isdescribedby Is described by
describes Describes
hasmetadata Has metadata
ismetadatafor Is metadata for
isnewversionof Is new version of
ispreviousversionof Is previous version of
ispartof Is part of
haspart Has part
isreferencedby Is referenced by
references References
isdocumentedby Is documented by
documents Documents
iscompiledby Is compiled by
compiles Compiles
isvariantformof Is variant form of
isoriginalformof Is original form of
isidenticalto Is identical to
isreviewedby Is reviewed by
reviews Reviews
isderivedfrom Is derived from
issourceof Is source of
requires Requires
isrequiredby Is required by
isobsoletedby Is obsoleted by
obsoletes Obsoletes
ispublishedin Is published in
hasversion Has version
isversionof Is version of
`

const roleTable = `
contactperson Contact person
datacollector Data collector
datacurator Data curator
datamanager Data manager
distributor Distributor
editor Editor
hostinginstitution Hosting institution
producer Producer
projectleader Project leader
projectmanager Project manager
projectmember Project member
registrationagency Registration agency
registrationauthority Registration authority
relatedperson Related person
researcher Researcher
researchgroup Research group
rightsholder Rights holder
sponsor Sponsor
supervisor Supervisor
translator Translator
workpackageleader Work package leader
other Other
`

const dateTable = `
accepted Accepted
available Available
collected Collected
copyrighted Copyrighted
created Created
issued Issued
other Other
submitted Submitted
updated Updated
valid Valid
withdrawn Withdrawn
coverage Coverage
`

const descriptionTable = `
abstract Abstract
methods Methods
series-information Series information
table-of-contents Table of contents
technical-info Technical info
other Other
`

const affiliationTable = `
05a28rw58|ETH Zurich|ETHZ
02s376052|École Polytechnique Fédérale de Lausanne|EPFL
02crff812|University of Zurich|UZH
02s6k3f65|University of Basel|UB
02k7v4d05|University of Bern|UB
03eh3y714|Paul Scherrer Institute|PSI
02x681a42|Swiss Federal Laboratories for Materials Science and Technology|EMPA
01ggx4157|European Organization for Nuclear Research|CERN
03x516a66|Federal Institute For Materials Research and Testing|BAM
00f2yqf98|Leibniz University Hannover|LUH
`

const funderTable = `
00k4n6c32|European Commission|BE
00yjd3n13|Swiss National Science Foundation|CH
018mejw64|Deutsche Forschungsgemeinschaft|DE
0472cxd90|European Research Council|BE
00rbzpz17|Agence Nationale de la Recherche|FR
021nxhr62|U.S. National Science Foundation|US
`

const awardTable = `
00k4n6c32|101094817|A project made up for the lab|LABPROJ
00k4n6c32|755021|Personalised Treatment For Cystic Fibrosis Patients With Ultra-rare CFTR Mutations (and beyond)|HIT-CF
00rbzpz17|755021|Un projet inventé|
00yjd3n13|205321|Growth curves, and what they hide|
`

const nameTable = `
0000-0002-1825-0097|Carberry|Josiah|05a28rw58
0000-0001-5109-3700|Demo|Dora|01ggx4157
`
