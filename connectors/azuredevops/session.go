package azuredevops

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, which
// projects there are, and which fields.
type session struct {
	base    string
	zone    *time.Location // in which people pick dates
	site    portfolio.Site
	hosted  string // hosted or onPremises
	account string
	started time.Time // by the tool's clock

	realProjects   bool            // Azure DevOps' projects are projects
	projectTypes   map[string]bool // of the work items that are, in lower case
	milestoneTypes map[string]bool
	riskTypes      map[string]bool
	blocks         map[string]bool // link types that are dependencies

	fields   []field // those to ask for beside the fixed ones
	missing  []string
	repeated []string // names that several fields have
	longText bool     // one of the fields is
	parents  bool     // the field System.Parent is there
	lacking  []string // fields of ours that the processes here do not have

	projects  []projectRecord // that are there and wanted, by id
	projectOf map[string]string
	wanted    map[string]bool // ids of the wanted projects; nil is all
	unmet     []string        // what is said of the wanted ones that are not there
}

type connectionData struct {
	User struct {
		ID         string `json:"id"`
		Descriptor string `json:"descriptor"`
		Name       string `json:"providerDisplayName"`
		Custom     string `json:"customDisplayName"`
	} `json:"authenticatedUser"`
	InstanceID string `json:"instanceId"`
	Deployment string `json:"deploymentType"`
}

// anonymous is the account of nobody, to whom public projects are shown.
const anonymous = "aaaaaaaa-aaaa-aaaa-aaaa-aaaaaaaaaaaa"

// begin asks who we are and what is there.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	s := &session{
		base: c.base, zone: c.zone, realProjects: c.settings.realProjects(),
		projectTypes: foldedSet(c.settings.projectTypes()), milestoneTypes: foldedSet(c.settings.milestoneTypes()), riskTypes: foldedSet(c.settings.Risks.From), blocks: foldedSet(c.settings.blocks()),
	}
	var who connectionData
	// The resource is under preview in every version of the API.
	header, err := c.get(ctx, "_apis/connectionData", url.Values{"api-version": {c.settings.version() + "-preview.1"}}, &who)
	if err != nil {
		return nil, err
	}
	s.started = c.clock(header)
	s.account, s.hosted = strings.ToLower(who.User.ID), who.Deployment
	if s.account == "" || s.account == anonymous || strings.HasPrefix(who.User.Descriptor, "System:PublicAccess") {
		return nil, fmt.Errorf("%w: the organisation answers as to the public: the token is wrong, has expired or is of another organisation; put a new one under auth", connectors.ErrUnauthorized)
	}
	if who.InstanceID == "" {
		return nil, errors.New("_apis/connectionData tells no instanceId; is url the address of an organisation or collection?")
	}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "azuredevops", Instance: strings.ToLower(who.InstanceID),
		Title: title(c.base), Account: firstOf(who.User.Custom, who.User.Name), TimeZone: c.zone.String(),
	}
	if err := c.readFields(ctx, s); err != nil {
		return nil, err
	}
	return s, c.readProjects(ctx, s)
}

// title is what people call the organisation or collection: the end of its
// address, or on the older addresses the beginning.
func title(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		return base
	}
	if path := strings.Trim(u.Path, "/"); path != "" {
		return path[strings.LastIndex(path, "/")+1:]
	}
	name, _, _ := strings.Cut(u.Host, ".")
	return name
}

func foldedSet(list []string) map[string]bool {
	set := map[string]bool{}
	for _, s := range list {
		set[strings.ToLower(s)] = true
	}
	return set
}

// reads tells whether work items of the type are read.
func (s *session) reads(kind string) bool {
	kind = strings.ToLower(kind)
	return s.projectTypes[kind] || s.milestoneTypes[kind] || s.riskTypes[kind]
}

// wants tells whether the records of a project are read.
func (s *session) wants(project string) bool { return s.wanted == nil || s.wanted[project] }

type field struct {
	Name     string `json:"name"`
	Ref      string `json:"referenceName"`
	Type     string `json:"type"`
	Identity bool   `json:"isIdentity"`
}

// named tells whether the field is the one that somebody means, by reference
// name or by name.
func (f field) named(asked string) bool {
	return strings.EqualFold(f.Ref, asked) || strings.EqualFold(f.Name, asked)
}

// readFields finds the fields that the mapping names.
func (c *Connector) readFields(ctx context.Context, s *session) error {
	var list struct {
		Value []field `json:"value"`
	}
	if _, err := c.get(ctx, "_apis/wit/fields", nil, &list); err != nil {
		return err
	}
	there := map[string]bool{}
	for _, f := range list.Value {
		there[f.Ref] = true
	}
	s.parents = there[fieldParent]
	for _, ref := range []string{fieldStart, fieldTarget, fieldDue, fieldFinish, fieldClosed} {
		if !there[ref] {
			s.lacking = append(s.lacking, ref) // to ask for it would be refused
		}
	}
	for _, asked := range c.env.Fields {
		found := 0
		for _, f := range list.Value {
			if !f.named(asked) {
				continue
			}
			found++
			if !slices.ContainsFunc(s.fields, func(o field) bool { return o.Ref == f.Ref }) {
				s.fields = append(s.fields, f)
				s.longText = s.longText || f.Type == "html" || f.Type == "plainText"
			}
		}
		switch {
		case found == 0:
			s.missing = append(s.missing, asked)
		case found > 1:
			s.repeated = append(s.repeated, asked)
		}
	}
	slices.SortFunc(s.fields, func(a, b field) int { return strings.Compare(a.Ref, b.Ref) })
	return nil
}

// The fields that Azure DevOps itself defines.
const (
	fieldTitle       = "System.Title"
	fieldType        = "System.WorkItemType"
	fieldState       = "System.State"
	fieldProject     = "System.TeamProject"
	fieldAssigned    = "System.AssignedTo"
	fieldTags        = "System.Tags"
	fieldCreated     = "System.CreatedDate"
	fieldChanged     = "System.ChangedDate"
	fieldParent      = "System.Parent"
	fieldDeleted     = "System.IsDeleted"
	fieldDescription = "System.Description"
	fieldStart       = "Microsoft.VSTS.Scheduling.StartDate"
	fieldTarget      = "Microsoft.VSTS.Scheduling.TargetDate"
	fieldDue         = "Microsoft.VSTS.Scheduling.DueDate"
	fieldFinish      = "Microsoft.VSTS.Scheduling.FinishDate"
	fieldClosed      = "Microsoft.VSTS.Common.ClosedDate"
)

// itemFields are the fields to ask for of a work item.
func (s *session) itemFields() []string {
	list := []string{
		fieldTitle, fieldType, fieldState, fieldProject, fieldAssigned, fieldTags, fieldCreated, fieldChanged,
		fieldStart, fieldTarget, fieldDue, fieldFinish, fieldClosed,
	}
	if s.parents {
		list = append(list, fieldParent)
	}
	if len(s.projectTypes) > 0 {
		list = append(list, fieldDescription)
	}
	for _, f := range s.fields {
		if !containsFold(list, f.Ref) {
			list = append(list, f.Ref)
		}
	}
	return slices.DeleteFunc(list, func(ref string) bool { return slices.Contains(s.lacking, ref) })
}
