package portfolio

import (
	"strings"
	"time"
)

// Authored says who recorded something and when. What people record is put as
// a whole: the next version replaces the former one.
type Authored struct {
	// Author is key:<name of the API key> or file:<path in the strategy
	// folder>. What a file owns is changed in the file only.
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at,omitempty,omitzero"` // by the store's clock
}

// AuthorOfFile is how the authors begin that are files.
const AuthorOfFile = "file:"

// OwnedByFile reports whether a file of the strategy folder owns it.
func (a *Authored) OwnedByFile() bool { return strings.HasPrefix(a.Author, AuthorOfFile) }

// Authorship returns the record itself, for code that handles facts of any kind.
func (a *Authored) Authorship() *Authored { return a }

// A RecordedFact is a document that people record, keyed by what they call it,
// so that recording it twice changes nothing.
type RecordedFact interface {
	Document
	Authorship() *Authored
}
