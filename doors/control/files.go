package control

import "context"

// Files is what an Operator does with strategy files.
type Files interface {
	// Import records what files say, in one commit or not at all. What is
	// wrong with them is in the report.
	Import(ctx context.Context, request ImportRequest) (FilesReport, error)
	// Export writes what people recorded as files: the lists named, all of
	// them if none is.
	Export(ctx context.Context, lists []string) (Exported, error)
	// CheckFolder says where the configured strategy folder stands and what is
	// wrong with it, without writing; nil without a folder.
	CheckFolder(ctx context.Context) (*FilesReport, error)
	// ApplyFolder makes the log hold what a strategy folder says, also when it
	// is older than the one in force.
	ApplyFolder(ctx context.Context, files []File) (FilesReport, error)
}

// A File is the text of one file.
type File struct {
	Name string `json:"name"`
	Data []byte `json:"data"`
}

// An ImportRequest is what to record.
type ImportRequest struct {
	Files  []File `json:"files"`
	Author string `json:"author"`           // key:<name>
	DryRun bool   `json:"dryRun,omitempty"` // write nothing
}

// A FilesReport says what became of files.
type FilesReport struct {
	// Folder is the folder they are of; empty for single files.
	Folder string `json:"folder,omitempty"`
	// State is IN_FORCE, NEW or OLDER, of a folder.
	State string `json:"state,omitempty"`
	// Hash is that of the folder, InForce that of the one in force.
	Hash    string      `json:"hash,omitempty"`
	InForce string      `json:"inForce,omitempty"`
	Counts  []ListCount `json:"counts,omitempty"`
	// Revision is that of the commit; 0 when nothing was written.
	Revision int64 `json:"revision,omitempty"`
	// Problems are all that is wrong, each with its place; with any, nothing
	// was written.
	Problems []string `json:"problems,omitempty"`
}

// A ListCount says what became of the entries of one list.
type ListCount struct {
	List      string `json:"list"`
	Created   int    `json:"created"`
	Updated   int    `json:"updated"`
	Unchanged int    `json:"unchanged"`
	Deleted   int    `json:"deleted"`
}

// Exported is what people recorded, as files.
type Exported struct {
	Files []File `json:"files"`
	// Left is what files cannot hold.
	Left []string `json:"left,omitempty"`
}

// Import implements Files.
func (c *Client) Import(ctx context.Context, request ImportRequest) (FilesReport, error) {
	return call[FilesReport](ctx, c, "/import", request, nil)
}

// Export implements Files.
func (c *Client) Export(ctx context.Context, lists []string) (Exported, error) {
	return call[Exported](ctx, c, "/export", lists, nil)
}

// CheckFolder implements Files.
func (c *Client) CheckFolder(ctx context.Context) (*FilesReport, error) {
	return call[*FilesReport](ctx, c, "/folder/check", nil, nil)
}

// ApplyFolder implements Files.
func (c *Client) ApplyFolder(ctx context.Context, files []File) (FilesReport, error) {
	return call[FilesReport](ctx, c, "/folder/apply", files, nil)
}
