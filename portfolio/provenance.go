package portfolio

import "time"

// Provenance says where one of the facts behind a row comes from.
type Provenance struct {
	ID         string // document id of the fact
	Connection string
	Kind       string // the tool's own kind of record
	ExternalID string // the tool's immutable id
	Key        string
	URL        string
	Presence   Presence
	GoneSince  Date
	// SourceUpdatedAt is the tool's time of the last change, if it tells.
	SourceUpdatedAt time.Time
	// SyncedAt is when the current content was written, by the store's clock.
	SyncedAt time.Time
	// Unreadable is why the newest version could not be read; the fact is then
	// the last good one.
	Unreadable string
}

// Sources returns where the facts behind a row come from: those of all
// members of a project, the primary first, and the one of any other row.
func (s *Snapshot) Sources(row Key) []Provenance {
	if row.Kind != KindProject {
		v, _ := s.Document(row)
		if f, ok := v.Doc.(ToolFact); ok {
			return []Provenance{s.provenance(f)}
		}
		return nil
	}
	p, ok := s.Project(row.ID)
	if !ok {
		return nil
	}
	sources := make([]Provenance, 0, len(p.Members))
	for _, member := range p.Members {
		if v, ok := s.Document(Key{KindProject, member}); ok {
			sources = append(sources, s.provenance(v.Doc.(*ProjectFact)))
		}
	}
	return sources
}

func (s *Snapshot) provenance(f ToolFact) Provenance {
	source, record := f.Origin(), f.Kept()
	return Provenance{
		ID:              source.DocID(),
		Connection:      source.Connection,
		Kind:            source.Kind,
		ExternalID:      source.ID,
		Key:             source.Key,
		URL:             source.URL,
		Presence:        s.plan.presence(source),
		GoneSince:       record.GoneSince,
		SourceUpdatedAt: source.UpdatedAt,
		SyncedAt:        record.SyncedAt,
		Unreadable:      record.Unreadable,
	}
}
