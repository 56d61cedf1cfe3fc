package jira

import (
	"context"
	"encoding/json"
	"slices"

	"plumbline/internal/inorder"
)

// parent is what is known of the issue above another one.
type parent struct{ id, typeID string }

// parentOf finds the issue above: Cloud tells it for every level, Data Center
// for sub-tasks, and otherwise by the key in a custom field.
func (v conversion) parentOf(r *issueRecord, c issueCore) parent {
	if c.Parent != nil && c.Parent.ID != "" {
		return parent{c.Parent.ID, c.Parent.Fields.Type.ID}
	}
	for _, key := range v.parentKeys(r) {
		if p, ok := v.parents[key]; ok {
			return p
		}
	}
	return parent{}
}

// parentKeys are the keys that Data Center's parent fields hold.
func (v conversion) parentKeys(r *issueRecord) []string {
	var keys []string
	for _, id := range v.parentFields() {
		var key string
		raw := r.Fields[id]
		if json.Unmarshal(raw, &key) != nil {
			var object struct {
				Key  string `json:"key"`
				Data struct {
					Key string `json:"key"`
				} `json:"data"`
			}
			if json.Unmarshal(raw, &object) == nil {
				key = firstOf(object.Key, object.Data.Key)
			}
		}
		if key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// findParents looks up the parents that Data Center names by key only, when
// what is above an issue decides whose milestone it is.
func (r *run) findParents(issues []json.RawMessage) error {
	if r.cloud || len(r.projectTypes) == 0 || len(r.childTypes)+len(r.riskTypes) == 0 {
		return nil
	}
	var keys []string
	for _, raw := range issues {
		var rec issueRecord
		if json.Unmarshal(raw, &rec) != nil {
			continue
		}
		for _, k := range r.parentKeys(&rec) {
			if _, known := r.parents[k]; !known && !slices.Contains(keys, k) {
				keys = append(keys, k)
			}
		}
	}
	for p, err := range inorder.Map(r.ctx, r.concurrency(), keys, func(ctx context.Context, key string) (stubRecord, error) {
		var s stubRecord
		err := r.get(ctx, r.api+"issue/"+pathEscape(key), map[string][]string{"fields": {"issuetype"}}, &s)
		if hasStatus(err, 404) || hasStatus(err, 403) {
			err = nil
		}
		s.Key = key
		return s, err
	}) {
		if err != nil {
			return err
		}
		r.parents[p.Key] = parent{p.ID, p.Fields.Type.ID}
	}
	return nil
}
