package portfolio

import "cmp"

// A Person is a person's account in a tool, as one caller sees it.
type Person struct {
	*PersonRow
	view *View
}

func (v *View) person(id string) *Person {
	if id == "" {
		return nil
	}
	if row, ok := v.snap.Person(id); ok && v.seesPerson(row) {
		return v.personOf(row)
	}
	return nil
}

func (v *View) personOf(row *PersonRow) *Person { return &Person{row, v} }

// IsNode marks a type of the interface Node.
func (*Person) IsNode() {}

// ID is the global id.
func (p *Person) ID() string { return NodeID(KindPerson, p.PersonRow.ID) }

// Name is the person's name, or the id when the tool tells none.
func (p *Person) Name() string { return cmp.Or(p.PersonRow.Name, p.PersonRow.ID) }

// Connection is the tool that has the account.
func (p *Person) Connection() *Tool { return p.view.tool(p.PersonRow.Connection) }

// A Department is a department as one caller sees it.
type Department struct {
	*DepartmentRow
	view *View
}

func (v *View) department(slug string) *Department {
	if slug == "" {
		return nil
	}
	if row, ok := v.snap.Department(slug); ok && v.seesDepartment(row) {
		return v.departmentOf(row)
	}
	return nil
}

func (v *View) departmentOf(row *DepartmentRow) *Department { return &Department{row, v} }

// IsNode marks a type of the interface Node.
func (*Department) IsNode() {}

// ID is the global id.
func (d *Department) ID() string { return NodeID(KindDepartment, d.DepartmentRow.ID) }

// Key is what filters call the department, unique among departments.
func (d *Department) Key() string { return d.DepartmentRow.ID }

// Slug is an older name of Key.
func (d *Department) Slug() string { return d.Key() }

// Name is the department's name, or its slug.
func (d *Department) Name() string { return cmp.Or(d.DepartmentRow.Name, d.DepartmentRow.ID) }

// Parent is the department above it.
func (d *Department) Parent() *Department { return d.view.department(d.ParentID) }

// Head leads the department.
func (d *Department) Head() *Person { return d.view.person(d.HeadID) }

// Projects are the projects of the department itself, without those of the
// departments below it.
func (d *Department) Projects(filter *ProjectFilter, orderBy []*ProjectOrder, first *int, after *string, last *int, before *string) (*ProjectConnection, error) {
	ids := d.view.snap.ProjectsOf(d.DepartmentRow.ID)
	rows := make([]*ProjectRow, 0, len(ids))
	for _, id := range ids {
		if p, ok := d.view.snap.Project(id); ok {
			rows = append(rows, p)
		}
	}
	return d.view.projectsIn("projects of "+d.DepartmentRow.ID, [][]*ProjectRow{rows}, filter, orderBy, pageRequest(first, after, last, before))
}
