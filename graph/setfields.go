package graph

import (
	"context"

	"plumbline/graph/model"
	"plumbline/graph/recording"
	"plumbline/portfolio"
)

// setProjectFields records values of fields of projects.
func (r *resolver) setProjectFields(ctx context.Context, input model.SetProjectFieldsInput) (*recording.Payload, error) {
	q, err := r.record(ctx, input.DryRun, input.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	for i, row := range input.Items {
		q.fields(i, row, portfolio.Key{Kind: portfolio.KindProject, ID: q.project(row.Project)}, row.Reason)
	}
	return q.answer()
}

// setMilestoneFields records values of fields of milestones.
func (r *resolver) setMilestoneFields(ctx context.Context, input model.SetMilestoneFieldsInput) (*recording.Payload, error) {
	q, err := r.record(ctx, input.DryRun, input.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	for i, row := range input.Items {
		q.fields(i, row, portfolio.Key{Kind: portfolio.KindMilestone, ID: recording.IDOf(row.Milestone, portfolio.KindMilestone)}, row.Reason)
	}
	return q.answer()
}

// project is the document id of the project that a reference leads to, so that
// a field has one value however it was addressed; a reference to what is not
// there, or not visible, stays as it is.
func (q *request) project(ref string) string {
	ref = recording.IDOf(ref, portfolio.KindProject)
	if row, ok := q.snapshot.ProjectByReference(ref); ok {
		if project, err := q.view.Project(row.ID); err == nil {
			return project.ProjectRow.ID
		}
	}
	return ref
}

// A fieldsRow is a row that says something of several fields of one thing.
type fieldsRow interface {
	Fields() ([]recording.FieldValue, error)
	Expect() (*int64, error)
}

// fields turns what a row says of fields into overrides.
func (q *request) fields(i int, row fieldsRow, target portfolio.Key, reason string) {
	seen := q.expect(row, item(i))
	fields, err := row.Fields()
	switch {
	case err != nil:
		q.invalid(append(item(i), "custom"), portfolio.UserErrorInvalid, "%s.", sentence(err))
	case len(fields) == 0:
		q.invalid(item(i), portfolio.UserErrorBlank, "The row says nothing of any field.")
	}
	for _, f := range fields {
		override := &portfolio.Override{Target: target.String(), Field: f.Name, Reason: reason}
		expect := q.unchangedSince(override.Key(), seen)
		if f.Value == nil {
			q.take(override.Key(), expect, item(i))
			continue
		}
		override.Value = *f.Value
		override.Value.ID = f.Name
		q.put(override, expect, item(i))
	}
	q.rows = append(q.rows, len(fields))
}

// unchangedSince is the version that a field's record is expected at, when
// nothing may have been recorded of it since the version that was seen.
func (q *request) unchangedSince(key portfolio.Key, seen *int64) *int64 {
	if seen == nil {
		return nil
	}
	if v, _ := q.snapshot.Document(key); v.Rev <= *seen {
		return &v.Rev
	}
	return seen
}
