package demo

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/text/language"
	"golang.org/x/text/message"
)

// A list is a spreadsheet that an office keeps by hand and that lies on a file
// server: works, and the steps of each below it. Nothing is played into it: what
// it says follows from the day.
type list struct {
	*stage
}

// listFile is where it lies.
const listFile = "/capital-works.csv"

// header are its columns, in the words of that office.
var header = []string{
	"Ref", "Type", "Title", "Details", "Department", "Project manager", "Sponsor", "PMO no.", "Serves", "Status", "RAG", "Status date", "Remarks",
	"Start", "Baseline finish", "Finish", "Actual finish", "% complete", "Budget", "Plan B", "Depends on", "Tags",
}

// What it calls its rows.
const (
	rowWork = "Work"
	rowStep = "Step"
)

// recall has nothing to gather.
func (l *list) recall() {}

// handler gives the file with the tag of its content.
func (l *list) handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != listFile {
			http.NotFound(w, r)
			return
		}
		file := l.file(l.day())
		sum := sha256.Sum256(file)
		w.Header().Set("ETag", strconv.Quote(hex.EncodeToString(sum[:8])))
		w.Header().Set("Content-Type", "text/csv; charset=utf-8")
		http.ServeContent(w, r, listFile, time.Time{}, bytes.NewReader(file))
	})
}

// day is that which the clock shows.
func (l *list) day() int {
	y, m, d := l.clock.now().In(l.today.Location()).Date()
	return int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(civil(l.today)) / (24 * time.Hour))
}

func civil(t time.Time) time.Time {
	y, m, d := t.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// file is what the list said on the evening of a day.
func (l *list) file(day int) []byte {
	rows := [][]string{{"Capital works and facilities"}, {"Facilities office"}, {}, header}
	for _, p := range l.here() {
		if p.entered() <= day {
			rows = append(rows, l.work(p, day))
			for n := range p.Milestones {
				rows = append(rows, l.step(p, n, day))
			}
		}
	}
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	for _, row := range rows {
		_ = w.Write(row) // a buffer takes everything
	}
	w.Flush()
	return b.Bytes()
}

// work is the row of a project.
func (l *list) work(p *project, day int) []string {
	row := map[string]string{
		"Ref": p.Key, "Type": rowWork, "Title": p.Name, "Details": p.About, "Department": p.Department, "Project manager": p.Lead,
		"Sponsor": p.Sponsor, "PMO no.": p.PMO, "Serves": strings.Join(p.Objectives, "; "), "Start": l.written(p.Starts),
	}
	first, due, end, reached := p.Starts, p.Starts, p.Starts, 0
	for _, m := range p.Milestones {
		c := follow(p, m)
		first, due = max(first, m.Day), max(due, c.dueOn(day))
		if c.done && c.finished <= day {
			reached++
			end = max(end, c.finished)
		}
	}
	row["Baseline finish"], row["Finish"] = l.written(first), l.written(due)
	row["% complete"] = strconv.Itoa(100*reached/len(p.Milestones)) + "%"
	if p.Budget != 0 {
		row["Budget"] = message.NewPrinter(language.AmericanEnglish).Sprintf("$%d", p.Budget)
	}
	switch {
	case reached == len(p.Milestones):
		row["Status"], row["Actual finish"] = statusDone, l.written(end)
	case p.Starts > day:
		row["Status"] = "Planned"
	default:
		row["Status"] = "In progress"
	}
	if said := l.meeting(day); *p.Health != "" && p.Starts <= said && reached < len(p.Milestones) {
		row["RAG"], row["Status date"] = healthOn(p, day), l.written(said)
		if day >= told(p) {
			row["Remarks"] = p.Says
		}
	}
	return inOrder(row)
}

// meeting is the last day, at most a week before, on which the office went
// through its list.
func (l *list) meeting(day int) int {
	weekday := int(l.today.AddDate(0, 0, day).Weekday())
	return day - (weekday-int(time.Monday)+7)%7
}

// step is the row of a milestone, of which n come before it.
func (l *list) step(p *project, n, day int) []string {
	m := p.Milestones[n]
	c := follow(p, m)
	row := map[string]string{
		"Ref": stepRef(p, m), "Type": rowStep, "Title": m.Name, "Project manager": p.Lead, "Start": l.written(c.startOn(day)),
		"Baseline finish": l.written(m.Day), "Finish": l.written(c.dueOn(day)), "Status": "Planned", "Plan B": m.Fallback,
	}
	if begins, ok := c.begun(p); ok && begins <= day {
		row["Status"] = "In progress"
	}
	if c.done && c.finished <= day {
		row["Status"], row["Actual finish"] = statusDone, l.written(c.finished)
	}
	if m.Key {
		row["Tags"] = labelKey
	}
	var after []string
	for _, ref := range m.After {
		first, before, err := l.lib.resolve(ref)
		if err != nil || before == nil {
			panic(ref) // check has seen it
		}
		after = append(after, stepRef(first, before))
	}
	row["Depends on"] = strings.Join(after, "; ")
	return inOrder(row)
}

// stepRef is the reference of a step: that of its work and its number there.
func stepRef(p *project, m *milestone) string {
	for n, other := range p.Milestones {
		if other == m {
			return fmt.Sprintf("%s.%d", p.Key, n+1)
		}
	}
	return ""
}

// inOrder puts values by their columns into the order of those.
func inOrder(row map[string]string) []string {
	values := make([]string, len(header))
	for i, column := range header {
		values[i] = row[column]
	}
	return values
}

// written is a day as that office writes it.
func (l *list) written(day int) string { return l.today.AddDate(0, 0, day).Format("01/02/2006") }
