package graph

import (
	"context"

	"plumbline/portfolio"
)

// page returns the view of the revision at which a page sequence began, if
// that is kept, and what is asked of it; otherwise, and for a first page, the
// view of the request.
func (r *resolver) page(ctx context.Context, first *int, after *string, last *int, before *string) (*portfolio.View, portfolio.PageRequest) {
	request := portfolio.PageRequest{First: first, Last: last, After: deref(after), Before: deref(before)}
	view := viewOf(ctx)
	if wentBack(ctx).from.Revision > 0 {
		return view, request // a day is itself a revision, which every page shows
	}
	for _, cursor := range []string{request.After, request.Before} {
		if cursor == "" {
			continue
		}
		revision, hash, err := portfolio.CursorRevision(cursor)
		if err != nil || revision == view.Data().Revision {
			break // a bad cursor is an error of the list
		}
		if s := r.kept.find(revision, hash); s != nil {
			return r.view(s, view.Caller()), request
		}
	}
	return view, request
}

func deref[V any](p *V) V {
	if p == nil {
		var zero V
		return zero
	}
	return *p
}
