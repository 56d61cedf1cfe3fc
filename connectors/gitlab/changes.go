package gitlab

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"time"

	"plumbline/internal/inorder"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// The stages that only a quick run has.
const (
	stageGroupChanges   = "changes-in-groups"
	stageProjectChanges = "changes-in-projects"
)

// changes are the records of a group or project that changed.
type changes struct {
	owner                     owner
	milestones, epics, issues []json.RawMessage
}

// changedInGroups reads what changed in groups: one that lies in no other
// answers for all below it. Before 16.7 it does so for epics and issues only, and
// does not say that it left milestones out, so that each group and project is
// asked for its own.
func (r *run) changedInGroups(after int64) error {
	return r.changesOf(beyond(r.groups, after), func(ctx context.Context, o owner) (a changes, err error) {
		a.owner = o
		path, top := "groups/"+strconv.FormatInt(o.id, 10), r.isTop(o)
		if r.want.milestones() && (top || !r.wide) {
			if a.milestones, err = r.visible(ctx, path+"/milestones", r.recent(nil, "include_descendants", strconv.FormatBool(r.wide))); err != nil {
				return a, err
			}
		}
		if !top {
			return a, nil
		}
		if r.want.epics() {
			if a.epics, err = r.visible(ctx, path+"/epics", r.recent(inTime, "include_descendant_groups", "true")); err != nil {
				return a, err
			}
		}
		// Of a group, the issues of archived projects come only when asked for.
		a.issues, err = r.issuesOf(ctx, path, r.recent(inTime, "scope", "all", "non_archived", "false"))
		return a, err
	})
}

// changedInProjects reads what changed in the projects for which no group
// answers.
func (r *run) changedInProjects(after int64) error {
	return r.changesOf(beyond(r.projects, after), func(ctx context.Context, o owner) (a changes, err error) {
		a.owner = o
		path, loose := "projects/"+strconv.FormatInt(o.id, 10), r.isTop(o)
		if r.want.milestones() && r.want.projects() && (loose || !r.wide) {
			if a.milestones, err = r.visible(ctx, path+"/milestones", r.recent(nil)); err != nil {
				return a, err
			}
		}
		if loose {
			a.issues, err = r.issuesOf(ctx, path, r.recent(inTime, "scope", "all"))
		}
		return a, err
	})
}

// recent asks for what changed.
func (r *run) recent(q url.Values, pairs ...string) url.Values {
	return with(q, append(pairs, "updated_after", r.changed.UTC().Format(time.RFC3339))...)
}

// isTop tells that a group or project lies in no group that is read.
func (s *session) isTop(o owner) bool { return !s.groupIDs[o.parent] }

// visible reads a listing, which is empty where it is not for us to see.
func (c *Connector) visible(ctx context.Context, path string, query url.Values) ([]json.RawMessage, error) {
	list, err := c.all(ctx, path, query)
	if hidden(err) {
		return nil, nil
	}
	return list, err
}

// changesOf reads the changes of each owner and hands them over.
func (r *run) changesOf(owners []owner, read func(context.Context, owner) (changes, error)) error {
	for a, err := range inorder.Map(r.ctx, r.concurrency(), owners, read) {
		if err != nil {
			return err
		}
		for _, raw := range a.milestones {
			r.add(r.milestoneAnywhere(raw))
		}
		for _, raw := range a.epics {
			r.add(r.epic(raw))
		}
		var read []issueRecord
		for _, raw := range a.issues {
			v := r.issue(raw)
			r.add(v)
			var i issueRecord
			if slices.ContainsFunc(v.facts, isPresent) && record.Decode(raw, &i) == nil && !r.want.isRisk(i.Labels) {
				read = append(read, i)
			}
		}
		if err := r.linksOf(read); err != nil {
			return err
		}
		if err := r.ended(a.owner.id); err != nil {
			return err
		}
	}
	return nil
}

// isPresent tells a milestone or risk that is there from people, and from one
// that is now somewhere else.
func isPresent(f portfolio.ToolFact) bool {
	return f.Key().Kind != portfolio.KindPerson && f.Origin().Presence == ""
}

// milestoneAnywhere converts a milestone of a listing over many groups and
// projects. One that does not say where it belongs waits for its own listing.
func (v conversion) milestoneAnywhere(raw json.RawMessage) converted {
	var of struct {
		Project int64 `json:"project_id"`
		Group   int64 `json:"group_id"`
	}
	switch err := json.Unmarshal(raw, &of); {
	case err != nil && of.Project == 0 && of.Group == 0:
	case v.docOfProject(of.Project) != "":
		return v.milestone(raw, scopeMilestones, owner{id: of.Project})
	case v.docOfGroup(of.Group) != "":
		return v.milestone(raw, scopeGroupMilestones, owner{id: of.Group})
	}
	return converted{}
}

// linksOf reads what blocks what among issues: a request for each.
func (r *run) linksOf(issues []issueRecord) error {
	if r.want.Dependencies.Off {
		return nil
	}
	type answer struct {
		issue issueRecord
		links []json.RawMessage
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), issues, func(ctx context.Context, i issueRecord) (answer, error) {
		links, err := r.visible(ctx, fmt.Sprintf("projects/%d/issues/%d/links", i.Project, i.IID), nil)
		return answer{i, links}, err
	}) {
		if err != nil {
			return err
		}
		for _, raw := range a.links {
			r.add(r.issueLink(a.issue, raw))
		}
	}
	return nil
}
