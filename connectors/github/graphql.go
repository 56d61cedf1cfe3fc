package github

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/Khan/genqlient/graphql"

	"plumbline/internal/httpx"
)

// queries sends GraphQL documents through the client of the connection. Its
// queries change nothing, so that they may be tried again.
type queries struct{ *Connector }

// queryError is what GitHub says of a query.
type queryError struct {
	Type    string `json:"type"`
	Message string `json:"message"`
	Path    []any  `json:"path"`
}

// MakeRequest implements graphql.Client.
func (q queries) MakeRequest(ctx context.Context, asked *graphql.Request, into *graphql.Response) error {
	req, err := q.api.NewRequest(http.MethodPost, q.graphPath(), asked)
	if err != nil {
		return err
	}
	r, err := q.send(httpx.Reading(ctx), q.caller, req)
	if err != nil {
		return err
	}
	answer := struct {
		Data   any          `json:"data"`
		Errors []queryError `json:"errors"`
	}{Data: into.Data}
	if err := json.Unmarshal(r.body, &answer); err != nil {
		return fmt.Errorf("graphql %s: %w", asked.OpName, err)
	}
	for _, e := range answer.Errors {
		// One record that may not be seen is no reason to see none; what is
		// missing is null.
		if slices.Contains([]string{"NOT_FOUND", "FORBIDDEN"}, e.Type) && slices.Contains(e.Path, any("nodes")) {
			q.log.WarnContext(ctx, "a record may not be seen", "query", asked.OpName, "reason", e.Type)
			continue
		}
		says := truncate(q.hidden.Mask(e.Message), maxSays)
		switch e.Type {
		case "NOT_FOUND":
			return &statusError{Status: http.StatusNotFound, Path: "graphql " + asked.OpName, Says: says}
		case "FORBIDDEN", "INSUFFICIENT_SCOPES":
			return &statusError{Status: http.StatusForbidden, Path: "graphql " + asked.OpName, Says: says}
		}
		return fmt.Errorf("graphql %s: %s %s", asked.OpName, e.Type, says)
	}
	return nil
}

// graphPath is where GraphQL is, seen from the REST API: beside it on
// github.com, and beside its version on an Enterprise Server.
func (c *Connector) graphPath() string {
	if strings.HasSuffix(c.api.BaseURL.Path, "/v3/") {
		return "../graphql"
	}
	return "graphql"
}

// connection is a page of a list in GraphQL.
type connection struct {
	Nodes []json.RawMessage `json:"nodes"`
	Page  struct {
		More bool   `json:"hasNextPage"`
		End  string `json:"endCursor"`
	} `json:"pageInfo"`
}

// after is the cursor of the next page, or empty at the end. A cursor that does
// not move is an error.
func (c connection) after(was string) (string, error) {
	switch {
	case !c.Page.More:
		return "", nil
	case c.Page.End == was || c.Page.End == "":
		return "", errRepeated
	}
	return c.Page.End, nil
}

var errNoNode = errors.New("the answer lacks what was asked for")
