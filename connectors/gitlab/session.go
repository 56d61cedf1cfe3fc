package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, and what
// this GitLab is.
type session struct {
	site    portfolio.Site
	account string
	admin   bool
	started string   // when the run began, by GitLab's clock; empty where it does not tell
	wide    bool     // a group answers for the milestones of all below it
	asked   []string // fields that the mapping names

	groups   []owner // those that are read, by id
	projects []owner
	groupIDs map[int64]bool
	owned    map[int64]bool // ids of projects that are read
}

// begin asks who we are and what this GitLab is.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	var raw json.RawMessage
	resp, err := c.get(ctx, "user", nil, &raw)
	if err != nil {
		return nil, err
	}
	var me struct {
		ID       int64  `json:"id"`
		Name     string `json:"name"`
		Username string `json:"username"`
		Admin    bool   `json:"is_admin"`
	}
	if err := record.Decode(raw, &me); err != nil {
		return nil, fmt.Errorf("user: %w", err)
	}
	if me.ID == 0 {
		return nil, fmt.Errorf("%w: GitLab answers without knowing us", connectors.ErrUnauthorized)
	}
	var about struct {
		Version    string `json:"version"`
		Enterprise bool   `json:"enterprise"`
	}
	raw, err = c.one(ctx, "metadata")
	if hidden(err) { // before 15.2
		raw, err = c.one(ctx, "version")
	}
	if err != nil && !hidden(err) { // a token with few scopes may not ask
		return nil, err
	}
	if err == nil {
		if err := record.Decode(raw, &about); err != nil {
			return nil, fmt.Errorf("metadata: %w", err)
		}
	}
	name, started := instance(c.settings.URL), ""
	if at, err := http.ParseTime(resp.Header.Get("Date")); err == nil {
		started = at.UTC().Format(time.RFC3339)
	}
	return &session{
		account: strconv.FormatInt(me.ID, 10), admin: me.Admin, asked: c.env.Fields, started: started, wide: atLeast(about.Version, 16, 7),
		site: portfolio.Site{
			Connection: c.env.Connection, Type: "gitlab", Instance: name, Title: "GitLab (" + name + ")",
			Version: about.Version, Account: firstOf(me.Name, me.Username),
		},
	}, nil
}

// atLeast tells that a release is the given one or a later one; one that is not
// told is none.
func atLeast(release string, major, minor int) bool {
	var is [2]int
	if n, _ := fmt.Sscanf(release, "%d.%d", &is[0], &is[1]); n < len(is) {
		return false
	}
	return slices.Compare(is[:], []int{major, minor}) >= 0
}

// instance tells which GitLab this is. It tells nobody an id of its own, so it
// is known by its address, whatever the case of the host.
func instance(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return address
	}
	return strings.ToLower(u.Host) + strings.TrimRight(u.Path, "/")
}
