package openbistest

import (
	"maps"
	"slices"
	"strconv"
	"time"

	"zenobis/openbis/openbistest/jackson"
	"zenobis/openbis/openbistest/labdata"
)

// entity is the DTO of an entity with what fo asks for.
func (t *translator) entity(e *labdata.Entity, fo *jackson.Node) *jackson.Obj {
	key := fetched{e, fo}
	if t.s.o.OneDTO {
		key.fo = nil
	}
	o := t.dtos[key]
	if o == nil {
		o = base(e)
		t.dtos[key] = o
	}
	if fo == nil || t.done[fetched{e, fo}] {
		return o
	}
	t.done[fetched{e, fo}] = true
	f := o.Get("fetchOptions").(*jackson.Obj)
	for _, k := range fo.Keys {
		n, ok := fo.Fields[k].(*jackson.Node)
		if !ok || k == "sort" {
			continue
		}
		if _, known := f.Class.Index[k]; !known {
			continue
		}
		f.Set(k, t.fetch(n))
		t.relation(o, e, k, n)
	}
	return o
}

// base is the DTO of an entity without anything fetched.
func base(e *labdata.Entity) *jackson.Obj {
	var o *jackson.Obj
	no := func(keys ...string) {
		for _, k := range keys {
			o.Set(k, false)
		}
	}
	switch e.Kind {
	case labdata.KindSpace:
		o = jackson.NewObj("as.dto.space.Space")
		o.Set("fetchOptions", freshFetch("as.dto.space.fetchoptions.SpaceFetchOptions"),
			"id", jackson.NewObj("as.dto.space.id.SpaceTechId").Set("techId", e.Id, "id", strconv.Itoa(e.Id)),
			"permId", permIDObj("as.dto.space.id.SpacePermId", e.Code))
		no("frozen", "frozenForProjects", "frozenForSamples")
	case labdata.KindProject:
		o = jackson.NewObj("as.dto.project.Project")
		o.Set("fetchOptions", freshFetch("as.dto.project.fetchoptions.ProjectFetchOptions"),
			"permId", permIDObj("as.dto.project.id.ProjectPermId", e.PermID),
			"identifier", jackson.NewObj("as.dto.project.id.ProjectIdentifier").Set("identifier", e.Identifier))
		no("frozen", "frozenForExperiments", "frozenForSamples")
	case labdata.KindExperiment:
		o = jackson.NewObj("as.dto.experiment.Experiment")
		o.Set("fetchOptions", freshFetch("as.dto.experiment.fetchoptions.ExperimentFetchOptions"),
			"permId", permIDObj("as.dto.experiment.id.ExperimentPermId", e.PermID),
			"identifier", jackson.NewObj("as.dto.experiment.id.ExperimentIdentifier").Set("identifier", e.Identifier), "metaData", jackson.Pairs{})
		no("frozen", "frozenForDataSets", "frozenForSamples")
	case labdata.KindSample:
		o = jackson.NewObj("as.dto.sample.Sample")
		o.Set("fetchOptions", freshFetch("as.dto.sample.fetchoptions.SampleFetchOptions"),
			"permId", permIDObj("as.dto.sample.id.SamplePermId", e.PermID),
			"identifier", jackson.NewObj("as.dto.sample.id.SampleIdentifier").Set("identifier", e.Identifier), "metaData", jackson.Pairs{})
		no("frozen", "frozenForComponents", "frozenForChildren", "frozenForParents", "frozenForDataSets")
	case labdata.KindDataSet:
		o = jackson.NewObj("as.dto.dataset.DataSet")
		o.Set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.DataSetFetchOptions"),
			"permId", permIDObj("as.dto.dataset.id.DataSetPermId", e.PermID), "kind", e.Data.Kind,
			"measured", e.Data.Kind == "PHYSICAL", "postRegistered", true, "accessDate", millis(e.Data.Accessed), "metaData", jackson.Pairs{})
		no("frozen", "frozenForChildren", "frozenForParents", "frozenForComponents", "frozenForContainers")
	}
	o.Set("code", e.Code, "registrationDate", millis(e.Registered), "modificationDate", millis(e.Modified))
	if e.Kind <= labdata.KindProject && e.Description != "" {
		o.Set("description", e.Description)
	}
	return o
}

// relation fills one field that was asked for.
func (t *translator) relation(o *jackson.Obj, e *labdata.Entity, key string, fo *jackson.Node) {
	one := func(x *labdata.Entity) {
		if x != nil && t.s.sees(t.c.caller.user, x) {
			o.Set(key, t.entity(x, fo))
		}
	}
	switch key {
	case "type":
		o.Set(key, t.entityType(e.Typ, fo))
	case "space":
		one(e.Space)
	case "project":
		one(e.Project)
	case "experiment":
		one(e.Exp)
	case "sample":
		one(e.Sample)
	case "container":
		one(e.Container)
	case "registrator":
		o.Set(key, t.user(e.Registrator, fo))
	case "modifier":
		o.Set(key, t.user(e.Modifier, fo))
	case "properties":
		o.Set(key, properties(e))
	case "tags":
		o.Set(key, t.tags(e, fo))
	case "dataStore":
		o.Set(key, t.store(e.Data.Store))
	case "physicalData":
		if e.Data.Kind == "PHYSICAL" {
			o.Set(key, t.physical(e))
		}
	case "linkedData":
		if e.Data.Kind == "LINK" {
			o.Set(key, t.linked(e, fo))
		}
	case "materialProperties", "sampleProperties":
		o.Set(key, jackson.Pairs{})
	case "parents":
		o.Set(key, t.entities(e.Parents, fo))
		t.relationships(o, "parentsRelationships", e.Parents)
	case "children":
		o.Set(key, t.entities(e.Children, fo))
		t.relationships(o, "childrenRelationships", e.Children)
	case "components":
		o.Set(key, t.entities(e.Components, fo))
	case "containers":
		o.Set(key, t.entities(e.Containers, fo))
	case "projects":
		o.Set(key, t.entities(e.Projects, fo))
	case "experiments":
		o.Set(key, t.entities(e.Exps, fo))
	case "samples":
		o.Set(key, t.entities(e.Samples, fo))
	case "dataSets":
		o.Set(key, t.entities(e.DataSets, fo))
	case "leader":
	default: // histories and attachments: this lab has none
		o.Set(key, jackson.List{})
	}
}

// entities is a nested list, in the order and the part that was asked for.
func (t *translator) entities(all []*labdata.Entity, fo *jackson.Node) jackson.List {
	var seen []*labdata.Entity
	for _, x := range all {
		if t.s.sees(t.c.caller.user, x) {
			seen = append(seen, x)
		}
	}
	if len(seen) > 0 {
		if by, err := sortings(seen[0].Kind, fo); err == nil {
			seen = sortEntities(seen, by)
		}
	}
	seen = page(seen, fo)
	l := make(jackson.List, 0, len(seen))
	for _, x := range seen {
		l = append(l, t.entity(x, fo))
	}
	return l
}

func (t *translator) relationships(o *jackson.Obj, key string, all []*labdata.Entity) {
	if _, ok := o.Class.Index[key]; !ok {
		return
	}
	m := jackson.Pairs{}
	for _, x := range all {
		if t.s.sees(t.c.caller.user, x) {
			m = append(
				m,
				jackson.Pair{
					x.PermID,
					jackson.NewObj("as.dto.common.Relationship").Set("childAnnotations", jackson.Pairs{}, "parentAnnotations", jackson.Pairs{}),
				},
			)
		}
	}
	o.Set(key, m)
}

// properties are all values as text, in no order that a client may rely on.
func properties(e *labdata.Entity) jackson.Pairs {
	m := jackson.Pairs{}
	for _, k := range slices.Sorted(maps.Keys(e.Props)) {
		m = append(m, jackson.Pair{k, e.Props[k]})
	}
	return m
}

func (t *translator) physical(e *labdata.Entity) *jackson.Obj {
	d := e.Data
	o := jackson.NewObj("as.dto.dataset.PhysicalData").Set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"),
		"shareId", "1", "location", d.Location, "complete", "UNKNOWN", "status", t.s.status(d),
		"presentInArchive", d.InArchive, "storageConfirmation", true, "speedHint", -50, "archivingRequested", false)
	if d.Size >= 0 {
		o.Set("size", d.Size)
	}
	return o
}

// linked is the data of a link data set. The external system of a copy comes
// whether it was asked for or not.
func (t *translator) linked(e *labdata.Entity, fo *jackson.Node) *jackson.Obj {
	l := jackson.List{}
	for i, x := range e.Data.Links {
		dms := t.s.lab.Dms[x.DMS]
		key := typeFetch{dms, nil}
		d := t.typed[key]
		if d == nil {
			d = jackson.NewObj("as.dto.externaldms.ExternalDms").
				Set("fetchOptions", freshFetch("as.dto.externaldms.fetchoptions.ExternalDmsFetchOptions"),
					"permId", permIDObj("as.dto.externaldms.id.ExternalDmsPermId", dms.Code), "code", dms.Code, "label", dms.Label,
					"urlTemplate", dms.Address, "address", dms.Address, "openbis", false, "addressType", "FILE_SYSTEM")
			t.typed[key] = d
		}
		id := strconv.Itoa(e.Id*10 + i)
		l = append(l, jackson.NewObj("as.dto.dataset.ContentCopy").Set("id", permIDObj("as.dto.dataset.id.ContentCopyPermId", id),
			"externalDms", d, "path", x.Path))
	}
	return jackson.NewObj("as.dto.dataset.LinkedData").Set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.LinkedDataFetchOptions"),
		"externalCode", "", "contentCopies", l)
}

// status is the archiving status now: unarchiving ends by the clock.
func (s *Server) status(d *labdata.DataSet) string {
	if d.Status != "UNARCHIVE_PENDING" || s.now().Before(d.Available) {
		return d.Status
	}
	if s.hit(FaultNoUnarchive, "", "") {
		return d.Status
	}
	return "AVAILABLE"
}

// onDisk reports whether the files of a data set can be delivered.
func (s *Server) onDisk(d *labdata.DataSet) bool {
	switch s.status(d) {
	case "ARCHIVED", "UNARCHIVE_PENDING":
		return false
	}
	return true
}

// types

func (t *translator) entityType(typ *labdata.EntityType, fo *jackson.Node) *jackson.Obj {
	key := typeFetch{typ, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	var o *jackson.Obj
	switch typ.Kind {
	case labdata.KindExperiment:
		o = jackson.NewObj("as.dto.experiment.ExperimentType")
	case labdata.KindSample:
		o = jackson.NewObj("as.dto.sample.SampleType").Set("listable", true, "subcodeUnique", false, "autoGeneratedCode", true,
			"showContainer", false, "showParents", true, "showParentMetadata", false, "generatedCodePrefix", typ.Prefix)
	case labdata.KindDataSet:
		o = jackson.NewObj("as.dto.dataset.DataSetType").Set("disallowDeletion", false)
	}
	t.typed[key] = o
	o.Set(
		"fetchOptions",
		t.fetch(fo),
		"permId",
		typeID(typ),
		"code",
		typ.Code,
		"modificationDate",
		millis(typ.Modified),
		"metaData",
		jackson.Pairs{},
	)
	if typ.Description != "" {
		o.Set("description", typ.Description)
	}
	if fo.Node("semanticAnnotations") != nil && typ.Kind == labdata.KindSample {
		o.Set("semanticAnnotations", jackson.List{})
	}
	if n := fo.Node("propertyAssignments"); n != nil {
		l := jackson.List{}
		for _, a := range typ.Assignments {
			l = append(l, t.assignment(typ, a, n))
		}
		o.Set("propertyAssignments", l)
	}
	return o
}

func typeID(typ *labdata.EntityType) *jackson.Obj {
	return jackson.NewObj("as.dto.entitytype.id.EntityTypePermId").Set("permId", typ.Code, "entityKind", typ.Kind.APIKind())
}

func (t *translator) assignment(typ *labdata.EntityType, a *labdata.Assignment, fo *jackson.Node) *jackson.Obj {
	o := jackson.NewObj("as.dto.property.PropertyAssignment")
	o.Set("fetchOptions", t.fetch(fo),
		"permId", jackson.NewObj("as.dto.property.id.PropertyAssignmentPermId").Set("entityTypeId", typeID(typ),
			"propertyTypeId", permIDObj("as.dto.property.id.PropertyTypePermId", a.Prop.Code)),
		"ordinal", a.Ordinal, "mandatory", a.Mandatory, "showInEditView", true, "showRawValueInForms", false,
		"semanticAnnotationsInherited", false, "registrationDate", millis(a.At))
	if a.Section != "" {
		o.Set("section", a.Section)
	}
	if n := fo.Node("propertyType"); n != nil {
		o.Set("propertyType", t.propertyType(a.Prop, n))
	}
	if n := fo.Node("entityType"); n != nil {
		o.Set("entityType", t.entityType(typ, n))
	}
	if fo.Node("semanticAnnotations") != nil {
		o.Set("semanticAnnotations", jackson.List{})
	}
	if n := fo.Node("registrator"); n != nil {
		o.Set("registrator", t.user(t.s.lab.Users["system"], n))
	}
	return o
}

func (t *translator) propertyType(p *labdata.PropertyType, fo *jackson.Node) *jackson.Obj {
	key := typeFetch{p, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	o := jackson.NewObj("as.dto.property.PropertyType")
	t.typed[key] = o
	meta := jackson.Pairs{}
	if p.Widget != "" {
		meta = append(meta, jackson.Pair{"custom_widget", p.Widget})
	}
	o.Set("fetchOptions", t.fetch(fo), "code", p.Code, "permId", permIDObj("as.dto.property.id.PropertyTypePermId", p.Code), "label", p.Label,
		"description", p.Label, "managedInternally", p.Code[0] == '$', "dataType", p.DataType,
		"registrationDate", millis(p.RegisteredAt), "metaData", meta)
	if n := fo.Node("vocabulary"); n != nil && p.Vocab != nil {
		o.Set("vocabulary", t.vocabulary(p.Vocab, n))
	}
	if fo.Node("semanticAnnotations") != nil {
		o.Set("semanticAnnotations", jackson.List{})
	}
	if n := fo.Node("registrator"); n != nil {
		o.Set("registrator", t.user(t.s.lab.Users["system"], n))
	}
	return o
}

func (t *translator) vocabulary(v *labdata.Vocabulary, fo *jackson.Node) *jackson.Obj {
	key := typeFetch{v, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	o := jackson.NewObj("as.dto.vocabulary.Vocabulary")
	t.typed[key] = o
	o.Set(
		"fetchOptions",
		t.fetch(fo),
		"permId",
		permIDObj("as.dto.vocabulary.id.VocabularyPermId", v.Code),
		"code",
		v.Code,
		"managedInternally",
		v.Code[0] == '$',
		"registrationDate",
		millis(v.Registered),
		"modificationDate",
		millis(v.Registered),
		"chosenFromList",
		true,
	)
	if n := fo.Node("registrator"); n != nil {
		o.Set("registrator", t.user(t.s.lab.Users["system"], n))
	}
	if n := fo.Node("terms"); n != nil {
		l := jackson.List{}
		for i := range v.Terms {
			l = append(l, t.term(v, i, n))
		}
		o.Set("terms", l)
	}
	return o
}

func (t *translator) term(v *labdata.Vocabulary, i int, fo *jackson.Node) *jackson.Obj {
	x := v.Terms[i]
	o := jackson.NewObj("as.dto.vocabulary.VocabularyTerm")
	o.Set(
		"fetchOptions",
		t.fetch(fo),
		"permId",
		jackson.NewObj("as.dto.vocabulary.id.VocabularyTermPermId").Set("code", x.Code, "vocabularyCode", v.Code),
		"code",
		x.Code,
		"ordinal",
		i+1,
		"official",
		true,
		"registrationDate",
		millis(v.Registered),
		"modificationDate",
		millis(v.Registered),
	)
	if x.Label != "" {
		o.Set("label", x.Label)
	}
	if n := fo.Node("vocabulary"); n != nil {
		o.Set("vocabulary", t.vocabulary(v, n))
	}
	if n := fo.Node("registrator"); n != nil {
		o.Set("registrator", t.user(t.s.lab.Users["system"], n))
	}
	return o
}

// timeOf reads epoch milliseconds.
func timeOf(n *jackson.Node, key string) time.Time {
	if ms, ok := n.Number(key); ok {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}
