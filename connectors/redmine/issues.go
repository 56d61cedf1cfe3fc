package redmine

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"time"

	"plumbline/connectors"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// maxNamed is how many projects a search names; with more, all are searched,
// and what is not wanted is left aside.
const maxNamed = 50

// search is a question for issues of trackers. Closed ones are always asked for: without
// a word on the status Redmine leaves them out, and an issue that is closed would
// look like one that was deleted.
func (r *run) search(trackers []int64) url.Values {
	q := url.Values{}
	filter(q, "status_id", "*")
	filter(q, "tracker_id", "=", texts(trackers)...)
	if n := len(r.wanted); n > 0 && n <= maxNamed {
		filter(q, "project_id", "=", texts(slices.Sorted(maps.Keys(r.wanted)))...)
	}
	return q
}

// searchAll is a question for all issues that become something.
func (r *run) searchAll() url.Values { return r.search(slices.Sorted(maps.Keys(r.trackers))) }

func filter(q url.Values, field, operator string, values ...string) {
	q.Add("f[]", field)
	q.Set("op["+field+"]", operator)
	if len(values) > 0 {
		q["v["+field+"][]"] = values
	}
}

func texts(ids []int64) []string {
	list := make([]string, len(ids))
	for i, id := range ids {
		list[i] = strconv.FormatInt(id, 10)
	}
	return list
}

// newest is when an issue was changed last, by Redmine's own clock: whatever is
// changed from now on is not older.
func (r *run) newest() (string, error) {
	if len(r.trackers) == 0 {
		return never, nil
	}
	q := r.searchAll()
	q.Set("sort", "updated_on:desc")
	q.Set("limit", "1")
	page, err := r.rows(r.ctx, "issues.json", "issues", q)
	if err != nil || len(page.records) == 0 {
		return never, err
	}
	var last struct {
		Updated json.RawMessage `json:"updated_on"`
	}
	if err := record.Decode(page.records[0], &last); err != nil {
		return "", fmt.Errorf("issues.json: %w", err)
	}
	at, err := record.Text("updated_on", last.Updated, aTime, parseTime)
	if err != nil || at.IsZero() {
		return never, err
	}
	return at.Format(time.RFC3339), nil
}

// readIssues reads the issues after the given one, in the order of their ids,
// which is the only order that no edit and no deletion disturbs.
func (r *run) readIssues(after int64) error {
	if len(r.trackers) == 0 {
		return nil
	}
	q := r.searchAll()
	if r.quick() {
		last, err := time.Parse(time.RFC3339, r.since[streamIssues].Since)
		if err != nil {
			return fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		}
		filter(q, "updated_on", ">=", last.Add(-overlap).Format(time.RFC3339))
	}
	q.Set("sort", "id:asc")
	q.Set("limit", strconv.Itoa(pageRows))
	if r.links {
		q.Set("include", "relations")
	}
	filter(q, "issue_id", ">=")
	whole := after == 0 && !r.quick()
	for range maxPages {
		q.Set("v[issue_id][]", strconv.FormatInt(after+1, 10))
		page, err := r.counted(r.ctx, "issues.json", "issues", q)
		if err != nil {
			return err
		}
		last := after
		list := make([]converted, 0, len(page.records))
		for _, raw := range page.records {
			last = max(last, numeric(record.ID(raw)))
			list = append(list, r.issue(raw))
		}
		if err := r.addHistories(list, page.total); err != nil {
			return err
		}
		if err := r.addAll(list); err != nil {
			return err
		}
		if len(page.records) >= page.total {
			if whole {
				r.complete(scopeIssues, portfolio.KindMilestone)
				r.complete(scopeRisks, portfolio.KindRisk)
				if r.links {
					r.complete(scopeRelations, portfolio.KindDependency)
				}
			}
			return nil
		}
		if last == after {
			return fmt.Errorf("issues.json: a page without issues, but %d are left", page.total)
		}
		after = last
		if r.full() {
			if err := r.flush(r.at(stageIssues, after)); err != nil {
				return err
			}
		}
	}
	return fmt.Errorf("issues.json: %w", errCircles)
}
