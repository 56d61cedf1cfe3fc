package briefing

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// Charts are drawn with shares of the width that they get, without a viewBox:
// lines stay as thin and letters as large on a phone as on paper. Colours are
// classes of the style sheet, so that they change with light and dark.

// A canvas is an SVG while it is drawn.
type canvas struct{ strings.Builder }

// draw begins a chart that says in words what it shows.
func (r *report) draw(class, title, description string) *canvas {
	r.ids++
	id := "c" + strconv.Itoa(r.ids)
	c := &canvas{}
	fmt.Fprintf(c, `<svg class="%s" role="img" aria-labelledby="%s-t %s-d"><title id="%s-t">%s</title><desc id="%s-d">%s</desc>`,
		class, id, id, id, html.EscapeString(title), id, html.EscapeString(description))
	return c
}

func (c *canvas) done() template.HTML {
	c.WriteString("</svg>")
	return template.HTML(c.String()) //nolint:gosec // every text was escaped when it was drawn
}

// share is a part of 0 to 1 as a percentage within the canvas.
func share(f float64) string {
	return strconv.FormatFloat(math.Round(1e4*min(max(f, 0), 1))/100, 'f', -1, 64) + "%"
}

func (c *canvas) rect(class string, x, width float64, y, height string) {
	fmt.Fprintf(c, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`, class, share(x), y, share(width), height)
}

func (c *canvas) line(class string, x1, y1, x2, y2 float64) {
	fmt.Fprintf(c, `<line class="%s" x1="%s" y1="%s" x2="%s" y2="%s"/>`, class, share(x1), share(y1), share(x2), share(y2))
}

func (c *canvas) dot(class string, x, y float64, radius string) {
	fmt.Fprintf(c, `<circle class="%s" cx="%s" cy="%s" r="%s"/>`, class, share(x), share(y), radius)
}

func (c *canvas) text(class string, x float64, y, text string) {
	fmt.Fprintf(c, `<text class="%s" x="%s" y="%s">%s</text>`, class, share(x), y, html.EscapeString(text))
}

// spark draws a series with its target; nil values are gaps.
func (r *report) spark(title, description string, values []*float64, target *float64) template.HTML {
	low, high, n := math.Inf(1), math.Inf(-1), 0
	for _, v := range append(values, target) {
		if v != nil {
			low, high, n = min(low, *v), max(high, *v), n+1
		}
	}
	if n < 2 {
		return ""
	}
	// A little air above and below, so that dots are not cut.
	y := func(v float64) float64 {
		if high == low {
			return 0.5
		}
		return 0.88 - 0.76*(v-low)/(high-low)
	}
	x := func(i int) float64 { return 0.04 + 0.92*float64(i)/float64(max(len(values)-1, 1)) }
	c := r.draw("spark", title, description)
	if target != nil {
		c.line("target", 0, y(*target), 1, y(*target))
	}
	last := -1
	for i, v := range values {
		if v == nil {
			continue
		}
		if last == i-1 && i > 0 {
			c.line("series", x(last), y(*values[last]), x(i), y(*v))
		}
		last = i
	}
	if last >= 0 {
		c.dot("now", x(last), y(*values[last]), "3.5")
	}
	return c.done()
}

// pair draws two shares above one another, by the largest of all.
func (r *report) pair(title, description string, first, second, largest float64) template.HTML {
	if largest <= 0 {
		largest = 1
	}
	c := r.draw("pair", title, description)
	c.rect("one", 0, first/largest, "0", "45%")
	c.rect("two", 0, second/largest, "55%", "45%")
	return c.done()
}
