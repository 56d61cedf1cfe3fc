package singer

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode"

	"github.com/expr-lang/expr/vm"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// kindAccount is the kind of people who are known by a name or an e-mail
// address only.
const kindAccount = "account"

// deletedAt is how taps that read the log of a database tell that a record is
// gone.
const deletedAt = "_sdc_deleted_at"

// conversion turns records into facts. It is pure: whatever it depends on is in
// it.
type conversion struct {
	connection string
	fields     []string
	mask       func(string) string
	vm         vm.VM
}

// converted is what one record became: nothing, when it is none of those that
// count.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
	// nameless is set when it is not known which record could not be read.
	nameless bool
}

// stream is what is known of a stream in this run.
type stream struct {
	name   string
	schema *schema
	keys   []string
}

// kindOf is the name of a stream as the kind of its records: a slash divides
// the parts of a document's id.
func kindOf(stream string) string { return strings.NewReplacer("%", "%25", "/", "%2F").Replace(stream) }

func (v *conversion) doc(stream, id string) string {
	if stream == "" || id == "" {
		return ""
	}
	return portfolio.DocID(v.connection, kindOf(stream), id)
}

// convert turns a record of the stream into what the mapping says it is.
func (v *conversion) convert(m *mapping, s *stream, raw json.RawMessage) converted {
	r, err := newRow(raw, s.schema, s.name, &v.vm)
	if err != nil {
		return v.quarantine(m, s, r, raw, err)
	}
	if m.when != nil {
		counts, err := read(r, m.when, func(value any) (bool, error) {
			if b, ok := value.(bool); ok {
				return b, nil
			}
			return false, errors.New("it is neither true nor false")
		})
		if err != nil {
			return v.quarantine(m, s, r, raw, err)
		}
		if !counts {
			return converted{}
		}
	}
	var out converted
	source, err := v.source(m, s, r)
	if err == nil {
		switch m.As {
		case asProject:
			err = v.project(m, r, source, &out.facts)
		case asMilestone:
			err = v.milestone(m, r, source, &out.facts)
		case asDependency:
			err = v.dependency(m, r, source, &out.facts)
		case asRisk:
			err = v.risk(m, r, source, &out.facts)
		case asPerson:
			err = v.person(m, r, source, &out.facts)
		}
	}
	if err != nil {
		return v.quarantine(m, s, r, raw, err)
	}
	return out
}

// identify is the id of a record.
func (v *conversion) identify(m *mapping, s *stream, r *row) (string, error) {
	if m.id != nil {
		id, err := read(r, m.id, text)
		if err == nil && id == "" {
			err = fmt.Errorf("id (%s): the record has none", m.id.text)
		}
		return id, err
	}
	parts := make([]string, len(s.keys))
	for i, key := range s.keys {
		part, err := text(r.values[key])
		if err != nil || part == "" {
			return "", fmt.Errorf("the record has no %s, which is a key property", quoted(key))
		}
		if len(s.keys) > 1 {
			part = strings.NewReplacer("%", "%25", "|", "%7C").Replace(part)
		}
		parts[i] = part
	}
	return strings.Join(parts, "|"), nil
}

func (v *conversion) source(m *mapping, s *stream, r *row) (portfolio.Source, error) {
	source := portfolio.Source{Connection: v.connection, Kind: kindOf(s.name), Scope: s.name}
	var errs [5]error
	source.ID, errs[0] = v.identify(m, s, r)
	source.Key, errs[1] = read(r, m.key, text)
	source.URL, errs[2] = read(r, m.url, text)
	source.CreatedAt, errs[3] = read(r, m.createdAt, instant)
	source.UpdatedAt, errs[4] = read(r, m.updatedAt, instant)
	source.Key = record.Truncate(source.Key, maxName)
	archived, errA := read(r, m.archived, truth)
	deleted, errD := read(r, m.deleted, truth)
	switch {
	case deleted || r.values[deletedAt] != nil && r.values[deletedAt] != "":
		source.Presence = portfolio.PresenceDeleted
	case archived:
		source.Presence = portfolio.PresenceArchived
	}
	return source, errors.Join(append(errs[:], errA, errD)...)
}

func (v *conversion) project(m *mapping, r *row, source portfolio.Source, facts *[]portfolio.ToolFact) error {
	f := &portfolio.ProjectFact{Source: source}
	var errs [10]error
	f.Name, errs[0] = named(m, r, source)
	f.Description, errs[1] = read(r, m.description, text)
	f.Category, errs[2] = read(r, m.category, text)
	var parent string
	parent, errs[3] = read(r, m.parent, text)
	f.Status, errs[4] = read(r, m.status, text)
	f.StatusCategory, errs[5] = read(r, m.statusIs, statusCategory)
	f.Start, errs[6] = read(r, m.start, day)
	f.Due, errs[7] = read(r, m.due, day)
	f.Finished, errs[8] = read(r, m.finished, day)
	f.Labels, errs[9] = read(r, m.labels, texts)
	lead, err := v.owner(m, r, facts)
	if err = errors.Join(append(errs[:], err)...); err != nil {
		return err
	}
	f.Description, f.Category = record.Truncate(f.Description, maxDescription), record.Truncate(f.Category, maxName)
	f.Parent, f.Lead, f.Fields = v.doc(m.Stream, parent), lead, v.customFields(r)
	*facts = append(*facts, f)
	return nil
}

func (v *conversion) milestone(m *mapping, r *row, source portfolio.Source, facts *[]portfolio.ToolFact) error {
	f := &portfolio.MilestoneFact{Source: source}
	var errs [11]error
	f.Name, errs[0] = named(m, r, source)
	f.Type, errs[1] = read(r, m.typ, text)
	var project, parent string
	project, errs[2] = read(r, m.project, text)
	parent, errs[3] = read(r, m.parent, text)
	f.Status, errs[4] = read(r, m.status, text)
	f.StatusCategory, errs[5] = read(r, m.statusIs, statusCategory)
	f.Start, errs[6] = read(r, m.start, day)
	f.Due, errs[7] = read(r, m.due, day)
	f.Finished, errs[8] = read(r, m.finished, day)
	f.Baseline, errs[9] = read(r, m.baseline, day)
	f.Labels, errs[10] = read(r, m.labels, texts)
	owner, err := v.owner(m, r, facts)
	err = errors.Join(append(errs[:], err)...)
	if err == nil && project == "" && source.Presence == "" {
		err = fmt.Errorf("project (%s): the record has none", m.project.text)
	}
	if err != nil {
		return err
	}
	f.Project, f.Parent = v.doc(m.of(asProject, m.ProjectIn), project), v.doc(m.Stream, parent)
	f.Owner, f.Fields = owner, v.customFields(r)
	*facts = append(*facts, f)
	return nil
}

func (v *conversion) risk(m *mapping, r *row, source portfolio.Source, facts *[]portfolio.ToolFact) error {
	f := &portfolio.RiskFact{Source: source}
	var errs [7]error
	f.Title, errs[0] = named(m, r, source)
	var project string
	project, errs[1] = read(r, m.project, text)
	f.Status, errs[2] = read(r, m.status, text)
	f.StatusCategory, errs[3] = read(r, m.statusIs, statusCategory)
	f.Raised, errs[4] = read(r, m.start, day)
	f.Due, errs[5] = read(r, m.due, day)
	f.Closed, errs[6] = read(r, m.finished, day)
	owner, err := v.owner(m, r, facts)
	err = errors.Join(append(errs[:], err)...)
	if err == nil && project == "" && source.Presence == "" {
		err = fmt.Errorf("project (%s): the record has none", m.project.text)
	}
	if err != nil {
		return err
	}
	f.Project, f.Owner, f.Fields = v.doc(m.of(asProject, m.ProjectIn), project), owner, v.customFields(r)
	*facts = append(*facts, f)
	return nil
}

func (v *conversion) dependency(m *mapping, r *row, source portfolio.Source, facts *[]portfolio.ToolFact) error {
	f := &portfolio.DependencyFact{Source: source, Type: m.Stream}
	before, errB := read(r, m.predecessor, text)
	after, errA := read(r, m.successor, text)
	lag, errL := read(r, m.lagDays, whole)
	if err := errors.Join(errB, errA, errL); err != nil {
		return err
	}
	if before == "" || after == "" || before == after {
		return errors.New("a dependency needs two ends that differ")
	}
	between := m.of(asMilestone, m.Between)
	if between == "" {
		between = m.of(asProject, m.Between)
	}
	f.LagDays = lag
	f.Predecessor, f.Successor = portfolio.LinkEnd{Ref: v.doc(between, before)}, portfolio.LinkEnd{Ref: v.doc(between, after)}
	*facts = append(*facts, f)
	return nil
}

func (v *conversion) person(m *mapping, r *row, source portfolio.Source, facts *[]portfolio.ToolFact) error {
	f := &portfolio.PersonFact{Source: source}
	var errN, errE, errI error
	f.Name, errN = named(m, r, source)
	f.Email, errE = read(r, m.email, text)
	f.Inactive, errI = read(r, m.inactive, truth)
	*facts = append(*facts, f)
	return errors.Join(errN, errE, errI)
}

// named is the name of a record, which it must have. Of one that is gone a tap
// may tell nothing but its id.
func named(m *mapping, r *row, source portfolio.Source) (string, error) {
	name, err := read(r, m.name, text)
	if err == nil && name == "" {
		if source.Presence == portfolio.PresenceDeleted {
			return source.ID, nil
		}
		err = fmt.Errorf("name (%s): the record has none", m.name.text)
	}
	return record.Truncate(name, maxName), err
}

// owner is the document id of whoever a record names. Where no stream is one of
// people, the name or address itself becomes a person.
func (v *conversion) owner(m *mapping, r *row, facts *[]portfolio.ToolFact) (string, error) {
	id, err := read(r, m.owner, text)
	if err != nil || id == "" {
		return "", err
	}
	if people := m.of(asPerson, ""); people != "" {
		return v.doc(people, id), nil
	}
	name := record.Truncate(id, maxName)
	p := &portfolio.PersonFact{Source: portfolio.Source{Connection: v.connection, Kind: kindAccount, ID: strings.ToLower(name)}, Name: name}
	if strings.Contains(name, "@") && !strings.ContainsFunc(name, unicode.IsSpace) {
		p.Email = name
	}
	*facts = append(*facts, p)
	return p.DocID(), nil
}

// statusCategory takes the words that the setting asks for, and no others.
func statusCategory(value any) (portfolio.StatusCategory, error) {
	word, err := text(value)
	if err != nil {
		return "", err
	}
	switch c := portfolio.StatusCategory(strings.ToUpper(strings.NewReplacer(" ", "_", "-", "_").Replace(word))); c {
	case portfolio.StatusTodo, portfolio.StatusInProgress, portfolio.StatusDone, portfolio.StatusCancelled:
		return c, nil
	}
	return "", nil
}

// customFields are the properties that the mapping of fields names. A dot leads
// into an object, unless a property has that very name.
func (v *conversion) customFields(r *row) []portfolio.Field {
	var out []portfolio.Field
	for _, name := range v.fields {
		value, ok := r.values[name]
		if !ok {
			value = any(r.values)
			for part := range strings.SplitSeq(name, ".") {
				object, _ := value.(map[string]any)
				value = object[part]
			}
		}
		if f, ok := custom(value, r.schema.Properties[name]); ok {
			f.ID, f.Name = name, name
			out = append(out, f)
		}
	}
	return out
}

// quarantine keeps a record that cannot be read, with the reason.
func (v *conversion) quarantine(m *mapping, s *stream, r *row, raw json.RawMessage, reason error) converted {
	id := ""
	if r != nil {
		id, _ = v.identify(m, s, r) // that it has none is the reason then
	}
	out := converted{nameless: id == ""}
	if id == "" {
		sum := sha256.Sum256(raw)
		id = "unreadable-" + hex.EncodeToString(sum[:8])
	}
	kept := []byte(v.mask(string(raw)))
	out.quarantined = &portfolio.Quarantine{
		Source:    portfolio.Source{Connection: v.connection, Kind: kindOf(s.name), ID: id, Scope: s.name},
		Of:        m.kind,
		Reason:    v.mask(strings.ReplaceAll(reason.Error(), "\n", "; ")),
		Raw:       kept[:min(len(kept), portfolio.MaxRaw)],
		Converter: converter,
	}
	return out
}
