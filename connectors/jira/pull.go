package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// How much is asked for at once, and how much goes into a page.
const (
	pageFacts     = 1000 // a page is full when it has so many facts
	maxIDs        = 5000 // ids in a page of Cloud's search
	maxRows       = 100  // issues in a page of Cloud's search
	maxBulk       = 100  // issues in one bulk fetch
	maxChangelogs = 1000 // issues in one request for changelogs
	projectsAPage = 100
	versionsAPage = 50
	maxBareRows   = 1000 // issues in a page of Data Center's search for few fields
)

// overlap is read again before the time of the last run: Jira's index lags,
// and what it shows late must not be stepped over.
const overlap = 15 * time.Minute

// The stages of a full run, in order.
const (
	stageProjects   = "projects"
	stageVersions   = "versions"
	stageMilestones = "milestones"
	stageIssues     = "issues"
)

// Pull implements connectors.Connector. From the zero cursor it reads
// everything and so completes every scope; otherwise it reads the issues that
// changed. Projects and versions have no time of change: List reads them.
func (c *Connector) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		r, err := c.run(ctx, since, yield)
		if err == nil {
			if since[streamIssues].Since == "" {
				err = r.everything()
			} else {
				err = r.changes()
			}
		}
		if err != nil && !errors.Is(err, errStopped) {
			yield(connectors.Page{}, fmt.Errorf("jira: %w", err))
		}
	}
}

// everything is the full run: projects, versions, issues. One that was
// interrupted goes on where it was; a scope that was begun by another process
// is then read to its end but not called complete.
func (r *run) everything() error {
	from := r.position
	projects, err := r.projects(from.Stage == "" || from.Stage == stageProjects)
	if err != nil {
		return err
	}
	if r.cloud {
		if from.Stage == "" || from.Stage == stageProjects || from.Stage == stageVersions {
			if err := r.versions(projects, after(from, stageVersions)); err != nil {
				return err
			}
		}
		whole := from.Stage != stageIssues && from.Stage != stageMilestones
		if from.Stage != stageMilestones {
			if err := r.issues(stageIssues, r.projectsJQL(), connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject}, after(from, stageIssues)); err != nil {
				return err
			}
		}
		if err := r.issues(stageMilestones, r.milestonesJQL(), connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone}, after(from, stageMilestones)); err != nil {
			return err
		}
		if whole {
			r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
		}
		return r.finish()
	}
	if from.Stage != stageIssues {
		if err := r.versions(projects, after(from, stageVersions)); err != nil {
			return err
		}
	}
	start := time.UnixMilli(0)
	if from.Stage == stageIssues {
		start = millis(from.After)
	}
	if jql := r.issuesJQL(); jql != "" {
		if err := r.keyset(jql, start, r.issueFields(), true, r.rows); err != nil {
			return err
		}
	}
	if from.Stage != stageIssues {
		r.page.Complete = append(r.page.Complete,
			connectors.Scope{Name: scopeIssueProjects, Of: portfolio.KindProject},
			connectors.Scope{Name: scopeIssues, Of: portfolio.KindMilestone},
			connectors.Scope{Name: scopeLinks, Of: portfolio.KindDependency})
	}
	return r.finish()
}

func after(p position, stage string) string {
	if p.Stage == stage {
		return p.After
	}
	return ""
}

func millis(text string) time.Time {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return time.UnixMilli(0)
	}
	return time.UnixMilli(n)
}

// projects reads every project, also archived ones and those in the bin. They
// are always listed, for the versions follow from them; tell says whether to
// hand them over too.
func (r *run) projects(tell bool) ([]projectRecord, error) {
	if !r.realProjects {
		return nil, nil
	}
	if tell && len(r.cardTypes) > 0 {
		if err := r.readCards(r.cardsJQL()); err != nil {
			return nil, err
		}
	}
	var all []projectRecord
	use := func(values []json.RawMessage) error {
		for _, raw := range values {
			v, p := r.project(raw)
			if v.quarantined == nil && !r.wants(p.ID) {
				continue
			}
			if v.quarantined == nil && !p.Deleted {
				all = append(all, p)
			}
			if tell {
				r.add(v)
			}
		}
		if tell && r.full() {
			return r.flush(r.at(stageProjects, ""))
		}
		return nil
	}
	var err error
	if r.cloud {
		err = r.listing(r.ctx, r.api+"project/search", map[string][]string{
			"maxResults": {strconv.Itoa(projectsAPage)},
			"orderBy":    {"key"},
			"expand":     {"description,lead,insight"},
			"status":     {"live", "archived", "deleted"},
		}, func(page offsetPage) error {
			r.total = max(r.total, page.Total)
			return use(page.Values)
		})
	} else {
		var values []json.RawMessage
		if err = r.get(r.ctx, r.api+"project", map[string][]string{"expand": {"description,lead"}, "includeArchived": {"true"}}, &values); err == nil {
			err = use(values)
		}
	}
	if err != nil {
		return nil, err
	}
	r.total = 0 // nobody knows how many versions they have
	if tell {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeProjects, Of: portfolio.KindProject})
	}
	slices.SortFunc(all, func(a, b projectRecord) int { return int(numeric(a.ID) - numeric(b.ID)) })
	return all, nil
}

// versions reads the versions of the projects after the given one.
func (r *run) versions(projects []projectRecord, after string) error {
	if !slices.Contains(r.settings.milestonesFrom(), fromVersions) {
		return nil
	}
	if after != "" {
		done := numeric(after)
		projects = slices.DeleteFunc(slices.Clone(projects), func(p projectRecord) bool { return numeric(p.ID) <= done })
	}
	type answer struct {
		project projectRecord
		values  []json.RawMessage
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), projects, func(ctx context.Context, p projectRecord) (answer, error) {
		values, err := r.versionsOf(ctx, p.ID)
		return answer{p, values}, err
	}) {
		if err != nil {
			return err
		}
		for _, raw := range a.values {
			v := r.version(raw, a.project)
			if err := r.addDriver(v); err != nil {
				return err
			}
			r.add(v)
		}
		if r.full() {
			if err := r.flush(r.at(stageVersions, a.project.ID)); err != nil {
				return err
			}
		}
	}
	if after == "" {
		r.page.Complete = append(r.page.Complete, connectors.Scope{Name: scopeVersions, Of: portfolio.KindMilestone})
	}
	return nil
}

// versionsOf lists the versions of a project. A project that vanished between
// its listing and now has none; its own listing will tell.
func (r *run) versionsOf(ctx context.Context, project string) ([]json.RawMessage, error) {
	var all []json.RawMessage
	var err error
	if r.cloud {
		err = r.listing(ctx, r.api+"project/"+pathEscape(project)+"/version", map[string][]string{
			"maxResults": {strconv.Itoa(versionsAPage)}, "orderBy": {"sequence"}, "expand": {"driver,issuesstatus"},
		}, func(page offsetPage) error {
			all = append(all, page.Values...)
			return nil
		})
	} else {
		err = r.get(ctx, r.api+"project/"+pathEscape(project)+"/versions", nil, &all)
	}
	if hasStatus(err, 404) {
		return nil, nil
	}
	return all, err
}

// issues reads every issue that a query finds: first all ids, which are few
// requests and at once the complete listing, then the issues themselves, many
// requests at a time.
func (r *run) issues(stage, jql string, scope connectors.Scope, after string) error {
	if jql == "" {
		return nil
	}
	var ids []int64
	if err := r.search(r.ctx, searchRequest{JQL: jql + " ORDER BY created ASC, key ASC", MaxResults: maxIDs, Fields: []string{"id"}}, func(issues []json.RawMessage) error {
		for _, raw := range issues {
			ids = append(ids, numeric(idOf(raw)))
		}
		return nil
	}); err != nil {
		return err
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	if after != "" {
		n, _ := slices.BinarySearch(ids, numeric(after)+1)
		ids = ids[n:]
	}
	r.total = r.done + len(ids)
	// Changelogs come for a thousand issues at a time, so that ten bulk
	// fetches share one request for them.
	var chunks []chunk
	for group := range slices.Chunk(ids, maxChangelogs) {
		history := sync.OnceValues(func() (map[string][]dueChange, error) { return r.dueHistories(r.ctx, group) })
		for part := range slices.Chunk(group, maxBulk) {
			chunks = append(chunks, chunk{part, history})
		}
	}
	fields := r.issueFields()
	for got, err := range inorder.Map(r.ctx, r.concurrency(), chunks, func(ctx context.Context, c chunk) (fetched, error) {
		return r.fetchChunk(ctx, c, fields)
	}) {
		if err != nil {
			return err
		}
		v := r.conversion
		v.histories = got.histories
		for _, raw := range got.issues {
			r.add(v.issue(raw))
		}
		if r.full() {
			if err := r.flush(r.at(stage, got.last)); err != nil {
				return err
			}
		}
	}
	if after == "" {
		r.page.Complete = append(r.page.Complete, scope)
	}
	return nil
}

// chunk is a part of the ids, to be fetched in one request.
type chunk struct {
	ids     []int64
	history func() (map[string][]dueChange, error)
}

type fetched struct {
	issues    []json.RawMessage
	histories map[string][]dueChange
	last      string
}

func (r *run) fetchChunk(ctx context.Context, c chunk, fields []string) (fetched, error) {
	issues, _, err := r.bulkFetch(ctx, texts(c.ids), fields)
	if err != nil {
		return fetched{}, err
	}
	histories, err := c.history()
	return fetched{issues, histories, strconv.FormatInt(c.ids[len(c.ids)-1], 10)}, err
}

// changes reads the issues that changed since the last run, without an upper
// bound: an issue edited meanwhile moves to the end and is seen again.
func (r *run) changes() error {
	start := millis(r.since[streamIssues].Since).Add(-overlap)
	if p := r.position.After; p != "" {
		start = millis(p)
	}
	if err := r.changedCards(start); err != nil {
		return err
	}
	if jql := r.issuesJQL(); jql != "" {
		if err := r.issueRows(jql, start, r.issueFields(), r.rows); err != nil {
			return err
		}
	}
	return r.finish()
}

// rows converts a page of issues that are in the order of their last change.
func (r *run) rows(issues []json.RawMessage) error {
	if err := r.findParents(issues); err != nil {
		return err
	}
	var last time.Time
	for _, raw := range issues {
		v := r.issue(raw)
		r.add(v)
		if v.updated.After(last) {
			last = v.updated
		}
	}
	if r.full() && !last.IsZero() {
		return r.flush(r.at(stageIssues, strconv.FormatInt(last.UnixMilli(), 10)))
	}
	return nil
}

// findParents looks up the parents that Data Center names by key only, when
// what is above an issue decides whose milestone it is.
func (r *run) findParents(issues []json.RawMessage) error {
	if r.cloud || len(r.childTypes) == 0 {
		return nil
	}
	var keys []string
	for _, raw := range issues {
		var rec issueRecord
		if json.Unmarshal(raw, &rec) != nil {
			continue
		}
		for _, k := range r.parentKeys(&rec) {
			if _, known := r.parents[k]; !known && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	for p, err := range inorder.Map(r.ctx, r.concurrency(), keys, func(ctx context.Context, key string) (stubRecord, error) {
		var s stubRecord
		err := r.get(ctx, r.api+"issue/"+pathEscape(key), map[string][]string{"fields": {"issuetype"}}, &s)
		if hasStatus(err, 404) || hasStatus(err, 403) {
			err = nil
		}
		s.Key = key
		return s, err
	}) {
		if err != nil {
			return err
		}
		r.parents[p.Key] = parent{p.ID, p.Fields.Type.ID}
	}
	return nil
}
