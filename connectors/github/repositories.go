package github

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// repository is what the rest of a run needs to know of one.
type repository struct {
	id       int64
	fullName string
	archived bool
	issues   bool // they are switched on
}

// variant tells apart what the same page becomes: what lies in an archived
// repository is archived too.
func (r repository) variant() string {
	if r.archived {
		return " archived"
	}
	return ""
}

func (r repository) path(rest string) string {
	owner, name, _ := strings.Cut(r.fullName, "/")
	return "repos/" + url.PathEscape(owner) + "/" + url.PathEscape(name) + rest
}

// readRepositories lists the repositories, which the milestones and issues
// follow from; tell says whether to hand them over too.
func (r *run) readRepositories(tell bool) error {
	if !r.settings.repositories() {
		if tell {
			r.complete(stageRepositories, scopeRepositories, portfolio.KindProject)
		}
		return nil
	}
	told := map[int64]bool{}
	accept := func(raw json.RawMessage, wanted func(repository, converted) bool) converted {
		v, repo := r.repository(raw)
		if repo.id != 0 {
			if told[repo.id] || !wanted(repo, v) {
				return converted{}
			}
			told[repo.id] = true
			r.listed = append(r.listed, repo)
		}
		return v
	}
	if err := r.readProperties(); err != nil {
		return err
	}
	for _, listing := range r.repositoryListings() {
		if err := r.walkRepositories(listing, tell, told, func(raw json.RawMessage) converted { return accept(raw, r.wants) }); err != nil {
			return err
		}
	}
	for _, name := range r.settings.Projects.Repositories {
		if strings.Contains(name, "*") {
			continue
		}
		raw, err := r.namedRepository(name)
		if err != nil {
			return err
		}
		if v := accept(raw, func(repository, converted) bool { return true }); tell {
			r.add(v)
		}
	}
	slices.SortFunc(r.listed, func(a, b repository) int { return cmp.Compare(a.id, b.id) })
	r.memory.noteRepositories(r.listed)
	if tell {
		r.complete(stageRepositories, scopeRepositories, portfolio.KindProject)
		if r.due() {
			return r.flush(r.at(stageMilestones, 0, 0, ""))
		}
	}
	return nil
}

// walkRepositories reads one listing. It is read anew when its facts hold what
// does not come from it, or when they are to be told.
func (r *run) walkRepositories(path string, tell bool, told map[int64]bool, use func(json.RawMessage) converted) error {
	for range maxPages {
		p, err := r.Connector.page(r.ctx, path, "", tell && !r.full && len(r.properties) == 0)
		if err != nil {
			return err
		}
		if err := r.leftOut(p); err != nil {
			return err
		}
		before := len(r.listed)
		if p.known != nil {
			for _, repo := range p.known.list {
				if !told[repo.id] {
					told[repo.id] = true
					r.listed = append(r.listed, repo)
				}
			}
		}
		if tell {
			r.take(p, use)
		} else {
			for _, raw := range p.values {
				use(raw)
			}
		}
		if k := r.fresh[p.path]; k != nil {
			k.list = slices.Clone(r.listed[before:])
		}
		if path = p.next; path == "" {
			return nil
		}
	}
	return fmt.Errorf("%s: %w", path, errCircles)
}

// leftOut is an error when a listing lacks what belongs to one of the owners,
// because the token was not authorised for single sign-on there: what is left
// out is not gone.
func (r *run) leftOut(p page) error {
	_, ids, partial := strings.Cut(p.sso, "organizations=")
	if !partial {
		return nil
	}
	for id := range strings.SplitSeq(ids, ",") {
		for _, o := range r.owners {
			if strconv.FormatInt(o.ID, 10) == strings.TrimSpace(id) {
				return &statusError{Status: http.StatusForbidden, Path: bare(p.path), Says: "the repositories of " + o.Login + " are left out", SSO: p.sso}
			}
		}
	}
	return nil
}

// repositoryListings are the lists in which the repositories are. They are in
// the order of creation, which no edit disturbs.
func (r *run) repositoryListings() []string {
	named := r.settings.Projects.Repositories
	if len(named) > 0 && !slices.ContainsFunc(named, func(n string) bool { return strings.Contains(n, "*") }) {
		return nil
	}
	if r.login == "" {
		return []string{withQuery("installation/repositories")}
	}
	var list []string
	for _, o := range r.owners {
		if len(named) > 0 && !slices.ContainsFunc(named, func(n string) bool {
			return strings.Contains(n, "*") && strings.HasPrefix(strings.ToLower(n), strings.ToLower(o.Login)+"/")
		}) {
			continue
		}
		switch {
		case o.organisation():
			list = append(list, withQuery("orgs/"+url.PathEscape(o.Login)+"/repos", "type", "all", "sort", "created", "direction", "asc"))
		case strings.EqualFold(o.Login, r.login): // the other list has public ones only
			list = append(list, withQuery("user/repos", "affiliation", "owner", "sort", "created", "direction", "asc"))
		default:
			list = append(list, withQuery("users/"+url.PathEscape(o.Login)+"/repos", "type", "owner", "sort", "created", "direction", "asc"))
		}
	}
	return list
}

// namedRepository reads a repository that the settings name. One that has got
// another name since is found by the one it had.
func (r *run) namedRepository(name string) (json.RawMessage, error) {
	var raw json.RawMessage
	_, err := r.get(r.ctx, repository{fullName: name}.path(""), &raw)
	if hasStatus(err, http.StatusNotFound) {
		return nil, fmt.Errorf("projects.repositories names %s, which is not there or may not be seen", name)
	}
	return raw, err
}

// wants tells whether a repository that was listed is one to read.
func (r *run) wants(repo repository, v converted) bool {
	if topics := r.settings.Projects.Topics; len(topics) > 0 && !slices.ContainsFunc(v.topics, func(t string) bool { return slices.Contains(topics, t) }) {
		return false
	}
	named := r.settings.Projects.Repositories
	if len(named) == 0 {
		login, _, _ := strings.Cut(repo.fullName, "/")
		return len(r.owners) == 0 || slices.ContainsFunc(r.owners, func(o owner) bool { return strings.EqualFold(o.Login, login) })
	}
	return slices.ContainsFunc(named, func(pattern string) bool {
		if !strings.Contains(pattern, "*") {
			return strings.EqualFold(pattern, repo.fullName)
		}
		ok, err := path.Match(strings.ToLower(pattern), strings.ToLower(repo.fullName))
		return err == nil && ok
	})
}

// repositoryByID reads a repository; nil when it cannot be seen.
func (c *Connector) repositoryByID(ctx context.Context, id string) (json.RawMessage, error) {
	var raw json.RawMessage
	_, err := c.get(ctx, "repositories/"+url.PathEscape(id), &raw)
	if gone(err) {
		return nil, nil
	}
	return raw, err
}
