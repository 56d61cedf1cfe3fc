package control

import "context"

// A RelinkRequest asks to carry the projects of a tool that moved over to the
// connection that reads it now.
type RelinkRequest struct {
	From   string `json:"from"`
	To     string `json:"to"`
	By     string `json:"by"`               // key, name or pmoId
	Author string `json:"author"`           // key:<name>
	DryRun bool   `json:"dryRun,omitempty"` // write nothing
}

// A RelinkReport says what became of the projects of the old connection, each by
// its id, and of what people recorded of them and their milestones.
type RelinkReport struct {
	Linked    []string `json:"linked,omitempty"`
	Already   []string `json:"already,omitempty"`   // linked before
	Missing   []string `json:"missing,omitempty"`   // without a counterpart
	Ambiguous []string `json:"ambiguous,omitempty"` // with several
	Owned     []string `json:"owned,omitempty"`     // whose counterpart a file links
	// Records are by kind.
	Records []RelinkRecords `json:"records,omitempty"`
	// Twice are sentences about what was recorded of both, the old and the new.
	Twice []string `json:"twice,omitempty"`
	// Revision is that of the commit; 0 when nothing was written.
	Revision int64 `json:"revision,omitempty"`
	// Problems are why nothing was written.
	Problems []string `json:"problems,omitempty"`
}

// RelinkRecords says of one kind of record how many follow to the new
// connection, and which do not and why.
type RelinkRecords struct {
	Kind   string   `json:"kind"`
	Follow int      `json:"follow"`
	Left   []string `json:"left,omitempty"`
}

// Relink implements Operator.
func (c *Client) Relink(ctx context.Context, request RelinkRequest) (RelinkReport, error) {
	return call[RelinkReport](ctx, c, "/relink", request, nil)
}
