package graph

import (
	"errors"
	"fmt"

	"plumbline/graph/model"
	"plumbline/portfolio"
)

// absent turns "there is no such thing" into null, which is how a lookup of
// one thing answers it.
func absent[V any](v V, err error) (V, error) {
	if errors.Is(err, portfolio.ErrNotFound) {
		var none V
		return none, nil
	}
	return v, err
}

// projectByRef finds a project by what is known of it.
func projectByRef(view *portfolio.View, ref model.ProjectRef) (*portfolio.Project, error) {
	if ref.Source != nil {
		return view.ProjectByKey(ref.Source.Connection, ref.Source.Key)
	}
	key, err := portfolio.ParseNodeID(deref(ref.ID))
	if err != nil {
		return nil, err
	}
	if key.Kind != portfolio.KindProject {
		return nil, fmt.Errorf("%w: %q is the id of a %s, not of a project", portfolio.ErrInvalid, deref(ref.ID), key.Kind)
	}
	return view.Project(key.ID)
}
