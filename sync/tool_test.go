package sync

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// tool is a scripted tool: milestones with ids, in scopes, each with the tick
// of its last edit. Its connector reads by keyset, page by page.
type tool struct {
	conn     string
	instance string
	pageSize int
	// page is called before each page is given; an error is yielded.
	page func(n int) error
	// delay is how long a page of Pull takes, unless it is broken off.
	delay time.Duration

	mu       sync.Mutex
	tick     int64
	records  map[string]*item
	order    []*item // as sorted; nil after an edit
	requests int
	pages    int
	request  string
	version  int
}

// item is one record of a tool.
type item struct {
	id, name, scope string
	due             portfolio.Date
	edited          int64
	presence        portfolio.Presence // "" for one that is there
	broken          bool
}

func newTool(records int) *tool {
	t := &tool{conn: "eng", instance: "site-1", pageSize: 10, records: map[string]*item{}, version: 1}
	for i := range records {
		t.put(fmt.Sprint("r", i), "all", fmt.Sprint("Record ", i))
	}
	return t
}

// put creates or edits a record.
func (t *tool) put(id, scope, name string) {
	t.edit(id, func(r *item) { r.scope, r.name, r.presence = scope, name, "" })
}

// edit changes a record at a new tick.
func (t *tool) edit(id string, change func(*item)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.tick++
	t.order = nil
	r := t.records[id]
	if r == nil {
		r = &item{id: id, due: portfolio.NewDate(2026, 3, 1)}
		t.records[id] = r
	}
	change(r)
	r.edited = t.tick
}

// lose takes records away without an edit that anybody could see.
func (t *tool) lose(how portfolio.Presence, ids ...string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for _, id := range ids {
		t.records[id].presence = how
	}
}

var epoch = time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)

func (t *tool) source(r *item) portfolio.Source {
	return portfolio.Source{
		Connection: t.conn, Kind: "issue", ID: r.id, Scope: r.scope,
		UpdatedAt: epoch.Add(time.Duration(r.edited) * time.Second),
	}
}

func (t *tool) fact(r *item) *portfolio.MilestoneFact {
	return &portfolio.MilestoneFact{Source: t.source(r), Name: r.name, Due: r.due, Project: "eng/project/1"}
}

func (t *tool) key(id string) portfolio.Key {
	return portfolio.Key{Kind: portfolio.KindMilestone, ID: portfolio.DocID(t.conn, "issue", id)}
}

// add puts a record on a page, converted or in quarantine.
func (t *tool) add(p *connectors.Page, r *item) {
	if r.broken {
		p.Quarantined = append(p.Quarantined, *t.unreadable(r))
		return
	}
	p.Facts = append(p.Facts, t.fact(r))
}

func (t *tool) unreadable(r *item) *portfolio.Quarantine {
	return &portfolio.Quarantine{
		Source: t.source(r), Of: portfolio.KindMilestone,
		Reason: "due is not a date", Raw: []byte(`{"due":"soon"}`), Converter: t.version,
	}
}

// next counts a request and lets the script interfere.
func (t *tool) next() error {
	t.mu.Lock()
	t.requests++
	t.pages++
	n := t.pages
	t.mu.Unlock()
	if t.page != nil {
		return t.page(n)
	}
	return nil
}

func (t *tool) Usage() connectors.Usage {
	t.mu.Lock()
	defer t.mu.Unlock()
	return connectors.Usage{Requests: t.requests}
}

func (t *tool) Describe() (string, int) { return t.request, t.version }

// place is a position in the keyset of edits.
type place struct {
	start, edited int64
	id            string
}

func (p place) String() string { return fmt.Sprintf("%d:%d:%s", p.start, p.edited, p.id) }

func parsePlace(s string) (p place) {
	parts := strings.SplitN(s, ":", 3)
	p.start, _ = strconv.ParseInt(parts[0], 10, 64)
	p.edited, _ = strconv.ParseInt(parts[1], 10, 64)
	p.id = parts[2]
	return p
}

// Pull implements connectors.Connector.
func (t *tool) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		stream := since["edits"]
		t.mu.Lock()
		at := place{start: t.tick}
		at.edited, _ = strconv.ParseInt(cmp.Or(stream.Since, "-1"), 10, 64)
		t.mu.Unlock()
		if stream.Position != "" {
			at = parsePlace(stream.Position)
		}
		for first := true; ; first = false {
			if t.delay > 0 {
				select {
				case <-time.After(t.delay):
				case <-ctx.Done():
					yield(connectors.Page{}, ctx.Err())
					return
				}
			}
			if err := t.next(); err != nil {
				yield(connectors.Page{}, err)
				return
			}
			page := connectors.Page{}
			if first {
				page.Site = &portfolio.Site{Connection: t.conn, Type: "scripted", Instance: t.instance}
			}
			var more bool
			at, more = t.fill(&page, at)
			position := portfolio.StreamCursor{Since: stream.Since, Position: at.String()}
			if !more {
				position = portfolio.StreamCursor{Since: fmt.Sprint(at.start)}
			}
			page.Next = connectors.Cursor{"edits": position}
			if ctx.Err() != nil || !yield(page, nil) || !more {
				return
			}
		}
	}
}

// fill puts the records after a place on a page.
func (t *tool) fill(page *connectors.Page, after place) (at place, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	at = after
	for _, r := range t.sorted() {
		if cmp.Or(cmp.Compare(r.edited, after.edited), cmp.Compare(r.id, after.id)) <= 0 || lost(r.presence) {
			continue
		}
		if len(page.Facts)+len(page.Quarantined) == t.pageSize {
			return at, true
		}
		t.add(page, r)
		at.edited, at.id = r.edited, r.id
	}
	return at, false
}

// sorted are the records by their last edit.
func (t *tool) sorted() []*item {
	if len(t.order) == len(t.records) {
		return t.order
	}
	t.order = slices.SortedFunc(maps.Values(t.records), func(a, b *item) int {
		return cmp.Or(cmp.Compare(a.edited, b.edited), cmp.Compare(a.id, b.id))
	})
	return t.order
}

// lister is a tool with complete listings of ids, scope by scope.
type lister struct{ *tool }

// List implements connectors.Lister.
func (l lister) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		for _, scope := range l.scopes() {
			if scope <= from["ids"].Position {
				continue
			}
			ids := l.listed(scope)
			for begin := 0; begin == 0 || begin < len(ids); begin += l.pageSize {
				if err := l.next(); err != nil {
					yield(connectors.Page{}, err)
					return
				}
				end := min(begin+l.pageSize, len(ids))
				page := connectors.Page{Seen: ids[begin:end], Next: connectors.Cursor{"ids": {Position: scope}}}
				if end < len(ids) {
					page.Next = maps.Clone(from)
				} else {
					page.Complete = []connectors.Scope{{Name: scope, Of: portfolio.KindMilestone}}
				}
				if ctx.Err() != nil || !yield(page, nil) {
					return
				}
			}
		}
	}
}

func (l lister) scopes() (names []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.records {
		if !slices.Contains(names, r.scope) && r.presence != portfolio.PresenceOutOfScope {
			names = append(names, r.scope)
		}
	}
	slices.Sort(names)
	return names
}

func (l lister) listed(scope string) (keys []portfolio.Key) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.sorted() {
		if r.scope == scope && !lost(r.presence) {
			keys = append(keys, l.key(r.id))
		}
	}
	return keys
}

// fetcher is a lister that can be asked for single records.
type fetcher struct{ lister }

// Fetch implements connectors.Fetcher.
func (f fetcher) Fetch(_ context.Context, facts []portfolio.ToolFact) (answers []connectors.Fetched, err error) {
	if err := f.next(); err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, fact := range facts {
		answer := connectors.Fetched{Key: fact.Key()}
		switch r := f.records[fact.Origin().ID]; {
		case r == nil:
			answer.Presence = portfolio.PresenceDeleted
		case lost(r.presence):
			answer.Presence = r.presence
		case r.broken:
			answer.Unreadable = f.unreadable(r)
		default:
			answer.Fact = f.fact(r)
		}
		answers = append(answers, answer)
	}
	return answers, nil
}

// whole is a tool that reads everything each time and says so, as a file.
type whole struct{ *tool }

// Pull implements connectors.Connector.
func (w whole) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	position := since["edits"].Position
	return func(yield func(connectors.Page, error) bool) {
		from := connectors.Cursor{"edits": {Position: position}}
		for page, err := range w.tool.Pull(ctx, from) {
			if last := page.Next["edits"].Position == ""; last && err == nil {
				page.Complete = []connectors.Scope{{Name: "all", Of: portfolio.KindMilestone}}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// binned is a tool that lists what is in its bin as deleted.
type binned struct{ *tool }

// Pull implements connectors.Connector.
func (t binned) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		for page, err := range t.tool.Pull(ctx, since) {
			for _, fact := range page.Facts {
				if m := fact.(*portfolio.MilestoneFact); m.Name == "bin" {
					m.Presence = portfolio.PresenceDeleted
				}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// remembering is a tool whose second converter reads the history of dates.
type remembering struct{ *tool }

// Pull implements connectors.Connector.
func (t remembering) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		for page, err := range t.tool.Pull(ctx, since) {
			for _, fact := range page.Facts {
				if m := fact.(*portfolio.MilestoneFact); t.version > 1 {
					m.History = portfolio.DueHistory{First: portfolio.NewDate(2026, 2, 1), Read: true}
				}
			}
			if !yield(page, err) {
				return
			}
		}
	}
}

// offsets is a tool whose listing could go on at any page.
type offsets struct{ fetcher }

// List implements connectors.Lister.
func (o offsets) List(ctx context.Context, from connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		skip, _ := strconv.Atoi(from["offset"].Position)
		ids := o.listed("all")
		for begin := skip; begin < len(ids); begin += o.pageSize {
			if err := o.next(); err != nil {
				yield(connectors.Page{}, err)
				return
			}
			end := min(begin+o.pageSize, len(ids))
			page := connectors.Page{Seen: ids[begin:end], Next: connectors.Cursor{"offset": {Position: strconv.Itoa(end)}}}
			if end == len(ids) {
				page.Complete = []connectors.Scope{{Name: "all", Of: portfolio.KindMilestone}}
			}
			if ctx.Err() != nil || !yield(page, nil) {
				return
			}
		}
	}
}
