package connectortest

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// A Ledger keeps what a connector brings, page by page, the way the engine
// does in its store: a page, its cursor and nothing else at a time.
type Ledger struct {
	Facts       map[portfolio.Key]portfolio.ToolFact
	Quarantined map[portfolio.Key]portfolio.Quarantine
	// Recorded are the facts of the last run that said all it had of them.
	Recorded map[portfolio.Key]portfolio.RecordedFact
	Site     portfolio.Site
	Cursor   connectors.Cursor
	Listing  connectors.Cursor
	// Writes counts the facts that were new or had changed.
	Writes int
	// Pages counts pages.
	Pages int

	telling map[portfolio.Key]portfolio.RecordedFact // in this run
	content map[portfolio.Key]string
	seen    map[portfolio.Key]bool // in this run
}

// NewLedger is an empty one.
func NewLedger() *Ledger {
	return &Ledger{
		Facts: map[portfolio.Key]portfolio.ToolFact{}, Quarantined: map[portfolio.Key]portfolio.Quarantine{}, content: map[portfolio.Key]string{},
	}
}

// errKilled ends a run as kill -9 would.
var errKilled = errors.New("killed")

// Pull runs the connector from the ledger's cursor. after is called after each
// page was kept; returning false kills the run there.
func (l *Ledger) Pull(ctx context.Context, c connectors.Connector, after func(page int) bool) error {
	l.seen, l.telling = map[portfolio.Key]bool{}, map[portfolio.Key]portfolio.RecordedFact{}
	n := 0
	for page, err := range c.Pull(ctx, l.Cursor) {
		if err != nil {
			return err
		}
		if n == 0 && page.Site == nil {
			return errors.New("the first page of a run has no Site")
		}
		if err := l.keep(ctx, c, page); err != nil {
			return err
		}
		l.Cursor = page.Next
		if n++; after != nil && !after(n) {
			return errKilled
		}
	}
	if n == 0 {
		return errors.New("a run brought no page, not even one to move the cursor")
	}
	return nil
}

// Sweep lists everything, if the connector can.
func (l *Ledger) Sweep(ctx context.Context, c connectors.Connector, after func(page int) bool) error {
	lister, ok := c.(connectors.Lister)
	if !ok {
		return nil
	}
	l.seen, l.telling = map[portfolio.Key]bool{}, map[portfolio.Key]portfolio.RecordedFact{}
	n := 0
	for page, err := range lister.List(ctx, l.Listing) {
		if err != nil {
			return err
		}
		if err := l.keep(ctx, c, page); err != nil {
			return err
		}
		l.Listing = page.Next
		if n++; after != nil && !after(n) {
			return errKilled
		}
	}
	l.Listing = nil
	return nil
}

func (l *Ledger) keep(ctx context.Context, c connectors.Connector, page connectors.Page) error {
	l.Pages++
	if page.Site != nil {
		l.Site = *page.Site
	}
	for _, f := range page.Facts {
		if err := l.put(f); err != nil {
			return err
		}
		l.seen[f.Key()] = true
	}
	for _, q := range page.Quarantined {
		key := portfolio.Key{Kind: q.Of, ID: q.DocID()}
		if len(q.Raw) > portfolio.MaxRaw || q.Reason == "" {
			return fmt.Errorf("%s is quarantined with %d bytes and the reason %q", key, len(q.Raw), q.Reason)
		}
		l.Quarantined[key] = q
		l.seen[key] = true
	}
	for _, key := range page.Seen {
		l.seen[key] = true
	}
	for _, f := range page.Recorded {
		l.telling[f.Key()] = f
	}
	if page.RecordedAll {
		l.Recorded = l.telling
	}
	for _, scope := range page.Complete {
		if err := l.judge(ctx, c, scope); err != nil {
			return err
		}
	}
	return nil
}

// put keeps a fact, and counts it if it differs from what was there.
func (l *Ledger) put(f portfolio.ToolFact) error {
	key := f.Key()
	text, err := Canonical(f)
	if err != nil {
		return err
	}
	delete(l.Quarantined, key)
	if m, ok := f.(*portfolio.MilestoneFact); ok && m.History.IsZero() {
		if old, ok := l.Facts[key].(*portfolio.MilestoneFact); ok {
			m.History = old.History
		}
	}
	if l.content[key] != text {
		l.Writes++
		l.content[key] = text
	}
	l.Facts[key] = f
	return nil
}

// judge finds out what became of the records that a complete listing lacked.
func (l *Ledger) judge(ctx context.Context, c connectors.Connector, scope connectors.Scope) error {
	var lost []portfolio.ToolFact
	for key, f := range l.Facts {
		if key.Kind == scope.Of && f.Origin().Scope == scope.Name && !l.seen[key] && f.Origin().Presence == "" {
			lost = append(lost, f)
		}
	}
	if len(lost) == 0 {
		return nil
	}
	fetcher, ok := c.(connectors.Fetcher)
	if !ok {
		for _, f := range lost {
			l.lose(f, portfolio.PresenceDeleted)
		}
		return nil
	}
	found, err := fetcher.Fetch(ctx, lost)
	if err != nil {
		return err
	}
	for _, r := range found {
		switch {
		case r.Fact != nil:
			if r.Fact.Key() != r.Key {
				return fmt.Errorf("asked for %s and was given %s", r.Key, r.Fact.Key())
			}
			if err := l.put(r.Fact); err != nil {
				return err
			}
		case r.Unreadable != nil:
			l.Quarantined[r.Key] = *r.Unreadable
		case r.Presence == "":
			return fmt.Errorf("%s: neither a fact nor a presence", r.Key)
		default:
			l.lose(l.Facts[r.Key], r.Presence)
		}
	}
	return nil
}

func (l *Ledger) lose(f portfolio.ToolFact, presence portfolio.Presence) {
	f.Origin().Presence = presence
	l.content[f.Key()] = "" // should it come back, that is a change
	l.Writes++
}

// Canonical is a fact's content as text: equal content, equal text. The
// history of a due date is no part of it, as it is read once and then grows.
func Canonical(f portfolio.ToolFact) (string, error) {
	if m, ok := f.(*portfolio.MilestoneFact); ok {
		bare := *m
		bare.History = portfolio.DueHistory{}
		f = &bare
	}
	text, err := json.Marshal(f)
	return string(text), err
}

// Export is everything that is kept, in order, one record a line.
func (l *Ledger) Export() string {
	var lines []string
	for key, f := range l.Facts {
		text, err := json.Marshal(f)
		if err != nil {
			panic(err) // facts are plain structs
		}
		lines = append(lines, key.String()+" "+string(text))
	}
	for key, q := range l.Quarantined {
		lines = append(lines, "quarantine "+key.String()+" "+q.Reason)
	}
	slices.Sort(lines)
	return strings.Join(lines, "\n")
}

// Names are the names of the milestones that are there, sorted.
func (l *Ledger) Names() []string {
	var names []string
	for _, f := range l.Facts {
		if m, ok := f.(*portfolio.MilestoneFact); ok && m.Presence == "" {
			names = append(names, m.Name)
		}
	}
	slices.Sort(names)
	return names
}
