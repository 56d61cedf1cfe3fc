package azuredevops

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"plumbline/connectors"
)

// batch is one answer of a reporting feed.
type batch struct {
	Values []json.RawMessage `json:"values"`
	Token  string            `json:"continuationToken"`
	Next   string            `json:"nextLink"`
	Last   bool              `json:"isLastBatch"`
}

// token is where the feed goes on; older servers give it in the link only.
func (b batch) token() string {
	if b.Token != "" {
		return b.Token
	}
	u, err := url.Parse(b.Next)
	if err != nil {
		return ""
	}
	return u.Query().Get("continuationToken")
}

// A feed is one of the two lists of what changed, in the order of change. A
// record that changes while it is read comes once more at its end.
type feed struct {
	path  string
	ask   func(query url.Values) (batch, error)
	use   func(values []json.RawMessage) error
	stage string
	// reached is told every token, of a feed that no cursor remembers.
	reached func(token string)
}

// read reads a feed from the token to its end and returns where it goes on. An
// empty batch is not its end, and neither is a batch without a token.
func (r *run) read(f feed, token string, query url.Values) (string, error) {
	for range maxPages {
		asked := url.Values{}
		if token != "" {
			asked.Set("continuationToken", token)
		} else {
			asked = query
		}
		b, err := f.ask(asked)
		switch {
		case token != "" && hasStatus(err, http.StatusBadRequest):
			return "", fmt.Errorf("%w: %w", connectors.ErrCursor, err)
		case err != nil:
			return "", err
		}
		next := b.token()
		switch {
		case next == "" && b.Last:
			next = token
		case next == "":
			return "", fmt.Errorf("%s: there is more, but no token to ask for it", f.path)
		case next == token && !b.Last:
			return "", fmt.Errorf("%s: %w", f.path, errRepeated)
		}
		if err := f.use(b.Values); err != nil {
			return "", err
		}
		token = next
		if f.reached != nil {
			f.reached(token)
		}
		if b.Last {
			return token, nil
		}
		if r.full() {
			if err := r.flush(r.at(f.stage, token)); err != nil {
				return "", err
			}
		}
	}
	return "", fmt.Errorf("%s: %w", f.path, errCircles)
}

const (
	revisionsPath = "_apis/wit/reporting/workitemrevisions"
	linksPath     = "_apis/wit/reporting/workitemlinks"
)

// question is what the feed of revisions is asked for.
type question struct {
	Types      []string `json:"types"`
	Fields     []string `json:"fields"`
	Deleted    bool     `json:"includeDeleted"`
	Identities bool     `json:"includeIdentityRef"`
	Latest     bool     `json:"includeLatestOnly"`
}

// revisions is the feed of work items, each as it is now. What was moved to
// the bin is in it; what changed its type to one that is not read, or was
// destroyed, is not, and only a listing shows that.
func (r *run) revisions() feed {
	return feed{path: revisionsPath, stage: stageItems, use: r.items, ask: func(query url.Values) (b batch, err error) {
		if r.longText || len(r.projectTypes) > 0 {
			query.Set("$expand", "fields") // without it long texts are left out
		}
		q := question{r.settings.itemTypes(), r.itemFields(), true, true, true}
		if !r.bare.Load() {
			with := q
			with.Fields = append(slices.Clone(q.Fields), fieldDeleted)
			// The list of fields does not have this one, so it may be refused. Then
			// the bin tells what is in it.
			if err = r.ask(r.ctx, revisionsPath, query, with, &b); !hasStatus(err, http.StatusBadRequest) {
				return b, err
			}
		}
		refused := err
		if err = r.ask(r.ctx, revisionsPath, query, q, &b); err == nil && refused != nil {
			r.bare.Store(true)
		}
		return b, err
	}}
}

// links is the feed of the links of these types that involve a work item that
// is read, removed ones too.
func (r *run) links(stage string, types []string, use func([]json.RawMessage) error) feed {
	return feed{path: linksPath, stage: stage, use: use, ask: func(query url.Values) (b batch, err error) {
		query.Set("linkTypes", strings.Join(types, ","))
		query.Set("types", strings.Join(r.settings.itemTypes(), ","))
		_, err = r.get(r.ctx, linksPath, query, &b)
		return b, err
	}}
}
