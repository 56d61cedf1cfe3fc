package asana

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
	"strings"

	"plumbline/portfolio"
)

// Records show people by gid and name only. Their e-mail addresses, by which
// accounts of one person are told to be the same, are asked for: of everybody
// when everything is read, and of a person whom we do not know yet otherwise.

var userFields = []string{"name", "email"}

type userRecord struct {
	named
	Email string `json:"email"`
}

// askEverybody remembers the people of the workspace.
func (r *run) askEverybody() error {
	query := optFields(userFields)
	query.Set("workspace", r.workspace.GID)
	err := r.listing(r.ctx, "/users", query, func(records []json.RawMessage) error {
		for _, raw := range records {
			var u userRecord
			if json.Unmarshal(raw, &u) == nil && isGID(u.GID) {
				r.remember(u)
			}
		}
		return nil
	})
	if hasStatus(err, http.StatusForbidden) {
		return nil // a guest may not list them; each is asked for by itself
	}
	return err
}

func (r *run) remember(u userRecord) portfolio.PersonFact {
	p := *r.person(u.named)
	p.Email = strings.TrimSpace(u.Email)
	r.Connector.people.Store(u.GID, p)
	return p
}

// known is a person with what was asked for.
func (r *run) known(ctx context.Context, p *portfolio.PersonFact) (*portfolio.PersonFact, error) {
	if known, ok := r.Connector.people.Load(p.ID); ok {
		known := known.(portfolio.PersonFact)
		return &known, nil
	}
	e, err := r.ask(ctx, "/users/"+url.PathEscape(p.ID), optFields(userFields))
	switch {
	case withheld(err): // who left is shown by name only
		r.Connector.people.Store(p.ID, *p)
		return p, nil
	case err != nil:
		return nil, err
	}
	var u userRecord
	_ = json.Unmarshal(e.Data, &u) // who cannot be read is shown as the record did
	if u.GID != p.ID {
		return p, nil
	}
	fact := r.remember(u)
	return &fact, nil
}
