package folder

import (
	"context"
	"slices"

	"plumbline/portfolio"
)

// An Editor makes changes; *edit.Editor is one.
type Editor interface {
	Edit(ctx context.Context, e portfolio.Edit) (portfolio.EditResult, error)
}

// A Report says what became of files.
type Report struct {
	// State is where a folder stands; empty for single files.
	State State `json:"state,omitempty"`
	// Hash is that of the folder, InForce that of the one whose content is
	// recorded; empty when none is.
	Hash    string `json:"hash,omitempty"`
	InForce string `json:"inForce,omitempty"`
	// Counts are by list, in their order.
	Counts []Count `json:"counts,omitempty"`
	// Revision is that of the commit; 0 when nothing was written.
	Revision int64 `json:"revision,omitempty"`
	// Problems are all that is wrong; with any, nothing was written.
	Problems Problems `json:"problems,omitempty"`
}

// State is where a strategy folder stands.
type State string

// The values of State.
const (
	// StateInForce says that the log holds what the folder says.
	StateInForce State = "IN_FORCE"
	// StateNew says that the folder says something new, which is not recorded
	// yet, or cannot be.
	StateNew State = "NEW"
	// StateOlder says that the log has had this folder before, and newer ones
	// since: the log's content holds.
	StateOlder State = "OLDER"
)

// A Count is what became of the entries of one list.
type Count struct {
	List      string `json:"list"`
	Created   int    `json:"created"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Deleted   int    `json:"deleted"`
}

// Import records what single files say, in one commit or not at all, or says
// what it would do. The error is one of the store's; what is wrong with the
// files is in the report.
func Import(ctx context.Context, editor Editor, files []File, author string, dryRun bool) (Report, error) {
	batch, problems := Read(files)
	return batch.record(ctx, editor, problems, portfolio.Edit{Caller: portfolio.Local, Author: author, DryRun: dryRun})
}

// record hands the changes to the editor. When some cannot be read, it asks
// all the same what else is wrong: everything is to be told at once.
func (b *Batch) record(ctx context.Context, editor Editor, problems Problems, e portfolio.Edit) (Report, error) {
	report := Report{Problems: problems}
	if len(b.Changes) == 0 {
		return report, nil
	}
	e.Changes = b.Changes
	e.DryRun = e.DryRun || len(problems) > 0
	result, err := editor.Edit(ctx, e)
	if err != nil {
		return report, err
	}
	report.Problems = append(report.Problems, b.Problems(result.Errors)...)
	report.Problems.Sort()
	if len(report.Problems) == 0 {
		report.Revision = result.Revision
		report.Counts = b.counts(result.Outcomes)
	}
	return report, nil
}

// counts counts entries: of those that are several documents, one that is not
// all new is updated.
func (b *Batch) counts(outcomes []portfolio.EditOutcome) []Count {
	entries := map[string]map[string]portfolio.Outcome{} // by list, then by entry
	for i, o := range outcomes {
		if i >= len(b.Lists) || b.Lists[i] == "" {
			continue
		}
		of := entries[b.Lists[i]]
		if of == nil {
			of = map[string]portfolio.Outcome{}
			entries[b.Lists[i]] = of
		}
		entry := b.Changes[i].Path[1]
		if before, known := of[entry]; known && before != o.What {
			of[entry] = portfolio.OutcomeUpdated
		} else {
			of[entry] = o.What
		}
	}
	var counts []Count
	for _, l := range lists {
		if entries[l.name] == nil {
			continue
		}
		c := Count{List: l.name}
		for _, what := range entries[l.name] {
			switch what {
			case portfolio.OutcomeCreated:
				c.Created++
			case portfolio.OutcomeUpdated:
				c.Updated++
			case portfolio.OutcomeUnchanged:
				c.Unchanged++
			case portfolio.OutcomeDeleted:
				c.Deleted++
			}
		}
		counts = append(counts, c)
	}
	return counts
}

// gone begins the path of a deletion; the file that had the document follows.
const gone = "gone"

// forget adds the deletion of what files own in the source and the batch no
// longer says.
func (b *Batch) forget(from Source) {
	said := make(map[portfolio.Key]bool, len(b.Changes))
	for _, c := range b.Changes {
		said[c.Put.Key()] = true
	}
	done := map[portfolio.Kind]bool{}
	for _, l := range lists {
		if done[l.kind] {
			continue
		}
		done[l.kind] = true
		var left []portfolio.RecordedFact
		for v := range from.Documents(l.kind) {
			f, ok := v.Doc.(portfolio.RecordedFact)
			if ok && f.Authorship().OwnedByFile() && !said[f.Key()] {
				left = append(left, f)
			}
		}
		slices.SortFunc(left, func(a, b portfolio.RecordedFact) int { return compare(a.Key(), b.Key()) })
		for _, f := range left {
			b.Changes = append(b.Changes, portfolio.EditChange{Delete: f.Key(), Path: []string{gone, f.Key().String(), fileOf(f)}})
			b.Lists = append(b.Lists, listOfFact(f).name)
		}
	}
}
