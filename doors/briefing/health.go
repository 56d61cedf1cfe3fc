package briefing

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// addTurns tells which projects turned red, and which recovered.
func (r *report) addTurns(s *section) error {
	red, err := r.of.NewlyRed(nil, nil)
	if err != nil {
		return err
	}
	recovered, err := r.of.Recovered(nil, nil)
	if err != nil {
		return err
	}
	tell := func(list *portfolio.ProjectConnection, t tone, did string) {
		n := list.TotalCount()
		if n == 0 {
			return
		}
		var named []line
		for _, p := range list.Nodes()[:min(len(list.Nodes()), sentenceNames)] {
			named = append(named, say(name(p.Name())))
		}
		if left := n - len(named); left > 0 {
			named = append(named, say(number(left), " more"))
		}
		l := say(listed(named), " ", did, ".")
		r.lead(t, l)
		s.Text = append(s.Text, l)
	}
	tell(red, bad, "turned red")
	tell(recovered, good, "recovered from red")
	r.note(s, portfolio.SectionHealth)
	return nil
}

// addHealth draws how health went.
func (r *report) addHealth(s *section) {
	points := r.of.Health()
	if len(points) < 2 {
		return
	}
	t := &table{
		Caption: "Projects by health",
		Columns: []column{{Name: "Day"}, {Name: "Red", Number: true}, {Name: "Yellow", Number: true}, {Name: "Green", Number: true}, {Name: "Unknown", Number: true}},
		Drawn:   true,
	}
	most := 1
	for _, h := range points {
		most = max(most, h.Red+h.Yellow+h.Green+h.Unknown)
		t.Rows = append(t.Rows, []cell{
			{Text: r.shortDate(h.On)}, {Text: strconv.Itoa(h.Red)}, {Text: strconv.Itoa(h.Yellow)}, {Text: strconv.Itoa(h.Green)}, {Text: strconv.Itoa(h.Unknown)},
		})
	}
	first, last := points[0], points[len(points)-1]
	c := r.draw("stack", "Projects by health over time", fmt.Sprintf("Red from %d to %d, yellow from %d to %d, green from %d to %d, unknown from %d to %d",
		first.Red, last.Red, first.Yellow, last.Yellow, first.Green, last.Green, first.Unknown, last.Unknown))
	step := 1 / float64(len(points))
	for i, h := range points {
		y := 1.0
		for _, part := range []struct {
			class string
			n     int
		}{{"bad", h.Red}, {"warn", h.Yellow}, {"good", h.Green}, {"plain", h.Unknown}} {
			height := float64(part.n) / float64(most)
			y -= height
			if part.n > 0 {
				c.rect(part.class, (float64(i)+0.12)*step, 0.76*step, share(y), share(height))
			}
		}
	}
	var body strings.Builder
	body.WriteString(string(c.done()))
	body.WriteString(`<p class="ends"><span>` + template.HTMLEscapeString(r.date(first.On)) + `</span><span>` + template.HTMLEscapeString(r.date(last.On)) + `</span></p>`)
	s.Chart = &chart{
		Caption: "How many projects had which health.",
		Legend:  []legend{{"bad", "red"}, {"warn", "yellow"}, {"good", "green"}, {"plain", "unknown"}},
		Body:    template.HTML(body.String()), //nolint:gosec // every text was escaped above
	}
	s.Tables = append(s.Tables, t)
}
