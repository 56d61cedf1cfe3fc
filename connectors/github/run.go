package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// The streams of a cursor.
const (
	streamItems   = "items"   // Since: Unix seconds by GitHub's clock
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the stage of a sweep that is done
	streamMemory  = "memory"  // Since: the mark of the run that left the store so
)

// position is how far a run has come: so far into a stage, whose units are
// read in order.
type position struct {
	Stage   string `json:"stage,omitempty"`
	Unit    int64  `json:"unit,omitempty"`    // id of the repository or number of the board
	Part    int    `json:"part,omitempty"`    // of the unit: which of the clauses
	Next    string `json:"next,omitempty"`    // path or cursor of the next page; empty: the part is done
	Started int64  `json:"started,omitempty"` // the run's start by GitHub's clock, in seconds
}

// The stages of a run, in order.
const (
	stageRepositories = "repositories"
	stageMilestones   = "milestones"
	stageIssues       = "issues"
	stageBoards       = "boards"
)

var stageOrder = []string{"", stageRepositories, stageMilestones, stageIssues, stageBoards}

// past tells whether the stage is behind us.
func (p position) past(stage string) bool {
	return slices.Index(stageOrder, p.Stage) > slices.Index(stageOrder, stage)
}

// done tells whether a part of a unit is behind us, and where to go on in it.
func (p position) done(stage string, unit int64, part int) (next string, done bool) {
	if p.Stage != stage {
		return "", false
	}
	switch {
	case unit != p.Unit:
		return "", unit < p.Unit
	case part != p.Part:
		return "", part < p.Part
	}
	return p.Next, p.Next == ""
}

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// run is one Pull or List under way.
type run struct {
	*Connector
	conversion
	ctx      context.Context
	yield    func(connectors.Page, error) bool
	since    connectors.Cursor
	position position
	full     bool // everything is read anew
	mark     string
	sweeping bool
	stage    string // of a sweep: the last one that is done

	greeted  bool // Site was told
	people   map[string]bool
	page     connectors.Page
	fresh    map[string]*known // pages whose facts are in the page
	listed   []repository
	boards   []board
	boardIDs map[int64]bool
	partial  bool           // some of what is on boards may not be seen
	unwanted map[int64]bool // boards that are there and are not read
	done     int
}

func (c *Connector) run(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) (*run, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	if was := since[streamAccount].Since; was != "" && was != s.account {
		return nil, fmt.Errorf("%w: it was made by account %s, and now we are %s", connectors.ErrCursor, was, s.account)
	}
	r := &run{
		Connector: c, ctx: ctx, yield: yield, since: since, people: map[string]bool{}, fresh: map[string]*known{}, boardIDs: map[int64]bool{}, unwanted: map[int64]bool{},
		conversion: c.conversion(s),
	}
	if r.issueFields, err = c.readIssueFields(ctx, s); err != nil {
		return nil, err
	}
	if p := since[streamItems].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
	}
	if r.position.Started == 0 {
		r.position.Started = s.started.Unix()
	}
	return r, nil
}

// add puts what a record became into the page that is being filled.
func (r *run) add(v converted) {
	if v.quarantined != nil {
		r.page.Quarantined = append(r.page.Quarantined, *v.quarantined)
	}
	for _, f := range v.facts {
		if p, ok := f.(*portfolio.PersonFact); ok {
			if r.people[p.ID] {
				continue
			}
			r.people[p.ID] = true
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
}

// take adds a page of records, or sees those of one that is as it was.
func (r *run) take(p page, convert func(json.RawMessage) converted) {
	if p.known != nil {
		r.page.Seen = append(r.page.Seen, p.known.keys...)
		r.done += len(p.known.keys)
		return
	}
	k := &known{etag: p.etag, next: p.next}
	for _, raw := range p.values {
		v := convert(raw)
		k.keys = append(k.keys, v.keys()...)
		r.add(v)
	}
	if p.etag != "" {
		r.fresh[p.path+p.variant] = k
	}
}

// pageFacts is how many facts make a page due.
const pageFacts = 1000

// due tells whether the page is.
func (r *run) due() bool {
	return len(r.page.Facts)+len(r.page.Quarantined)+len(r.page.Seen) >= pageFacts
}

// flush hands the page over with the cursor that makes it durable. Only then
// are its pages known: what was read and lost on the way must be read again.
func (r *run) flush(next connectors.Cursor) error {
	if err := r.namePeople(); err != nil {
		return err
	}
	page := r.page
	if !r.greeted {
		r.greeted = true
		page.Site = &r.site
	}
	page.Next, page.Done = next, r.done
	r.page = connectors.Page{}
	if !r.yield(page, nil) {
		return errStopped
	}
	r.memory.keep(r.fresh)
	r.fresh = map[string]*known{}
	return nil
}

// at is the cursor of a run that has come so far.
func (r *run) at(stage string, unit int64, part int, next string) connectors.Cursor {
	if r.sweeping {
		return r.listingCursor()
	}
	text, err := json.Marshal(position{stage, unit, part, next, r.position.Started})
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return connectors.Cursor{
		streamItems:   {Since: r.since[streamItems].Since, Position: string(text)},
		streamAccount: {Since: r.account},
		streamMemory:  {Since: r.mark},
	}
}

// complete says that the listing of a scope has ended, unless it was begun by
// another process, or some of it was withheld.
func (r *run) complete(stage, scope string, of portfolio.Kind) {
	if (r.full || r.sweeping) && r.position.Stage != stage && (stage != stageBoards || !r.partial) {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scope, Of: of})
	}
}

// finish hands over the last page: only now since moves, to the run's start.
func (r *run) finish() error {
	return r.flush(connectors.Cursor{
		streamItems:   {Since: strconv.FormatInt(r.position.Started, 10)},
		streamAccount: {Since: r.account},
		streamMemory:  {Since: r.mark},
	})
}

// changedSince is from when on changes are read: a while before the start of
// the last run, and on the full hour, so that the same question is asked for
// an hour and an answer without news is known and costs nothing.
func (r *run) changedSince() time.Time {
	seconds, err := strconv.ParseInt(r.since[streamItems].Since, 10, 64)
	if err != nil || r.full || r.sweeping {
		return time.Time{}
	}
	return time.Unix(seconds, 0).UTC().Add(-overlap).Truncate(time.Hour)
}

// bareKind splits the document id of one of our facts.
func (c *Connector) bareKind(id string) (kind, bare string) {
	rest, ok := strings.CutPrefix(id, c.env.Connection+"/")
	if !ok {
		return "", ""
	}
	kind, bare, _ = strings.Cut(rest, "/")
	return kind, bare
}
