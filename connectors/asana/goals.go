package asana

import (
	"context"
	"encoding/json"
	"net/http"

	"plumbline/internal/inorder"
)

// readGoals reads which projects and portfolios support which goals, when the
// mapping asks for it. A goal here is a name that a project gives for what it
// serves; its progress, metric and status are not read.
func (r *run) readGoals() error {
	r.goals = map[string][]named{}
	if !r.asks(fieldGoals) {
		return nil
	}
	query := optFields([]string{"name"})
	query.Set("workspace", r.workspace.GID)
	var all []named
	err := r.listing(r.ctx, "/goals", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			var g named
			if json.Unmarshal(raw, &g) == nil && isGID(g.GID) {
				all = append(all, g)
			}
		}
		return nil
	})
	if hasStatus(err, http.StatusPaymentRequired) {
		return nil // a plan without goals has none
	}
	if err != nil {
		return err
	}
	i := 0
	for supporters, err := range inorder.Map(r.ctx, r.concurrency(), all, r.supportersOf) {
		if err != nil {
			return err
		}
		for _, one := range supporters {
			r.goals[one] = append(r.goals[one], all[i])
		}
		i++
	}
	return nil
}

// supportersOf are the gids of what supports a goal.
func (r *run) supportersOf(ctx context.Context, goal named) ([]string, error) {
	query := optFields([]string{"supporting_resource"})
	query.Set("supported_goal", goal.GID)
	query.Set("resource_subtype", "supporting_work")
	var gids []string
	err := r.listing(ctx, "/goal_relationships", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			var rel struct {
				By *named `json:"supporting_resource"`
			}
			if json.Unmarshal(raw, &rel) == nil && rel.By != nil && isGID(rel.By.GID) {
				gids = append(gids, rel.By.GID)
			}
		}
		return nil
	})
	if withheld(err) {
		return nil, nil // it was deleted a moment ago
	}
	return gids, err
}
