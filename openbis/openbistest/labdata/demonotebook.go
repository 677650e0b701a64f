package labdata

import (
	"archive/zip"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"strings"
	"time"
)

// notebook is the work of Jane Doe.
func (d *demo) notebook() {
	d.AddProjectWith(ProjectSpec{Identifier: "/JDOE/HEAT_SHOCK", Description: "Heat shock response of budding yeast"})
	d.AddProjectWith(ProjectSpec{Identifier: "/JDOE/MEMBRANE_TRANSPORT", Description: "Transporters of the plasma membrane"})
	experiment := func(id, name, goals string) string {
		return d.AddCollection(
			CollectionSpec{
				Identifier:  id,
				Type:        "DEFAULT_EXPERIMENT",
				Name:        name,
				Registrator: DemoUser,
				Tags:        []string{"PAPER_2025"},
				Properties: map[string]string{
					"$DEFAULT_OBJECT_TYPE": "EXPERIMENTAL_STEP", "DEFAULT_EXPERIMENT.GRANT": "SNF 200021-000000",
					"START_DATE":                            "2025-02-03 09:00:00 +0000",
					"DEFAULT_EXPERIMENT.EXPERIMENTAL_GOALS": paragraph(goals)},
			},
		)
	}
	curves := experiment(
		"/JDOE/HEAT_SHOCK/TIME_COURSE",
		"Time course of the heat shock response",
		"How fast do the chaperones come, and how long do they stay?",
	)
	blots := experiment("/JDOE/HEAT_SHOCK/WESTERN_BLOTS", "Western blots of Hsp104", "Confirm the time course at the level of protein.")
	tracks := experiment("/JDOE/MEMBRANE_TRANSPORT/TRACKING", "Single particle tracking", "Do the transporters move in and out of patches?")
	scans := d.AddCollection(
		CollectionSpec{
			Identifier:  "/JDOE/MEMBRANE_TRANSPORT/SCANS",
			Name:        "Microscope scans",
			Registrator: DemoUser,
			Properties:  map[string]string{"$DEFAULT_OBJECT_TYPE": "ENTRY"},
		},
	)
	picture := d.AddImage("setup.png", "image/png", d.plot(360, 200, 3))

	first := d.timeCourse(curves, picture)
	d.westernBlots(blots, first)
	d.tracking(tracks)
	// The scan is large enough to see an export at work.
	entry := d.AddObject(
		ObjectSpec{Collection: scans, Type: "ENTRY", Name: "Whole field, 3 channels", Registrator: DemoUser, Properties: map[string]string{
			"$DOCUMENT": "<h2>Whole field</h2><p>Overview at 20x, stitched from 12 × 9 tiles.</p>"}},
	)
	d.AddDataSet(DataSetSpec{Object: entry, Name: "Stitched scan", Registrator: DemoUser,
		Files:     map[string][]byte{"original/default/scan.txt": []byte("objective: 20x\nchannels: 3\ntiles: 12 x 9\n")},
		Generated: []GeneratedFile{{Path: "original/default/scan_full.raw", Size: 412_316_861, Seed: 7}}})
	d.AddDataSet(DataSetSpec{Collection: scans, Name: "Flat field correction", Type: "OTHER_DATA", Registrator: DemoUser,
		Generated: []GeneratedFile{{Path: "original/flatfield.raw", Size: 8_388_608, Seed: 8}}})
	d.AddDataSet(DataSetSpec{Collection: scans, Name: "Scans of 2023", Registrator: DemoUser, Status: "ARCHIVED",
		Generated: []GeneratedFile{
			{Path: "original/default/scan_a.raw", Size: 2_097_152, Seed: 9},
			{Path: "original/default/scan_b.raw", Size: 3_145_728, Seed: 10},
		}})
	d.AddDataSet(
		DataSetSpec{
			Collection:  scans,
			Name:        "Raw frames on the group's share",
			Kind:        "LINK",
			Registrator: DemoUser,
			Links:       []Link{{Path: "/share/scans/2025/frames"}},
		},
	)
	for i := range 14 {
		o := d.AddObject(
			ObjectSpec{
				Collection:  scans,
				Type:        "ENTRY",
				Name:        fmt.Sprintf("Scan of %s", time.Date(2025, 2, 3+i, 0, 0, 0, 0, time.UTC).Format("2 January")),
				Registrator: DemoUser,
				Properties:  map[string]string{"$DOCUMENT": paragraph(fmt.Sprintf("Plate %d, focus drift below 1 µm.", i+1))},
			},
		)
		d.AddDataSet(DataSetSpec{Object: o, Name: fmt.Sprintf("Plate %d", i+1), Registrator: DemoUser, Files: map[string][]byte{
			"original/default/overview.png":  d.plot(160, 120, uint64(i)+20),
			"original/default/positions.csv": Csv("x_um", "y_um", 40, uint64(i)+20)}})
	}
}

// timeCourse is an experiment whose steps follow from each other. It returns
// the data set that a publication names.
func (d *demo) timeCourse(coll, picture string) string {
	names := []string{
		"Pre-culture",
		"Growth at 25 °C",
		"Heat shock at 42 °C",
		"Sampling every 5 min",
		"Protein extraction",
		"Recovery at 25 °C",
		"Repeat with hsp104Δ",
		"Plate counts",
		"Evaluation",
	}
	var steps, sets []string
	for i, n := range names {
		parents := []string{d.protocols[i%8], d.buffers[i%len(d.buffers)]}
		if i > 0 {
			parents = append(parents, steps[i-1])
		}
		props := map[string]string{
			"FINISHED_FLAG": fmt.Sprint(
				i < 7,
			), "START_DATE": fmt.Sprintf("2025-02-%02d 09:00:00 +0000", 3+i), "END_DATE": fmt.Sprintf("2025-02-%02d 17:30:00 +0000", 3+i),
			"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": paragraph(
				"Step " + fmt.Sprint(i+1) + " of the time course: <b>" + strings.ToLower(n) + "</b>.",
			),
			"EXPERIMENTAL_STEP.EXPERIMENTAL_DESCRIPTION": "<p>Three biological replicates, OD<sub>600</sub> 0.4 &plusmn; 0.02.</p><ul><li>" +
				"flask A</li><li>flask B</li><li>flask C</li></ul>",
			"$XMLCOMMENTS": "<root/>",
		}
		switch i {
		case 2:
			props["EXPERIMENTAL_STEP.EXPERIMENTAL_RESULTS"] = `<p>The set-up:</p><figure class="image"><img src="` + picture +
				`" alt="water bath"></figure><p>Temperature was stable within 0.2&nbsp;K.</p>`
		case 8:
			props["EXPERIMENTAL_STEP.SPREADSHEET"] = spreadsheet([]string{"Time (min)", "Hsp104", "Ssa1", "Comment"}, [][]string{
				{
					"0",
					"1.0",
					"1.0",
					"",
				}, {"5", "2.4", "1.9", ""}, {"10", "5.1", "3.2", ""}, {"20", "9.8", "4.4", "saturated"}, {"40", "9.5", "4.1", ""}})
			props["REFERENCE"] = paragraph(`See <a href="https://doi.org/10.1000/182">the handbook</a>.`)
		}
		steps = append(
			steps,
			d.AddObject(ObjectSpec{Collection: coll, Name: n, Parents: parents, Registrator: DemoUser, Properties: props, Tags: tagsOf(i)}),
		)
		if i == 0 || i == 7 {
			continue
		}
		files := map[string][]byte{
			fmt.Sprintf("original/default/od600_step_%d.csv", i+1): Csv("time_min", "od600", 120, uint64(i)),
			"original/default/README.txt": []byte(
				"Plate reader export, flasks A to C.\nTime in minutes since the shift.\n",
			),
		}
		sets = append(sets, d.AddDataSet(DataSetSpec{Object: steps[i], Name: n + ", raw", Registrator: DemoUser, Files: files,
			Properties: map[string]string{"NOTES": paragraph("Exported from the plate reader.")}}))
	}
	last := steps[len(steps)-1]
	d.AddDataSet(
		DataSetSpec{
			Object:      last,
			Type:        "ANALYZED_DATA",
			Name:        "Fits and figures",
			Registrator: DemoUser,
			Parents:     sets[:2],
			Files: map[string][]byte{
				"original/figures/figure_1.png": d.plot(640, 420, 11), "original/figures/figure_2.png": d.plot(640, 420, 12),
				"original/fits.csv": Csv(
					"parameter",
					"value",
					24,
					13,
				), "original/fit.py": []byte("import csv\n\n# fits an exponential to every flask\n"),
				"original/raw_bundle.zip": bundle()},
		},
	)
	d.AddDataSet(
		DataSetSpec{
			Object:      last,
			Type:        "PROCESSED_DATA",
			Kind:        "CONTAINER",
			Name:        "All raw data of the time course",
			Registrator: DemoUser,
			Components:  sets,
		},
	)
	d.AddDataSet(DataSetSpec{Object: last, Type: "OTHER_DATA", Name: "Nothing yet", Registrator: DemoUser})
	d.AddDataSet(
		DataSetSpec{
			Collection:  coll,
			Type:        "ATTACHMENT",
			Name:        "Ethics approval",
			Registrator: DemoUser,
			Files:       map[string][]byte{"original/approval.txt": []byte("Approved.\n")},
		},
	)
	return sets[0]
}

func tagsOf(i int) []string {
	if i%3 == 0 {
		return []string{"PAPER_2025"}
	}
	return nil
}

func (d *demo) westernBlots(coll, raw string) {
	for i := range 12 {
		o := d.AddObject(
			ObjectSpec{
				Collection:  coll,
				Name:        fmt.Sprintf("Blot %d", i+1),
				Parents:     []string{d.antibodies[i%len(d.antibodies)], d.buffers[1], d.protocols[12+i%4]},
				Registrator: DemoUser,
				Properties: map[string]string{
					"EXPERIMENTAL_STEP.EXPERIMENTAL_RESULTS": paragraph(fmt.Sprintf("Band at %d kDa, exposure %d s.", 90+i, 10*(i+1))),
					"NOTES":                                  paragraph("Membrane kept in the cold room."),
				},
			},
		)
		spec := DataSetSpec{Object: o, Name: fmt.Sprintf("Blot %d, image", i+1), Registrator: DemoUser, Files: map[string][]byte{
			fmt.Sprintf("original/default/blot_%02d.png", i+1): d.plot(320, 240, uint64(i)+40)}}
		if i == 5 {
			spec.Status = "ARCHIVED"
		}
		if i == 0 {
			spec.Parents = []string{raw}
		}
		d.AddDataSet(spec)
	}
}

func (d *demo) tracking(coll string) {
	for i := range 20 {
		o := d.AddObject(
			ObjectSpec{
				Collection:  coll,
				Name:        fmt.Sprintf("Cell %d", i+1),
				Parents:     []string{d.cells[i%len(d.cells)], d.plasmids[i%len(d.plasmids)], d.protocols[5]},
				Registrator: DemoUser,
				Properties:  map[string]string{"EXPERIMENTAL_STEP.EXPERIMENTAL_DESCRIPTION": paragraph("2,000 frames of 20 ms, TIRF.")},
			},
		)
		d.AddDataSet(DataSetSpec{Object: o, Name: fmt.Sprintf("Tracks of cell %d", i+1), Registrator: DemoUser,
			Files: map[string][]byte{
				"original/default/tracks.csv":      Csv("x_um", "y_um", 400, uint64(i)+60),
				"original/default/first_frame.png": d.plot(128, 128, uint64(i)+60),
			},
			Generated: []GeneratedFile{{Path: "original/default/movie.raw", Size: 1_500_000 + int64(i)*37_411, Seed: uint64(i) + 100}}})
	}
}

// awkward is everything with a name that trips somebody up.
func (d *demo) awkward() {
	coll := d.AddCollection(
		CollectionSpec{
			Identifier: "/DEFAULT_LAB_NOTEBOOK/DEFAULT_PROJECT/DEFAULT_EXPERIMENT",
			Type:       "DEFAULT_EXPERIMENT",
			Name:       "Default Experiment",
			Properties: map[string]string{"$DEFAULT_OBJECT_TYPE": "EXPERIMENTAL_STEP"},
		},
	)
	for _, n := range []string{"pH 4/5 series", `Überführung "Größe" & <b>mehr</b>`, "🧪 pilot 🔬", "Duplicate", "Duplicate", "",
		"\x1b[31mred\x1b[0m alert\x07", "CON", " ..", "trailing dot.",
		strings.Repeat("A very long name that goes on and on ", 7), "日本語の名前", "line\nbreak", "\u202egnp.exe"} {
		d.AddObject(ObjectSpec{Collection: coll, Name: n, Registrator: DemoUser, Properties: map[string]string{
			"EXPERIMENTAL_STEP.EXPERIMENTAL_GOALS": `<p>Fine <script>alert(1)</script><img src="https://elsewhere.example/x.png" onerror="x()">` +
				` text.</p>`}})
	}
	o := d.AddObject(ObjectSpec{Project: "/DEFAULT_LAB_NOTEBOOK/DEFAULT_PROJECT", Name: "Without a collection", Registrator: DemoUser})
	d.AddObject(
		ObjectSpec{
			Space:       "JDOE",
			Type:        "ENTRY",
			Name:        "Loose note",
			Registrator: DemoUser,
			Properties:  map[string]string{"$DOCUMENT": paragraph("Straight in the space.")},
		},
	)
	d.AddDataSet(DataSetSpec{Object: o, Name: "Awkward file names", Registrator: DemoUser, Files: map[string][]byte{
		"original/default/naïve #1?.txt":     []byte("hash and question mark\n"),
		"original/default/100 % + more;.txt": []byte("per cent, plus, semicolon\n"),
		"original/default/日本語.txt":           []byte("kana\n"),
		`original/default/"quoted"\.txt`:     []byte("quotes and backslash\n"),
		"original/default/[brackets]/a.txt":  []byte("brackets\n"),
		"original/default/A.TXT":             []byte("upper case\n"),
		"original/default/a.txt":             []byte("lower case\n"),
		"original/default/empty.dat":         {},
		"original/default/.hidden":           []byte("hidden\n"),
		"original/default/no extension":      []byte("no extension\n"),
	}, Folders: []string{"original/default/empty folder"}})
	d.AddDataSet(DataSetSpec{Object: o, Name: "File name with a control character", Registrator: DemoUser, Files: map[string][]byte{
		"original/default/\x1b[2J.txt": []byte("escape\n"), "original/default/fine.txt": []byte("fine\n")}})
	d.AddDataSet(
		DataSetSpec{
			Object:      o,
			Name:        "Size unknown",
			Registrator: DemoUser,
			SizeUnknown: true,
			Files:       map[string][]byte{"original/x.csv": Csv("a", "b", 5, 1)},
		},
	)
}

// neighbour is a space that Jane may only look at.
func (d *demo) neighbour() {
	c := d.AddCollection(
		CollectionSpec{Identifier: "/MSMITH/PEPTIDES/SYNTHESIS", Type: "DEFAULT_EXPERIMENT", Name: "Peptide synthesis", Registrator: "msmith"},
	)
	for i := range 12 {
		o := d.AddObject(
			ObjectSpec{Collection: c, Name: fmt.Sprintf("Peptide %c", 'A'+i), Registrator: "msmith", Parents: []string{d.chemicals[i]},
				Properties: map[string]string{"EXPERIMENTAL_STEP.EXPERIMENTAL_RESULTS": paragraph("Yield " + fmt.Sprint(40+i*3) + " %.")}},
		)
		d.AddDataSet(
			DataSetSpec{
				Object:      o,
				Name:        "HPLC trace",
				Registrator: "msmith",
				Files:       map[string][]byte{"original/trace.csv": Csv("min", "mAU", 200, uint64(i)+200)},
			},
		)
	}
}

// Csv is a table with a curve in it.
func Csv(x, y string, rows int, seed uint64) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s,%s\n", x, y)
	for i := range rows {
		noise := float64(Splitmix(seed*10_000+uint64(i))%1000)/20_000 - 0.025
		fmt.Fprintf(&b, "%d,%.4f\n", i, 1-math.Exp(-float64(i)/30)+noise)
	}
	return b.Bytes()
}

// encoderPool keeps what makes one picture for the next: half of the work.
type encoderPool struct{ kept *png.EncoderBuffer }

func (p *encoderPool) Get() *png.EncoderBuffer  { return p.kept }
func (p *encoderPool) Put(b *png.EncoderBuffer) { p.kept = b }

// plot is a small picture of a curve.
func (d *demo) plot(w, h int, seed uint64) []byte {
	img := image.NewPaletted(
		image.Rect(0, 0, w, h),
		color.Palette{color.White, color.RGBA{40, 40, 40, 255}, color.RGBA{200, 60, 40, 255}, color.RGBA{225, 225, 225, 255}},
	)
	for x := range w {
		for y := range h {
			if x%40 == 20 || y%40 == 20 {
				img.SetColorIndex(x, y, 3)
			}
			if x == 20 || y == h-20 {
				img.SetColorIndex(x, y, 1)
			}
		}
	}
	for x := 21; x < w-4; x++ {
		v := 1 - math.Exp(-float64(x-20)/float64(w)*float64(3+seed%4)) + float64(Splitmix(seed<<20+uint64(x))%100)/2500
		y := h - 20 - int(v*float64(h-40)*0.9)
		for dy := -1; dy <= 1; dy++ {
			if y+dy >= 0 && y+dy < h {
				img.SetColorIndex(x, y+dy, 2)
			}
		}
	}
	var b bytes.Buffer
	encoder := png.Encoder{BufferPool: &d.pictures}
	_ = encoder.Encode(&b, img) // a buffer takes everything
	return b.Bytes()
}

// bundle is a ZIP inside a data set.
func bundle() []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 3 {
		// A buffer takes everything, so nothing here can fail.
		w, _ := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("flask_%c.csv", 'a'+i), Method: zip.Deflate, Modified: LabEpoch()})
		_, _ = w.Write(Csv("time_min", "od600", 60, uint64(i)+300))
	}
	_ = z.Close()
	return b.Bytes()
}
