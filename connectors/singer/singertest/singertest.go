// Package singertest is a tap for tests, and the tool that it reads. The tool is
// a file that a test changes; the tap is the test's own program, run again as a
// child process, and can misbehave in every way that taps do.
//
// It reads no more of the arguments than taps must, and has two streams.
package singertest

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
)

// Variable is the variable of the environment that turns a test's program into
// the tap; its value does not matter.
const Variable = "PLUMBLINE_FAKE_TAP"

// A Method is how the tap reads its streams.
type Method string

// The methods.
const (
	FullTable Method = "FULL_TABLE" // everything each time, no state
	LogBased  Method = "LOG_BASED"  // what changed since the state, deletions included
	Versioned Method = "VERSIONED"  // as FullTable, and tells the version of the table in place of the catalog
)

// A Fault is a way to misbehave, after so many records.
type Fault struct {
	Kind  Kind `json:"kind"`
	After int  `json:"after"`
}

// Kind is what happens.
type Kind string

// The kinds of fault.
const (
	Exit         Kind = "exit"         // with the code 3 and a reason
	Unauthorized Kind = "unauthorized" // the same, because of the token
	Killed       Kind = "killed"       // by SIGKILL
	Truncate     Kind = "truncate"     // dies in the middle of a record
	HTML         Kind = "html"         // a login page among the messages
	Junk         Kind = "junk"         // a line of its log among the messages, with the token
	Hang         Kind = "hang"         // does nothing any more
	Stubborn     Kind = "stubborn"     // the same, and does not heed SIGTERM
	Orphan       Kind = "orphan"       // ends well and leaves a child that holds its output open
	Greedy       Kind = "greedy"       // takes ever more memory
	Daemon       Kind = "daemon"       // ends well and leaves a child in a session of its own that holds its log open
	Lingering    Kind = "lingering"    // closes its output and does not end
	JunkAtEdge   Kind = "junk at edge" // a line of its log whose token lies where messages are cut
	Flood        Kind = "flood"        // writes ever the same line to its log, 30,000 times
	Talkative    Kind = "talkative"    // writes its token to its log, in the middle of long lines too
)

// Item is a record of the tool.
type Item struct {
	ID      int             `json:"id"`
	Name    string          `json:"name"`
	Text    string          `json:"text"`
	Status  string          `json:"status"`
	Deleted bool            `json:"deleted,omitempty"`
	Empty   bool            `json:"empty,omitempty"`
	Raw     json.RawMessage `json:"raw,omitempty"` // in place of the record
	Changed int             `json:"changed"`       // when, in changes of the tool
}

// model is the tool as its file has it.
type model struct {
	Method     Method `json:"method"`
	Token      string `json:"token"`
	StateEvery int    `json:"stateEvery"` // records; 0 is at the end only
	Changes    int    `json:"changes"`
	Boards     int    `json:"boards"`
	Fault      *Fault `json:"fault,omitempty"`
	Items      []Item `json:"items"`
}

// A Tool is what the tap reads. Its methods change it.
type Tool struct {
	t    testing.TB
	path string

	mu sync.Mutex
	m  model
}

// New makes an empty tool that knows one token.
func New(t testing.TB, method Method, token string) *Tool {
	t.Helper()
	tool := &Tool{t: t, path: filepath.Join(t.TempDir(), "tool.json"), m: model{Method: method, Token: token, Boards: 1}}
	tool.change(func(*model) {})
	return tool
}

// Path is where the tool's file is, which the tap's configuration must name as
// tool.
func (t *Tool) Path() string { return t.path }

func (t *Tool) change(change func(*model)) {
	t.t.Helper()
	t.mu.Lock()
	defer t.mu.Unlock()
	change(&t.m)
	text, err := json.Marshal(t.m)
	if err == nil {
		err = os.WriteFile(t.path, text, 0o600)
	}
	if err != nil {
		t.t.Fatal(err)
	}
}

// Add adds records and returns the index of the first.
func (t *Tool) Add(names ...string) int {
	first := len(t.m.Items)
	t.change(func(m *model) {
		for _, name := range names {
			m.Changes++
			m.Items = append(m.Items, Item{ID: len(m.Items) + 1, Name: name, Status: "Open", Changed: m.Changes})
		}
	})
	return first
}

// Edit changes a record.
func (t *Tool) Edit(i int, change func(*Item)) {
	t.change(func(m *model) {
		m.Changes++
		change(&m.Items[i])
		m.Items[i].Changed = m.Changes
	})
}

// Boards sets how many boards there are, over which the items are spread.
func (t *Tool) Boards(n int) { t.change(func(m *model) { m.Boards = n }) }

// StateEvery sets after how many records the tap tells its state.
func (t *Tool) StateEvery(n int) { t.change(func(m *model) { m.StateEvery = n }) }

// Break makes the tap misbehave until it is mended.
func (t *Tool) Break(f Fault) (mend func()) {
	t.change(func(m *model) { m.Fault = &f })
	return func() { t.change(func(m *model) { m.Fault = nil }) }
}

// Catalog writes the tap's catalog and returns its path.
func (t *Tool) Catalog() string {
	t.t.Helper()
	text, err := json.Marshal(discovered(t.m.Method))
	path := filepath.Join(filepath.Dir(t.path), "catalog.json")
	if err == nil {
		err = os.WriteFile(path, text, 0o600)
	}
	if err != nil {
		t.t.Fatal(err)
	}
	return path
}

// since are the records that changed after a state, in the order in which they
// changed.
func (m *model) since(changes int) []Item {
	changed := slices.DeleteFunc(slices.Clone(m.Items), func(i Item) bool { return i.Changed <= changes })
	slices.SortFunc(changed, func(a, b Item) int { return a.Changed - b.Changed })
	return changed
}

func readModel(path string) (m model, err error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return m, fmt.Errorf("tool: %w", err)
	}
	return m, json.Unmarshal(text, &m)
}
