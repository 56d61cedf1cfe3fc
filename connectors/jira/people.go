package jira

import (
	"context"
	"net/http"
	"net/url"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// remember keeps what was known of a user where a record shows less of it, as
// Jira tells an e-mail address in one place and not in another.
func (c *Connector) remember(p portfolio.PersonFact) portfolio.PersonFact {
	if known, ok := c.people.Load(p.ID); ok && p.Email == "" {
		p.Email = known.(portfolio.PersonFact).Email
	}
	c.people.Store(p.ID, p)
	return p
}

// addDriver adds the person who drives a version. Jira gives the account's id
// alone, so a person whom no other record shows is asked for, once.
func (r *run) addDriver(v converted) error {
	for _, f := range v.facts {
		m, ok := f.(*portfolio.MilestoneFact)
		if !ok || m.Owner == "" {
			continue
		}
		_, id := r.bareKind(portfolio.Key{ID: m.Owner})
		if known, ok := r.Connector.people.Load(id); ok {
			if p := known.(portfolio.PersonFact); p.ID != "" {
				r.add(converted{facts: []portfolio.ToolFact{&p}})
			}
			continue
		}
		if err := r.askPerson(r.ctx, id); err != nil {
			return err
		}
	}
	return nil
}

func (r *run) askPerson(ctx context.Context, id string) error {
	var u userRecord
	err := r.get(ctx, r.api+"user", url.Values{"accountId": {id}}, &u)
	if hasStatus(err, http.StatusNotFound) || hasStatus(err, http.StatusForbidden) {
		r.Connector.people.Store(id, portfolio.PersonFact{}) // nobody, or nobody for us to see
		return nil
	}
	if err != nil {
		return err
	}
	var out converted
	r.user(&u, &out.facts)
	r.add(out)
	return nil
}

type userRecord struct {
	AccountID    string `json:"accountId"`
	Key          string `json:"key"`
	Name         string `json:"name"`
	DisplayName  string `json:"displayName"`
	EmailAddress string `json:"emailAddress"`
	Active       *bool  `json:"active"`
}

func (u *userRecord) id() string {
	if u == nil {
		return ""
	}
	return firstOf(u.AccountID, u.Key, u.Name)
}

// user returns the document id of a person and adds the person to the facts.
func (v conversion) user(u *userRecord, facts *[]portfolio.ToolFact) string {
	id := u.id()
	if id == "" {
		return ""
	}
	p := portfolio.PersonFact{
		Source:   portfolio.Source{Connection: v.connection, Kind: kindUser, ID: id},
		Name:     record.Truncate(firstOf(u.DisplayName, u.Name, id), maxName),
		Email:    u.EmailAddress,
		Inactive: u.Active != nil && !*u.Active,
	}
	if v.person != nil {
		p = v.person(p)
	}
	*facts = append(*facts, &p)
	return p.DocID()
}
