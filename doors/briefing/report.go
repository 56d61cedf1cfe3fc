package briefing

import (
	"cmp"
	"html/template"
	"slices"

	"plumbline/portfolio"
)

// A tone says whether something is good news.
type tone string

// The tones, which the style sheet knows by these names.
const (
	bad     tone = "bad"
	warning tone = "warn"
	good    tone = "good"
	neutral tone = "plain"
)

// A report is a briefing in words, the same for every format.
type report struct {
	of    *portfolio.Briefing
	today portfolio.Date // the last day of the briefing
	ids   int            // of charts, which must differ

	Kicker, Title, Subtitle string
	Lead                    []headline
	Figures                 []tile
	Sections                []*section
	Foot                    string
}

// A headline is one of the few sentences that everybody reads.
type headline struct {
	Tone tone
	Line line
}

// A tile is one figure with what changed.
type tile struct {
	Value, Label, Change string
	Tone                 tone // of the change
}

// A section is a part of the report. What it has not is left out.
type section struct {
	ID, Title string
	Text      []line
	Chart     *chart
	Tables    []*table
	Voices    []voice
	// Notes say what is missing.
	Notes []line
}

// A chart is drawn in HTML; elsewhere its table says the same.
type chart struct {
	Caption string
	Legend  []legend
	Body    template.HTML
}

type legend struct{ Class, Text string }

// A voice is what somebody said.
type voice struct{ Text, By string }

// A table is a list of things.
type table struct {
	Caption string
	Columns []column
	Rows    [][]cell
	// More says how many there are beyond the rows.
	More string
	// Drawn says that the section's chart shows it all, so that HTML leaves it
	// out.
	Drawn bool
}

type column struct {
	Name   string
	Number bool
	Short  bool // its entries do not break
	// Chart columns are left out where nothing can be drawn.
	Chart bool
}

// A cell is one entry of a table.
type cell struct {
	Text, Sub string
	Mark      tone // a coloured mark beside the text; "" is none
	Strong    bool
	Chart     template.HTML
}

func newReport(b *portfolio.Briefing) (*report, error) {
	r := &report{of: b, today: b.Days.Last, Kicker: "Portfolio briefing"}
	r.Title = "The " + periodWord(b.Period) + " to " + fullDate(b.Days.Last)
	if b.Period == portfolio.PeriodDay {
		r.Title = fullDate(b.Days.Last)
	}
	r.Subtitle = "The whole portfolio"
	if d := b.Department(); d != nil {
		r.Subtitle = oneLine(d.Name())
	}
	r.Subtitle += ", " + r.between(b.Days) + ", compared with " + r.between(b.Before)
	r.Foot = "Health is the worse of what is reported and what dates and figures say. “At risk” is yellow or red."
	for _, add := range []func(*report) error{
		(*report).addGoLives, (*report).addDecisions, (*report).addTrouble, (*report).addRisks, (*report).addResults, (*report).addMoney,
		(*report).addOverdue, (*report).addNext, (*report).addDone, (*report).addWins, (*report).addGaps,
	} {
		if err := add(r); err != nil {
			return nil, err
		}
	}
	r.addTiles()
	slices.SortStableFunc(r.Lead, func(a, b headline) int { return cmp.Compare(urgency[a.Tone], urgency[b.Tone]) })
	return r, nil
}

// between is a span of days in words.
func (r *report) between(d *portfolio.BriefingDays) string {
	if d.First == d.Last {
		return r.date(d.First)
	}
	return r.date(d.First) + " to " + r.date(d.Last)
}

// urgency puts bad news before good.
var urgency = map[tone]int{bad: 0, warning: 1, neutral: 2, good: 3}

// lead adds one of the sentences that everybody reads.
func (r *report) lead(t tone, parts ...any) { r.Lead = append(r.Lead, headline{t, say(parts...)}) }

// add adds a section.
func (r *report) add(s *section) { r.Sections = append(r.Sections, s) }

// more says how many things a list has beyond those that are shown.
func more(total, shown int) string {
	if total <= shown {
		return ""
	}
	return "and " + number(total-shown) + " more"
}
