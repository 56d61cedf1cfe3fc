package github

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// Fetch implements connectors.Fetcher. GitHub answers 404 alike for what is
// gone and for what we may not see, so a record is called deleted only where
// what it lay in is still to be seen.
func (c *Connector) Fetch(ctx context.Context, lost []portfolio.ToolFact) ([]connectors.Fetched, error) {
	r, err := c.run(ctx, nil, nil)
	if err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	if err := r.readRepositories(false); err != nil {
		return nil, fmt.Errorf("github: %w", err)
	}
	if c.settings.boards() {
		if err := r.listBoards(false); err != nil {
			return nil, fmt.Errorf("github: %w", err)
		}
	}
	f := &fetcher{run: r}
	var found []connectors.Fetched
	for one, err := range inorder.Map(ctx, c.concurrency(), lost, f.fetch) {
		if err != nil {
			return nil, fmt.Errorf("github: %w", err)
		}
		if one.Key.ID != "" {
			found = append(found, one)
		}
	}
	return found, nil
}

// fetcher finds out what became of records that a listing lacked.
type fetcher struct {
	*run
	states   sync.Map // of func() (state, error), by id of the repository
	onBoards sync.Map // of func() (map[portfolio.Key]converted, error), by id of the board
}

// state is how a repository shows itself now.
type state struct {
	repo   repository
	fact   converted
	seen   bool
	listed bool
}

// state asks for a repository by its id, once.
func (f *fetcher) state(ctx context.Context, id string) (state, error) {
	ask, _ := f.states.LoadOrStore(id, sync.OnceValues(func() (state, error) {
		raw, err := f.repositoryByID(ctx, id)
		if err != nil || raw == nil {
			return state{}, err
		}
		s := state{seen: true}
		s.fact, s.repo = f.repository(raw)
		s.listed = slices.ContainsFunc(f.listed, func(l repository) bool { return l.id == s.repo.id })
		return s, nil
	}))
	return ask.(func() (state, error))()
}

// fetch asks for one record.
func (f *fetcher) fetch(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	source := lost.Origin()
	if !f.wanted(source) {
		return connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceOutOfScope}, nil
	}
	switch source.Kind {
	case kindRepository:
		s, err := f.state(ctx, source.ID)
		return f.judge(lost, s, s.fact, err)
	case kindBlocked, kindSubIssue:
		return f.fetchRelation(ctx, lost)
	case kindBoard, kindIteration, kindItem, kindUpdate:
		return f.fetchOnBoard(ctx, lost)
	case kindMilestone, kindIssue:
		if source.Scope == scopeItems {
			return f.fetchOnBoard(ctx, lost)
		}
		return f.fetchNumbered(ctx, lost)
	}
	return connectors.Fetched{}, nil
}

// wanted tells whether the settings still ask for records of the kind.
func (f *fetcher) wanted(source *portfolio.Source) bool {
	switch s := f.settings; {
	case source.Kind == kindRepository:
		return s.repositories()
	case source.Kind == kindBoard, source.Kind == kindUpdate:
		return s.boards()
	case source.Kind == kindMilestone:
		return f.reads(fromMilestones)
	case source.Kind == kindIteration:
		return f.reads(fromIterations)
	case source.Scope == scopeItems:
		return f.reads(fromItems)
	case source.Scope == scopeIssues, source.Scope == scopeRisks:
		return len(s.clauses()) > 0
	case source.Scope == scopeDependencies:
		return !s.Dependencies.Off
	}
	return true
}

// judge says what became of a record of the repository, of which found is what
// it was converted to now.
func (f *fetcher) judge(lost portfolio.ToolFact, s state, found converted, err error) (connectors.Fetched, error) {
	out := connectors.Fetched{Key: lost.Key()}
	switch {
	case err != nil:
	case !s.seen:
		out.Presence = portfolio.PresenceAccessLost
	case !s.listed:
		out.Presence = portfolio.PresenceOutOfScope
	case found.quarantined != nil:
		out.Unreadable = found.quarantined
		out.Unreadable.Of = lost.Key().Kind
	default:
		for _, fact := range found.facts {
			if fact.Key() == lost.Key() {
				out.Fact = fact
			}
		}
		if out.Fact == nil { // another record has its number now
			out.Presence = portfolio.PresenceDeleted
		}
	}
	return out, err
}

// fetchNumbered asks for a milestone or an issue by its number.
func (f *fetcher) fetchNumbered(ctx context.Context, lost portfolio.ToolFact) (connectors.Fetched, error) {
	source := lost.Origin()
	number := numberIn(source)
	repo := ""
	switch fact := lost.(type) {
	case *portfolio.MilestoneFact:
		_, repo = f.bareKind(fact.Project)
	case *portfolio.RiskFact:
		_, repo = f.bareKind(fact.Project)
	}
	if number == "" || repo == "" {
		return connectors.Fetched{}, nil // never stored, so nobody knows where it was
	}
	s, err := f.state(ctx, repo)
	if err != nil || !s.seen || !s.listed {
		return f.judge(lost, s, converted{}, err)
	}
	plural := "/milestones/"
	if source.Kind == kindIssue {
		plural = "/issues/"
	}
	var raw json.RawMessage
	_, err = f.get(ctx, "repositories/"+url.PathEscape(repo)+plural+number, &raw)
	switch {
	case hasStatus(err, http.StatusNotFound, http.StatusGone):
		return connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceDeleted}, nil
	case err != nil:
		return connectors.Fetched{}, err
	case source.Kind == kindMilestone:
		return f.judge(lost, s, f.milestone(raw, s.repo), nil)
	}
	if idOf(raw) == source.ID && !f.matches(raw, lost.Key().Kind) {
		return connectors.Fetched{Key: lost.Key(), Presence: portfolio.PresenceOutOfScope}, nil
	}
	// An issue that was transferred is another one there, with an id of its own.
	return f.judge(lost, s, f.issue(raw, s.repo), nil)
}

// numberIn is the number of a milestone or an issue, from its key or address.
func numberIn(source *portfolio.Source) string {
	_, number, ok := strings.Cut(source.Key, "#")
	if !ok {
		number = source.URL[strings.LastIndexByte(source.URL, '/')+1:]
	}
	if _, err := strconv.Atoi(number); err != nil {
		return ""
	}
	return number
}

// matches tells whether an issue is still one that becomes what it was.
func (f *fetcher) matches(raw json.RawMessage, lost portfolio.Kind) bool {
	var r issueRecord
	if record.Decode(raw, &r) != nil {
		return true // it cannot be read, which is told
	}
	if risk := r.matches(f.settings.Risks.From); risk || lost == portfolio.KindRisk {
		return risk && lost == portfolio.KindRisk
	}
	return r.matches(f.settings.milestoneClauses())
}
