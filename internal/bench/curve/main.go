// Command curve draws what `make bench-curve` measured: what a run costs by the size
// of the mirror. It is a module of its own, since the product draws nothing so.
//
//	curve POINTS.json PICTURE.svg
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"image/color"
	"os"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/plotter"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
	"gonum.org/v1/plot/vg/vgsvg"
)

// point is a run at a size, as bench wrote it.
type point struct {
	Run        string  `json:"run"`
	Backtraces float64 `json:"backtraces"`
	Requests   float64 `json:"requests"`
	CPU        float64 `json:"cpu_seconds"`
	MiB        float64 `json:"mib"`
}

// panels are what the picture shows, side by side.
var panels = []struct {
	title string
	value func(point) float64
	top   float64 // of the axis at least, so that noise does not fill it
}{
	{"requests", func(p point) float64 { return p.Requests }, 10},
	{"CPU time, ms", func(p point) float64 { return p.CPU * 1000 }, 100},
	{"peak memory, MiB", func(p point) float64 { return p.MiB }, 60},
}

// runs are those whose cost must not grow with the mirror.
var runs = []struct {
	name  string
	color color.Color
}{
	{"nothing new", color.RGBA{R: 0x1f, G: 0x6f, B: 0xb4, A: 0xff}},
	{"100 changes", color.RGBA{R: 0xd9, G: 0x5f, B: 0x02, A: 0xff}},
}

const (
	width  = 27 * vg.Centimeter
	height = 8 * vg.Centimeter
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "curve:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return errors.New("want a file of points and the picture's")
	}
	text, err := os.ReadFile(args[0])
	if err != nil {
		return err
	}
	var points []point
	if err := json.Unmarshal(text, &points); err != nil {
		return err
	}
	row := make([]*plot.Plot, len(panels))
	for i := range panels {
		if row[i], err = drawPanel(i, points); err != nil {
			return err
		}
	}
	canvas := vgsvg.New(width, height)
	tiles := draw.Tiles{Rows: 1, Cols: len(row), PadX: vg.Centimeter, PadTop: 3, PadBottom: 3, PadLeft: 3, PadRight: 12}
	grid := [][]*plot.Plot{row}
	for i, target := range plot.Align(grid, tiles, draw.New(canvas))[0] {
		row[i].Draw(target)
	}
	file, err := os.Create(args[1])
	if err != nil {
		return err
	}
	_, err = canvas.WriteTo(file)
	return errors.Join(err, file.Close())
}

func drawPanel(i int, points []point) (*plot.Plot, error) {
	panel := panels[i]
	p := plot.New()
	p.Title.Text = panel.title
	p.X.Label.Text = "backtraces mirrored"
	p.X.Scale, p.X.Tick.Marker = plot.LogScale{}, plot.LogTicks{}
	p.Y.Min, p.Y.Max = 0, panel.top
	p.Legend.Top, p.Legend.Left = true, true
	p.Legend.XOffs = vg.Centimeter
	p.Add(plotter.NewGrid())
	for _, run := range runs {
		var line plotter.XYs
		for _, point := range points {
			if point.Run == run.name {
				line = append(line, plotter.XY{X: point.Backtraces, Y: panel.value(point)})
			}
		}
		curve, dots, err := plotter.NewLinePoints(line)
		if err != nil {
			return nil, fmt.Errorf("draw %s of %q: %w", panel.title, run.name, err)
		}
		curve.Color, curve.Width = run.color, vg.Points(2)
		dots.Color, dots.Shape = run.color, draw.CircleGlyph{}
		p.Add(curve, dots)
		if i == 0 { // once for all
			p.Legend.Add(run.name, curve, dots)
		}
	}
	return p, nil
}
