package spreadsheet

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"plumbline/portfolio"
)

// Our kinds of record, and the listings that cover them.
const (
	kindProject    = "project"
	kindMilestone  = "milestone"
	kindRisk       = "risk"
	kindDependency = "dependency"
	kindReport     = "report"
	kindPerson     = "person"

	scopeProjects     = "projects"
	scopeMilestones   = "milestones"
	scopeRisks        = "risks"
	scopeDependencies = "dependencies"
	scopeReports      = "reports"
)

// conversion turns rows into facts. It is pure but for what it has already
// told: people and links come from many rows.
type conversion struct {
	connection string
	book       *book
	people     map[string]bool
	links      map[string]bool
}

func newConversion(connection string, b *book) *conversion {
	return &conversion{connection: connection, book: b, people: map[string]bool{}, links: map[string]bool{}}
}

// converted is what one row became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
}

func (v *conversion) doc(kind, id string) string { return portfolio.DocID(v.connection, kind, id) }

// kindOf is our kind of record of a kind of fact, and its scope.
func kindOf(of portfolio.Kind) (kind, scope string) {
	switch of {
	case portfolio.KindProject:
		return kindProject, scopeProjects
	case portfolio.KindRisk:
		return kindRisk, scopeRisks
	}
	return kindMilestone, scopeMilestones
}

// convert converts a row. Rows that share an id are none of them believed:
// the first stands for all in quarantine, and the others give nothing.
func (v *conversion) convert(r *record) converted {
	if r.skip {
		return converted{}
	}
	var out converted
	if r.of != portfolio.KindProject && r.problem == nil && v.book.index.made[r.project] == r.at && v.book.makesProjects() {
		out.facts = append(out.facts, v.made(r))
	}
	key := r.key()
	if twins := v.book.index.twins[key]; len(twins) > 0 && r.id != "" {
		if v.book.index.first[key] != r.at {
			return converted{}
		}
		out.quarantined = v.quarantine(r, v.book.twinsProblem(r, twins))
		return out
	}
	problem := r.problem
	if problem == nil {
		facts, err := v.facts(r)
		if problem = err; err == nil {
			out.facts = append(out.facts, facts...)
		}
	}
	if problem != nil {
		out.quarantined = v.quarantine(r, problem)
	}
	return out
}

// twinsProblem names the rows that have the same id.
func (b *book) twinsProblem(r *record, twins []place) error {
	rows := []string{fmt.Sprintf("row %d of %s", r.row.number, r.table.name())}
	for _, p := range twins[:min(len(twins), 5)] {
		rows = append(rows, fmt.Sprintf("row %d of %s", p.row, b.tables[p.table].name()))
	}
	if len(twins) > 5 {
		rows = append(rows, fmt.Sprintf("%d more", len(twins)-5))
	}
	c := r.table.identity(asID, asKey, asName)
	return fmt.Errorf("%s: %q is the %s of several rows, none of which is read: %s", r.table.where(r.row.number, c), clipped(r.row.at(c.index).String()), c.meaning, strings.Join(rows, ", "))
}

// quarantine keeps a row that cannot be read, with the reason. Its raw content
// are its values by the names of their columns.
func (v *conversion) quarantine(r *record, reason error) *portfolio.Quarantine {
	kind, scope := kindOf(r.of)
	raw := map[string]string{}
	for _, c := range r.table.columns {
		if value := r.row.at(c.index); value.kind != blank && c.leftOut == "" {
			raw[c.name] = truncate(valid(value.String()), maxDescription)
		}
	}
	text, err := json.Marshal(raw)
	if err != nil {
		text = nil // a map of texts always encodes
	}
	return &portfolio.Quarantine{
		Source: portfolio.Source{Connection: v.connection, Kind: kind, ID: r.key().ID, Key: r.table.word(r.row, asKey), Scope: scope},
		Of:     r.of, Reason: valid(reason.Error()), Raw: text[:min(len(text), portfolio.MaxRaw)], Converter: converter,
	}
}

// made is a project that nothing but milestones name.
func (v *conversion) made(r *record) *portfolio.ProjectFact {
	name := cmp.Or(r.table.word(r.row, asProjectName), r.table.word(r.row, asProject), r.project)
	return &portfolio.ProjectFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindProject, ID: r.project, Scope: scopeProjects},
		Name:   truncate(valid(oneSpaced(name)), maxName),
	}
}

// common is what projects and milestones both have.
type common struct {
	source                portfolio.Source
	name, status, owner   string
	category              portfolio.StatusCategory
	start, due, finished  portfolio.Date
	baseline, reportedDay portfolio.Date
	raised                portfolio.Date
	labels                []string
	fields                []portfolio.Field
}

func (v *conversion) facts(r *record) ([]portfolio.ToolFact, error) {
	var facts []portfolio.ToolFact
	person := func(text string) string { return v.person(text, &facts) }
	c, err := v.common(r, person)
	if err != nil {
		return nil, err
	}
	t := r.table
	switch r.of {
	case portfolio.KindRisk:
		return append(facts, &portfolio.RiskFact{
			Source: c.source, Title: c.name, Project: v.doc(kindProject, r.project), Status: c.status, StatusCategory: c.category, Owner: c.owner,
			Raised: c.raised, Due: c.due, Closed: c.finished, Fields: c.fields,
		}), nil
	case portfolio.KindMilestone:
		facts = append(facts, &portfolio.MilestoneFact{
			Source: c.source, Name: c.name, Type: cmp.Or(t.word(r.row, asLevel), "Milestone"), Project: v.doc(kindProject, r.project),
			Status: c.status, StatusCategory: c.category, Owner: c.owner, Start: c.start, Due: c.due, Finished: c.finished,
			Baseline: c.baseline, Labels: c.labels, Fields: c.fields,
		})
		return append(facts, v.dependencies(r)...), nil
	}
	f := &portfolio.ProjectFact{
		Source: c.source, Name: c.name, Category: truncate(valid(t.word(r.row, asCategory)), maxName),
		Description: truncate(valid(t.word(r.row, asDescription)), maxDescription), Lead: c.owner,
		Status: c.status, StatusCategory: c.category, Start: c.start, Due: c.due, Finished: c.finished, Labels: c.labels, Fields: c.fields,
	}
	if parent := t.word(r.row, asParent); parent != "" {
		if id, err := v.book.index.project(oneSpaced(parent)); err == nil && id != r.id {
			f.Parent = v.doc(kindProject, id)
		}
	}
	facts = append(facts, f)
	if t.by[asHealth] != nil {
		source := portfolio.Source{Connection: v.connection, Kind: kindReport, ID: r.id, Scope: scopeReports}
		if c.reportedDay.IsZero() { // then it is not younger than its file
			source.UpdatedAt = noon(t.asOf)
		}
		facts = append(facts, &portfolio.StatusReportFact{
			Source:  source,
			Project: f.DocID(), Health: valid(t.word(r.row, asHealth)), Text: truncate(valid(t.word(r.row, asReport)), maxDescription),
			Author: c.owner, ReportedAt: noon(c.reportedDay),
		})
	}
	return append(facts, v.dependencies(r)...), nil
}

// noon is the middle of a day in UTC, which is of that day nearly everywhere; of
// no day it is no time.
func noon(d portfolio.Date) time.Time {
	if d.IsZero() {
		return time.Time{}
	}
	return d.Time().Add(12 * time.Hour)
}

func (v *conversion) common(r *record, person func(string) string) (c common, err error) {
	t := r.table
	kind, scope := kindOf(r.of)
	c.source = portfolio.Source{Connection: v.connection, Kind: kind, ID: r.id, Key: valid(t.word(r.row, asKey)), URL: address(t.word(r.row, asURL)), Scope: scope}
	c.name = truncate(valid(oneSpaced(cmp.Or(t.word(r.row, asName), c.source.Key, t.word(r.row, asID), r.id))), maxName)
	c.status = truncate(valid(t.word(r.row, asStatus)), maxName)
	c.category = categories[folded(c.status)]
	if owner := t.word(r.row, asOwner); owner != "" {
		c.owner = person(owner)
	}
	var problems []error
	for meaning, into := range map[string]*portfolio.Date{
		asStart: &c.start, asDue: &c.due, asFinished: &c.finished, asBaseline: &c.baseline, asReported: &c.reportedDay,
		asRaised: &c.raised,
	} {
		if column := t.by[meaning]; column != nil {
			if *into, err = t.dateIn(r.row, column); err != nil {
				problems = append(problems, err)
			}
		}
	}
	if labels := t.word(r.row, asLabels); labels != "" {
		c.labels = listed(labels)
		slices.Sort(c.labels)
		c.labels = slices.Compact(c.labels)
	}
	for _, column := range t.columns {
		if column.leftOut != "" || !v.isField(column) {
			continue
		}
		f, ok, err := t.field(r.row, column, person)
		if err != nil {
			problems = append(problems, err)
		} else if ok {
			if r.of == portfolio.KindRisk && column.percent && f.Type == portfolio.FieldNumber { // a probability says what it is in
				f.Type, f.Text, f.Number = portfolio.FieldText, f.Number+" %", ""
			}
			c.fields = append(c.fields, f)
		}
	}
	slices.SortFunc(problems, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	slices.SortFunc(c.fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return c, errors.Join(slices.CompactFunc(problems, func(a, b error) bool { return a.Error() == b.Error() })...)
}

// isField tells whether a column is a field: one without an attribute of its
// own, or one that the mapping names.
func (v *conversion) isField(c *column) bool {
	switch c.meaning {
	case "", asForecast, asHealth, asSponsor, asBudget, asProgress, asObjectives, asReport:
		return true
	}
	return v.book.grammar.mapped[folded(c.name)] || v.book.grammar.mapped[folded(c.field)]
}

// address is an address that a person can follow.
func address(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.Host == "" || u.User != nil || u.Scheme != "https" && u.Scheme != "http" {
		return ""
	}
	return s
}

// person is the account of whoever a text names, as Ada Lovelace, or
// Ada Lovelace <ada@example.com>; of several the first.
func (v *conversion) person(s string, facts *[]portfolio.ToolFact) string {
	s, _, _ = strings.Cut(strings.NewReplacer("\n", ";", "\r", ";").Replace(s), ";")
	name, email := oneSpaced(s), ""
	if before, rest, ok := strings.Cut(name, "<"); ok && strings.HasSuffix(rest, ">") {
		name, email = strings.TrimSpace(before), strings.TrimSuffix(rest, ">")
	} else if strings.Count(name, "@") == 1 && !strings.Contains(name, " ") {
		email = name
	}
	name = truncate(valid(cmp.Or(name, email)), maxName)
	if name == "" {
		return ""
	}
	id := shortID(valid(strings.ToLower(cmp.Or(email, name))))
	if !v.people[id] {
		v.people[id] = true
		*facts = append(*facts, &portfolio.PersonFact{
			Source: portfolio.Source{Connection: v.connection, Kind: kindPerson, ID: id}, Name: name, Email: valid(email),
		})
	}
	return v.doc(kindPerson, id)
}
