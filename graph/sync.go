package graph

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"plumbline/graph/model"
	"plumbline/portfolio"
)

// The mutations that have a tool read again. Whatever the asker can mend is a
// user error; the rest is an error of the request.

func (r *resolver) startSync(ctx context.Context, input model.StartSyncInput) (*model.StartSyncPayload, error) {
	if err := r.mayMutate(ctx, r.syncer != nil, "synchronises nothing"); err != nil {
		return nil, err
	}
	configured := viewOf(ctx).Configured()
	asked := input.Connections
	if asked == nil {
		asked = configured
	}
	var unknown []*portfolio.UserError
	for i, id := range asked {
		if !slices.Contains(configured, id) {
			unknown = append(unknown, &portfolio.UserError{
				Code:    portfolio.UserErrorNotFound,
				Message: fmt.Sprintf("The configuration has no connection %q.", id),
				Path:    []string{"input", "connections", strconv.Itoa(i)},
			})
		}
	}
	if len(unknown) > 0 {
		return &model.StartSyncPayload{UserErrors: unknown}, nil
	}
	err := r.syncer.Start(ctx, asked, deref(input.Full))
	if failed, err := userErrors(err, "connections"); err != nil || failed != nil {
		return &model.StartSyncPayload{UserErrors: failed}, err
	}
	return &model.StartSyncPayload{Connections: asked}, nil
}

func (r *resolver) confirmHold(ctx context.Context, input model.ConfirmHoldInput) (*model.ConfirmHoldPayload, error) {
	if err := r.mayMutate(ctx, r.syncer != nil, "synchronises nothing"); err != nil {
		return nil, err
	}
	view := viewOf(ctx)
	node, err := view.Node(input.ID)
	hold, ok := node.(*portfolio.HeldListing)
	if err == nil && !ok {
		err = fmt.Errorf("%w: %q is not the id of a hold", portfolio.ErrInvalid, input.ID)
	}
	if err == nil {
		err = r.syncer.Confirm(ctx, hold.Key(), view.Caller().Name)
	}
	if failed, err := userErrors(err, "id"); err != nil || failed != nil {
		return &model.ConfirmHoldPayload{UserErrors: failed}, err
	}
	return &model.ConfirmHoldPayload{Hold: hold}, nil
}

// mayMutate refuses callers who may only read, servers that are not able to,
// and, at once, all while the store does not answer.
func (r *resolver) mayMutate(ctx context.Context, able bool, unable string) error {
	if !viewOf(ctx).Caller().May(portfolio.RoleEditor) {
		return fmt.Errorf("%w: this needs a key with the role editor", portfolio.ErrForbidden)
	}
	if !able {
		return fmt.Errorf("%w: this server %s", portfolio.ErrForbidden, unable)
	}
	if r.age != nil && r.age() > 0 {
		return fmt.Errorf("%w: the store does not answer", portfolio.ErrUnavailable)
	}
	return nil
}

// userErrors tells what the asker can mend from what they cannot.
func userErrors(err error, field string) ([]*portfolio.UserError, error) {
	code := portfolio.UserErrorInvalid
	switch {
	case err == nil:
		return nil, nil
	case errors.Is(err, portfolio.ErrInvalid):
	case errors.Is(err, portfolio.ErrNotFound):
		code = portfolio.UserErrorNotFound
	case errors.Is(err, portfolio.ErrConflict):
		code = portfolio.UserErrorConflict
	default:
		return nil, err
	}
	return []*portfolio.UserError{{Code: code, Message: err.Error(), Path: []string{"input", field}}}, nil
}
