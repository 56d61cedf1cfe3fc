package portfolio

// department compiles a condition on what a department is called into one on
// its slug. A department is called by its slug, by its name and by the aliases
// that people recorded: one of them must satisfy what is asked for, and none
// may be what is ruled out. Only departments that the caller may see have
// names here.
func (c *compiler) department(s *StringComparator) test[string] {
	if s == nil {
		return nil
	}
	asked := *s
	asked.Neq, asked.Nin, asked.Null = nil, nil, nil
	wanted := orTrue(asked.compile())
	allowed := orTrue((&StringComparator{Neq: s.Neq, Nin: s.Nin, IgnoreCase: s.IgnoreCase}).compile())
	missing := orTrue(s.compile())("")
	meant := map[string]bool{}
	for d := range c.view.snap.Departments() {
		if !c.view.seesDepartment(d) || (s.Null != nil && *s.Null) {
			continue
		}
		some, every := false, true
		for _, name := range c.view.snap.departmentCalled(d) {
			some = some || wanted(name)
			every = every && allowed(name)
		}
		meant[d.ID] = some && every
	}
	return func(slug string) bool {
		if slug == "" {
			return missing
		}
		return meant[slug]
	}
}

// departmentCalled is everything that a department is called.
func (s *Snapshot) departmentCalled(d *DepartmentRow) []string {
	called := []string{d.ID}
	if d.Name != "" {
		called = append(called, d.Name)
	}
	if v, ok := s.Document(Key{KindDepartment, d.ID}); ok {
		called = append(called, filled(v.Doc.(*DepartmentFact).Aliases)...)
	}
	return called
}

// onDepartment adds a condition on the department of the project that a row
// belongs to.
func onDepartment[R any](c *compiler, all *conditions[R], s *StringComparator, project func(*R) string) {
	t := c.department(s)
	if t == nil {
		return
	}
	judge := c.ofProject(func(id string) bool {
		p, ok := c.view.snap.Project(id)
		if !ok || !c.view.sees(p) {
			return t("")
		}
		return t(p.DepartmentID)
	})
	all.costly = append(all.costly, func(r *R) bool { return judge(project(r)) })
}

// onProject adds a condition on the project that a row belongs to. Whether
// tools still show the project is not asked unless the condition says so.
func onProject[R any](c *compiler, all *conditions[R], f *ProjectFilter, project func(*R) string) {
	if f == nil {
		return
	}
	c.related(func() {
		t := orTrue(compile(c, f))
		judge := c.ofProject(func(id string) bool {
			p, ok := c.view.snap.Project(id)
			return ok && c.view.sees(p) && t(p)
		})
		all.costly = append(all.costly, func(r *R) bool { return judge(project(r)) })
	})
}
