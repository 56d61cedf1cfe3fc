package config

import (
	"slices"
	"strings"

	"plumbline/internal/spelling"
	"plumbline/portfolio"
)

// checkPrecedence checks that fields and connections are there, and named once.
func (b *binder) checkPrecedence(c *Config) {
	var ids, mapped []string
	for i := range c.Connections {
		ids = append(ids, c.Connections[i].ID)
		for to := range c.Connections[i].Fields {
			mapped = append(mapped, to)
		}
	}
	byField := map[string]string{}
	for i, p := range c.Precedence {
		path := b.items["precedence"][i]
		field := p.Field
		if field == "owner" {
			field = "manager"
		}
		switch meant := meantField(field, mapped); {
		case field == "":
			// told already
		case meant != "":
			b.wrong(join(path, "field"), "%q is no field of projects; %s", field, meant)
		case byField[field] != "":
			b.wrong(join(path, "field"), "%s has its precedence already, %s", p.Field, b.where(byField[field]))
		default:
			byField[field] = path
		}
		for n, id := range p.Connections {
			at := join(path, "connections")
			switch {
			case !slices.Contains(ids, id):
				b.wrong(at, "there is no connection %q; %s", id, spelling.DidYouMean(id, ids))
			case slices.Contains(p.Connections[:n], id):
				b.wrong(at, "the connection %s is named twice; expected once", id)
			}
		}
	}
}

// meantField says which fields there are instead of one that is none, or "" when
// it may be one: a name that is like none of the portfolio's is that of a custom
// field, and so is one that a connection maps a field to.
func meantField(field string, mapped []string) string {
	fields := portfolio.PrecedenceFields
	if slices.Contains(fields, field) {
		return ""
	}
	const those = "those are %s, and custom fields by their names"
	all := strings.ReplaceAll(those, "%s", strings.Join(fields, ", "))
	switch near := spelling.Nearest(field, fields); {
	case slices.Contains(portfolioFields, field):
		return all // of milestones or risks only
	case slices.Contains(mapped, field) || strings.Contains(field, " ") || near == "":
		return ""
	default:
		return "did you mean " + near + "? " + strings.ToUpper(all[:1]) + all[1:] + ", which have to be mapped under fields when they are so alike"
	}
}
