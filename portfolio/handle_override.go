package portfolio

import "cmp"

// A SeenOverride is a person's value for one field of a project or milestone,
// as one caller may read it.
type SeenOverride struct {
	Said
	view *View
	tool *mapped // what the tools say of the same thing
}

func (v *View) overrides(kind Kind, id string) []*SeenOverride {
	row := Key{kind, id}
	said := v.snap.OverridesOf(row)
	seen := make([]*SeenOverride, len(said))
	if len(said) == 0 {
		return seen
	}
	tool := v.snap.toolsSay(row)
	for i := range said {
		seen[i] = &SeenOverride{said[i], v, &tool}
	}
	return seen
}

// Value is what the person said, as a text; "" when the caller may not read it.
func (o *SeenOverride) Value() string {
	if o.ValueReason() != nil {
		return ""
	}
	return o.view.fieldText(&o.Override.Value)
}

// ToolValue is what the tools say instead, as a text; "" when they say nothing,
// or the caller may not read it.
func (o *SeenOverride) ToolValue() string {
	if o.ValueReason() != nil {
		return ""
	}
	switch o.field() {
	case "sponsor":
		return o.view.named(o.tool.sponsor)
	case "manager":
		return o.view.named(o.tool.manager)
	}
	if f, ok := fieldByName(o.tool.custom, o.Field); ok {
		return o.view.fieldText(&f)
	}
	return o.tool.text(o.Field)
}

// Why is why it was said; "" when the caller may not read the value, of which
// it may speak.
func (o *SeenOverride) Why() string {
	if o.ValueReason() != nil {
		return ""
	}
	return o.Reason
}

// ValueReason says why the caller may not read what was said; nil when they may.
func (o *SeenOverride) ValueReason() *Reason {
	switch o.Field {
	case "budget":
		if !o.view.caller.Reads(GroupCost) {
			return reasonFieldGroup
		}
	case "department":
		if !o.view.seesDivision(textOf(o.Override.Value)) || !o.view.seesDivision(o.tool.department) {
			return &Reason{Code: "SCOPE", Message: "It names another department."}
		}
	}
	return nil
}

// seesDivision reports whether the caller may see the department that a tool
// or a person calls so.
func (v *View) seesDivision(name string) bool {
	return v.divisions == nil || name == "" || v.divisions[v.snap.names.slug(name)]
}

// fieldText is a value as a text; "" for a person whom the caller may not see.
func (v *View) fieldText(f *Field) string {
	if f.Type == FieldUser {
		return v.named(person{id: f.Text})
	}
	return textOf(*f)
}

// named is the name of the person that a fact names; "" when the caller may not
// see them. Where nobody is known by it, it is the word that the fact has.
func (v *View) named(p person) string {
	id := p.id
	if p.word != "" {
		if id = cmp.Or(p.among(v.snap.accountsCalled(p.word)), personReferenced(v.snap, p.word)); id == "" {
			return p.word
		}
	}
	if who := v.person(id); who != nil {
		return who.Name()
	}
	return ""
}
