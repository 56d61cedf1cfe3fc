package github

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, what
// time it is there, and who the owners are.
type session struct {
	site        portfolio.Site
	account     string    // who we are, by the id that never changes
	login       string    // of a user; empty for an app
	started     time.Time // by the tool's clock
	header      http.Header
	owners      []owner
	permissions map[string]string // of an app
	withheld    []string          // permissions without which fields are not read
}

// owner is an organisation or a user whose things are read.
type owner struct {
	ID    int64  `json:"id"`
	Login string `json:"login"`
	Type  string `json:"type"`
}

func (o owner) organisation() bool { return o.Type == "Organization" }

// begin asks who we are and who the owners are.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	s := &session{started: c.now()}
	if err := c.whoami(ctx, s); err != nil {
		return nil, err
	}
	if at, err := http.ParseTime(s.header.Get("Date")); err == nil {
		s.started = at
	}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "github", Instance: c.instance(), Title: c.title(),
		Version: s.header.Get("X-GitHub-Enterprise-Version"), Account: s.site.Account, TimeZone: "UTC",
	}
	for _, login := range c.ownerLogins() {
		var o owner
		switch _, err := c.get(ctx, "users/"+url.PathEscape(login), &o); {
		case hasStatus(err, http.StatusNotFound):
			return nil, fmt.Errorf("owners or projects name %s, who is not there or may not be seen; give the login, as in the address of the organisation or user", login)
		case err != nil:
			return nil, err
		}
		s.owners = append(s.owners, o)
	}
	return s, nil
}

// whoami asks who we are. GitHub refuses a wrong token also where anybody may
// read, so that whoever gets an answer is known.
func (c *Connector) whoami(ctx context.Context, s *session) error {
	if c.app != nil {
		record, header, err := c.app.describe(ctx)
		if err != nil {
			return err
		}
		if record.Suspended != "" {
			return fmt.Errorf("%w: the installation on %s is suspended", connectors.ErrUnauthorized, record.Account.Login)
		}
		s.header, s.permissions = header, record.Permissions
		s.account, s.site.Account = "installation "+strconv.FormatInt(c.app.number, 10), firstOf(record.Slug, "app")+" on "+record.Account.Login
		return nil
	}
	var me struct {
		ID    int64  `json:"id"`
		Login string `json:"login"`
		Name  string `json:"name"`
	}
	var err error
	if s.header, err = c.get(ctx, "user", &me); err != nil {
		return err
	}
	if me.ID == 0 {
		return fmt.Errorf("%w: the site answers without knowing us", connectors.ErrUnauthorized)
	}
	s.account, s.login, s.site.Account = strconv.FormatInt(me.ID, 10), me.Login, me.Login
	return nil
}

// ownerLogins are the owners whose lists are read: those of the settings, and
// those of the patterns there.
func (c *Connector) ownerLogins() []string {
	var logins []string
	seen := map[string]bool{}
	add := func(login string) {
		if login != "" && !seen[strings.ToLower(login)] {
			seen[strings.ToLower(login)] = true
			logins = append(logins, login)
		}
	}
	for _, login := range c.settings.Owners {
		add(login)
	}
	for _, name := range c.settings.Projects.Repositories {
		login, _, _ := strings.Cut(name, "/")
		add(login)
	}
	for _, name := range c.settings.Projects.Boards {
		login, _ := splitBoard(name)
		add(login)
	}
	return logins
}

// instance tells which GitHub this is: there is one github.com, and every
// other one has an address of its own.
func (c *Connector) instance() string {
	host := c.api.BaseURL.Host
	if c.api.BaseURL.Path == "/" {
		host = strings.TrimPrefix(host, "api.")
	}
	return strings.ToLower(host)
}

func (c *Connector) title() string {
	if c.instance() == "github.com" {
		return "GitHub"
	}
	return "GitHub (" + c.instance() + ")"
}

// splitBoard reads owner/number.
func splitBoard(name string) (string, int) {
	owner, number, _ := strings.Cut(name, "/")
	n, err := strconv.Atoi(number)
	if err != nil || n < 1 {
		return owner, 0
	}
	return owner, n
}
