package asana

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"

	"plumbline/internal/inorder"
)

// grouping is which portfolios hold which projects and portfolios.
type grouping struct {
	portfolios []json.RawMessage  // each once, as they were found
	of         map[string][]named // portfolios by the gid of what is in them, the oldest first
	reading    map[string]bool    // gids of the projects that projects.portfolios names; nil is all
}

// item is something in a portfolio.
type item struct {
	named
	Type string `json:"resource_type"`
}

// maxNesting bounds how deep portfolios lie in one another.
const maxNesting = 20

// readPortfolios reads the portfolios and what is in them, level by level.
// Asana tells no time of change for that, so every run asks.
func (r *run) readPortfolios() error {
	r.grouping = grouping{of: map[string][]named{}}
	if !r.grouped {
		return nil
	}
	level, err := r.topPortfolios()
	if err != nil {
		return err
	}
	chosen := map[string]bool{}
	for _, gid := range r.settings.Projects.Portfolios {
		chosen[gid] = true
		r.reading = map[string]bool{}
	}
	seen := map[string]bool{}
	type answer struct {
		record json.RawMessage
		self   named
		items  []item
	}
	for depth := 0; len(level) > 0; depth++ {
		if depth == maxNesting {
			return fmt.Errorf("portfolios lie more than %d deep in one another", maxNesting)
		}
		var next []string
		for a, err := range inorder.Map(r.ctx, r.concurrency(), level, func(ctx context.Context, gid string) (answer, error) {
			a := answer{self: named{GID: gid}}
			err := r.get(ctx, "/portfolios/"+url.PathEscape(gid), r.portfolioFields(), &a.record)
			if err == nil {
				err = r.listing(ctx, "/portfolios/"+url.PathEscape(gid)+"/items", optFields([]string{"name"}), func(records []json.RawMessage) error {
					for _, raw := range records {
						var one item
						if json.Unmarshal(raw, &one) == nil && isGID(one.GID) {
							a.items = append(a.items, one)
						}
					}
					return nil
				})
			}
			if withheld(err) && !slices.Contains(r.settings.Portfolios.IDs, gid) && !slices.Contains(r.settings.Projects.Portfolios, gid) {
				return answer{}, nil // it was deleted a moment ago, or only its name is ours to see
			}
			return a, err
		}) {
			if err != nil {
				return err
			}
			if a.self.GID == "" {
				continue
			}
			_ = json.Unmarshal(a.record, &a.self) // one without a readable name groups by its gid
			r.portfolios = append(r.portfolios, a.record)
			for _, one := range a.items {
				r.of[one.GID] = append(r.of[one.GID], a.self)
				inChosen := chosen[a.self.GID]
				switch {
				case one.Type == kindPortfolio:
					if inChosen && !chosen[one.GID] {
						chosen[one.GID] = true
						delete(seen, one.GID) // what is in it has to be looked at again
					}
					if !seen[one.GID] && !slices.Contains(next, one.GID) {
						next = append(next, one.GID)
					}
				case inChosen:
					r.reading[one.GID] = true
				}
			}
		}
		for _, gid := range next {
			seen[gid] = true
		}
		level = next
	}
	r.settle()
	return nil
}

// settle puts the portfolios of everything in order, each once.
func (r *run) settle() {
	byAge := func(a, b named) int { return older(a.GID, b.GID) }
	for gid, list := range r.of {
		slices.SortFunc(list, byAge)
		r.of[gid] = slices.CompactFunc(list, func(a, b named) bool { return a.GID == b.GID })
	}
	slices.SortFunc(r.portfolios, func(a, b json.RawMessage) int { return older(gidOf(a), gidOf(b)) })
	r.portfolios = slices.CompactFunc(r.portfolios, func(a, b json.RawMessage) bool { return gidOf(a) == gidOf(b) })
}

// topPortfolios are the gids of those where reading begins.
func (r *run) topPortfolios() ([]string, error) {
	gids := slices.Concat(r.settings.Portfolios.IDs, r.settings.Projects.Portfolios)
	if len(gids) == 0 || r.settings.Portfolios.Service {
		query := optFields([]string{"name"})
		query.Set("workspace", r.workspace.GID)
		if !r.settings.Portfolios.Service {
			query.Set("owner", "me") // whoever is no service account may list no others
		}
		err := r.listing(r.ctx, "/portfolios", query, func(records []json.RawMessage) error {
			for _, raw := range records {
				if gid := gidOf(raw); isGID(gid) {
					gids = append(gids, gid)
				}
			}
			return nil
		})
		// A plan without portfolios has none; that is no reason not to read the rest.
		if err != nil && !hasStatus(err, http.StatusPaymentRequired) {
			return nil, err
		}
	}
	slices.SortFunc(gids, older)
	return slices.Compact(gids), nil
}
