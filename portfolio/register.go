package portfolio

import (
	"slices"
	"strings"
)

// A register is a list of what people record and look up again: risks,
// decisions, lessons. Its rows are the documents themselves. What they name is
// looked up when somebody reads, so a project that is joined, renamed or read
// for the first time needs no row of a register to be computed again.

// A Registered fact is kept in a register.
type Registered interface {
	RecordedFact
	// Bearing is what it is about.
	Bearing() Bearing
}

// Bearing is what a record is about, as it was written.
type Bearing struct {
	// Projects are references to projects.
	Projects []string
	// Department is the slug of a department; empty means that of the first
	// project.
	Department string
	// Words are further ones that it is found by: see milestoneWord,
	// objectiveWord, personWord.
	Words []string
	// Common tells that everybody may see it.
	Common bool
}

// words are what the record is found by.
func (b Bearing) words() []string {
	all := make([]string, 0, len(b.Projects)+len(b.Words)+1)
	for _, p := range b.Projects {
		if p != "" {
			all = append(all, projectWord(p))
		}
	}
	return distinct(append(append(all, divisionWord(b.Department)), b.Words...)...)
}

// divisionWord is what the records of a department are found by.
func divisionWord(slug string) string { return wordFor("department", slug) }

// milestoneWord is what the records that name a milestone are found by.
func milestoneWord(ref string) string { return wordFor("milestone", ref) }

// personPrefix begins the words of people.
const personPrefix = "person "

// personWord is what the records that name a person are found by, as they
// wrote it, but that only ids tell capitals apart.
func personWord(reference string) string {
	reference = strings.TrimSpace(reference)
	if !strings.Contains(reference, "/") {
		reference = strings.ToLower(reference)
	}
	return wordFor(strings.TrimSpace(personPrefix), reference)
}

// recordWord is what the records that name another record are found by.
func recordWord(kind Kind, key string) string { return wordFor(string(kind), key) }

// wordFor is a word for something that is named; none when nothing is.
func wordFor(what, name string) string {
	if name == "" {
		return ""
	}
	return what + " " + name
}

// registers are the kinds of document that are rows themselves, in the order
// in which a diff lists them. Recorded risks are not among them: they become
// rows beside the risks of the tools.
var registers = []Kind{
	KindIssue, KindAssumption, KindDecision, KindLesson, KindSurvey, KindQuote, KindQuickWin,
	KindCycle, KindBenefit, KindCost, KindAssignment, KindCapacity, KindControlException,
}

// IsRegister reports whether documents of the kind are rows themselves.
func (k Kind) IsRegister() bool { return slices.Contains(registers, k) }

// recordsOf returns all records of a register, by id. The caller must not
// change the list.
func recordsOf[F any, D interface {
	*F
	Registered
}](s *Snapshot, kind Kind) []*F {
	sorted := s.registers[kind].get(func() *registerList {
		docs := documentsOf[D](s, kind)
		list := make([]*F, 0, len(docs))
		for _, d := range docs {
			if Readable(d) {
				list = append(list, d)
			}
		}
		return &registerList{list}
	})
	return sorted.facts.([]*F)
}

// registerList is the []*F of one register.
type registerList struct{ facts any }

// recordsFoundBy returns the records of a register that one of the words leads
// to, by id.
func recordsFoundBy[F any, D interface {
	*F
	Registered
}](s *Snapshot, kind Kind, words ...string) []*F {
	var ids []string
	for _, word := range words {
		ids = append(ids, s.refs[kind].of(word)...)
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	found := make([]*F, 0, len(ids))
	for _, id := range ids {
		if v, ok := s.facts[kind].get(id); ok && Readable(v.Doc) {
			found = append(found, v.Doc.(D))
		}
	}
	return found
}

// projectWords are what the records of a project are found by, whatever it was
// addressed by.
func (s *Snapshot) projectWords(p *ProjectRow) []string {
	references := s.references(p)
	words := make([]string, len(references))
	for i, r := range references {
		words[i] = projectWord(r)
	}
	return words
}

// milestoneWords are what the records that name a milestone are found by,
// those included that name one which goes on as it.
func (s *Snapshot) milestoneWords(m *MilestoneRow) []string {
	targets := targetsOfMilestone(s, m.ID)
	words := make([]string, len(targets))
	for i, target := range targets {
		words[i] = milestoneWord(target)
	}
	return words
}

// seesRecord reports whether the caller may see a record: when they may see
// one of its projects or its department, or everybody may. It is the one gate
// before every record, whoever asks: a quote without consent is not there, and
// neither is a cost for who may not read costs.
func (v *View) seesRecord(r Registered) bool {
	if q, ok := r.(*QuoteFact); ok && !v.mayQuote(q) {
		return false
	}
	if _, money := r.(*CostFact); money && !v.caller.Reads(GroupCost) {
		return false
	}
	if v.divisions == nil {
		return true
	}
	b := r.Bearing()
	if b.Common || b.Department != "" && v.divisions[b.Department] {
		return v.caller.May(RoleViewer)
	}
	for _, reference := range b.Projects {
		if p, ok := v.snap.ProjectByReference(reference); ok && v.sees(p) {
			return true
		}
	}
	return false
}

// recordDepartment is the slug of the department that a record is of; "" when
// it is of none.
func (s *Snapshot) recordDepartment(b Bearing) string {
	if b.Department != "" {
		return b.Department
	}
	for _, reference := range b.Projects {
		if p, ok := s.ProjectByReference(reference); ok && p.DepartmentID != "" {
			return p.DepartmentID
		}
	}
	return ""
}

// revOf is the revision at which a record was last put: its version.
func (s *Snapshot) revOf(key Key) int64 {
	v, _ := s.Document(key)
	return v.Rev
}

// nextRegisters are the lists of the next snapshot: those of registers in which
// nothing changed are shared.
func (b *builder) nextRegisters() map[Kind]*lazy[registerList] {
	next := make(map[Kind]*lazy[registerList], len(registers))
	for _, kind := range registers {
		next[kind] = b.old.registers[kind]
		if next[kind] == nil || b.recordsTaken(kind) {
			next[kind] = new(lazy[registerList])
		}
	}
	return next
}

func (b *builder) recordsTaken(kind Kind) bool {
	for key := range b.records {
		if key.Kind == kind {
			return true
		}
	}
	return false
}

// diffRecords notes how the records of registers differ that were taken.
func (b *builder) diffRecords(d *Diff) {
	for key, before := range b.records {
		now, _ := b.factsOf(key.Kind).get(key.ID)
		d.row(key.Kind, key.ID, recordChange(before, now.Doc))
	}
}

func compareRecords(d *Diff, from, to *Snapshot) {
	for _, kind := range registers {
		was, is := from.facts[kind], to.facts[kind]
		for id, v := range was.except(is) {
			now, _ := is.get(id)
			d.row(kind, id, recordChange(v.Doc, now.Doc))
		}
		for id, v := range is.except(was) {
			if _, known := was.get(id); !known {
				d.row(kind, id, recordChange(nil, v.Doc))
			}
		}
	}
}

func recordChange(from, to Document) RowChange {
	from, to = readable(from), readable(to)
	switch {
	case from == to:
		return RowChange{}
	case from == nil:
		return RowChange{What: RowAdded}
	case to == nil:
		return RowChange{What: RowRemoved}
	}
	if changed := readableFields(to.Key().Kind, ChangedFields(from, to)); len(changed) > 0 {
		return RowChange{What: RowChanged, Fields: changed}
	}
	return RowChange{}
}
