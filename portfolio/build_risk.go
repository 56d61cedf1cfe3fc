package portfolio

import (
	"cmp"
	"slices"
	"strings"
)

// native are a risk's own attributes that a mapping may name like fields.
func (f *RiskFact) native(name string) string {
	switch name {
	case "name":
		return f.Title
	case "key":
		return f.Source.Key
	case "status":
		return f.Status
	}
	return ""
}

// buildRisks computes the risks that are dirty themselves, or whose project
// came, went or is made of other members now. What people recorded is led to
// its project like a contribution.
func (b *builder) buildRisks() {
	for _, p := range b.projects.round {
		was, is := p.old.led(), p.now.led()
		if !slices.Equal(was, is) {
			b.risksOf(was)
			b.risksOf(is)
		}
	}
	for id := range b.dirty.risks {
		row := b.riskFromFact(id)
		if isRecordedRisk(id) {
			row = b.recordedRisk(id)
		}
		b.risks.put(id, b.risks.before(id), row)
	}
}

// risksOf makes the risks dirty that name one of these projects.
func (b *builder) risksOf(projectFacts []string) {
	for _, project := range projectFacts {
		for _, id := range b.refsOf(KindRisk).of(project) {
			b.dirty.risks[id] = true
		}
	}
}

// riskFromFact computes a risk under the mapping; nil when there is none.
func (b *builder) riskFromFact(id string) *RiskRow {
	v, ok := b.factsOf(KindRisk).get(id)
	if !ok {
		return nil
	}
	f := v.Doc.(*RiskFact)
	m := b.plan.mapFields(f.Connection, f.Fields, f.native)
	figures, response := b.plan.mappedFigures(f, &m)
	figures.follow(response)
	fillText(&m.name, f.Title)
	fillDate(&m.due, f.Due)
	fillDate(&m.finished, f.Closed)
	if m.manager == (person{}) {
		m.manager = person{id: f.Owner}
	}
	row := &RiskRow{
		ID:             id,
		Title:          m.name,
		Key:            f.Source.Key,
		URL:            f.URL,
		OwnerID:        b.personID(m.manager),
		Response:       response,
		SourceStatus:   f.Status,
		StatusCategory: f.StatusCategory,
		Presence:       b.plan.presence(&f.Source),
		GoneSince:      f.GoneSince,
		RaisedDate:     f.Raised,
		DueDate:        m.due,
		ClosedDate:     m.finished,
		Custom:         m.custom,
		CreatedAt:      f.CreatedAt,
		UpdatedAt:      f.UpdatedAt,
		Rev:            v.Rev,
		figures:        figures,
		people:         personWords(m.manager),
	}
	if p := b.projects.get(b.unified(f.Project)); p != nil {
		row.ProjectID = p.ID
	}
	return row
}

// isRecordedRisk tells the key of a risk that people recorded from the id of a
// tool's.
func isRecordedRisk(id string) bool { return !strings.Contains(id, "/") }

func (r *RiskRow) recorded() bool { return isRecordedRisk(r.ID) }

// recordedRisk computes a risk that people recorded; nil when there is none.
func (b *builder) recordedRisk(key string) *RiskRow {
	v, ok := b.factsOf(KindRecordedRisk).get(key)
	if !ok {
		return nil
	}
	f := v.Doc.(*RecordedRiskFact)
	row := &RiskRow{
		ID:          key,
		Title:       f.Title,
		Description: f.Description,
		Key:         key,
		ProjectID:   b.projectByReference(f.Project),
		OwnerID:     b.personRef(f.Owner),
		Category:    f.Category,
		Response:    cmp.Or(f.Response, ResponseMonitored),
		Plan:        f.Plan,
		Presence:    PresencePresent,
		RaisedDate:  f.Raised,
		DueDate:     f.Due,
		ClosedDate:  f.Closed,
		UpdatedAt:   f.At,
		Rev:         v.Rev,
		division:    f.Department,
		milestone:   f.Milestone,
		figures:     b.plan.recordedFigures(f),
		people:      referenceWords(f.Owner),
	}
	row.figures.follow(row.Response)
	return row
}

// closed reports whether nothing has to be done about the risk any more.
func (r *RiskRow) closed() bool {
	switch r.Response {
	case ResponsePrevented, ResponseOccurred, ResponseClosed:
		return true
	}
	return !r.ClosedDate.IsZero() || r.StatusCategory == StatusDone || r.StatusCategory == StatusCancelled
}

// mentioned are the names to be looked up among people; none of a row that is
// not there.
func (r *RiskRow) mentioned() []string {
	if r == nil {
		return nil
	}
	return r.people
}
