package azuredevopstest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// value is what a field of a work item holds; nil when it is empty.
func (q *request) value(i *Item, ref string) any {
	text := func(s string) any {
		if s == "" {
			return nil
		}
		return s
	}
	switch ref {
	case "System.Id":
		return i.ID
	case "System.Title":
		return i.Title
	case "System.WorkItemType":
		return i.Type
	case "System.State":
		return i.State
	case "System.TeamProject":
		return q.projects[i.Project].Name
	case "System.AssignedTo":
		return q.identity(i.Assigned)
	case "System.Tags":
		return text(strings.Join(i.Tags, "; "))
	case "System.CreatedDate":
		return i.Created.UTC().Format(instant)
	case "System.ChangedDate":
		return i.Changed.UTC().Format(instant)
	case "System.Description":
		return text(i.Description)
	case "System.IterationPath":
		return firstOf(i.Iteration, q.projects[i.Project].Name)
	case "System.AreaPath":
		return q.projects[i.Project].Name
	case "System.Parent":
		if i.Parent == 0 {
			return nil
		}
		return i.Parent
	case "Microsoft.VSTS.Scheduling.StartDate":
		return text(midnight(i.Start))
	case "Microsoft.VSTS.Scheduling.TargetDate":
		return text(midnight(i.Target))
	case "Microsoft.VSTS.Scheduling.DueDate":
		return text(midnight(i.Due))
	case "Microsoft.VSTS.Scheduling.FinishDate":
		return text(midnight(i.Finish))
	case "Microsoft.VSTS.Common.ClosedDate":
		return text(midnight(i.Closed))
	}
	return i.Fields[ref]
}

func firstOf(texts ...string) string {
	for _, t := range texts {
		if t != "" {
			return t
		}
	}
	return ""
}

// identity is a person as a field shows it; nil for nobody.
func (q *request) identity(ref string) any {
	for _, u := range q.users {
		if ref != "" && (u.ID == ref || u.Email == ref) {
			return map[string]any{"displayName": u.Name, "id": u.ID, "uniqueName": u.Email, "descriptor": "aad." + u.ID}
		}
	}
	return nil
}

// unlisted is a field that is there and that no list of fields has.
const unlisted = "System.IsDeleted"

// knows tells whether a field is there; a field that is not is an error in
// every question.
func (q *request) knows(refs []string) bool {
	for _, ref := range refs {
		if ref == unlisted && !q.opts.Server {
			continue
		}
		if !slices.ContainsFunc(q.fields, func(f Field) bool { return strings.EqualFold(f.Ref, ref) }) {
			q.refuse(http.StatusBadRequest, "WorkItemTrackingFieldDefinitionNotFoundException", "TF51535: Cannot find field "+ref+".")
			return false
		}
	}
	return true
}

// shape is a work item with the fields that were asked for.
func (q *request) shape(i *Item, refs []string) any {
	if i.Raw != nil {
		return i.Raw
	}
	fields := map[string]any{}
	for _, ref := range refs {
		if v := q.value(i, ref); v != nil {
			fields[ref] = v
		}
	}
	return map[string]any{
		"id": i.ID, "rev": i.rev, "fields": fields, "url": fmt.Sprintf("%s/_apis/wit/workItems/%d", q.opts.BaseURL, i.ID),
	}
}

// maxItems is how many work items may be asked for at once.
const maxItems = 200

func (q *request) itemBatch() {
	var question struct {
		IDs    []int64  `json:"ids"`
		Fields []string `json:"fields"`
		Expand string   `json:"$expand"`
		Policy string   `json:"errorPolicy"`
		AsOf   string   `json:"asOf"`
	}
	if !q.body(&question) || !q.knows(question.Fields) {
		return
	}
	switch {
	case len(question.IDs) == 0 || len(question.IDs) > maxItems:
		q.refuse(http.StatusBadRequest, "VssPropertyValidationException", "VS403474: Specify from 1 to 200 ids.")
		return
	case question.Expand != "" && question.Expand != "none" && len(question.Fields) > 0:
		q.refuse(http.StatusBadRequest, "ConflictingParametersException", "The expand parameter can not be used with the fields parameter.")
		return
	}
	var all []any
	for _, id := range question.IDs {
		i := q.items[id]
		if i == nil || i.Deleted || !q.seesItem(i) {
			if question.Policy != "omit" {
				q.noSuch(id)
				return
			}
			all = append(all, nil)
			continue
		}
		if question.Fields != nil || i.Raw != nil {
			all = append(all, q.shape(i, question.Fields))
			continue
		}
		var refs []string
		for _, f := range q.fields {
			refs = append(refs, f.Ref)
		}
		shape := q.shape(i, refs).(map[string]any)
		if question.Expand == "relations" || question.Expand == "all" {
			if rels := q.linked(id); rels != nil {
				shape["relations"] = rels
			}
		}
		all = append(all, shape)
	}
	q.list(all)
}

func (q *request) bin() {
	var all []any
	for text := range strings.SplitSeq(q.param("ids"), ",") {
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			q.refuse(http.StatusBadRequest, "VssPropertyValidationException", "The ids are not numbers: "+text)
			return
		}
		i := q.items[id]
		if i == nil || !i.Deleted || !q.seesItem(i) {
			all = append(all, map[string]any{"id": id, "code": http.StatusNotFound, "message": fmt.Sprintf("TF401232: Work item %d does not exist, or you do not have permissions to read it.", id)})
			continue
		}
		all = append(all, map[string]any{
			"id": id, "code": http.StatusOK, "type": i.Type, "name": i.Title, "project": q.projects[i.Project].Name, "deletedDate": i.Changed.UTC().Format(instant),
			"deletedBy": "Somebody", "url": fmt.Sprintf("%s/_apis/wit/recycleBin/%d", q.opts.BaseURL, id),
		})
	}
	q.list(all)
}
