package openbistest

import (
	"strconv"
	"time"
)

// entity is the DTO of an entity with what fo asks for.
func (t *translator) entity(e *entity, fo *node) *obj {
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
	f := o.get("fetchOptions").(*obj)
	for _, k := range fo.keys {
		n, ok := fo.fields[k].(*node)
		if !ok || k == "sort" {
			continue
		}
		if _, known := f.class.index[k]; !known {
			continue
		}
		f.set(k, t.fetch(n))
		t.relation(o, e, k, n)
	}
	return o
}

// base is the DTO of an entity without anything fetched.
func base(e *entity) *obj {
	var o *obj
	no := func(keys ...string) {
		for _, k := range keys {
			o.set(k, false)
		}
	}
	switch e.kind {
	case kindSpace:
		o = newObj("as.dto.space.Space")
		o.set("fetchOptions", freshFetch("as.dto.space.fetchoptions.SpaceFetchOptions"),
			"id", newObj("as.dto.space.id.SpaceTechId").set("techId", e.id, "id", strconv.Itoa(e.id)),
			"permId", permIDObj("as.dto.space.id.SpacePermId", e.code))
		no("frozen", "frozenForProjects", "frozenForSamples")
	case kindProject:
		o = newObj("as.dto.project.Project")
		o.set("fetchOptions", freshFetch("as.dto.project.fetchoptions.ProjectFetchOptions"),
			"permId", permIDObj("as.dto.project.id.ProjectPermId", e.permID),
			"identifier", newObj("as.dto.project.id.ProjectIdentifier").set("identifier", e.identifier))
		no("frozen", "frozenForExperiments", "frozenForSamples")
	case kindExperiment:
		o = newObj("as.dto.experiment.Experiment")
		o.set("fetchOptions", freshFetch("as.dto.experiment.fetchoptions.ExperimentFetchOptions"),
			"permId", permIDObj("as.dto.experiment.id.ExperimentPermId", e.permID),
			"identifier", newObj("as.dto.experiment.id.ExperimentIdentifier").set("identifier", e.identifier), "metaData", pairs{})
		no("frozen", "frozenForDataSets", "frozenForSamples")
	case kindSample:
		o = newObj("as.dto.sample.Sample")
		o.set("fetchOptions", freshFetch("as.dto.sample.fetchoptions.SampleFetchOptions"),
			"permId", permIDObj("as.dto.sample.id.SamplePermId", e.permID),
			"identifier", newObj("as.dto.sample.id.SampleIdentifier").set("identifier", e.identifier), "metaData", pairs{})
		no("frozen", "frozenForComponents", "frozenForChildren", "frozenForParents", "frozenForDataSets")
	case kindDataSet:
		o = newObj("as.dto.dataset.DataSet")
		o.set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.DataSetFetchOptions"),
			"permId", permIDObj("as.dto.dataset.id.DataSetPermId", e.permID), "kind", e.data.kind,
			"measured", e.data.kind == "PHYSICAL", "postRegistered", true, "accessDate", millis(e.data.accessed), "metaData", pairs{})
		no("frozen", "frozenForChildren", "frozenForParents", "frozenForComponents", "frozenForContainers")
	}
	o.set("code", e.code, "registrationDate", millis(e.registered), "modificationDate", millis(e.modified))
	if e.kind <= kindProject && e.description != "" {
		o.set("description", e.description)
	}
	return o
}

// relation fills one field that was asked for.
func (t *translator) relation(o *obj, e *entity, key string, fo *node) {
	one := func(x *entity) {
		if x != nil && t.s.sees(t.c.caller.user, x) {
			o.set(key, t.entity(x, fo))
		}
	}
	switch key {
	case "type":
		o.set(key, t.entityType(e.typ, fo))
	case "space":
		one(e.space)
	case "project":
		one(e.project)
	case "experiment":
		one(e.exp)
	case "sample":
		one(e.sample)
	case "container":
		one(e.container)
	case "registrator":
		o.set(key, t.user(e.registrator, fo))
	case "modifier":
		o.set(key, t.user(e.modifier, fo))
	case "properties":
		o.set(key, properties(e))
	case "tags":
		o.set(key, t.tags(e, fo))
	case "dataStore":
		o.set(key, t.store(e.data.store))
	case "physicalData":
		if e.data.kind == "PHYSICAL" {
			o.set(key, t.physical(e))
		}
	case "linkedData":
		if e.data.kind == "LINK" {
			o.set(key, t.linked(e, fo))
		}
	case "materialProperties", "sampleProperties":
		o.set(key, pairs{})
	case "parents":
		o.set(key, t.entities(e.parents, fo))
		t.relationships(o, "parentsRelationships", e.parents)
	case "children":
		o.set(key, t.entities(e.children, fo))
		t.relationships(o, "childrenRelationships", e.children)
	case "components":
		o.set(key, t.entities(e.components, fo))
	case "containers":
		o.set(key, t.entities(e.containers, fo))
	case "projects":
		o.set(key, t.entities(e.projects, fo))
	case "experiments":
		o.set(key, t.entities(e.exps, fo))
	case "samples":
		o.set(key, t.entities(e.samples, fo))
	case "dataSets":
		o.set(key, t.entities(e.dataSets, fo))
	case "leader":
	default: // histories and attachments: this lab has none
		o.set(key, list{})
	}
}

// entities is a nested list, in the order and the part that was asked for.
func (t *translator) entities(all []*entity, fo *node) list {
	var seen []*entity
	for _, x := range all {
		if t.s.sees(t.c.caller.user, x) {
			seen = append(seen, x)
		}
	}
	if by, err := sortings(fo); err == nil {
		seen = sortEntities(seen, by)
	}
	seen = page(seen, fo)
	l := make(list, 0, len(seen))
	for _, x := range seen {
		l = append(l, t.entity(x, fo))
	}
	return l
}

func (t *translator) relationships(o *obj, key string, all []*entity) {
	if _, ok := o.class.index[key]; !ok {
		return
	}
	m := pairs{}
	for _, x := range all {
		if t.s.sees(t.c.caller.user, x) {
			m = append(m, pair{x.permID, newObj("as.dto.common.Relationship").set("childAnnotations", pairs{}, "parentAnnotations", pairs{})})
		}
	}
	o.set(key, m)
}

// properties are all values as text, in no order that a client may rely on.
func properties(e *entity) pairs {
	m := pairs{}
	for _, k := range sortedKeys(e.props) {
		m = append(m, pair{k, e.props[k]})
	}
	return m
}

func (t *translator) physical(e *entity) *obj {
	d := e.data
	o := newObj("as.dto.dataset.PhysicalData").set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.PhysicalDataFetchOptions"),
		"shareId", "1", "location", d.location, "complete", "UNKNOWN", "status", t.s.status(d),
		"presentInArchive", d.inArchive, "storageConfirmation", true, "speedHint", -50, "archivingRequested", false)
	if d.size >= 0 {
		o.set("size", d.size)
	}
	return o
}

// linked is the data of a link data set. The external system of a copy comes
// whether it was asked for or not.
func (t *translator) linked(e *entity, fo *node) *obj {
	l := list{}
	for i, x := range e.data.links {
		dms := t.s.lab.dms[x.DMS]
		key := typeFetch{dms, nil}
		d := t.typed[key]
		if d == nil {
			d = newObj("as.dto.externaldms.ExternalDms").set("fetchOptions", freshFetch("as.dto.externaldms.fetchoptions.ExternalDmsFetchOptions"),
				"permId", permIDObj("as.dto.externaldms.id.ExternalDmsPermId", dms.code), "code", dms.code, "label", dms.label,
				"urlTemplate", dms.address, "address", dms.address, "openbis", false, "addressType", "FILE_SYSTEM")
			t.typed[key] = d
		}
		id := strconv.Itoa(e.id*10 + i)
		l = append(l, newObj("as.dto.dataset.ContentCopy").set("id", permIDObj("as.dto.dataset.id.ContentCopyPermId", id),
			"externalDms", d, "path", x.Path))
	}
	return newObj("as.dto.dataset.LinkedData").set("fetchOptions", freshFetch("as.dto.dataset.fetchoptions.LinkedDataFetchOptions"),
		"externalCode", "", "contentCopies", l)
}

// status is the archiving status now: unarchiving ends by the clock.
func (s *Server) status(d *dataSet) string {
	if d.status != "UNARCHIVE_PENDING" || s.now().Before(d.available) {
		return d.status
	}
	if s.hit(FaultNoUnarchive, "", "") {
		return d.status
	}
	return "AVAILABLE"
}

// onDisk reports whether the files of a data set can be delivered.
func (s *Server) onDisk(d *dataSet) bool {
	switch s.status(d) {
	case "ARCHIVED", "UNARCHIVE_PENDING":
		return false
	}
	return true
}

// types

func (t *translator) entityType(typ *entityType, fo *node) *obj {
	key := typeFetch{typ, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	var o *obj
	switch typ.kind {
	case kindExperiment:
		o = newObj("as.dto.experiment.ExperimentType")
	case kindSample:
		o = newObj("as.dto.sample.SampleType").set("listable", true, "subcodeUnique", false, "autoGeneratedCode", true,
			"showContainer", false, "showParents", true, "showParentMetadata", false, "generatedCodePrefix", typ.prefix)
	case kindDataSet:
		o = newObj("as.dto.dataset.DataSetType").set("disallowDeletion", false)
	}
	t.typed[key] = o
	o.set("fetchOptions", t.fetch(fo), "permId", typeID(typ), "code", typ.code, "modificationDate", millis(typ.modified), "metaData", pairs{})
	if typ.description != "" {
		o.set("description", typ.description)
	}
	if fo.node("semanticAnnotations") != nil && typ.kind == kindSample {
		o.set("semanticAnnotations", list{})
	}
	if n := fo.node("propertyAssignments"); n != nil {
		l := list{}
		for _, a := range typ.assignments {
			l = append(l, t.assignment(typ, a, n))
		}
		o.set("propertyAssignments", l)
	}
	return o
}

func typeID(typ *entityType) *obj {
	return newObj("as.dto.entitytype.id.EntityTypePermId").set("permId", typ.code, "entityKind", typ.kind.apiKind())
}

func (t *translator) assignment(typ *entityType, a *assignment, fo *node) *obj {
	o := newObj("as.dto.property.PropertyAssignment")
	o.set("fetchOptions", t.fetch(fo),
		"permId", newObj("as.dto.property.id.PropertyAssignmentPermId").set("entityTypeId", typeID(typ),
			"propertyTypeId", permIDObj("as.dto.property.id.PropertyTypePermId", a.prop.code)),
		"ordinal", a.ordinal, "mandatory", a.mandatory, "showInEditView", true, "showRawValueInForms", false,
		"semanticAnnotationsInherited", false, "registrationDate", millis(a.at))
	if a.section != "" {
		o.set("section", a.section)
	}
	if n := fo.node("propertyType"); n != nil {
		o.set("propertyType", t.propertyType(a.prop, n))
	}
	if n := fo.node("entityType"); n != nil {
		o.set("entityType", t.entityType(typ, n))
	}
	if fo.node("semanticAnnotations") != nil {
		o.set("semanticAnnotations", list{})
	}
	if n := fo.node("registrator"); n != nil {
		o.set("registrator", t.user(t.s.lab.users["system"], n))
	}
	return o
}

func (t *translator) propertyType(p *propertyType, fo *node) *obj {
	key := typeFetch{p, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	o := newObj("as.dto.property.PropertyType")
	t.typed[key] = o
	meta := pairs{}
	if p.widget != "" {
		meta = append(meta, pair{"custom_widget", p.widget})
	}
	o.set("fetchOptions", t.fetch(fo), "code", p.code, "permId", permIDObj("as.dto.property.id.PropertyTypePermId", p.code), "label", p.label,
		"description", p.label, "managedInternally", p.code[0] == '$', "dataType", p.dataType,
		"registrationDate", millis(p.registeredAt), "metaData", meta)
	if n := fo.node("vocabulary"); n != nil && p.vocab != nil {
		o.set("vocabulary", t.vocabulary(p.vocab, n))
	}
	if fo.node("semanticAnnotations") != nil {
		o.set("semanticAnnotations", list{})
	}
	if n := fo.node("registrator"); n != nil {
		o.set("registrator", t.user(t.s.lab.users["system"], n))
	}
	return o
}

func (t *translator) vocabulary(v *vocabulary, fo *node) *obj {
	key := typeFetch{v, fo}
	if o := t.typed[key]; o != nil {
		return o
	}
	o := newObj("as.dto.vocabulary.Vocabulary")
	t.typed[key] = o
	o.set("fetchOptions", t.fetch(fo), "permId", permIDObj("as.dto.vocabulary.id.VocabularyPermId", v.code), "code", v.code,
		"managedInternally", v.code[0] == '$', "registrationDate", millis(v.registered), "modificationDate", millis(v.registered), "chosenFromList", true)
	if n := fo.node("registrator"); n != nil {
		o.set("registrator", t.user(t.s.lab.users["system"], n))
	}
	if n := fo.node("terms"); n != nil {
		l := list{}
		for i := range v.terms {
			l = append(l, t.term(v, i, n))
		}
		o.set("terms", l)
	}
	return o
}

func (t *translator) term(v *vocabulary, i int, fo *node) *obj {
	x := v.terms[i]
	o := newObj("as.dto.vocabulary.VocabularyTerm")
	o.set("fetchOptions", t.fetch(fo), "permId", newObj("as.dto.vocabulary.id.VocabularyTermPermId").set("code", x.code, "vocabularyCode", v.code),
		"code", x.code, "ordinal", i+1, "official", true, "registrationDate", millis(v.registered), "modificationDate", millis(v.registered))
	if x.label != "" {
		o.set("label", x.label)
	}
	if n := fo.node("vocabulary"); n != nil {
		o.set("vocabulary", t.vocabulary(v, n))
	}
	if n := fo.node("registrator"); n != nil {
		o.set("registrator", t.user(t.s.lab.users["system"], n))
	}
	return o
}

// timeOf reads epoch milliseconds.
func timeOf(n *node, key string) time.Time {
	if ms, ok := n.number(key); ok {
		return time.UnixMilli(ms)
	}
	return time.Time{}
}
