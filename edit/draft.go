package edit

import (
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// maxErrors is how many errors one edit is answered with.
const maxErrors = 1_000

// A draft is the portfolio as it will be after an edit: the newest snapshot
// with the edit laid over it. It remembers which documents the verdict rests
// on, so that the commit expects them as they were read.
type draft struct {
	snapshot *portfolio.Snapshot
	edit     *portfolio.Edit
	// changes leads from a key to the place of the change that decides it.
	changes  map[portfolio.Key]int
	expect   map[portfolio.Key]int64
	outcomes []portfolio.EditOutcome
	errors   []portfolio.UserError
	left     int // errors that were too many to show
	scope    *scope
	found    map[string]any // what a look at many documents found, by what it was for
}

func newDraft(s *portfolio.Snapshot, edit *portfolio.Edit) *draft {
	return &draft{
		snapshot: s,
		edit:     edit,
		changes:  make(map[portfolio.Key]int, len(edit.Changes)),
		expect:   make(map[portfolio.Key]int64, len(edit.Changes)),
		scope:    newScope(s, edit.Caller),
		found:    map[string]any{},
	}
}

// keyOf is the document that a change is about.
func keyOf(c *portfolio.EditChange) portfolio.Key {
	if c.Put != nil {
		return c.Put.Key()
	}
	return c.Delete
}

// judge validates every change and says what becomes of it.
func (d *draft) judge() portfolio.EditResult {
	changes := d.edit.Changes
	d.outcomes = make([]portfolio.EditOutcome, len(changes))
	twice := map[int]int{}
	for i := range changes {
		key := keyOf(&changes[i])
		if first, taken := d.changes[key]; taken {
			twice[i] = first
			continue
		}
		d.changes[key] = i
	}
	for i := range changes {
		c := check{draft: d, change: &changes[i], key: keyOf(&changes[i])}
		d.outcomes[i] = c.outcome()
		if first, ok := twice[i]; ok {
			c.wrong(portfolio.UserErrorTaken, nil, "%s is in this request twice, first at %s; keep one of them.", c.noun(), place(changes[first].Path, first))
		}
	}
	d.unused()
	if d.left > 0 {
		d.errors = append(d.errors, portfolio.UserError{
			Code:    portfolio.UserErrorTooMany,
			Message: fmt.Sprintf("%d more errors are not shown; mend these first.", d.left),
		})
	}
	result := portfolio.EditResult{Outcomes: d.outcomes, Errors: d.errors}
	if len(d.errors) > 0 {
		for i := range result.Outcomes {
			result.Outcomes[i].What = portfolio.OutcomeRefused
		}
	}
	return result
}

// place says where in the request something is.
func place(path []string, i int) string {
	if len(path) > 0 {
		return strings.Join(path, ".")
	}
	return fmt.Sprintf("change %d", i+1)
}

// change is what the verdict amounts to in the store.
func (d *draft) change(now time.Time) store.Change {
	change := store.Change{Author: d.edit.Author, Expect: d.expect}
	for i := range d.edit.Changes {
		c := &d.edit.Changes[i]
		switch d.outcomes[i].What {
		case portfolio.OutcomeCreated, portfolio.OutcomeUpdated:
			change.Put = append(change.Put, signed(c.Put, d.authorOf(c), now))
		case portfolio.OutcomeDeleted:
			change.Delete = append(change.Delete, c.Delete)
		}
	}
	return change
}

// signed returns a copy of a document with its author and time.
func signed(fact portfolio.RecordedFact, author string, now time.Time) portfolio.RecordedFact {
	copied := reflect.New(reflect.TypeOf(fact).Elem())
	copied.Elem().Set(reflect.ValueOf(fact).Elem())
	own := copied.Interface().(portfolio.RecordedFact)
	*own.Authorship() = portfolio.Authored{Author: author, At: now}
	return own
}

// authorOf is who owns what a change puts.
func (d *draft) authorOf(c *portfolio.EditChange) string {
	if c.Author != "" {
		return c.Author
	}
	return d.edit.Author
}

// before returns a document as the snapshot has it.
func (d *draft) before(key portfolio.Key) (portfolio.Versioned, bool) {
	v, ok := d.snapshot.Document(key)
	d.expect[key] = v.Rev // 0 when there is none
	return v, ok
}

// find returns a document as it will be; nil when there will be none.
func (d *draft) find(key portfolio.Key) portfolio.Document {
	if i, ok := d.changes[key]; ok {
		if put := d.edit.Changes[i].Put; put != nil {
			return put
		}
		return nil
	}
	v, ok := d.before(key)
	if !ok {
		return nil
	}
	return v.Doc
}

// findAs is find for documents of one type.
func findAs[F any](d *draft, kind portfolio.Kind, id string) *F {
	fact, _ := any(d.find(portfolio.Key{Kind: kind, ID: id})).(*F)
	return fact
}

// alone has the commit expect that nobody else records anything meanwhile: a
// verdict that rests on what is not there can name no document to expect.
func (d *draft) alone() { d.before((*portfolio.LastEdit)(nil).Key()) }

// all yields the documents of a kind as they will be.
func all[F portfolio.Document](d *draft, kind portfolio.Kind) iter.Seq[F] {
	d.alone()
	return func(yield func(F) bool) {
		for v := range d.snapshot.Documents(kind) {
			if _, changed := d.changes[v.Doc.Key()]; changed {
				continue
			}
			if f, ok := v.Doc.(F); ok && !yield(f) {
				return
			}
		}
		for key, i := range d.changes {
			if key.Kind != kind {
				continue
			}
			if f, ok := portfolio.Document(d.edit.Changes[i].Put).(F); ok && !yield(f) {
				return
			}
		}
	}
}

// once computes something from many documents when it is first asked for.
func once[V any](d *draft, what string, compute func() V) V {
	if known, ok := d.found[what]; ok {
		return known.(V)
	}
	v := compute()
	d.found[what] = v
	return v
}

// report adds an error.
func (d *draft) report(e portfolio.UserError) {
	if len(d.errors) == maxErrors {
		d.left++
		return
	}
	d.errors = append(d.errors, e)
}

// pathTo joins the place of a change and the field that is wrong.
func pathTo(change, field []string) []string { return slices.Concat(change, field) }
