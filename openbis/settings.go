package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// webApp is the web app whose settings the ELN keeps (docs/openbis-api.md,
// Persons and settings).
const webApp = "ELN-LIMS"

func me() dto { return of("person.id.Me") }

// Setting reads one of the user's own settings of the ELN; false where it was
// never saved.
func (c *Client) Setting(ctx context.Context, key string) (string, bool, error) {
	op := "read setting " + key
	g, err := c.call(ctx, "getPersons", []any{me()}, person().with("webAppSettings", map[string]any{
		webApp: of("webapp.fetchoptions.WebAppSettingsFetchOptions", "settings", []any{key}, "allSettings", false)}))
	if err != nil {
		return "", false, fmt.Errorf("%s: %w", op, err)
	}
	all, ok := g.root.(map[string]any)
	if !ok {
		return "", false, fmt.Errorf("%s: %w", op, errShape)
	}
	for _, v := range all { // one person, under the key "me"
		app := g.obj(g.obj(g.obj(v)["webAppSettings"])[webApp])
		value, ok := g.obj(g.obj(app["settings"])[key])["value"].(string)
		if ok {
			return value, true, nil
		}
	}
	return "", false, nil
}

// SetSetting saves one of the user's own settings of the ELN and reads it
// back. Others stay as they are. ErrPATDenied with a personal access token
// (docs/openbis-api.md, Sessions). The value may be a secret: no error repeats it.
func (c *Client) SetSetting(ctx context.Context, key, value string) error {
	op := "save setting " + key
	if c.Session().PAT {
		return fmt.Errorf("%s: %w", op, ErrPATDenied)
	}
	// Add overwrites one key; Set would replace all of them.
	actions := []any{of("common.update.ListUpdateActionAdd", "items",
		[]any{of("webapp.create.WebAppSettingCreation", "name", key, "value", value)})}
	update := of("person.update.PersonUpdate", "userId", me(), "webAppSettings", map[string]any{
		webApp: of("webapp.update.WebAppSettingsUpdateValue", "actions", actions)})
	_, err := c.inSession(ctx, request{url: c.base.String() + asPath, method: "updatePersons",
		params: []any{[]any{update}}, secrets: []string{value}})
	if err != nil {
		return fmt.Errorf("%s: %w", op, err)
	}
	// A browser tab that is open with the ELN may write its old settings back.
	kept, _, err := c.Setting(ctx, key)
	if err != nil {
		return err
	}
	if kept != value {
		return fmt.Errorf("%s: %w", op, errors.New("openBIS did not keep it"))
	}
	return nil
}

const settingsSuffix = "ELN_SETTINGS"

// ExportSwitch reads the lab manager's switch for the export to Zenodo: on
// where any readable settings object switches it on, as in the ELN. The ELN
// hides the menu where it is off or was never saved; the server itself never
// checks it (docs/openbis-api.md, Registering a publication).
func (c *Client) ExportSwitch(ctx context.Context) (Switch, error) {
	objects, err := c.settingsObjects(ctx)
	if errors.Is(err, ErrDenied) || errors.Is(err, ErrNotFound) {
		return SwitchUnknown, nil
	}
	if err != nil {
		return SwitchUnknown, fmt.Errorf("read the switch for the export: %w", err)
	}
	result := SwitchUnknown
	for i := range objects {
		var saved struct {
			Menu map[string]any `json:"mainMenu"`
		}
		value := objects[i].Property("$" + settingsSuffix)
		if json.Unmarshal([]byte(value), &saved) != nil || saved.Menu == nil {
			continue // never saved: new groups get an object without menu
		}
		if saved.Menu["showZenodoExportBuilder"] == true {
			return SwitchOn, nil
		}
		result = SwitchOff
	}
	return result, nil
}

// settingsObjects are the ELN's settings. The space is looked at, too: anybody
// may put an object of that type into a space of their own. Who may export and which
// groups there are is asked one after the other: they are read once.
func (c *Client) settingsObjects(ctx context.Context) ([]Entity, error) {
	return again(ctx, c, "settings", func(ctx context.Context) ([]Entity, error) {
		g, err := c.call(ctx, "searchSamples", criteria(KindObject, objectType("GENERAL_ELN_SETTINGS")),
			fetch(KindObject, named).with("space", fetchOf(KindSpace)))
		if err != nil {
			return nil, err
		}
		l, err := g.listing(KindObject)
		if err != nil {
			return nil, err
		}
		return slices.DeleteFunc(l.Entities, func(e Entity) bool { return !strings.HasSuffix(e.Space, settingsSuffix) }), nil
	})
}
