package portfolio

import (
	"slices"
	"strings"
)

// IdentityRow is a person, who may have accounts in several tools.
type IdentityRow struct {
	// ID is the key that people gave it, or the e-mail address in lower case
	// by which the accounts are one person's.
	ID           string
	Name         string
	Email        string
	DepartmentID string
	Basis        IdentityBasis
	AccountIDs   []string // of people, sorted
	Rev          int64
}

// IdentityBasis is why accounts are taken for one person's.
type IdentityBasis string

// The values of IdentityBasis.
const (
	// IdentityExplicit: somebody recorded it.
	IdentityExplicit IdentityBasis = "EXPLICIT"
	// IdentityByEmail: several connections have an account of one address.
	IdentityByEmail IdentityBasis = "EMAIL"
)

func (i *IdentityRow) id() string { return i.ID }

// accountWord is what an identity is found by from an account that it claims:
// by e-mail whatever its case, by document id as it is.
func accountWord(account string) string {
	if !strings.Contains(account, "/") {
		account = strings.ToLower(account)
	}
	return "account " + account
}

// claims are the accounts that a recorded identity names.
func (f *IdentityFact) claims() []string {
	return distinct(append(slices.Clone(f.Accounts), f.Email)...)
}

// identityWords are what a recorded identity is found by.
func identityWords(f *IdentityFact) []string {
	words := []string{strings.ToLower(f.Name), strings.ToLower(f.Email)}
	for _, account := range f.claims() {
		words = append(words, accountWord(account))
	}
	return distinct(words...)
}

// A personIndex finds people, in a snapshot or in the making of one.
type personIndex interface {
	personRow(id string) *PersonRow
	identityRow(id string) *IdentityRow
	// accountsCalled are the accounts of a name or an e-mail in lower case.
	accountsCalled(word string) []string
	// identitiesCalled are the recorded identities of a name or an e-mail in
	// lower case.
	identitiesCalled(word string) []string
}

// personReferenced is the document id of the account that a reference leads
// to: a document id, the key of an identity, an e-mail address or a name; ""
// when it leads to none. Of several accounts the first by id that is in use.
func personReferenced(in personIndex, reference string) string {
	reference = strings.TrimSpace(reference)
	if reference == "" {
		return ""
	}
	if in.personRow(reference) != nil {
		return reference
	}
	word := strings.ToLower(reference)
	if i := in.identityRow(word); i != nil && i.Basis == IdentityExplicit && len(i.AccountIDs) > 0 {
		return firstInUse(in, i.AccountIDs)
	}
	if ids := in.accountsCalled(word); len(ids) > 0 {
		return firstInUse(in, ids)
	}
	for _, key := range in.identitiesCalled(word) {
		if i := in.identityRow(key); i != nil && len(i.AccountIDs) > 0 {
			return firstInUse(in, i.AccountIDs)
		}
	}
	return ""
}

func firstInUse(in personIndex, ids []string) string {
	for _, id := range ids {
		if p := in.personRow(id); p != nil && p.Active && p.Presence == PresencePresent {
			return id
		}
	}
	return ids[0]
}

// PersonByReference returns the account that a reference of a person leads to:
// a document id, the key of an identity, an e-mail address or a name.
func (s *Snapshot) PersonByReference(reference string) (*PersonRow, bool) {
	return s.Person(personReferenced(s, reference))
}

func (s *Snapshot) personRow(id string) *PersonRow {
	p, _ := s.Person(id)
	return p
}

func (s *Snapshot) identityRow(id string) *IdentityRow {
	i, _ := s.Identity(id)
	return i
}

func (s *Snapshot) accountsCalled(word string) []string   { return s.refs[KindPerson].of(word) }
func (s *Snapshot) identitiesCalled(word string) []string { return s.refs[KindIdentity].of(word) }

func (b *builder) personRow(id string) *PersonRow        { return b.people.get(id) }
func (b *builder) identityRow(id string) *IdentityRow    { return b.identities.get(id) }
func (b *builder) accountsCalled(word string) []string   { return b.refsOf(KindPerson).of(word) }
func (b *builder) identitiesCalled(word string) []string { return b.refsOf(KindIdentity).of(word) }

// personRef is PersonByReference among the people as they stand now; "" when
// the reference leads to nobody.
func (b *builder) personRef(reference string) string { return personReferenced(b, reference) }

// referenceWords are the names to be looked up among people for a reference.
func referenceWords(reference string) []string {
	return distinct(strings.ToLower(strings.TrimSpace(reference)))
}
