package openbis

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
)

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
// may put an object of that type into a space of their own.
func (c *Client) settingsObjects(ctx context.Context) ([]Entity, error) {
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
}
