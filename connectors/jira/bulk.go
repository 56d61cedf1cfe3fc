package jira

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"sync"

	"plumbline/connectors"
	"plumbline/internal/inorder"
	"plumbline/internal/record"
)

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
			ids = append(ids, numeric(record.ID(raw)))
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
		list := make([]converted, len(got.issues))
		for i, raw := range got.issues {
			list[i] = v.issue(raw)
		}
		if err := r.addIssues(list); err != nil {
			return err
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

func texts(ids []int64) []string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = strconv.FormatInt(id, 10)
	}
	return out
}
