package azuredevops

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"plumbline/connectors"
)

// How much is asked for at once, and how much goes into a page.
const (
	pageFacts     = 1000 // a page is full when it has so many facts
	projectsAPage = 100
	maxItems      = 200 // work items in one request for them
)

// maxPages bounds every listing: no organisation has that many, so the tool is
// going round in circles.
const maxPages = 100_000

var (
	errCircles  = errors.New("the listing does not end")
	errRepeated = errors.New("the tool gave the same continuation token twice")
)

// readProjects lists the projects, which name the project of every work item
// by its name of today. A wanted one that is gone is left to the listings,
// which tell why; if none is left, that is an error.
func (c *Connector) readProjects(ctx context.Context, s *session) error {
	names := foldedSet(c.settings.Projects.Names)
	unmet := maps.Clone(names)
	if len(names) > 0 {
		s.wanted = map[string]bool{}
	}
	s.projectOf = map[string]string{}
	var seen []string
	err := c.listProjects(ctx, "all", func(raw json.RawMessage) {
		p := projectRecord{raw: raw}
		_ = json.Unmarshal(raw, &p) // what cannot be read is quarantined when it is told
		p.ID = strings.ToLower(p.ID)
		if p.ID == "" && s.wanted == nil {
			s.projects = append(s.projects, p)
		}
		if p.ID == "" || p.unfinished() {
			return
		}
		if by := strings.ToLower(p.Name); s.wanted != nil && (names[p.ID] || names[by]) {
			s.wanted[p.ID] = true
			delete(unmet, p.ID)
			delete(unmet, by)
		}
		seen = append(seen, p.Name)
		s.projectOf[strings.ToLower(p.Name)] = p.ID
		if s.wants(p.ID) {
			s.projects = append(s.projects, p)
		}
	})
	if err != nil {
		return err
	}
	for _, name := range c.settings.Projects.Names {
		if unmet[strings.ToLower(name)] {
			s.unmet = append(s.unmet, fmt.Sprintf("projects.names has %q, which is not there or may not be seen; %s", name, visible(seen)))
		}
	}
	if s.wanted != nil && len(s.wanted) == 0 {
		return fmt.Errorf("%w: %s", connectors.ErrUnauthorized, strings.Join(s.unmet, "; "))
	}
	slices.SortFunc(s.projects, func(a, b projectRecord) int { return strings.Compare(a.ID, b.ID) })
	return nil
}

// maxVisible is how many projects are named to somebody who misspelt one.
const maxVisible = 10

// visible tells the projects that this account sees.
func visible(names []string) string {
	if len(names) == 0 {
		return "this account sees no project at all"
	}
	slices.Sort(names)
	more := ""
	if n := len(names) - maxVisible; n > 0 {
		more = fmt.Sprintf(" and %d more", n)
	}
	return "this account sees " + strings.Join(names[:min(len(names), maxVisible)], ", ") + more
}

// listProjects reads the projects in a state to their end. The token of the
// next page comes in a header, and only when there is one.
func (c *Connector) listProjects(ctx context.Context, state string, use func(json.RawMessage)) error {
	query := url.Values{"stateFilter": {state}, "$top": {strconv.Itoa(projectsAPage)}}
	for range maxPages {
		var page values
		header, err := c.get(ctx, "_apis/projects", query, &page)
		if err != nil {
			return err
		}
		for _, raw := range page.Value {
			use(raw)
		}
		token := header.Get("X-Ms-Continuationtoken")
		switch {
		case token == "":
			return nil
		case token == query.Get("continuationToken"):
			return fmt.Errorf("_apis/projects: %w", errRepeated)
		}
		query.Set("continuationToken", token)
	}
	return fmt.Errorf("_apis/projects: %w", errCircles)
}
