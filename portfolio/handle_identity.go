package portfolio

import (
	"cmp"
	"strings"
)

// An Identity is a person with all their accounts, as one caller sees it.
type Identity struct {
	*IdentityRow
	view *View
}

func (v *View) identity(id string) *Identity {
	if id == "" {
		return nil
	}
	if row, ok := v.snap.Identity(id); ok && v.seesIdentity(row) {
		return v.identityOf(row)
	}
	return nil
}

func (v *View) identityOf(row *IdentityRow) *Identity { return &Identity{row, v} }

// seesIdentity reports whether the caller may see one of its accounts. One
// without accounts only callers without a limit see.
func (v *View) seesIdentity(i *IdentityRow) bool {
	if v.divisions == nil {
		return true
	}
	for _, id := range i.AccountIDs {
		if p, ok := v.snap.Person(id); ok && v.seesPerson(p) {
			return true
		}
	}
	return false
}

// IsNode marks a type of the interface Node.
func (*Identity) IsNode() {}

// ID is the global id.
func (i *Identity) ID() string { return NodeID(KindIdentity, i.IdentityRow.ID) }

// Key is what people call it; empty when nobody recorded it.
func (i *Identity) Key() string {
	if i.Basis == IdentityExplicit {
		return i.IdentityRow.ID
	}
	return ""
}

// Name is the person's name, or the key.
func (i *Identity) Name() string { return cmp.Or(i.IdentityRow.Name, i.IdentityRow.ID) }

// Department is where the person belongs.
func (i *Identity) Department() *Department { return i.view.department(i.DepartmentID) }

// Accounts are the person's accounts in the tools, by id.
func (i *Identity) Accounts() []*Person {
	accounts := make([]*Person, 0, len(i.AccountIDs))
	for _, id := range i.AccountIDs {
		if p := i.view.person(id); p != nil {
			accounts = append(accounts, p)
		}
	}
	return accounts
}

// Identity is the person whose account it is, if that is known to be more than
// the account.
func (p *Person) Identity() *Identity { return p.view.identity(p.IdentityID) }

// SuggestedSame are accounts that may be the same person's: of the same name,
// in other connections, and not both with an e-mail address, for that would
// decide it. Nothing is ever joined by it.
func (p *Person) SuggestedSame() []*Person {
	accounts := []*Person{}
	p.view.snap.suggestedSame(p.PersonRow, func(other *PersonRow) bool {
		if p.view.seesPerson(other) {
			accounts = append(accounts, p.view.personOf(other))
		}
		return true
	})
	return accounts
}

// suggestedSame yields the accounts that SuggestedSame speaks of, by id.
func (s *Snapshot) suggestedSame(p *PersonRow, yield func(*PersonRow) bool) {
	name := strings.ToLower(p.Name)
	if name == "" {
		return
	}
	for _, id := range s.accountsCalled(name) {
		other, ok := s.Person(id)
		if !ok || other.Connection == p.Connection || strings.ToLower(other.Name) != name {
			continue
		}
		decided := (p.IdentityID != "" && p.IdentityID == other.IdentityID) || (p.Email != "" && other.Email != "")
		if !decided && !yield(other) {
			return
		}
	}
}
