package asana

import (
	"context"
	"fmt"
	"strings"
	"time"

	"plumbline/connectors"
	"plumbline/internal/record"
	"plumbline/portfolio"
)

// session is what is asked anew at the start of every run: who we are, and
// which workspace is read.
type session struct {
	me         named
	email      string
	workspace  named
	workspaces []named
	started    time.Time
	site       portfolio.Site
}

// begin asks who we are.
func (c *Connector) begin(ctx context.Context) (*session, error) {
	var me struct {
		named
		Email      string  `json:"email"`
		Workspaces []named `json:"workspaces"`
	}
	const path = "/users/me"
	e, err := c.ask(ctx, path, optFields([]string{"name", "email", "workspaces.name"}))
	if err != nil {
		return nil, err
	}
	if err := record.Decode(e.Data, &me); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	if !isGID(me.GID) {
		return nil, fmt.Errorf("%w: the site answers without knowing us", connectors.ErrUnauthorized)
	}
	s := &session{me: me.named, email: me.Email, workspaces: me.Workspaces, started: e.date}
	if s.started.IsZero() {
		s.started = c.now()
	}
	if s.workspace, err = c.workspaceOf(me.Workspaces); err != nil {
		return nil, err
	}
	s.site = portfolio.Site{
		Connection: c.env.Connection, Type: "asana", Instance: s.workspace.GID, Title: s.workspace.Name, Account: s.me.Name,
	}
	return s, nil
}

// workspaceOf finds the workspace to read among those of the account.
func (c *Connector) workspaceOf(all []named) (named, error) {
	wanted := c.settings.Workspace
	var fit []named
	var known []string
	for _, w := range all {
		known = append(known, fmt.Sprintf("%q (%s)", w.Name, w.GID))
		if isGID(w.GID) && (wanted == "" || w.GID == wanted || folded(w.Name) == folded(wanted)) {
			fit = append(fit, w)
		}
	}
	switch {
	case len(fit) == 1:
		return fit[0], nil
	case len(all) == 0:
		return named{}, fmt.Errorf("%w: the account is in no workspace", portfolio.ErrInvalid)
	case len(fit) == 0:
		return named{}, fmt.Errorf("%w: the account is in no workspace %q; it is in %s", portfolio.ErrInvalid, wanted, strings.Join(known, ", "))
	}
	return named{}, fmt.Errorf("%w: the account is in several workspaces; say with workspace: which one is read: %s", portfolio.ErrInvalid, strings.Join(known, ", "))
}
