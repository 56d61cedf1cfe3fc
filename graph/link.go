package graph

import (
	"context"
	"strconv"
	"strings"

	"plumbline/graph/model"
	"plumbline/graph/recording"
	"plumbline/portfolio"
)

// linkProjects joins projects of several tools, or keeps them apart.
func (r *resolver) linkProjects(ctx context.Context, input model.LinkProjectsInput) (*recording.Payload, error) {
	q, err := r.record(ctx, input.DryRun, input.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	for i, row := range input.Items {
		path := item(i)
		link := &portfolio.Link{Primary: q.end(row.Primary, append(path, "primary")), Apart: row.Apart}
		for n, member := range row.Members {
			link.Members = append(link.Members, q.end(member, append(item(i), "members", strconv.Itoa(n))))
		}
		q.put(link, q.expect(row, item(i)), item(i))
	}
	return q.answer()
}

// unlinkProjects takes links back.
func (r *resolver) unlinkProjects(ctx context.Context, input model.UnlinkProjectsInput) (*recording.Payload, error) {
	q, err := r.record(ctx, input.DryRun, input.IdempotencyKey)
	if err != nil {
		return nil, err
	}
	for i, row := range input.Items {
		link := &portfolio.Link{Primary: q.end(row.Primary, append(item(i), "primary")), Apart: row.Apart}
		q.take(link.Key(), q.expect(row, item(i)), item(i))
	}
	return q.answer()
}

// end is the document id of a project that a link names. A link joins facts of
// tools, so the id is of the fact that was named, even where that is part of
// another project already.
func (q *request) end(ref string, path []string) string {
	ref = recording.IDOf(ref, portfolio.KindProject)
	connection, key, isKey := strings.Cut(ref, ":")
	if !isKey || strings.Contains(connection, "/") {
		return ref
	}
	if project, err := q.view.ProjectByKey(connection, key); err == nil {
		for _, member := range project.Members {
			v, _ := q.snapshot.Document(portfolio.Key{Kind: portfolio.KindProject, ID: member})
			if f, ok := v.Doc.(*portfolio.ProjectFact); ok && f.Connection == connection && f.Handle() == key {
				return member
			}
		}
		return project.ProjectRow.ID
	}
	q.invalid(path, portfolio.UserErrorNotFound, "There is no project %q; name it by its key once its tool was read, or by its id.", ref)
	return ref
}
