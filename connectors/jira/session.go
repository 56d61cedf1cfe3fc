package jira

import (
	"context"
	"fmt"
	"net/url"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, what
// time it is there, and what the site's words mean today.
type session struct {
	cloud   bool
	api     string // rest/api/3/ or rest/api/2/
	site    portfolio.Site
	account string
	zone    *time.Location
	started time.Time // by the tool's clock
	info    serverInfo

	realProjects bool // Jira's projects are projects

	fields     []field // those to ask for beside the fixed ones
	missing    []string
	repeated   []string // names that several fields have
	epicLink   string   // Data Center: the field that names an issue's epic
	parentLink string   // Data Center with Advanced Roadmaps: the field that names the parent

	types        []issueType
	projectTypes map[string]bool
	cardTypes    map[string]bool // of the issues that hold a Jira project's fields
	plainTypes   map[string]bool // of milestones, whatever their parent
	childTypes   map[string]bool // of milestones if their parent is a project
	riskTypes    map[string]bool // of the issues that are risks
	clauses      []string        // JQL clauses of milestones
	scope        string          // JQL that keeps to the wanted projects, or empty
	wanted       map[string]bool // ids of the wanted Jira projects; nil is all
	links        map[string]linkDirection
	linkNames    []string
}

type serverInfo struct {
	BaseURL        string `json:"baseUrl"`
	Version        string `json:"version"`
	DeploymentType string `json:"deploymentType"`
	ServerTime     string `json:"serverTime"`
	ServerTitle    string `json:"serverTitle"`
}

// title is what people call the site: on Cloud all are titled Jira, and are
// told apart by their addresses.
func (i serverInfo) title() string {
	if u, err := url.Parse(i.BaseURL); err == nil && i.cloud() && u.Host != "" {
		return firstOf(i.ServerTitle, "Jira") + " (" + u.Host + ")"
	}
	return i.ServerTitle
}

func (i serverInfo) cloud() bool { return strings.EqualFold(i.DeploymentType, "Cloud") }

type myself struct {
	AccountID   string `json:"accountId"`
	Key         string `json:"key"`
	Name        string `json:"name"`
	DisplayName string `json:"displayName"`
	TimeZone    string `json:"timeZone"`
}

// begin asks who we are and what the site's words mean.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	s := &session{zone: time.UTC, realProjects: c.settings.realProjects()}
	if err := c.get(ctx, "rest/api/2/serverInfo", nil, &s.info); err != nil {
		return nil, err
	}
	s.cloud = s.info.cloud()
	s.api = "rest/api/2/"
	if s.cloud {
		s.api = "rest/api/3/"
	}
	var me myself
	if err := c.get(ctx, s.api+"myself", nil, &me); err != nil {
		return nil, err
	}
	s.account = firstOf(me.AccountID, me.Key, me.Name)
	if s.account == "" {
		return nil, fmt.Errorf("%w: the site answers without knowing us", connectors.ErrUnauthorized)
	}
	if zone, err := time.LoadLocation(me.TimeZone); err == nil && me.TimeZone != "" {
		s.zone = zone
	} else if !s.cloud {
		return nil, fmt.Errorf("the account's time zone %q is unknown here; searches by time would miss changes", me.TimeZone)
	}
	s.started = c.now()
	if at, err := parseTime(s.info.ServerTime); err == nil && !at.IsZero() {
		s.started = at
	}
	instance, err := c.instance(ctx, s)
	if err != nil {
		return nil, err
	}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "jira", Instance: instance,
		Title: s.info.title(), Version: s.info.Version, Account: me.DisplayName, TimeZone: me.TimeZone,
	}
	for _, step := range []func(context.Context, *session) error{c.readFields, c.readTypes, c.readLinkTypes, c.readWanted} {
		if err := step(ctx, s); err != nil {
			return nil, err
		}
	}
	return s, nil
}
