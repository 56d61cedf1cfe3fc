package jira

import (
	"context"
	"encoding/json"
	"fmt"
)

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
