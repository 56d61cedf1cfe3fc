package asana

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"plumbline/internal/record"
	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// The tool's own kinds of record, and the listings that cover them.
const (
	kindProject   = "project"
	kindPortfolio = "portfolio"
	kindTask      = "task"
	kindLink      = "dependency"
	kindReport    = "status_update"
	kindUser      = "user"

	scopeProjects   = "projects"
	scopePortfolios = "portfolios"
	scopeTasks      = "tasks"
	scopeRisks      = "risks"
	scopeLinks      = "dependencies"
	scopeReports    = "status_updates"
)

// The subtypes of tasks that may be milestones by themselves.
const (
	subtypeMilestone = "milestone"
	subtypeApproval  = "approval"
)

// The limits of texts, in characters.
const (
	maxName        = 1000
	maxDescription = 4000
	maxFieldText   = 16_000
)

// named is a record inside another one.
type named struct {
	GID  string `json:"gid"`
	Name string `json:"name"`
}

// conversion turns raw records into facts. It is pure: whatever it depends on
// is in it.
type conversion struct {
	connection string
	hidden     *secret.Hidden
	wording
	// projects are those that are read, by gid.
	projects map[string]*projectRecord
	// groups are the portfolios of a project, by its gid, the oldest first.
	groups map[string][]named
	// supported are the goals that a project or portfolio supports, by its gid.
	supported map[string][]named
}

// converted is what one record became.
type converted struct {
	facts       []portfolio.ToolFact
	quarantined *portfolio.Quarantine
	gid         string
}

func (v *conversion) doc(kind, gid string) string { return portfolio.DocID(v.connection, kind, gid) }

// quarantine keeps a record that cannot be read, with the reason.
func (v *conversion) quarantine(of portfolio.Kind, kind, scope string, raw json.RawMessage, reason error) converted {
	gid := gidOf(raw)
	if !isGID(gid) {
		gid = record.StandIn(raw)
	}
	kept := []byte(v.hidden.Mask(string(raw)))
	kept = kept[:min(len(kept), portfolio.MaxRaw)]
	return converted{gid: gid, quarantined: &portfolio.Quarantine{
		Source:    portfolio.Source{Connection: v.connection, Kind: kind, ID: gid, Scope: scope},
		Of:        of,
		Reason:    v.hidden.Mask(reason.Error()),
		Raw:       kept,
		Converter: converter,
	}}
}

// user returns the document id of a person and adds the person to the facts.
func (v *conversion) user(u *named, facts *[]portfolio.ToolFact) string {
	if u == nil || !isGID(u.GID) {
		return ""
	}
	p := v.person(*u)
	*facts = append(*facts, p)
	return p.DocID()
}

func (v *conversion) person(u named) *portfolio.PersonFact {
	return &portfolio.PersonFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindUser, ID: u.GID},
		Name:   cmp.Or(tidy(u.Name, maxName), u.GID),
	}
}

// sortFields puts fields in the order that facts have them in.
func sortFields(fields []portfolio.Field) []portfolio.Field {
	slices.SortStableFunc(fields, func(a, b portfolio.Field) int { return strings.Compare(a.ID, b.ID) })
	return fields
}

// names are the names of records, in order and each once; none is nil.
func names(list []named) []string {
	var out []string
	for _, one := range list {
		if name := tidy(one.Name, maxName); name != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}
