package record

import (
	"slices"

	"zenobis/human"
)

// Word is an entry of a small vocabulary that does not change: its id and how
// people read it.
type Word struct {
	ID    string
	Title string
}

// roles a contributor may have (DataCite 4, as InvenioRDM spells them).
var roles = []Word{
	{"contactperson", "Contact person"},
	{"datacollector", "Data collector"},
	{"datacurator", "Data curator"},
	{"datamanager", "Data manager"},
	{"distributor", "Distributor"},
	{"editor", "Editor"},
	{"hostinginstitution", "Hosting institution"},
	{"producer", "Producer"},
	{"projectleader", "Project leader"},
	{"projectmanager", "Project manager"},
	{"projectmember", "Project member"},
	{"registrationagency", "Registration agency"},
	{"registrationauthority", "Registration authority"},
	{"relatedperson", "Related person"},
	{"researcher", "Researcher"},
	{"researchgroup", "Research group"},
	{"rightsholder", "Rights holder"},
	{"sponsor", "Sponsor"},
	{"supervisor", "Supervisor"},
	{"translator", "Translator"},
	{"workpackageleader", "Work package leader"},
	{"other", "Other"},
}

// relations of related works (DataCite 4, as InvenioRDM spells them).
var relations = []Word{
	{"iscitedby", "Is cited by"},
	{"cites", "Cites"},
	{"issupplementto", "Is supplement to"},
	{"issupplementedby", "Is supplemented by"},
	{"iscontinuedby", "Is continued by"},
	{"continues", "Continues"},
	{"isdescribedby", "Is described by"},
	{"describes", "Describes"},
	{"hasmetadata", "Has metadata"},
	{"ismetadatafor", "Is metadata for"},
	{"hasversion", "Has version"},
	{"isversionof", "Is version of"},
	{"isnewversionof", "Is new version of"},
	{"ispreviousversionof", "Is previous version of"},
	{"ispartof", "Is part of"},
	{"haspart", "Has part"},
	{"ispublishedin", "Is published in"},
	{"isreferencedby", "Is referenced by"},
	{"references", "References"},
	{"isdocumentedby", "Is documented by"},
	{"documents", "Documents"},
	{"iscompiledby", "Is compiled by"},
	{"compiles", "Compiles"},
	{"isvariantformof", "Is variant form of"},
	{"isoriginalformof", "Is original form of"},
	{"isidenticalto", "Is identical to"},
	{"isreviewedby", "Is reviewed by"},
	{"reviews", "Reviews"},
	{"isderivedfrom", "Is derived from"},
	{"issourceof", "Is source of"},
	{"isrequiredby", "Is required by"},
	{"requires", "Requires"},
	{"isobsoletedby", "Is obsoleted by"},
	{"obsoletes", "Obsoletes"},
}

func known(list []Word, id string) bool {
	return slices.ContainsFunc(list, func(w Word) bool { return w.ID == id })
}

func ids(list []Word) []string {
	out := make([]string, len(list))
	for i, w := range list {
		out[i] = w.ID
	}
	return out
}

// RoleWords are the roles of contributors.
func RoleWords() []Word { return slices.Clone(roles) }

// RelationWords are the relations of related works.
func RelationWords() []Word { return slices.Clone(relations) }

// meant asks whether the nearest known word was meant.
func meant(given string, list []string) string {
	if near := human.Nearest(given, list); near != "" {
		return ": did you mean " + near + "?"
	}
	return ""
}
