package spreadsheet

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
)

// A grammar is what names of columns mean for one connection.
type grammar struct {
	settings *Settings
	preset   preset
	mapped   map[string]bool // folded names of fields that the mapping takes
}

func newGrammar(s *Settings, fields []string) grammar {
	g := grammar{settings: s, preset: presets[s.Preset], mapped: map[string]bool{}}
	for _, f := range fields {
		g.mapped[folded(f)] = true
	}
	return g
}

// knows tells whether a name means something, so that a row of such names is a
// header.
func (g grammar) knows(sheet SheetSettings) func(string) bool {
	set := map[string]bool{}
	for _, given := range []map[string]string{sheet.Columns, g.settings.Columns} {
		for _, name := range given {
			set[folded(name)] = true
		}
	}
	return func(name string) bool {
		f := folded(name)
		return f != "" && (set[f] || g.mapped[f] || g.sense(name).means != "" || g.preset.fields[f] != "")
	}
}

// sense is what a name says by itself.
func (g grammar) sense(name string) sense {
	for _, form := range []string{folded(name), folded(unremarked(name))} {
		if means, ok := g.preset.names[form]; ok {
			return sense{means, -1}
		}
		if s, ok := senses[form]; ok {
			return s
		}
	}
	return sense{}
}

// give gives the columns of a table their meanings: those of the settings,
// then by their names, the surest first. It returns the names that the
// settings of this sheet give and that are not there.
func (g grammar) give(t *table) (missing []string) {
	blocked := map[string]bool{}
	given := maps.Clone(g.settings.Columns)
	if given == nil {
		given = map[string]string{}
	}
	maps.Copy(given, t.settings.Columns)
	for _, meaning := range slices.Sorted(maps.Keys(given)) {
		name := given[meaning]
		blocked[meaning] = true
		if name == "" {
			continue
		}
		if c := t.named(name); c != nil {
			c.meaning, c.set, c.leftOut = meaning, true, ""
			t.by[meaning] = c
		} else if t.settings.Columns[meaning] != "" {
			missing = append(missing, name)
		} else {
			blocked[meaning] = false // it may be for another sheet
		}
	}
	guesses := map[string]*column{}
	ranks := map[string]int{}
	for _, c := range t.columns {
		if c.name == "" || c.meaning != "" || c.leftOut != "" {
			continue
		}
		s := g.sense(c.name)
		if s.means == "" || blocked[s.means] {
			continue
		}
		if dateMeaning(s.means) && !c.seen.mostlyDates() {
			continue
		}
		if rank, ok := ranks[s.means]; !ok || s.rank < rank {
			guesses[s.means], ranks[s.means] = c, s.rank
		}
	}
	g.kindOfRows(t, guesses)
	g.placeNames(t, guesses, blocked)
	for means, c := range guesses {
		if slices.Contains(meanings, means) && t.by[means] == nil && c.meaning == "" {
			c.meaning, t.by[means] = means, c
		}
	}
	g.lights(t, blocked)
	return missing
}

// lights finds health in a column of another name, as Status, when all its
// values are the words of a traffic light.
func (g grammar) lights(t *table, blocked map[string]bool) {
	if t.by[asHealth] != nil || blocked[asHealth] {
		return
	}
	c := t.by[asStatus]
	if c == nil || c.set || len(c.seen.words) == 0 {
		return
	}
	for word := range c.seen.words {
		if !lights[word] {
			return
		}
	}
	delete(t.by, asStatus)
	c.meaning, t.by[asHealth] = asHealth, c
}

// named is the column of a name.
func (t *table) named(name string) *column {
	for _, c := range t.columns {
		if c.name != "" && folded(c.name) == folded(name) {
			return c
		}
	}
	return nil
}

// kindOfRows tells what the rows are: by the settings, by a column of levels,
// by names that only milestones have, by the name of the sheet, and last by
// whether there is a column of projects beside one of names.
func (g grammar) kindOfRows(t *table, guesses map[string]*column) {
	has := func(means string) bool { return guesses[means] != nil || t.by[means] != nil }
	level := t.by[asLevel]
	if level == nil {
		level = guesses[asLevel]
	}
	words := g.levels()
	known := 0 // values of the column of levels that are a level
	if level != nil {
		for word, n := range level.seen.words {
			if words[folded(word)] != "" {
				known += n
			}
		}
	}
	if !level.isSet() && (known == 0 || 2*known < level.seen.filled || t.settings.Rows != "" || g.settings.Rows != "") {
		delete(guesses, asLevel) // its words are of something else
		level = nil
	}
	sheet := folded(t.name())
	switch {
	case t.settings.Rows != "":
		t.rows = t.settings.Rows
	case g.settings.Rows != "":
		t.rows = g.settings.Rows
	case g.preset.rows != "":
		t.rows = g.preset.rows
	case level != nil:
		t.rows = ""
	case has(ofMilestone), has(ofMilestoneID):
		t.rows = rowsMilestones
	case strings.Contains(sheet, "milestone"), strings.Contains(sheet, "meilenstein"):
		t.rows = rowsMilestones
	case has(ofRiskID), has(ofLikelihood) && has(ofImpact), register.MatchString(sheet):
		t.rows = rowsRisks
	case t.by[asProject] != nil:
		t.rows = rowsMilestones
	case strings.Contains(sheet, "project"), strings.Contains(sheet, "projekt"):
		t.rows = rowsProjects
	case has(asName) && (has(ofProject) || repeats(guesses[ofProjectID]) || repeats(guesses[ofProjectKey]) || repeats(guesses[ofProjectName])):
		t.rows = rowsMilestones
	default:
		t.rows = rowsProjects
	}
}

// register is how sheets of risks are called.
var register = regexp.MustCompile(`^risks?$|\b(project risks|open risks|risk register|risk log|risikoregister|risikoliste|risiken)\b`)

// isSet tells whether the settings name the column.
func (c *column) isSet() bool { return c != nil && c.set }

// repeats tells whether a value of the column occurs more than once.
func repeats(c *column) bool { return c != nil && c.seen.repeated }

// levels are the words of levels, the settings' own among them.
func (g grammar) levels() map[string]string {
	words := maps.Clone(levelWords)
	for _, w := range g.settings.Levels.Projects {
		words[folded(w)] = rowsProjects
	}
	for _, w := range g.settings.Levels.Milestones {
		words[folded(w)] = rowsMilestones
	}
	for _, w := range g.settings.Levels.Risks {
		words[folded(w)] = rowsRisks
	}
	return words
}

// placeNames gives the names that depend on what the rows are their meaning.
func (g grammar) placeNames(t *table, guesses map[string]*column, blocked map[string]bool) {
	take := func(meaning string, from ...string) {
		if t.by[meaning] != nil || blocked[meaning] {
			return
		}
		for _, means := range from {
			if c := guesses[means]; c != nil && c.meaning == "" {
				c.meaning, t.by[meaning] = meaning, c
				return
			}
		}
	}
	if t.rows == rowsProjects {
		take(asID, ofProjectID, asID)
		take(asKey, ofProjectKey, asKey)
		take(asName, ofProjectName, asName, ofProject, ofMilestone)
		delete(guesses, asProject)
		return
	}
	if t.rows == rowsRisks {
		take(asID, ofRiskID, asID)
		take(asName, ofRisk, asName, asDescription)
	} else {
		take(asID, ofMilestoneID, asID)
		take(asName, ofMilestone, asName)
	}
	take(asProject, ofProjectID, ofProjectKey, ofProject, ofProjectName)
	if c := t.by[asProject]; c != nil && t.by[asProjectName] == nil {
		take(asProjectName, ofProjectName, ofProject)
	}
}

// usable says what a table lacks to be read, or nothing.
func (t *table) usable() string {
	switch {
	case t.identity(asID, asKey, asName) == nil:
		return "no column has ids, keys or names: set columns"
	case (t.rows == rowsMilestones || t.rows == rowsRisks) && t.by[asProject] == nil:
		return fmt.Sprintf("its rows are %s, but no column tells their projects: set columns: {project: …}, or rows: projects", t.rows)
	}
	return ""
}

func dateMeaning(meaning string) bool {
	switch meaning {
	case asStart, asDue, asFinished, asBaseline, asForecast, asReported, asRaised:
		return true
	}
	return false
}

// mostlyDates tells whether at least half of the values can be dates; so does
// a column that is empty so far.
func (e *evidence) mostlyDates() bool {
	return 2*(e.dated+e.packed+e.serials+e.kinds[date]+e.kinds[bad]) >= e.filled
}

// describe is what a table was taken for, in a few words.
func (t *table) describe() string {
	rows := t.rows
	if rows == "" {
		rows = "several levels"
	}
	s := fmt.Sprintf("%d rows of %s below row %d", t.count, rows, t.header.row)
	if t.how != "" {
		s += ", " + t.how
	}
	return s
}
