package portfolio

// An IdentityFilter says which identities are meant.
type IdentityFilter struct {
	And []*IdentityFilter
	Or  []*IdentityFilter
	Not *IdentityFilter

	ID    *IDComparator
	Key   *StringComparator
	Name  *StringComparator
	Email *StringComparator
	// Department compares what the person's department is called.
	Department *StringComparator
	Basis      *IdentityBasisComparator
}

func (f *IdentityFilter) joined() (and, or, not []nounFilter[IdentityRow]) {
	return joins[IdentityRow](f.And, f.Or, f.Not)
}

func (f *IdentityFilter) conditions(c *compiler, all *conditions[IdentityRow]) {
	holds(all, c.ids(f.ID, KindIdentity), func(i *IdentityRow) string { return i.ID })
	holds(all, f.Key.compile(), func(i *IdentityRow) string { return c.view.identityOf(i).Key() })
	holds(all, f.Name.compile(), func(i *IdentityRow) string { return i.Name })
	holds(all, f.Email.compile(), func(i *IdentityRow) string { return i.Email })
	holds(all, c.department(f.Department), func(i *IdentityRow) string {
		if c.view.department(i.DepartmentID) == nil {
			return ""
		}
		return i.DepartmentID
	})
	holds(all, f.Basis.compile(), func(i *IdentityRow) IdentityBasis { return i.Basis })
}
