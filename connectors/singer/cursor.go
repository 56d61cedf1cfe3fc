package singer

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// streamTap is the one stream of the cursor of a tap.
const streamTap = "tap"

// MaxState is how large the state of a tap may be, in bytes: it is stored with
// every page.
const MaxState = 1 << 20

// A position is what a tap needs to go on.
type position struct {
	// State is the tap's own, as it wrote it.
	State json.RawMessage `json:"state,omitempty"`
	// Versions are those of the streams' tables that were activated last. Taps
	// activate the same one again with every run that only reads changes.
	Versions map[string]string `json:"versions,omitempty"`
}

func parsePosition(text string) (position, error) {
	var p position
	if text == "" {
		return p, nil
	}
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return p, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
	}
	return p, nil
}

func (p position) text() string {
	out, err := json.Marshal(p)
	if err != nil {
		panic(err) // a state is valid JSON, or it would not be here
	}
	return string(out)
}

// take keeps a state that the tap has told.
func (p *position) take(m message) error {
	if len(m.Value) > MaxState {
		return fmt.Errorf("line %d: the state is larger than %d MiB", m.line, MaxState>>20)
	}
	var compact bytes.Buffer
	if err := json.Compact(&compact, m.Value); err != nil {
		return fmt.Errorf("line %d: the state cannot be read: %w", m.line, err)
	}
	p.State = compact.Bytes()
	return nil
}

// has tells whether the state holds a place in the stream, from which a tap
// goes on in place of beginning anew.
func (p position) has(stream string) bool {
	if len(p.State) == 0 {
		return false
	}
	var state struct {
		Bookmarks map[string]map[string]any `json:"bookmarks"`
	}
	if json.Unmarshal(p.State, &state) != nil || state.Bookmarks == nil {
		// Not in the usual shape, so it may mean anything.
		return string(p.State) != "{}" && string(p.State) != "null"
	}
	bookmark := maps.Clone(state.Bookmarks[stream])
	for _, harmless := range []string{"version", "initial_full_table_complete"} { // of a table that was read to its end
		delete(bookmark, harmless)
	}
	for _, value := range bookmark {
		if value != nil {
			return true
		}
	}
	return false
}

// cursor is what to save with a page. Until the tap has told a state of this
// run there is nothing to resume: it begins where the last one ended.
func (r *run) cursor() connectors.Cursor {
	if r.kept != nil {
		return r.kept
	}
	c := portfolio.StreamCursor{Since: r.since}
	if !bytes.Equal(r.now.State, r.begun.State) || r.resumed {
		c.Position = r.now.text()
	}
	return connectors.Cursor{streamTap: c}
}
