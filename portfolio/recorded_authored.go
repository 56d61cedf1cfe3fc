package portfolio

import (
	"strings"
	"time"
)

// Authored says who recorded something and when. What people record is put as
// a whole: the next version replaces the former one.
type Authored struct {
	// Author is key:<name of the API key>, file:<path in the strategy folder>
	// or tool:<connection>. What a file or a tool owns is changed there only.
	Author string    `json:"author,omitempty"`
	At     time.Time `json:"at,omitempty,omitzero"` // by the store's clock
}

// How the authors begin that are files and tools.
const (
	AuthorOfFile = "file:"
	AuthorOfTool = "tool:" // followed by the id of the connection
)

// OwnedByFile reports whether a file of the strategy folder owns it.
func (a *Authored) OwnedByFile() bool { return strings.HasPrefix(a.Author, AuthorOfFile) }

// OwnedByTool reports whether the tool behind the connection owns it.
func (a *Authored) OwnedByTool(connection string) bool { return a.Author == AuthorOfTool+connection }

// Authorship returns the record itself, for code that handles facts of any kind.
func (a *Authored) Authorship() *Authored { return a }

// A RecordedFact is a document that people record, keyed by what they call it,
// so that recording it twice changes nothing.
type RecordedFact interface {
	Document
	Authorship() *Authored
}
