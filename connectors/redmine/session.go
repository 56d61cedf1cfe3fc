package redmine

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, and
// what the words of this Redmine mean today.
type session struct {
	site    portfolio.Site
	account string
	admin   bool

	trackers  map[int64]tracker // those whose issues are milestones or risks
	risks     map[int64]bool    // of these, those whose issues are risks
	closed    map[int64]bool    // statuses that close an issue
	cancelled map[string]bool   // names and ids, in lower case
	fields    map[int64]string  // formats of custom fields, where we may know them
	asked     []string          // fields that the mapping names

	projects []projectCore  // all that the account sees
	wanted   map[int64]bool // ids of those to read; nil is all
}

// ref is how a record names another one.
type ref struct {
	ID   int64  `json:"id"`
	Name string `json:"name"`
}

// tracker is a kind of issue; Default is the status of a new one.
type tracker struct {
	ref
	Default *ref `json:"default_status"`
}

// accountRecord is all that is read of who we are: the reply also holds the
// API key, which must not lie about.
type accountRecord struct {
	ID    int64  `json:"id"`
	First string `json:"firstname"`
	Last  string `json:"lastname"`
	Login string `json:"login"`
	Admin bool   `json:"admin"`
}

// begin asks who we are and what the words mean. With a wrong key Redmine
// answers most requests with 200 and what it shows to anybody: only the question
// who we are is refused, so it is asked at the start of every run.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	raw, err := c.one(ctx, "users/current.json", "user", nil)
	if hasStatus(err, http.StatusForbidden) {
		return nil, fmt.Errorf("%w: is the REST web service enabled, under Administration → Settings → API?", err)
	}
	if err != nil {
		return nil, err
	}
	var me accountRecord
	if err := record.Decode(raw, &me); err != nil {
		return nil, fmt.Errorf("users/current.json: %w", err)
	}
	if me.ID == 0 {
		return nil, fmt.Errorf("%w: Redmine answers without knowing us", connectors.ErrUnauthorized)
	}
	s := &session{account: strconv.FormatInt(me.ID, 10), admin: me.Admin, asked: c.env.Fields, cancelled: map[string]bool{}}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "redmine", Instance: instance(c.base), Title: title(c.base),
		Account: firstOf(strings.TrimSpace(me.First+" "+me.Last), me.Login),
	}
	for _, name := range c.settings.Milestones.Cancelled {
		s.cancelled[strings.ToLower(name)] = true
	}
	for _, step := range []func(context.Context, *session) error{c.readTrackers, c.readStatuses, c.readFields} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// instance tells which Redmine this is. It has no id of its own, so it is known
// by its address, whatever the case of the host.
func instance(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	return strings.ToLower(u.Host) + strings.TrimRight(u.Path, "/")
}

func title(base string) string { return "Redmine (" + instance(base) + ")" }

// readTrackers finds the trackers that the settings name.
func (c *Connector) readTrackers(ctx context.Context, s *session) error {
	s.trackers, s.risks = map[int64]tracker{}, map[int64]bool{}
	milestones, risks := c.settings.trackers(), c.settings.Risks.From
	if len(milestones)+len(risks) == 0 {
		return nil
	}
	var reply struct {
		Trackers []tracker `json:"trackers"`
	}
	if err := c.get(ctx, "trackers.json", nil, &reply); err != nil {
		return err
	}
	var names []string
	for _, t := range reply.Trackers {
		names = append(names, t.Name)
	}
	find := func(setting, name string) (tracker, error) {
		i := slices.IndexFunc(reply.Trackers, func(t tracker) bool { return named(t.ref, name) })
		if i < 0 {
			return tracker{}, fmt.Errorf("%w: %s names the tracker %q, which is not there; there are %s", portfolio.ErrInvalid, setting, name, strings.Join(names, ", "))
		}
		return reply.Trackers[i], nil
	}
	for _, name := range milestones {
		t, err := find("milestones.from", name)
		if err != nil {
			return err
		}
		s.trackers[t.ID] = t
	}
	for _, name := range risks {
		t, err := find("risks.from", name)
		if err != nil {
			return err
		}
		if s.trackers[t.ID].ID != 0 && !s.risks[t.ID] {
			return fmt.Errorf("%w: the tracker %s is named in milestones.from and in risks.from; expected one of them", portfolio.ErrInvalid, t.Name)
		}
		s.trackers[t.ID], s.risks[t.ID] = t, true
	}
	return nil
}

// readStatuses learns which statuses close an issue, which before 5.0 the
// issues themselves do not say.
func (c *Connector) readStatuses(ctx context.Context, s *session) error {
	s.closed = map[int64]bool{}
	if len(s.trackers) == 0 {
		return nil
	}
	var reply struct {
		Statuses []struct {
			ref
			Closed bool `json:"is_closed"`
		} `json:"issue_statuses"`
	}
	if err := c.get(ctx, "issue_statuses.json", nil, &reply); err != nil {
		return err
	}
	for _, status := range reply.Statuses {
		if status.Closed {
			s.closed[status.ID] = true
		}
	}
	return nil
}

// readFields learns the formats of custom fields, which only administrators
// may; for others every value is text.
func (c *Connector) readFields(ctx context.Context, s *session) error {
	s.fields = map[int64]string{}
	if len(s.asked) == 0 || !s.admin {
		return nil
	}
	var reply struct {
		Fields []json.RawMessage `json:"custom_fields"`
	}
	err := c.get(ctx, "custom_fields.json", nil, &reply)
	if hidden(err) {
		return nil
	}
	for _, raw := range reply.Fields {
		var f struct {
			ID     int64  `json:"id"`
			Format string `json:"field_format"`
		}
		if json.Unmarshal(raw, &f) == nil {
			s.fields[f.ID] = f.Format
		}
	}
	return err
}

// named tells whether a record is meant by a name or an id of the settings.
func named(r ref, word string) bool {
	return strings.EqualFold(r.Name, word) || strconv.FormatInt(r.ID, 10) == word
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}
