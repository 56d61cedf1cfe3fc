package portfolio

import "strings"

// buildPeople computes the dirty people, and who they are: for that, people of
// one e-mail address are dirty together.
func (b *builder) buildPeople() {
	b.beginIdentities()
	groups := map[string]map[string]string{}
	for id := range b.dirty.people {
		var row *PersonRow
		if f, rev := b.personFact(id); f != nil {
			row = &PersonRow{
				ID: id, Name: f.Name, Email: f.Email, Connection: f.Connection,
				Active: !f.Inactive, Presence: b.plan.presence(&f.Source), Rev: rev,
			}
			row.IdentityID = b.identityOf(id, f, groups)
			b.dirty.identities[row.IdentityID] = true
			for _, word := range personCalled(f) {
				b.dirty.words[word] = true
			}
		}
		before := b.people.before(id)
		if before != nil {
			b.dirty.identities[before.IdentityID] = true
		}
		b.people.put(id, before, row)
	}
	b.buildIdentities()
}

// beginIdentities makes the people dirty whose identity may be another: those
// whom an identity claims that changed, and those of the same e-mail address.
func (b *builder) beginIdentities() {
	for account := range b.dirty.claimed {
		if f, _ := b.personFact(account); f != nil {
			b.dirty.people[account] = true
			b.dirty.emails[strings.ToLower(f.Email)] = true
		} else {
			b.dirty.emails[strings.ToLower(account)] = true
		}
	}
	delete(b.dirty.emails, "")
	for email := range b.dirty.emails {
		for _, id := range b.accountsCalled(email) {
			b.dirty.people[id] = true
		}
	}
}

// personFact returns a person's fact as it stands now, nil when there is none.
func (b *builder) personFact(id string) (*PersonFact, int64) {
	if v, ok := b.factsOf(KindPerson).get(id); ok {
		return v.Doc.(*PersonFact), v.Rev
	}
	return nil, 0
}

// personCalled are the words by which others may refer to an account.
func personCalled(f *PersonFact) []string {
	return distinct(strings.ToLower(f.Name), strings.ToLower(f.Email), strings.ToLower(f.DocID()))
}

// identityOf is the identity of an account: the one that claims it, else the
// one that claims its e-mail address, else the only one that claims another
// account of that address. Accounts that nobody claims are one person's when
// several connections have the address. groups keeps what is decided for all
// accounts of an address.
func (b *builder) identityOf(id string, f *PersonFact, groups map[string]map[string]string) string {
	if f.Email == "" {
		return b.claimedBy(id)
	}
	email := strings.ToLower(f.Email)
	group, known := groups[email]
	if !known {
		group = b.emailGroup(email)
		groups[email] = group
	}
	return group[id]
}

// claimedBy is the first identity by key that claims an account or address.
func (b *builder) claimedBy(account string) string {
	if keys := b.identitiesCalled(accountWord(account)); len(keys) > 0 {
		return keys[0]
	}
	return ""
}

// emailGroup decides the identities of all accounts of an address.
func (b *builder) emailGroup(email string) map[string]string {
	group := map[string]string{}
	var claims []string
	for _, id := range b.accountsOf(email) {
		group[id] = b.claimedBy(id)
		claims = append(claims, group[id])
	}
	otherwise := b.claimedBy(email)
	if claims = distinct(claims...); otherwise == "" && len(claims) == 1 {
		otherwise = claims[0]
	}
	connections := map[string]bool{}
	for id, identity := range group {
		if identity == "" {
			connections[connectionOf(id)] = true
		}
	}
	if otherwise == "" && len(connections) > 1 {
		otherwise = email
	}
	for id, identity := range group {
		if identity == "" {
			group[id] = otherwise
		}
	}
	return group
}

// accountsOf are the accounts of an e-mail address in lower case.
func (b *builder) accountsOf(email string) []string {
	var ids []string
	for _, id := range b.accountsCalled(email) { // which may be a name too
		if f, _ := b.personFact(id); f != nil && strings.ToLower(f.Email) == email {
			ids = append(ids, id)
		}
	}
	return ids
}

// buildIdentities computes the dirty identities; what others call them by may
// lead to other accounts then.
func (b *builder) buildIdentities() {
	delete(b.dirty.identities, "")
	for id := range b.dirty.identities {
		row := b.recordedIdentity(id)
		if row == nil {
			row = b.identityByEmail(id)
		} else {
			b.dirty.words[id] = true
			b.dirty.words[strings.ToLower(row.Name)] = true
			b.dirty.words[strings.ToLower(row.Email)] = true
		}
		b.identities.put(id, b.identities.before(id), row)
	}
}

func (b *builder) recordedIdentity(key string) *IdentityRow {
	v, ok := b.factsOf(KindIdentity).get(key)
	if !ok {
		return nil
	}
	f := v.Doc.(*IdentityFact)
	var candidates []string
	for _, account := range f.claims() {
		email := strings.ToLower(account)
		if person, _ := b.personFact(account); person != nil {
			candidates = append(candidates, account)
			email = strings.ToLower(person.Email)
		}
		candidates = append(candidates, b.accountsOf(email)...)
	}
	return &IdentityRow{
		ID: key, Name: f.Name, Email: f.Email, DepartmentID: f.Department, Basis: IdentityExplicit,
		AccountIDs: b.accountsIn(key, candidates), Rev: v.Rev,
	}
}

// identityByEmail is named as the first of its accounts is that has a name.
func (b *builder) identityByEmail(email string) *IdentityRow {
	row := &IdentityRow{ID: email, Email: email, Basis: IdentityByEmail, AccountIDs: b.accountsIn(email, b.accountsOf(email))}
	if len(row.AccountIDs) == 0 {
		return nil
	}
	for _, id := range row.AccountIDs {
		account := b.people.get(id)
		fillText(&row.Name, account.Name)
		row.Rev = max(row.Rev, account.Rev)
	}
	fillText(&row.Name, email)
	return row
}

// accountsIn are those of the accounts that are an identity's, sorted.
func (b *builder) accountsIn(identity string, accounts []string) []string {
	var in []string
	for _, id := range distinct(accounts...) {
		if p := b.people.get(id); p != nil && p.IdentityID == identity {
			in = append(in, id)
		}
	}
	return in
}
