package jira

import (
	"encoding/json"
	"time"
)

// A card is an issue that holds what Jira's own projects have no room for: the
// health, the budget, the sponsor. The first card of a project counts, by id.

// readCards reads the cards that a query finds and keeps the first of each
// project. One that cannot be read at all is as good as none; one with a bad
// field puts its project in quarantine, so that the reason is seen.
func (r *run) readCards(jql string) error {
	if r.cards == nil {
		r.cards = map[string]issueRecord{}
	}
	return r.issueRows(jql, time.Time{}, r.issueFields(), func(issues []json.RawMessage) error {
		for _, raw := range issues {
			var card issueRecord
			if json.Unmarshal(raw, &card) != nil {
				continue
			}
			project := card.project()
			if first, ok := r.cards[project]; project != "" && (!ok || numeric(card.ID) <= numeric(first.ID)) {
				r.cards[project] = card
			}
		}
		return nil
	})
}

// changedCards tells the projects whose cards changed since then.
func (r *run) changedCards(since time.Time) error {
	if len(r.cardTypes) == 0 {
		return nil
	}
	var projects []string
	if err := r.issueRows(r.cardsJQL(), since, []string{"project", "updated"}, func(issues []json.RawMessage) error {
		for _, raw := range issues {
			var card issueRecord
			if json.Unmarshal(raw, &card) != nil {
				continue
			}
			if p := card.project(); p != "" && !r.told[p] {
				r.told[p] = true
				projects = append(projects, p)
			}
		}
		return nil
	}); err != nil {
		return err
	}
	return r.tellProjects(projects)
}
