package gitlab

import (
	"context"
	"encoding/json"
	"net/url"
	"strconv"

	"plumbline/internal/inorder"
)

// groupMilestones and projectMilestones read the milestones of each group and
// project, a request for each. GitLab could list all below a group at once, but
// in the order of their due dates, in pages that are counted off: the longer a
// listing is, the more an edit meanwhile puts out of place.
func (r *run) groupMilestones(after int64) error {
	if !r.want.milestones() || !r.want.groups() {
		return nil
	}
	return r.milestonesOf(beyond(r.wholeGroups, after), "groups", scopeGroupMilestones)
}

func (r *run) projectMilestones(after int64) error {
	if !r.want.milestones() || !r.want.projects() {
		return nil
	}
	return r.milestonesOf(beyond(r.wholeProjects, after), "projects", scopeMilestones)
}

func (r *run) milestonesOf(owners []owner, path, scope string) error {
	return r.listing(owners, path, "milestones", nil, func(o owner, raw json.RawMessage) converted {
		return r.milestone(raw, scope, o)
	})
}

// listing reads a listing of each owner and converts its records. One that is
// not for us to see, because it is switched off or vanished meanwhile, is empty.
func (r *run) listing(owners []owner, path, what string, query url.Values, convert func(owner, json.RawMessage) converted) error {
	type answer struct {
		owner  owner
		values []json.RawMessage
	}
	for a, err := range inorder.Map(r.ctx, r.concurrency(), owners, func(ctx context.Context, o owner) (answer, error) {
		values, err := r.visible(ctx, path+"/"+strconv.FormatInt(o.id, 10)+"/"+what, query)
		return answer{o, values}, err
	}) {
		if err != nil {
			return err
		}
		for _, raw := range a.values {
			r.add(convert(a.owner, raw))
		}
		if err := r.ended(a.owner.id); err != nil {
			return err
		}
	}
	return nil
}

// inTime orders epics and issues by what never changes.
var inTime = url.Values{"order_by": {"created_at"}, "sort": {"asc"}, "state": {"all"}}

// readEpics reads the epics of groups with all below them. Without a licence
// for them GitLab answers 403, and there are none.
func (r *run) readEpics(after int64) error {
	if !r.want.epics() {
		return nil
	}
	return r.listing(beyond(tops(r.wholeGroups), after), "groups", "epics", with(inTime, "include_descendant_groups", "true"), func(_ owner, raw json.RawMessage) converted {
		return r.epic(raw)
	})
}

// readEpicLinks reads what blocks what among the epics of groups.
func (r *run) readEpicLinks(after int64) error {
	if !r.want.epics() || r.want.Dependencies.Off {
		return nil
	}
	return r.listing(beyond(tops(r.groups), after), "groups", "related_epic_links", nil, func(_ owner, raw json.RawMessage) converted {
		return r.epicLink(raw)
	})
}
