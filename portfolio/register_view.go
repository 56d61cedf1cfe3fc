package portfolio

import "cmp"

// What the views of all registers share: how a record is found, listed,
// filtered and sorted. Each of these passes the one gate, seesRecord.

// recordOf returns a record that the caller may see; nil when there is none.
func recordOf[F any, D interface {
	*F
	Registered
}](v *View, kind Kind, id string) *F {
	doc, _ := v.snap.Document(Key{kind, id})
	if f, ok := doc.Doc.(D); ok && v.seesRecord(f) {
		return f
	}
	return nil
}

// seenRecords are those of some records that the caller may see.
func seenRecords[F any, D interface {
	*F
	Registered
}](v *View, facts []*F) []*F {
	var seen []*F
	for _, f := range facts {
		if v.seesRecord(D(f)) {
			seen = append(seen, f)
		}
	}
	return seen
}

// listRecords pages through records that the filter means and the caller may
// see, in an order that orderBy was read into; without any, by id.
func listRecords[F, H any, D interface {
	*F
	Registered
}](v *View, scope string, facts []*F, f nounFilter[F], orderBy any, order ordering[F], r PageRequest, handle func(*F) *H) (*Connection[F, H], error) {
	c := v.compiler()
	keep := only(true, compile(c, f), func(f *F) bool { return v.seesRecord(D(f)) })
	l := &listing[F]{view: v, chunks: [][]*F{facts}, order: order, keep: keep}
	var err error
	if l.hash, err = listHash(scope, f, orderBy); err != nil {
		return nil, err
	}
	return connect(c, l, r, handle)
}

// recordID is what records are sorted by in the end.
func recordID[F any, D interface {
	*F
	Registered
}](f *F) string {
	return D(f).Key().ID
}

// projectNamed is the project that a record's reference leads to; nil when it
// leads to none that the caller may see.
func (v *View) projectNamed(reference string) *Project {
	if reference == "" {
		return nil
	}
	if p, ok := v.snap.ProjectByReference(reference); ok && v.sees(p) {
		return v.projectOf(p)
	}
	return nil
}

// personNamed is the person that a record's reference leads to; nil when it
// leads to none that the caller may see.
func (v *View) personNamed(reference string) *Person {
	if p, ok := v.snap.PersonByReference(reference); ok {
		return v.person(p.ID)
	}
	return nil
}

// departmentOfRecord is the department that a record is of; nil when it is of
// none that the caller may see.
func (v *View) departmentOfRecord(r Registered) *Department {
	return v.department(v.snap.recordDepartment(r.Bearing()))
}

// onRecordProject adds a condition on some project of a record that the caller
// may see.
func onRecordProject[F any, D interface {
	*F
	Registered
}](c *compiler, all *conditions[F], f *ProjectFilter) {
	if f == nil {
		return
	}
	c.related(func() {
		t := orTrue(compile(c, f))
		all.costly = append(all.costly, func(r *F) bool {
			for _, reference := range D(r).Bearing().Projects {
				if p := c.view.projectNamed(reference); p != nil && t(p.ProjectRow) {
					return true
				}
			}
			return false
		})
	})
}

// onRecordDepartment adds a condition on the department of a record.
func onRecordDepartment[F any, D interface {
	*F
	Registered
}](c *compiler, all *conditions[F], s *StringComparator) {
	t := c.department(s)
	if t == nil {
		return
	}
	all.costly = append(all.costly, func(r *F) bool { return t(c.view.departmentOfRecord(D(r)).slug()) })
}

// slug is "" of no department.
func (d *Department) slug() string {
	if d == nil {
		return ""
	}
	return d.DepartmentRow.ID
}

// onRecordPerson adds a condition on the person that a reference of a record
// leads to.
func onRecordPerson[F any](c *compiler, all *conditions[F], f *PersonFilter, of func(*F) string) {
	c.personCondition(f, func(t test[string]) {
		all.costly = append(all.costly, func(r *F) bool {
			p, ok := c.view.snap.PersonByReference(of(r))
			return ok && t(p.ID)
		})
	})
}

// projectNameOf, departmentNameOf and personNameOf are what records are sorted
// by that name them.
func (v *View) projectNameOf(reference string) sortValue {
	if p := v.projectNamed(reference); p != nil {
		return textValue(p.ProjectRow.Name)
	}
	return nothing
}

func (v *View) departmentNameOf(r Registered) sortValue {
	if d := v.departmentOfRecord(r); d != nil {
		return textValue(cmp.Or(d.DepartmentRow.Name, d.DepartmentRow.ID))
	}
	return nothing
}

func (v *View) personNameOf(reference string) sortValue {
	if p := v.personNamed(reference); p != nil {
		return textValue(p.Name())
	}
	return nothing
}
