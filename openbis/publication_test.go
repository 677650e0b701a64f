package openbis

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"
)

var publication = Publication{Name: "My data", Description: "<p>d</p>", Organization: "Zenodo", Type: "dataset", DOI: "10.5281/zenodo.1",
	URL: "https://doi.org/10.5281/zenodo.1", Related: []string{"1-2", "3-4"}, Groups: []string{"GENERAL", "GRP"}}

func TestRegister(t *testing.T) {
	for name, r := range map[string]struct {
		want error // of kind; nil with text is a Refusal of none
		text string
	}{
		"live/60-publication-ok":             {nil, ""},
		"live/64-publication-no-related":     {nil, "openBISRelatedIdentifiers parameter is None."},
		"live/63-publication-unknown-method": {nil, `Unknown method: "nope"`},
		"live/66-publication-group":          {ErrNotFound, "NOPE_PUBLICATIONS"},
		"live/68-service-unknown":            {ErrNoService, ""},
		"live/133-publication-no-session":    {ErrSession, ""},
	} {
		c, s := start(t, map[string][]recording{"executeCustomASService": {recorded(t, name)}})
		err := c.Register(t.Context(), publication)
		if (err == nil) != (name == "live/60-publication-ok") || (r.want != nil && !errors.Is(err, r.want)) {
			t.Errorf("%s: %v", name, err)
		}
		if err != nil && (!strings.Contains(err.Error(), r.text) || strings.Contains(err.Error(), "Context:")) {
			t.Errorf("%s: %v", name, err)
		}
		if p := string(s.sent[0].Params[2]); !strings.Contains(p, `"openBISRelatedIdentifiers":"1-2,3-4,GROUP:GENERAL,GROUP:GRP"`) {
			t.Error(p)
		}
		if len(s.sent) != 1 {
			t.Errorf("%s: called %d times", name, len(s.sent))
		}
	}
	c, s := start(t, map[string][]recording{"executeCustomASService": {result(`null`)}})
	if err := c.Register(t.Context(), publication); err == nil {
		t.Error("null is no OK")
	}
	if err := c.Register(t.Context(), Publication{Related: []string{"a,b"}}); err == nil || len(s.sent) != 1 {
		t.Error("a comma went into the list")
	}
}

func TestCreatePublication(t *testing.T) {
	kind := func(property string) recording {
		return result(
			fmt.Sprintf(
				`{"objects":[{"@id":2,"code":"PUBLICATION","propertyAssignments":[{"propertyType":{"code":%q}}]}],"totalCount":1}`,
				property,
			),
		)
	}
	for property, name := range map[string]string{"$PUBLICATION.IDENTIFIER": `"$NAME"`, "PUBLICATION.IDENTIFIER": `"NAME"`} {
		c, s := start(t, map[string][]recording{"searchSampleTypes": {kind(property)}, "createSamples": {recorded(t, "12-createsamples")}})
		id, err := c.CreatePublication(t.Context(), publication, "zenodo_1")
		if err != nil || id != "20231114221324000-18" {
			t.Fatalf("%q, %v", id, err)
		}
		p := string(s.calls("createSamples")[0].Params[1])
		for _, want := range []string{name, `"code":"ZENODO_1"`,
			`"/GRP_PUBLICATIONS/GRP_PUBLIC_REPOSITORIES/GRP_PUBLICATIONS_COLLECTION"`, `"/PUBLICATIONS/PUBLIC_REPOSITORIES"`} {
			if !strings.Contains(p, want) {
				t.Errorf("no %s in %s", want, p)
			}
		}
	}
	for name, want := range map[string]error{"live/83-create-duplicate": ErrExists, "live/123-create-publication-no-right": ErrDenied} {
		c, _ := start(t, map[string][]recording{"searchSampleTypes": {kind("$NAME")}, "createSamples": {recorded(t, name)}})
		if _, err := c.CreatePublication(t.Context(), publication, "X"); !errors.Is(err, want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	c, _ := start(t, map[string][]recording{"searchSampleTypes": {result(`{"objects":[],"totalCount":0}`)}})
	if _, err := c.CreatePublication(t.Context(), publication, "X"); !errors.Is(err, ErrNotFound) {
		t.Error(err)
	}
}

func TestPublicationsOnServersWithoutPrefix(t *testing.T) {
	hit := result(
		`{"objects":[{"@id":2,"permId":{"permId":"1-1"},"code":"PUB1","properties":{"PUBLICATION.IDENTIFIER":["10.5281/zenodo.1"]}}],"totalCount":1}`,
	)
	for name, first := range map[string]recording{"refused": failure("x", "no such property"),
		"empty": result(`{"objects":[],"totalCount":0}`)} {
		answers := []recording{first, hit}
		if name == "refused" {
			answers = []recording{first, first, first, hit} // in each order
		}
		c, _ := start(t, map[string][]recording{"searchSamples": answers})
		if got, err := c.Publications(t.Context(), "10.5281/zenodo.1"); err != nil || len(got) != 1 {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	c, _ := start(t, map[string][]recording{"searchSamples": {failure("x", "database down")}})
	if _, err := c.Publications(t.Context(), "10.5281/zenodo.1"); err == nil {
		t.Error("an error became an empty list")
	}
}

func TestPublicationsVisible(t *testing.T) {
	c, s := start(t, map[string][]recording{"getExperiments": {result(`{}`),
		result(`{"/GRP_PUBLICATIONS/GRP_PUBLIC_REPOSITORIES/GRP_PUBLICATIONS_COLLECTION":{"@id":1,"code":"X"}}`)}})
	for _, want := range []bool{false, true} {
		if ok, err := c.PublicationsVisible(t.Context(), "GRP"); err != nil || ok != want {
			t.Errorf("%t, %v", ok, err)
		}
	}
	if p := string(s.sent[0].Params[1]); !strings.Contains(p, "/GRP_PUBLICATIONS/GRP_PUBLIC_REPOSITORIES/GRP_PUBLICATIONS_COLLECTION") {
		t.Error(p)
	}
}

// settingsObject is a settings object as JSON.
func settingsObject(space, code, value string) string {
	p := "{}"
	if value != "" {
		p = fmt.Sprintf(`{"$ELN_SETTINGS":%q}`, value)
	}
	return fmt.Sprintf(
		`{"permId":{"permId":"%s"},"identifier":{"identifier":"/%s/%s"},"code":%q,"space":{"code":%q},"properties":%s}`,
		space+code,
		space,
		code,
		code,
		space,
		p,
	)
}

func TestSwitch(t *testing.T) {
	on, off := `{"mainMenu":{"showZenodoExportBuilder":true}}`, `{"mainMenu":{"showExports":true}}`
	general := func(v string) string { return settingsObject("ELN_SETTINGS", "GENERAL_ELN_SETTINGS", v) }
	group := func(v string) string { return settingsObject("GRP_ELN_SETTINGS", "GRP_ELN_SETTINGS", v) }
	for name, r := range map[string]struct {
		objects []string
		want    Switch
	}{
		"no object":                     {nil, SwitchUnknown},
		"never saved":                   {[]string{general("")}, SwitchUnknown},
		"no JSON":                       {[]string{general("{nope")}, SwitchUnknown},
		"a new group":                   {[]string{group(`{"inventorySpaces":[]}`)}, SwitchUnknown},
		"saved without the key":         {[]string{general(off)}, SwitchOff},
		"on":                            {[]string{general(on)}, SwitchOn},
		"on in one group":               {[]string{general(off), group(on)}, SwitchOn},
		"off in general, new in group":  {[]string{general(off), group("")}, SwitchOff},
		"planted in somebody's own":     {[]string{settingsObject("ALICE", "GENERAL_ELN_SETTINGS", on)}, SwitchUnknown},
		"a text that looks like a bool": {[]string{general(`{"mainMenu":{"showZenodoExportBuilder":"true"}}`)}, SwitchOff},
	} {
		c, _ := start(t, map[string][]recording{"searchSamples": {result(fmt.Sprintf(`{"objects":[%s],"totalCount":%d}`,
			strings.Join(r.objects, ","), len(r.objects)))}})
		if got, err := c.ExportSwitch(t.Context()); err != nil || got != r.want {
			t.Errorf("%s: %v, %v, want %v", name, got, err, r.want)
		}
	}
	c, _ := start(t, map[string][]recording{"searchSamples": {recorded(t, "21-err-auth"), recorded(t, "20-err-expired")}})
	if got, err := c.ExportSwitch(t.Context()); err != nil || got != SwitchUnknown {
		t.Errorf("not readable: %v, %v", got, err)
	}
	if _, err := c.ExportSwitch(t.Context()); !errors.Is(err, ErrSession) {
		t.Error(err)
	}
}

func TestGroups(t *testing.T) {
	c, _ := start(t, map[string][]recording{"searchSamples": {result(`{"objects":[` + strings.Join([]string{
		settingsObject("ZOO_ELN_SETTINGS", "ZOO_ELN_SETTINGS", ""), settingsObject("ELN_SETTINGS", "GENERAL_ELN_SETTINGS", ""),
		settingsObject("BIO_ELN_SETTINGS", "BIO_ELN_SETTINGS", ""), settingsObject("ALICE", "FAKE_ELN_SETTINGS", "")}, ",") +
		`],"totalCount":4}`)}})
	if got, err := c.Groups(t.Context()); err != nil || !reflect.DeepEqual(got, []string{"GENERAL", "BIO", "ZOO"}) {
		t.Errorf("%v, %v", got, err)
	}
}

func TestPATSessionsMayNotManage(t *testing.T) {
	c, s := start(t, nil)
	c.session.PAT = true
	errs := []error{c.SetSetting(t.Context(), "k", "v")}
	_, err := c.CreatePAT(t.Context(), "x", time.Time{}, time.Time{})
	errs = append(errs, err)
	_, err = c.PATs(t.Context())
	for _, err := range append(errs, err) {
		if !errors.Is(err, ErrPATDenied) {
			t.Error(err)
		}
	}
	if len(s.sent) != 0 {
		t.Error("the server was asked in vain")
	}
}

func TestPATsAreOnesOwn(t *testing.T) {
	c, _ := start(t, map[string][]recording{"searchPersonalAccessTokens": {result(`{"objects":[
	 {"permId":{"permId":"$pat-alice-X"},"sessionName":"mine","validFromDate":1000,"validToDate":2000,"owner":{"@id":3,"userId":"alice"}},
	 {"sessionName":"also","owner":3},{"sessionName":"his","owner":{"userId":"bob"}}],"totalCount":3}`)}})
	got, err := c.PATs(t.Context())
	if err != nil || len(got) != 2 || got[0] != (PAT{"mine", time.UnixMilli(1000).UTC(), time.UnixMilli(2000).UTC()}) {
		t.Errorf("%+v, %v", got, err)
	}
}

func TestSettingThatIsNotKept(t *testing.T) {
	c, _ := start(t, map[string][]recording{"updatePersons": {recorded(t, "11-updatepersons")}, "getPersons": {recorded(t, "42-noatid-me")}})
	if err := c.SetSetting(t.Context(), "personal-zenodo-api-token", "abc"); err != nil {
		t.Error(err)
	}
	if err := c.SetSetting(t.Context(), "personal-zenodo-api-token", "other"); err == nil {
		t.Error("it was not kept")
	}
}
