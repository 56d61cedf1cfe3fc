package portfolio

// DepartmentFact is a department as people recorded it.
type DepartmentFact struct {
	// Slug is its key, unique among departments: digital-health.
	Slug   string `json:"key"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"` // slug
	// Head is a person, by the key of an identity, document id, e-mail or name.
	Head     string   `json:"head,omitempty"`
	Aliases  []string `json:"aliases,omitempty"`
	Authored `json:",inline"`
}

// IdentityFact says which accounts in the tools are one person.
type IdentityFact struct {
	Slug  string `json:"key"`
	Name  string `json:"name"`
	Email string `json:"email,omitempty"`
	// Accounts are e-mails or document ids of accounts in the tools.
	Accounts   []string `json:"accounts,omitempty"`
	Department string   `json:"department,omitempty"` // slug
	Authored   `json:",inline"`
}

// FolderFact keeps the hashes of the states of the strategy folder that were
// applied, the newest last, so that an older one is told from a new one.
type FolderFact struct {
	Folder   string   `json:"folder"`
	Hashes   []string `json:"hashes"`
	Authored `json:",inline"`
}

// Answer is the answer that a change with an idempotency key was given, kept
// so that the same request is answered the same again and nothing is done
// twice.
type Answer struct {
	Caller   string `json:"caller"` // name of the API key
	Token    string `json:"token"`  // the idempotency key
	Input    string `json:"input"`  // SHA-256 of what was asked
	Answer   []byte `json:"answer"` // as JSON
	Authored `json:",inline"`
}

// LastEdit is who recorded something last, and when. Every edit puts it, so
// that one can expect that nobody recorded anything meanwhile: as a deletion
// does, that nothing came to name what it deletes.
type LastEdit struct {
	Authored `json:",inline"`
}

// Key identifies the document.
func (f *DepartmentFact) Key() Key { return Key{KindDepartment, f.Slug} }

// Key identifies the document.
func (f *IdentityFact) Key() Key { return Key{KindIdentity, f.Slug} }

// Key identifies the document.
func (f *FolderFact) Key() Key { return Key{KindFolder, f.Folder} }

// Key identifies the document.
func (a *Answer) Key() Key { return Key{KindAnswer, a.Caller + "#" + a.Token} }

// Key identifies the document: there is one.
func (*LastEdit) Key() Key { return Key{KindLastEdit, "last"} }
