package jira

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/portfolio"
)

// The streams of a cursor.
const (
	streamIssues  = "issues"  // Since: Unix milliseconds by Jira's clock
	streamAccount = "account" // Since: who we were
	streamListing = "listing" // Position: the stages of a sweep that are done
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

// position is how far a run has come.
type position struct {
	Stage   string `json:"stage,omitempty"`
	After   string `json:"after,omitempty"`   // id of the last record, or instant in milliseconds
	Started int64  `json:"started,omitempty"` // the run's start by Jira's clock, in milliseconds
}

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

// errStopped says that the consumer has had enough.
var errStopped = errors.New("stopped")

// run is one Pull or List under way.
type run struct {
	*Connector
	conversion
	ctx      context.Context
	yield    func(connectors.Page, error) bool
	since    connectors.Cursor
	position position
	greeted  bool            // Site was told
	people   map[string]bool // told in this run
	page     connectors.Page
	done     int
	total    int

	// Of a sweep: the last listing that is done, and the projects.
	sweeping bool
	stage    string
	listed   []projectRecord
}

func (c *Connector) run(ctx context.Context, since connectors.Cursor, yield func(connectors.Page, error) bool) (*run, error) {
	s, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	if was := since[streamAccount].Since; was != "" && was != s.account {
		return nil, fmt.Errorf("%w: it was made by account %s, and now we are %s", connectors.ErrCursor, was, s.account)
	}
	r := &run{
		Connector: c, ctx: ctx, yield: yield, since: since, people: map[string]bool{},
		conversion: conversion{session: s, connection: c.env.Connection, parents: map[string]parent{}, person: c.remember},
	}
	if p := since[streamIssues].Position; p != "" {
		if err := json.Unmarshal([]byte(p), &r.position); err != nil {
			return nil, fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
	}
	if r.position.Started == 0 {
		r.position.Started = s.started.UnixMilli()
	}
	return r, nil
}

// add puts what a record became into the page that is being filled.
func (r *run) add(v converted) {
	if v.quarantined != nil {
		r.page.Quarantined = append(r.page.Quarantined, *v.quarantined)
	}
	for _, f := range v.facts {
		if p, ok := f.(*portfolio.PersonFact); ok {
			if r.people[p.ID] {
				continue
			}
			r.people[p.ID] = true
		}
		r.page.Facts = append(r.page.Facts, f)
	}
	r.done++
}

// full tells whether the page is due.
func (r *run) full() bool {
	return len(r.page.Facts)+len(r.page.Quarantined)+len(r.page.Seen) >= pageFacts
}

// flush hands the page over with the cursor that makes it durable.
func (r *run) flush(next connectors.Cursor) error {
	page := r.page
	if !r.greeted {
		r.greeted = true
		page.Site = &r.site
	}
	page.Next, page.Done, page.Total = next, r.done, max(r.total, r.done)
	if r.total == 0 {
		page.Total = 0
	}
	r.page = connectors.Page{}
	if !r.yield(page, nil) {
		return errStopped
	}
	return nil
}

// at is the cursor of a run that has come so far.
func (r *run) at(stage, after string) connectors.Cursor {
	if r.sweeping {
		return r.listingCursor()
	}
	p := position{Stage: stage, After: after, Started: r.position.Started}
	text, err := json.Marshal(p)
	if err != nil {
		panic(err) // texts and a number always encode
	}
	return connectors.Cursor{
		streamIssues:  {Since: r.since[streamIssues].Since, Position: string(text)},
		streamAccount: {Since: r.account},
	}
}

// finish hands over the last page: only now since moves, to the run's start.
func (r *run) finish() error {
	return r.flush(connectors.Cursor{
		streamIssues:  {Since: strconv.FormatInt(r.position.Started, 10)},
		streamAccount: {Since: r.account},
	})
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

func texts(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}

// bulkFetch reads issues by id or key. Those it does not give are gone, or not
// for us to see: the second result names them.
func (c *Connector) bulkFetch(ctx context.Context, ids, fields []string) (issues []json.RawMessage, absent []string, err error) {
	question := struct {
		Issues []string `json:"issueIdsOrKeys"`
		Fields []string `json:"fields"`
	}{ids, fields}
	var answer struct {
		Issues []json.RawMessage `json:"issues"`
		Errors []struct {
			ID string `json:"id"`
		} `json:"issueErrors"`
	}
	if err := c.ask(ctx, "rest/api/3/issue/bulkfetch", question, &answer); err != nil {
		return nil, nil, err
	}
	for _, e := range answer.Errors {
		absent = append(absent, e.ID)
	}
	return answer.Issues, absent, nil
}

// dueHistories reads how the due dates of issues changed.
func (c *Connector) dueHistories(ctx context.Context, ids []int64) (map[string][]dueChange, error) {
	question := struct {
		Issues []string `json:"issueIdsOrKeys"`
		Fields []string `json:"fieldIds"`
		Token  string   `json:"nextPageToken,omitempty"`
	}{texts(ids), []string{"duedate"}, ""}
	records := map[string][]changeRecord{}
	for range maxPages {
		var answer struct {
			Logs []struct {
				ID        string         `json:"issueId"`
				Histories []changeRecord `json:"changeHistories"`
			} `json:"issueChangeLogs"`
			Token string `json:"nextPageToken"`
		}
		if err := c.ask(ctx, "rest/api/3/changelog/bulkfetch", question, &answer); err != nil {
			return nil, err
		}
		for _, l := range answer.Logs {
			records[l.ID] = append(records[l.ID], l.Histories...)
		}
		if answer.Token == "" {
			out := make(map[string][]dueChange, len(records))
			for id, h := range records {
				out[id] = dueChanges(h)
			}
			return out, nil
		}
		if answer.Token == question.Token {
			return nil, fmt.Errorf("changelogs: %w", errRepeated)
		}
		question.Token = answer.Token
	}
	return nil, fmt.Errorf("changelogs: %w", errCircles)
}

type searchRequest struct {
	JQL        string   `json:"jql"`
	Token      string   `json:"nextPageToken,omitempty"`
	MaxResults int      `json:"maxResults"`
	Fields     []string `json:"fields"`
}

type searchPage struct {
	Issues []json.RawMessage `json:"issues"`
	Token  string            `json:"nextPageToken"`
}

// search reads a search of Cloud to its end, which is the absence of a token
// and nothing else: isLast has been wrong, and an empty page may be followed
// by others. While a page is used, the next one is on its way.
func (c *Connector) search(ctx context.Context, q searchRequest, use func(issues []json.RawMessage) error) error {
	ctx, cancel := context.WithCancel(ctx)
	var ahead chan answered
	defer func() {
		cancel()
		if ahead != nil {
			<-ahead
		}
	}()
	fetch := func(q searchRequest) chan answered {
		out := make(chan answered, 1)
		go func() {
			var p searchPage
			err := c.ask(ctx, "rest/api/3/search/jql", q, &p)
			out <- answered{p, err}
		}()
		return out
	}
	ahead = fetch(q)
	for range maxPages {
		a := <-ahead
		ahead = nil
		if a.err != nil {
			return a.err
		}
		if a.page.Token != "" {
			if a.page.Token == q.Token {
				return fmt.Errorf("search: %w", errRepeated)
			}
			q.Token = a.page.Token
			ahead = fetch(q)
		}
		if err := use(a.page.Issues); err != nil {
			return err
		}
		if a.page.Token == "" {
			return nil
		}
	}
	return fmt.Errorf("search: %w", errCircles)
}

type answered struct {
	page searchPage
	err  error
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

// minute is the precision of a time in Data Center's JQL.
const jqlMinute = "2006-01-02 15:04"

// daylight is how much more is read again when the clocks of the account's
// time zone are being changed: an hour, and a minute to be sure.
const daylight = 61 * time.Minute

// floor writes an instant for Data Center's JQL, which knows only the minutes
// of the account's time zone, and tells from when on that surely reads. In the
// hour that an autumn night has twice, it goes back before that hour.
func floor(at time.Time, zone *time.Location) (string, time.Time) {
	at = at.Truncate(time.Minute)
	for {
		if text := at.In(zone).Format(jqlMinute); !twice(at, text, zone) {
			return text, at
		}
		at = at.Add(-daylight)
	}
}

// twice tells whether the zone's clocks show this minute at another instant
// too. Most turn back by an hour, Lord Howe Island by half of one.
func twice(at time.Time, text string, zone *time.Location) bool {
	for d := 30 * time.Minute; d <= 2*time.Hour; d += 30 * time.Minute {
		if at.Add(d).In(zone).Format(jqlMinute) == text || at.Add(-d).In(zone).Format(jqlMinute) == text {
			return true
		}
	}
	return false
}

// slack is how many rows a page repeats of the one before, where a listing
// must go by offset: so many may be edited meanwhile without one being missed.
const slack = 20

// keyset reads a search of Data Center in the order of change. Each page
// starts anew at the minute that the one before had reached, because by offset
// an edit would shift a row past us (JRASERVER-69860); only inside one minute,
// or one doubled hour, there is nothing but the offset.
func (r *run) keyset(jql string, start time.Time, fields []string, changelog bool, use func([]json.RawMessage) error) error {
	question := struct {
		JQL     string   `json:"jql"`
		StartAt int      `json:"startAt"`
		Max     int      `json:"maxResults"`
		Fields  []string `json:"fields"`
		Expand  []string `json:"expand,omitempty"`
	}{Max: maxBareRows, Fields: fields}
	if len(fields) > 5 {
		question.Max = 2 * maxRows
	}
	if changelog {
		question.Expand = []string{"changelog"}
	}
	text, from := floor(start, r.zone)
	if start.UnixMilli() <= 0 {
		text = "1970-01-02 00:00" // before every issue, in every zone
	}
	for range maxPages {
		question.JQL = jql + ` AND updated >= "` + text + `" ORDER BY updated ASC, key ASC`
		var page struct {
			Total  int               `json:"total"`
			Issues []json.RawMessage `json:"issues"`
		}
		if err := r.ask(r.ctx, r.api+"search", question, &page); err != nil {
			return err
		}
		if err := use(page.Issues); err != nil {
			return err
		}
		n := len(page.Issues)
		if question.StartAt+n >= page.Total {
			return nil
		}
		if n == 0 {
			return fmt.Errorf("search: an empty page at %d of %d", question.StartAt, page.Total)
		}
		next, at := floor(updatedOf(page.Issues[n-1]), r.zone)
		if at.After(from) {
			text, from, question.StartAt = next, at, 0
		} else {
			question.StartAt += max(1, n-slack)
		}
	}
	return fmt.Errorf("search: %w", errCircles)
}

// updatedOf reads when an issue changed; zero when it does not tell.
func updatedOf(raw json.RawMessage) time.Time {
	var r struct {
		Fields struct {
			Updated string `json:"updated"`
		} `json:"fields"`
	}
	if json.Unmarshal(raw, &r) != nil {
		return time.Time{}
	}
	at, err := parseTime(r.Fields.Updated)
	if err != nil {
		return time.Time{}
	}
	return at
}

// bareKind splits the document id of one of our facts.
func (c *Connector) bareKind(key portfolio.Key) (kind, id string) {
	rest, ok := strings.CutPrefix(key.ID, c.env.Connection+"/")
	if !ok {
		return "", ""
	}
	kind, id, _ = strings.Cut(rest, "/")
	return kind, id
}
