package portfolio

import "cmp"

// A Tool is a connection to a tool as one caller sees it. It is not called
// Connection, because in GraphQL that is a page of a list.
type Tool struct {
	*ConnectionRow
	view *View
}

func (v *View) tool(id string) *Tool {
	if id == "" {
		return nil
	}
	if row, ok := v.snap.Connection(id); ok && v.seesTool(row) {
		return v.toolOf(row)
	}
	return nil
}

func (v *View) toolOf(row *ConnectionRow) *Tool { return &Tool{row, v} }

// Configured returns the ids of the connections that the caller may see and
// the configuration names, sorted.
func (v *View) Configured() []string {
	var ids []string
	for row := range v.snap.Connections() {
		if !row.Removed && v.seesTool(row) {
			ids = append(ids, row.ID)
		}
	}
	return ids
}

// IsNode marks a type of the interface Node.
func (*Tool) IsNode() {}

// ID is the global id.
func (t *Tool) ID() string { return NodeID(KindConnection, t.ConnectionRow.ID) }

// Slug is the connection's id in the configuration.
func (t *Tool) Slug() string { return t.ConnectionRow.ID }

// Name is the display name, or the id.
func (t *Tool) Name() string { return cmp.Or(t.ConnectionRow.Name, t.ConnectionRow.ID) }

// Account is who Plumbline is in the tool; told to callers who see the whole
// portfolio.
func (t *Tool) Account() string {
	if !t.view.seesOperations() {
		return ""
	}
	return t.ConnectionRow.Account
}

// Quarantined counts the records that cannot be read; nil for callers who see
// only a part of the portfolio.
func (t *Tool) Quarantined() *int {
	if !t.view.seesOperations() {
		return nil
	}
	return &t.ConnectionRow.Quarantined
}

// Runs are the sync runs, newest first.
func (t *Tool) Runs(filter *RunFilter, first *int, after *string, last *int, before *string) (*SyncRunConnection, error) {
	return t.view.runsIn("runs of "+t.ConnectionRow.ID, t.view.snap.RunsOf(t.ConnectionRow.ID), filter, pageRequest(first, after, last, before))
}

// A SyncRun is one sync of one connection.
type SyncRun struct {
	*Run
	view *View
}

func (v *View) run(id string) *SyncRun {
	if doc, ok := v.snap.Document(Key{KindRun, id}); ok && v.seesOperations() {
		return v.runOf(doc.Doc.(*Run))
	}
	return nil
}

func (v *View) runOf(r *Run) *SyncRun { return &SyncRun{r, v} }

// IsNode marks a type of the interface Node.
func (*SyncRun) IsNode() {}

// ID is the global id.
func (r *SyncRun) ID() string { return NodeID(KindRun, r.Run.Key().ID) }

// Connection is the connection that was synced.
func (r *SyncRun) Connection() *Tool { return r.view.tool(r.Run.Connection) }

// Number counts the runs of a connection.
func (r *SyncRun) Number() int { return int(r.Run.Number) }

// WaitedSeconds is how long the run waited for rate limits.
func (r *SyncRun) WaitedSeconds() float64 { return r.Tally.Waited.Seconds() }

// Expected is how many records were expected; nil when nobody knows.
func (r *SyncRun) Expected() *int {
	if r.Tally.Total == 0 {
		return nil
	}
	return &r.Tally.Total
}

// An UnreadableRecord is a record of a tool that could not be read.
type UnreadableRecord struct {
	*Quarantine
	view *View
}

func (v *View) quarantined(id string) *UnreadableRecord {
	if doc, ok := v.snap.Document(Key{KindQuarantine, id}); ok && v.seesOperations() {
		return v.unreadableOf(doc.Doc.(*Quarantine))
	}
	return nil
}

func (v *View) unreadableOf(q *Quarantine) *UnreadableRecord { return &UnreadableRecord{q, v} }

// IsNode marks a type of the interface Node.
func (*UnreadableRecord) IsNode() {}

// ID is the global id.
func (q *UnreadableRecord) ID() string { return NodeID(KindQuarantine, q.Quarantine.Key().ID) }

// Connection is the connection that met it.
func (q *UnreadableRecord) Connection() *Tool { return q.view.tool(q.Quarantine.Connection) }

// ExternalID is the tool's immutable id.
func (q *UnreadableRecord) ExternalID() string { return q.Source.ID }

// Key is the tool's key of the record.
func (q *UnreadableRecord) Key() string { return q.Source.Key }

// Of is the kind of document it would have been.
func (q *UnreadableRecord) Of() string { return string(q.Quarantine.Of) }

// Reason says what could not be read.
func (q *UnreadableRecord) Reason() string {
	return cmp.Or(q.Quarantine.Reason, "It could not be read.")
}

// Raw is the record as the tool gave it, for admins only.
func (q *UnreadableRecord) Raw() string {
	if !q.view.caller.May(RoleAdmin) {
		return ""
	}
	return string(q.Quarantine.Raw)
}

// A HeldListing is a listing that lost more than is believable.
type HeldListing struct {
	*Hold
	view *View
}

func (v *View) hold(id string) *HeldListing {
	if doc, ok := v.snap.Document(Key{KindHold, id}); ok && v.seesOperations() {
		return v.holdOf(doc.Doc.(*Hold))
	}
	return nil
}

func (v *View) holdOf(h *Hold) *HeldListing { return &HeldListing{h, v} }

// IsNode marks a type of the interface Node.
func (*HeldListing) IsNode() {}

// ID is the global id.
func (h *HeldListing) ID() string { return NodeID(KindHold, h.Key().ID) }

// Connection is the connection whose listing is held.
func (h *HeldListing) Connection() *Tool { return h.view.tool(h.Hold.Connection) }

// Of is the kind of document that the listing is of.
func (h *HeldListing) Of() string { return string(h.Hold.Of) }
