package redmine

import (
	"context"
	"encoding/json"
	"net/url"
	"slices"
	"time"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

type journalRecord struct {
	Created json.RawMessage `json:"created_on"`
	Details []struct {
		Property string `json:"property"` // attr, cf, relation, attachment
		Name     string `json:"name"`
		Old      string `json:"old_value"`
		New      string `json:"new_value"`
	} `json:"details"`
}

// dueMoves picks the moves of the due date out of an issue's journals, oldest
// first. An entry that cannot be read is left out: a gap in the past is better
// than no issue. Days are in UTC.
func dueMoves(journals []json.RawMessage) []portfolio.DueMove {
	type move struct {
		at time.Time
		portfolio.DueMove
	}
	var moves []move
	for _, raw := range journals {
		var j journalRecord
		if json.Unmarshal(raw, &j) != nil {
			continue
		}
		at, err := record.Text("created_on", j.Created, aTime, parseTime)
		if err != nil || at.IsZero() {
			continue
		}
		for _, d := range j.Details {
			if d.Property != "attr" || d.Name != "due_date" {
				continue
			}
			from, err1 := portfolio.ParseDate(d.Old)
			to, err2 := portfolio.ParseDate(d.New)
			if err1 == nil && err2 == nil && from != to {
				moves = append(moves, move{at, portfolio.DueMove{On: portfolio.DateOf(at), From: from, To: to}})
			}
		}
	}
	slices.SortStableFunc(moves, func(a, b move) int { return a.at.Compare(b.at) })
	var out []portfolio.DueMove
	for _, m := range moves {
		out = append(out, m.DueMove)
	}
	return out
}

// dueHistory sums the moves up. Where they do not lead to the due date of the
// issue, it was moved without a journal, as the date of a task above others is
// when theirs are: at the latest on the day of the issue's last change.
func dueHistory(moves []portfolio.DueMove, f *portfolio.MilestoneFact) portfolio.DueHistory {
	h := portfolio.DueHistory{Read: true, First: f.Due}
	if n := len(moves); n > 0 {
		if last := moves[n-1]; last.To != f.Due {
			moves = append(moves, portfolio.DueMove{On: portfolio.DateOf(f.UpdatedAt), From: last.To, To: f.Due})
		}
		if h.First = moves[0].From; h.First.IsZero() {
			h.First = moves[0].To
		}
	}
	for _, m := range moves {
		if !m.From.IsZero() && m.To.After(m.From) {
			h.LaterMoves++
		}
	}
	h.Moves = slices.Clone(moves[max(0, len(moves)-portfolio.MaxMoves):])
	return h
}

// addHistories reads the journals of issues in a full run, a request for each
// that was ever changed, and puts the moves of its due date into its milestone.
// Only the newest issues are asked for, as many as the settings allow; left is
// how many there are from the first of these on.
func (r *run) addHistories(list []converted, left int) error {
	if r.quick() || r.sweeping || r.settings.Milestones.History.Off {
		return nil
	}
	var asked []*portfolio.MilestoneFact
	for i, v := range list {
		if left-i > r.settings.Milestones.History.issues() {
			continue
		}
		for _, f := range v.facts {
			if m, ok := f.(*portfolio.MilestoneFact); ok && !m.UpdatedAt.Equal(m.CreatedAt) {
				asked = append(asked, m)
			}
		}
	}
	type answer struct {
		milestone *portfolio.MilestoneFact
		journals  []json.RawMessage
		read      bool
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), asked, func(ctx context.Context, m *portfolio.MilestoneFact) (answer, error) {
		journals, read, err := r.journals(ctx, m.ID)
		return answer{m, journals, read}, err
	}) {
		if err != nil {
			return err
		}
		if a.read {
			a.milestone.History = dueHistory(dueMoves(a.journals), a.milestone)
		}
	}
	return nil
}

// journals reads those of an issue; read is false for one that vanished since it
// was listed.
func (r *run) journals(ctx context.Context, issue string) (list []json.RawMessage, read bool, err error) {
	raw, err := r.one(ctx, "issues/"+url.PathEscape(issue)+".json", "issue", url.Values{"include": {"journals"}})
	if hidden(err) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, err
	}
	var i struct {
		Journals []json.RawMessage `json:"journals"`
	}
	read = json.Unmarshal(raw, &i) == nil // what cannot be read costs the past alone
	return i.Journals, read, nil
}

// defaultHistories is of how many issues the journals are read: at 20 ms each
// and four at once, it is five seconds of a full run.
const defaultHistories = 1000

func (h HistorySettings) issues() int {
	if h.Issues == 0 {
		return defaultHistories
	}
	return h.Issues
}
