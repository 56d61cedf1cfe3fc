// Package sample is a small executable schema for the tests of the packages
// that carry GraphQL. It has what can go wrong in it: lists in lists, cycles,
// panics, slow fields, long texts and errors of every kind.
package sample

//go:generate go tool gqlgen generate

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/99designs/gqlgen/graphql"
)

// New returns the schema. Its fields fail with the errors given by name.
func New(failures map[string]error) graphql.ExecutableSchema {
	root := &resolvers{failures: failures}
	return NewExecutableSchema(Config{Resolvers: root})
}

type resolvers struct {
	failures map[string]error
}

func (r *resolvers) Query() QueryResolver               { return queries{r} }
func (r *resolvers) Project() ProjectResolver           { return projects{} }
func (r *resolvers) Mutation() MutationResolver         { return mutations{r} }
func (r *resolvers) Subscription() SubscriptionResolver { return subscriptions{} }

type queries struct{ *resolvers }

func (q queries) Node(_ context.Context, id string) (Node, error) { return q.named(id), nil }

func (q queries) Nodes(_ context.Context, ids []string) ([]Node, error) {
	nodes := make([]Node, len(ids))
	for i, id := range ids {
		nodes[i] = q.named(id)
	}
	return nodes, nil
}

func (q queries) Project(context.Context) (*Project, error) { return q.named("Payments"), nil }

func (q queries) Projects(_ context.Context, _ *ProjectFilter, first *int, _ *string) (*ProjectConnection, error) {
	return &ProjectConnection{projects: q.many(page(first))}, nil
}

func (q queries) Aggregates(context.Context, *ProjectFilter) (*ProjectAggregate, error) {
	return &ProjectAggregate{Count: 1}, nil
}

func (q queries) Groups(_ context.Context, first *int) (*ProjectGroupConnection, error) {
	groups := make([]*ProjectGroup, page(first))
	for i := range groups {
		groups[i] = &ProjectGroup{Key: strconv.Itoa(i), Count: i}
	}
	return &ProjectGroupConnection{Nodes: groups}, nil
}

type projects struct{}

func (projects) Milestones(_ context.Context, p *Project, first *int, _ *string) (*MilestoneConnection, error) {
	milestones := make([]*Milestone, page(first))
	for i := range milestones {
		milestones[i] = &Milestone{ID: fmt.Sprint("m:", i), Name: fmt.Sprint("M", i), Project: p}
	}
	return &MilestoneConnection{Nodes: milestones, PageInfo: &PageInfo{}, TotalCount: len(milestones)}, nil
}

func (projects) Find(context.Context, *Project, *Health, *int) (*string, error) { return nil, nil }

type mutations struct{ *resolvers }

func (m mutations) Rename(_ context.Context, name string) (*Project, error) {
	return m.named(name), nil
}

type subscriptions struct{}

func (subscriptions) Ticks(context.Context) (<-chan int, error) { return nil, nil }

// page bounds a page, as every resolver of a list must: the cost of an
// operation counts elements only when something of them is selected.
func page(first *int) int {
	if first == nil {
		return usualPage
	}
	return min(max(*first, 0), largestPage)
}

const (
	usualPage   = 50
	largestPage = 100_000
)

func (r *resolvers) named(name string) *Project {
	return &Project{ID: "p:" + name, Name: name, all: r}
}

func (r *resolvers) many(n int) []*Project {
	projects := make([]*Project, n)
	for i := range projects {
		projects[i] = r.named(fmt.Sprint("P", i))
	}
	return projects
}

// Project is a project whose fields misbehave on request.
type Project struct {
	ID   string
	Name string
	all  *resolvers
}

// IsNode marks the project as a Node of the schema.
func (p *Project) IsNode() {}

// GetID satisfies the generated Node interface.
func (p *Project) GetID() string { return p.ID }

// Self returns the project.
func (p *Project) Self() *Project { return p }

// Members returns ten projects.
func (p *Project) Members() []*Project { return p.all.many(10) }

// Fail fails with the planted error.
func (p *Project) Fail(_ context.Context, name string) (*string, error) {
	return nil, p.all.failures[name]
}

// MustFail fails with the planted error where null is not allowed.
func (p *Project) MustFail(_ context.Context, name string) (string, error) {
	return "", p.all.failures[name]
}

// Panic panics with something secret.
func (p *Project) Panic() *string { panic("canary: password of the database") }

// Slow returns when the operation is over.
func (p *Project) Slow(ctx context.Context) (*string, error) {
	<-ctx.Done()
	return nil, fmt.Errorf("wait: %w", ctx.Err())
}

// Text returns so many bytes.
func (p *Project) Text(bytes int) string { return strings.Repeat("x", bytes) }

// ProjectConnection is a page of projects.
type ProjectConnection struct {
	projects []*Project
}

// Nodes returns the projects.
func (c *ProjectConnection) Nodes() []*Project { return c.projects }

// Edges returns the projects with their cursors.
func (c *ProjectConnection) Edges() []*ProjectEdge {
	edges := make([]*ProjectEdge, len(c.projects))
	for i, p := range c.projects {
		edges[i] = &ProjectEdge{Cursor: p.ID, Node: p}
	}
	return edges
}

// PageInfo tells that there is no more.
func (c *ProjectConnection) PageInfo() *PageInfo { return &PageInfo{} }

// TotalCount counts the projects.
func (c *ProjectConnection) TotalCount() int { return len(c.projects) }
