package openbis

import "strings"

// Section is a part of the ELN's menu.
type Section int

// The sections, in the ELN's order.
const (
	LabNotebook Section = iota
	Inventory
	Stock
	Sections // how many there are
)

// String is the heading.
func (s Section) String() string {
	switch s {
	case Inventory:
		return "INVENTORY"
	case Stock:
		return "STOCK"
	}
	return "LAB NOTEBOOK"
}

// Suffixes, since servers with several groups put the group before them
// ("GRP_MATERIALS"); see docs/openbis-api.md, The ELN's tree.
var (
	stockSuffixes     = []string{"STOCK_CATALOG", "STOCK_ORDERS"}
	inventorySuffixes = []string{"MATERIALS", "METHODS", "STORAGE", "ELN_SETTINGS", "PUBLICATIONS"}
	hiddenSuffixes    = []string{"ELN_SETTINGS", "STORAGE"}
)

// SectionOf tells in which section the ELN shows a space, and whether it hides it.
func SectionOf(spaceCode string) (s Section, hidden bool) {
	hidden = spaceCode == "NAGIOS" || hasSuffix(spaceCode, hiddenSuffixes)
	switch {
	case hasSuffix(spaceCode, stockSuffixes):
		return Stock, hidden
	case hasSuffix(spaceCode, inventorySuffixes):
		return Inventory, hidden
	}
	return LabNotebook, hidden
}

func hasSuffix(code string, suffixes []string) bool {
	for _, s := range suffixes {
		if strings.HasSuffix(code, s) {
			return true
		}
	}
	return false
}
