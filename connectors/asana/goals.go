package asana

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// goalReading is what was read of the workspace's goals.
type goalReading struct {
	goalsRead bool
	// goalsWhole is false when some of it could not be read, so that nothing
	// follows from what is not there.
	goalsWhole  bool
	goalRecords []*goalRecord // by age
	oddGoals    []converted   // those that cannot be read
	// goals are those that a project or portfolio supports, by its gid.
	goals map[string][]named
	// parents are the goals that a goal supports, by its gid.
	parents map[string][]string
}

// A supporter is what supports a goal: a project, a portfolio or a goal.
type supporter struct {
	named
	kind   string
	weight json.RawMessage
	goal   bool // it is a goal below
}

// readGoals reads the goals of the workspace and what supports each. Asana
// sends no events for goals and tells no time of their change.
func (r *run) readGoals() error {
	r.goalReading = goalReading{goalsRead: true, goals: map[string][]named{}, parents: map[string][]string{}}
	query := optFields(r.goalFields())
	query.Set("workspace", r.workspace.GID)
	r.goalsWhole = true
	err := r.listing(r.ctx, "/goals", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			g, odd := r.goal(raw)
			if odd != nil {
				r.oddGoals, r.goalsWhole = append(r.oddGoals, *odd), false
			}
			if g != nil {
				r.goalRecords = append(r.goalRecords, g)
			}
		}
		return nil
	})
	if hasStatus(err, http.StatusPaymentRequired) {
		r.goalsWhole = false // a plan without goals has none, and says nothing of those it had
		return nil
	}
	if err != nil {
		return err
	}
	slices.SortFunc(r.goalRecords, func(a, b *goalRecord) int { return older(a.GID, b.GID) })
	i := 0
	for supporters, err := range inorder.Map(r.ctx, r.concurrency(), r.goalRecords, r.supportersOf) {
		if err != nil {
			return err
		}
		g := r.goalRecords[i]
		if g.supporters = supporters.list; supporters.gone {
			r.goalsWhole = false
		}
		for _, one := range g.supporters {
			if one.goal {
				r.parents[one.GID] = append(r.parents[one.GID], g.GID)
			} else {
				r.goals[one.GID] = append(r.goals[one.GID], named{g.GID, g.Name})
			}
		}
		i++
	}
	return nil
}

// supporters are those of one goal; gone tells that it was deleted a moment ago.
type supporters struct {
	list []supporter
	gone bool
}

// supportersOf reads what supports a goal.
func (r *run) supportersOf(ctx context.Context, g *goalRecord) (supporters, error) {
	query := optFields([]string{"supporting_resource", "resource_subtype", "contribution_weight"})
	query.Set("supported_goal", g.GID)
	var out supporters
	err := r.listing(ctx, "/goal_relationships", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			var rel struct {
				Subtype string          `json:"resource_subtype"`
				Weight  json.RawMessage `json:"contribution_weight"`
				By      *struct {
					named
					Type string `json:"resource_type"`
				} `json:"supporting_resource"`
			}
			if json.Unmarshal(raw, &rel) == nil && rel.By != nil && isGID(rel.By.GID) {
				out.list = append(out.list, supporter{rel.By.named, rel.By.Type, rel.Weight, rel.Subtype == subtypeSubgoal})
			}
		}
		return nil
	})
	if withheld(err) {
		return supporters{gone: true}, nil
	}
	return out, err
}

// tellGoals reports the goals as objectives, with their metrics as KPIs and
// what supports them as contributions. Without the setting there are none, so
// that those which were reported before it was taken out end.
func (r *run) tellGoals() error {
	if !r.settings.Goals.on() {
		r.page.RecordedAll = true
		return nil
	}
	if !r.goalsRead {
		if err := r.readGoals(); err != nil {
			return err
		}
	}
	for _, odd := range r.oddGoals {
		if err := r.add(odd); err != nil {
			return err
		}
	}
	told := map[string]bool{}
	for _, g := range r.goalRecords {
		told[g.GID] = g.Status != statusDropped
	}
	for _, g := range r.goalRecords {
		if !told[g.GID] {
			continue // nobody is after it any more
		}
		owner, err := r.ownerOf(g.Owner)
		if err != nil {
			return err
		}
		r.page.Recorded = append(r.page.Recorded, r.reported(g, owner, r.above(g.GID, told))...)
	}
	r.page.RecordedAll = r.goalsWhole
	return nil
}

// above is the gid of the goal above one: the oldest, should there be several.
func (r *run) above(gid string, told map[string]bool) string {
	for _, parent := range r.parents[gid] { // by age, as the goals are
		if told[parent] && !r.reaches(parent, gid) {
			return parent
		}
	}
	return ""
}

// reaches reports whether one goal lies below another, by any way.
func (r *run) reaches(from, to string) bool {
	seen := map[string]bool{}
	var climb func(string) bool
	climb = func(gid string) bool {
		if gid == to {
			return true
		}
		if seen[gid] {
			return false
		}
		seen[gid] = true
		return slices.ContainsFunc(r.parents[gid], climb)
	}
	return climb(from)
}

// ownerOf is what a person is called by, and tells who it is.
func (r *run) ownerOf(u *named) (string, error) {
	if u == nil || !isGID(u.GID) {
		return "", nil
	}
	p, err := r.known(r.ctx, r.person(*u))
	if err != nil {
		return "", err
	}
	if !r.told[p.ID] {
		r.told[p.ID] = true
		r.page.Facts = append(r.page.Facts, p)
	}
	if p.Email != "" {
		return p.Email, nil
	}
	return p.Name, nil
}

// checkGoals counts the goals and says what is missing of them.
func (r *run) checkGoals() (records, metrics, owned int, err error) {
	err = r.listing(r.ctx, "/goals", withWorkspace(r.goalFields(), r.workspace.GID), func(page []json.RawMessage) error {
		for _, raw := range page {
			g, _ := r.goal(raw)
			if g == nil {
				continue
			}
			records++
			if g.Metric != nil && g.Metric.usable() {
				metrics++
				if r.departmentOf(g) != "" {
					owned++
				}
			}
		}
		return nil
	})
	return records, metrics, owned, err
}

func withWorkspace(fields []string, gid string) url.Values {
	query := optFields(fields)
	query.Set("workspace", gid)
	return query
}

// goalKey is what an objective, its KPI and its key result are called by.
func (v *conversion) goalKey(gid string) string { return v.connection + "-goal-" + gid }

// departmentOf is the department that answers for the metric of a goal.
func (r *run) departmentOf(g *goalRecord) string { return r.settings.Goals.department(g.Team) }

// department is that of a team, else the one of all goals.
func (s *GoalSettings) department(team *named) string {
	if team != nil {
		for called, department := range s.Teams {
			if called == team.GID || folded(called) == folded(team.Name) {
				return department
			}
		}
	}
	return s.Department
}

// on tells whether goals become objectives.
func (s *GoalSettings) on() bool { return s.Strategy != "" }

// oneLine is a text without line breaks.
func oneLine(text string) string { return strings.Join(strings.Fields(text), " ") }

// reported is what one goal becomes.
func (r *run) reported(g *goalRecord, owner, parent string) []portfolio.RecordedFact {
	o := r.objective(g, r.settings.Goals.Strategy, owner)
	if parent != "" {
		o.Parent = r.goalKey(parent)
	}
	facts := append([]portfolio.RecordedFact{o}, r.measures(g, o, r.departmentOf(g))...)
	return append(facts, r.contributions(g)...)
}
