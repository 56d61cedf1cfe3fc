package jira

import (
	"encoding/json"
	"time"

	"plumbline/internal/inorder"
)

// A card is an issue that holds what Jira's own projects have no room for: the
// health, the budget, the sponsor. The first card of a project counts, by id.

// readCards reads the cards that a query finds and keeps the first of each
// project. One that cannot be read at all is as good as none; one with a bad
// field puts its project in quarantine, so that the reason is seen.
func (r *run) readCards(jql string) error {
	cards := map[string]issueRecord{}
	err := r.issueRows(jql, time.Time{}, r.issueFields(), func(issues []json.RawMessage) error {
		for _, raw := range issues {
			var card issueRecord
			if json.Unmarshal(raw, &card) != nil {
				continue
			}
			project := card.project()
			if first, ok := cards[project]; project != "" && (!ok || numeric(card.ID) < numeric(first.ID)) {
				cards[project] = card
			}
		}
		return nil
	})
	r.cards = cards
	return err
}

// changedCards reads the projects whose cards changed since then.
func (r *run) changedCards(since time.Time) error {
	if len(r.cardTypes) == 0 {
		return nil
	}
	var projects []string
	changed := map[string]bool{}
	if err := r.issueRows(r.cardsJQL(), since, []string{"project", "updated"}, func(issues []json.RawMessage) error {
		for _, raw := range issues {
			var card issueRecord
			if json.Unmarshal(raw, &card) != nil {
				continue
			}
			if p := card.project(); p != "" && !changed[p] {
				changed[p] = true
				projects = append(projects, p)
			}
		}
		return nil
	}); err != nil || len(projects) == 0 {
		return err
	}
	if err := r.readCards(r.cardsJQL()); err != nil {
		return err
	}
	for raw, err := range inorder.Map(r.ctx, r.concurrency(), projects, r.projectByID) {
		if err != nil {
			return err
		}
		if raw != nil {
			v, _ := r.project(raw)
			r.add(v)
		}
	}
	return nil
}
