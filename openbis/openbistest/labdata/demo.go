package labdata

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// What a visitor of the demo logs in with.
const (
	DemoUser     = "jdoe"
	DemoPassword = "demo"
	DemoPAT      = "$pat-jdoe-250303080000000xDE300000000000000000000000000001"
)

// demoUnarchive is how long the demo's archive takes.
const demoUnarchive = 8 * time.Second

// demo builds the demo's lab.
type demo struct {
	*Lab
	protocols, antibodies, chemicals, plasmids, cells, buffers []string

	pictures encoderPool
}

// DemoLab is a lab that looks like one: an ELN-LIMS with a few hundred
// objects, among them the notebook of Jane Doe, and everything that makes an
// export interesting. It is the same on every run.
func DemoLab() *Lab {
	d := &demo{Lab: NewLab()}
	d.UnarchiveAfter = demoUnarchive
	for _, s := range [][2]string{
		{"DEFAULT_LAB_NOTEBOOK", "Default lab notebook"}, {"ELN_SETTINGS", "ELN Settings"}, {"MATERIALS", "Materials"}, {"METHODS", "Methods"},
		{"PUBLICATIONS", "Publications"}, {"STOCK_CATALOG", "Stock catalog"}, {"STOCK_ORDERS", "Stock orders"}, {"STORAGE", "Storage"},
		{"JDOE", "Notebook of Jane Doe"}, {"MSMITH", "Notebook of Max Smith"},
	} {
		d.AddSpaceWith(s[0], s[1])
	}
	everyday := func(own string) []RoleSpec {
		roles := []RoleSpec{{Role: "ADMIN", Space: own}}
		for _, s := range []string{"MATERIALS", "METHODS", "STORAGE", "STOCK_CATALOG", "DEFAULT_LAB_NOTEBOOK"} {
			roles = append(roles, RoleSpec{Role: "USER", Space: s})
		}
		for _, s := range []string{"PUBLICATIONS", "ELN_SETTINGS", "STOCK_ORDERS"} {
			roles = append(roles, RoleSpec{Role: "OBSERVER", Space: s})
		}
		return roles
	}
	d.AddUser(UserSpec{ID: DemoUser, Password: DemoPassword, FirstName: "Jane", LastName: "Doe", Email: "jane.doe@lab.example",
		HomeSpace: "JDOE", Roles: append(everyday("JDOE"), RoleSpec{Role: "OBSERVER", Space: "MSMITH"})})
	d.AddUser(UserSpec{ID: "msmith", Password: DemoPassword, FirstName: "Max", LastName: "Smith", Email: "max.smith@lab.example",
		HomeSpace: "MSMITH", Roles: everyday("MSMITH")})
	d.AddUser(UserSpec{ID: "labmanager", Password: DemoPassword, FirstName: "Lena", LastName: "Äberli", Email: "lena@lab.example",
		Roles: []RoleSpec{{Role: "ADMIN"}}})
	d.AddPAT(PATSpec{User: DemoUser, Session: "zenobis demo", Token: DemoPAT})
	d.settings(true)
	d.methods()
	d.materials()
	d.stock()
	d.notebook()
	d.awkward()
	d.neighbour()
	d.publications()
	return d.Lab
}

// DemoGroupsLab is a server of several groups: general settings and two
// groups, each with its publications. Jane sees all of them.
func DemoGroupsLab() *Lab {
	d := &demo{Lab: NewLab()}
	roles := []RoleSpec{{Role: "OBSERVER", Space: "ELN_SETTINGS"}}
	d.AddSpace("ELN_SETTINGS")
	for _, g := range []string{"GRP1", "GRP2"} {
		roles = append(roles, RoleSpec{Role: "OBSERVER", Space: g + "_ELN_SETTINGS"}, RoleSpec{Role: "OBSERVER", Space: g + "_PUBLICATIONS"},
			RoleSpec{Role: "ADMIN", Space: g + "_JDOE"})
	}
	d.AddUser(
		UserSpec{
			ID:        DemoUser,
			Password:  DemoPassword,
			FirstName: "Jane",
			LastName:  "Doe",
			Email:     "jane.doe@lab.example",
			HomeSpace: "GRP1_JDOE",
			Roles:     roles,
		},
	)
	d.AddPAT(PATSpec{User: DemoUser, Session: "zenobis demo", Token: DemoPAT})
	d.settings(true)
	for _, g := range []string{"GRP1", "GRP2"} {
		d.AddObject(ObjectSpec{Space: d.AddSpace(g + "_ELN_SETTINGS"), Code: g + "_ELN_SETTINGS", Type: "GENERAL_ELN_SETTINGS",
			Properties: map[string]string{
				"$ELN_SETTINGS": `{"inventorySpaces":["` + g + `_MATERIALS"],"inventorySpacesReadOnly":["` + g + `_PUBLICATIONS"]}`,
			}})
		d.AddCollection(CollectionSpec{Identifier: "/" + g + "_PUBLICATIONS/" + g + "_PUBLIC_REPOSITORIES/" + g + "_PUBLICATIONS_COLLECTION",
			Name: "Publications Collection", Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "PUBLICATION"}})
		c := d.AddCollection(
			CollectionSpec{
				Identifier:  "/" + g + "_JDOE/PROJECT/EXPERIMENT",
				Type:        "DEFAULT_EXPERIMENT",
				Name:        "Experiment of " + g,
				Registrator: DemoUser,
			},
		)
		o := d.AddObject(ObjectSpec{Collection: c, Name: "Step of " + g, Registrator: DemoUser})
		d.AddDataSet(
			DataSetSpec{
				Object:      o,
				Name:        "Table",
				Registrator: DemoUser,
				Files:       map[string][]byte{"original/table.csv": Csv("x", "y", 10, uint64(len(g)))},
			},
		)
	}
	return d.Lab
}

func (d *demo) settings(zenodo bool) {
	set := map[string]any{"mainMenu": map[string]bool{"showLabNotebook": true, "showInventory": true, "showStock": true, "showExports": true,
		"showZenodoExportBuilder": zenodo, "showBarcodes": false}, "inventorySpaces": []string{"MATERIALS", "METHODS", "STORAGE",
		"STOCK_CATALOG"},
		"inventorySpacesReadOnly": []string{"ELN_SETTINGS", "STOCK_ORDERS", "PUBLICATIONS"}, "hideSectionsByDefault": false}
	text, _ := json.Marshal(set) // plain maps and strings
	d.AddObject(
		ObjectSpec{
			Space:      "ELN_SETTINGS",
			Code:       "GENERAL_ELN_SETTINGS",
			Type:       "GENERAL_ELN_SETTINGS",
			Properties: map[string]string{"$ELN_SETTINGS": string(text)},
		},
	)
	storages := d.AddCollection(CollectionSpec{Identifier: "/ELN_SETTINGS/STORAGES/STORAGES_COLLECTION", Name: "Storages Collection"})
	for _, s := range [][2]string{{"BENCH", "Bench"}, {"DEFAULT_STORAGE", "Default Storage"}} {
		d.AddObject(ObjectSpec{Collection: storages, Code: s[0], Type: "STORAGE", Name: s[1], Properties: map[string]string{
			"$STORAGE.ROW_NUM": "4", "$STORAGE.COLUMN_NUM": "4", "$STORAGE.BOX_NUM": "9999", "$STORAGE.STORAGE_VALIDATION_LEVEL": "BOX_POSITION"}})
	}
	templates := d.AddCollection(CollectionSpec{Identifier: "/ELN_SETTINGS/TEMPLATES/TEMPLATES_COLLECTION", Name: "Template Collection"})
	d.AddObject(
		ObjectSpec{
			Collection: templates,
			Code:       "ORDER_TEMPLATE",
			Type:       "ORDER",
			Properties: map[string]string{"$ORDERING.ORDER_STATUS": "NOT_YET_ORDERED"},
		},
	)
}

func (d *demo) methods() {
	general := d.AddCollection(
		CollectionSpec{
			Identifier: "/METHODS/PROTOCOLS/GENERAL_PROTOCOLS",
			Name:       "General Protocols",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "GENERAL_PROTOCOL"},
		},
	)
	for i, p := range [][2]string{
		{"Heat shock of yeast cultures", "Grow to OD600 0.4 at 25 °C, then move the flask to 42 °C."},
		{"Total protein extraction", "Spin down, freeze in liquid nitrogen, break with glass beads."},
		{"Fixation for microscopy", "4 % formaldehyde, 15 min at room temperature."},
		{"Optical density measurement", "Blank with fresh medium; dilute above 0.8."},
		{"Glycerol stocks", "500 µl culture and 500 µl of 50 % glycerol."},
		{"Single particle tracking", "Acquire 2,000 frames of 20 ms."},
		{"Bradford assay", "Standard curve with BSA from 0 to 20 µg."},
		{"Data backup", "Every Friday, to the share of the group."},
	} {
		d.protocols = append(
			d.protocols,
			d.AddObject(
				ObjectSpec{
					Collection:  general,
					Type:        "GENERAL_PROTOCOL",
					Name:        p[0],
					Registrator: []string{"labmanager", "jdoe"}[i%2],
					Properties: map[string]string{
						"FOR_WHAT": paragraph("Standard procedure of the group."),
						"PROCEDURE": "<ol><li>Label the tubes.</li><li>" + p[1] +
							"</li><li>Note deviations in the experiment.</li></ol>",
						"GENERAL_PROTOCOL.MATERIALS":        "<ul><li>flasks</li><li>tubes, 1.5&nbsp;ml</li></ul>",
						"GENERAL_PROTOCOL.TIME_REQUIREMENT": paragraph("about " + fmt.Sprint(1+i%4) + " hours"),
						"GENERAL_PROTOCOL.SPREADSHEET": spreadsheet(
							[]string{"Reagent", "Amount", "Unit"},
							[][]string{{"buffer", "10", "ml"}, {"beads", "0.5", "g"}},
						),
					},
				},
			),
		)
	}
	for _, c := range []struct{ code, name, typ, title string }{
		{"PCR_PROTOCOLS", "PCR Protocols", "PCR_PROTOCOL", "PCR"}, {"WESTERN_BLOTTING_PROTOCOLS", "Western Blotting Protocols",
			"WESTERN_BLOTTING_PROTOCOL", "Western blot"},
	} {
		coll := d.AddCollection(
			CollectionSpec{Identifier: "/METHODS/PROTOCOLS/" + c.code, Name: c.name, Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": c.typ}},
		)
		for _, kind := range []string{"colony", "quantitative", "touch-down", "control"} {
			d.protocols = append(
				d.protocols,
				d.AddObject(ObjectSpec{Collection: coll, Type: c.typ, Name: c.title + ", " + kind, Registrator: "labmanager",
					Properties: map[string]string{"PROCEDURE": paragraph("See the kit's manual; anneal at 58 °C.")}}),
			)
		}
	}
}

func (d *demo) materials() {
	collection := func(project, code, name, typ string) string {
		return d.AddCollection(
			CollectionSpec{Identifier: "/MATERIALS/" + project + "/" + code, Name: name, Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": typ}},
		)
	}
	suppliers := []string{"Alpha Bio", "Beta Chemicals", "Gamma Reagents", "Delta Labs"}
	add := func(coll, typ string, names []string, props func(int) map[string]string) (ids []string) {
		for i, n := range names {
			ids = append(ids, d.AddObject(ObjectSpec{Collection: coll, Type: typ, Name: n, Properties: props(i), Registrator: "labmanager"}))
		}
		return ids
	}
	series := func(format string, n int) (names []string) {
		for i := range n {
			names = append(names, fmt.Sprintf(format, i+1))
		}
		return names
	}
	d.antibodies = add(
		collection("REAGENTS", "ANTIBODY_COLLECTION", "Antibody Collection", "ANTIBODY"),
		"ANTIBODY",
		append(
			[]string{"anti-Hsp104", "anti-Ssa1", "anti-Pgk1", "anti-GFP", "anti-HA", "anti-Flag", "anti-tubulin", "anti-actin"},
			series("anti-candidate %d", 12)...),
		func(i int) map[string]string {
			return map[string]string{
				"ANTIBODY.HOST":      []string{"MOUSE", "RABBIT", "GOAT", "RAT"}[i%4],
				"ANTIBODY.DETECTION": []string{"HRP", "FLUORESCENCE"}[i%2],
				"ANTIBODY.CLONALITY": []string{"MONOCLONAL", "POLYCLONAL"}[i%2],
				"SUPPLIER":           suppliers[i%4],
				"ARTICLE_NUMBER":     fmt.Sprintf("AB-%04d", 1000+i*7),
				"STORAGE_CONDITIONS": "-20",
			}
		},
	)
	d.chemicals = add(
		collection("REAGENTS", "CHEMICAL_COLLECTION", "Chemical Collection", "CHEMICAL"),
		"CHEMICAL",
		append(
			[]string{"Sodium chloride", "Potassium phosphate", "Glucose", "Formaldehyde 37 %", "Tris", "EDTA", "SDS", "Glycerol", "Agar", "Ethanol"},
			series("Inhibitor library, compound %d", 40)...),
		func(i int) map[string]string {
			return map[string]string{
				"SUPPLIER":           suppliers[i%4],
				"ARTICLE_NUMBER":     fmt.Sprintf("CH-%05d", 20000+i*13),
				"STORAGE_CONDITIONS": []string{"RT", "4", "-20"}[i%3],
			}
		},
	)
	d.buffers = add(
		collection("REAGENTS", "SOLUTION_BUFFER_COLLECTION", "Solution and Buffer Collection", "SOLUTION_BUFFER"),
		"SOLUTION_BUFFER",
		[]string{"PBS 10x", "TBS-T", "Lysis buffer", "TAE 50x", "Laemmli buffer", "YPD medium", "Synthetic complete medium", "Blocking solution"},
		func(i int) map[string]string {
			return map[string]string{
				"SOLUTION_BUFFER.BUFFER_PREPARATION": paragraph(
					"Dissolve, adjust to pH " + fmt.Sprintf("%.1f", 6.8+float64(i)/5) + ", fill up to 1 l.",
				),
				"SOLUTION_BUFFER.STERILIZATION": []string{"AUTOCLAVATION", "FILTRATION"}[i%2],
				"STORAGE_CONDITIONS":            "RT",
			}
		},
	)
	d.plasmids = add(
		collection("PLASMIDS", "PLASMID_COLLECTION", "Plasmid Collection", "PLASMID"),
		"PLASMID",
		series("pJD%03d", 30),
		func(i int) map[string]string {
			return map[string]string{"OWNER": "Jane Doe", "OWNER_NUMBER": fmt.Sprint(i + 1), "PLASMID.BACKBONE": []string{"PGEX4T1", "PUC19"}[i%2],
				"PLASMID.BACTERIAL_ANTIBIOTIC_RESISTANCE": []string{"BLA", "KAN", "CAM"}[i%3]}
		},
	)
	d.cells = add(
		collection("CELL_LINES", "CELL_LINE_COLLECTION", "Cell Line Collection", "CELL_LINE"),
		"CELL_LINE",
		series("HeLa clone %d", 6),
		func(i int) map[string]string {
			return map[string]string{"CELL_LINE.SPECIES": "HOMO", "CELL_LINE.MEDIUM": "DMEM", "CELL_LINE.GROWTH_TEMP": "37"}
		},
	)
	add(
		collection("BACTERIA", "BACTERIA_COLLECTION", "Bacteria Collection", "BACTERIA"),
		"BACTERIA",
		[]string{"Aurantimonas", "Burantimonas", "E. coli DH5α", "E. coli BL21"},
		func(i int) map[string]string {
			return map[string]string{"SUPPLIER": suppliers[i%4]}
		},
	)
	add(
		collection("POLYNUCLEOTIDES", "OLIGO_COLLECTION", "Oligo Collection", "OLIGO"),
		"OLIGO",
		series("oJD%03d", 60),
		func(i int) map[string]string {
			return map[string]string{"OLIGO.DIRECTION": []string{"forward", "reverse"}[i%2], "OLIGO.SEQUENCE": sequence(uint64(i)+5, 20)}
		},
	)
	add(
		collection("REAGENTS", "ENZYME_COLLECTION", "Enzyme Collection", "ENZYME"),
		"ENZYME",
		[]string{"EcoRI", "BamHI", "HindIII", "T4 ligase", "Taq polymerase"},
		func(i int) map[string]string {
			return map[string]string{"SUPPLIER": suppliers[i%4], "STORAGE_CONDITIONS": "-20"}
		},
	)
}

func (d *demo) stock() {
	sup := d.AddCollection(
		CollectionSpec{
			Identifier: "/STOCK_CATALOG/SUPPLIERS/SUPPLIER_COLLECTION",
			Name:       "Supplier Collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "SUPPLIER"},
		},
	)
	var suppliers, products []string
	for i, n := range []string{"Alpha Bio", "Beta Chemicals", "Gamma Reagents", "Delta Labs"} {
		suppliers = append(
			suppliers,
			d.AddObject(ObjectSpec{Collection: sup, Type: "SUPPLIER", Name: n, Registrator: "labmanager", Properties: map[string]string{
				"$SUPPLIER.COMPANY_LANGUAGE": []string{"ENGLISH", "GERMAN"}[i%2], "SUPPLIER.PREFERRED_ORDER_METHOD": "EMAIL",
				"SUPPLIER.URL": fmt.Sprintf("https://supplier%d.example/", i+1)}}),
		)
	}
	prod := d.AddCollection(
		CollectionSpec{
			Identifier: "/STOCK_CATALOG/PRODUCTS/PRODUCT_COLLECTION",
			Name:       "Product Collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "PRODUCT"},
		},
	)
	for i := range 24 {
		products = append(
			products,
			d.AddObject(
				ObjectSpec{
					Collection:  prod,
					Type:        "PRODUCT",
					Name:        fmt.Sprintf("Consumable %d", i+1),
					Parents:     suppliers[i%4 : i%4+1],
					Registrator: "labmanager",
					Properties: map[string]string{
						"$PRODUCT.CATALOG_NUM":    fmt.Sprintf("C-%d", 300+i),
						"$PRODUCT.PRICE_PER_UNIT": fmt.Sprintf("%d.5", 10+i),
						"$PRODUCT.CURRENCY":       "CHF",
					},
				},
			),
		)
	}
	req := d.AddCollection(
		CollectionSpec{
			Identifier: "/STOCK_CATALOG/REQUESTS/REQUEST_COLLECTION",
			Name:       "Request Collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "REQUEST"},
		},
	)
	ord := d.AddCollection(
		CollectionSpec{
			Identifier: "/STOCK_ORDERS/ORDERS/ORDER_COLLECTION",
			Name:       "Order Collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "ORDER"},
		},
	)
	for i := range 5 {
		r := d.AddObject(
			ObjectSpec{Collection: req, Type: "REQUEST", Name: fmt.Sprintf("Request %d", i+1), Parents: products[i*3 : i*3+3], Registrator: DemoUser,
				Properties: map[string]string{"$ORDERING.ORDER_STATUS": "ORDERED", "REQUEST.BUYER": "Jane Doe"}},
		)
		d.AddObject(
			ObjectSpec{Collection: ord, Type: "ORDER", Name: fmt.Sprintf("Order %d", i+1), Parents: []string{r}, Registrator: "labmanager",
				Properties: map[string]string{"$ORDERING.ORDER_STATUS": "DELIVERED", "ORDER.PRICE_PAID": fmt.Sprint(120 + i*9)}},
		)
	}
	boxes := d.AddCollection(CollectionSpec{Identifier: "/STORAGE/STORAGES/BOXES", Name: "Boxes"})
	for i := range 8 {
		d.AddObject(
			ObjectSpec{
				Collection:  boxes,
				Type:        "STORAGE_POSITION",
				Registrator: "labmanager",
				Parents:     d.plasmids[i : i+1],
				Properties: map[string]string{
					"$STORAGE_POSITION.STORAGE_CODE": "BENCH", "$STORAGE_POSITION.STORAGE_BOX_NAME": fmt.Sprintf("Box %d", i/4+1),
					"$STORAGE_POSITION.STORAGE_BOX_SIZE": "9X9",
					"$STORAGE_POSITION.STORAGE_RACK_ROW": "1", "$STORAGE_POSITION.STORAGE_RACK_COLUMN": fmt.Sprint(i%4 + 1)},
			},
		)
	}
}

func (d *demo) publications() {
	coll := d.AddCollection(
		CollectionSpec{
			Identifier: "/PUBLICATIONS/PUBLIC_REPOSITORIES/PUBLICATIONS_COLLECTION",
			Name:       "Publications Collection",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "PUBLICATION"},
		},
	)
	earlier := d.All[KindDataSet][0].Code
	p := d.AddObject(
		ObjectSpec{Collection: coll, Type: "PUBLICATION", Name: "Growth curves of heat-shocked yeast", Properties: map[string]string{
			"$PUBLICATION.ORGANIZATION": "Zenodo", "$PUBLICATION.TYPE": "dataset", "$PUBLICATION.IDENTIFIER": "10.5281/zenodo.1234567",
			"$PUBLICATION.URL": "https://doi.org/10.5281/zenodo.1234567", "$PUBLICATION.DESCRIPTION": "<p>Growth curves at 25 and 42 °C.</p>",
			"$PUBLICATION.OPENBIS_RELATED_IDENTIFIERS": earlier}},
	)
	d.AddDataSet(DataSetSpec{Object: p, Type: "PUBLICATION_DATA", Kind: "CONTAINER", Components: []string{earlier}})
}

func paragraph(s string) string { return "<p>" + s + "</p>" }

// spreadsheet is the value of a spreadsheet property as the ELN stores it.
func spreadsheet(headers []string, rows [][]string) string {
	style := map[string]string{}
	width := []int{}
	for i := range headers {
		width = append(width, 120)
		for j := range rows {
			style[string(rune('A'+i))+fmt.Sprint(j+1)] = "text-align: center;"
		}
	}
	b, _ := json.Marshal(
		map[string]any{
			"version": "1",
			"headers": headers,
			"data":    rows,
			"values":  rows,
			"width":   width,
			"style":   style,
			"meta":    map[string]any{},
		},
	) // plain maps and strings
	return "<DATA>" + base64.StdEncoding.EncodeToString(b) + "</DATA>"
}

func sequence(seed uint64, n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteByte("ACGT"[Splitmix(seed*1000+uint64(i))&3])
	}
	return b.String()
}
