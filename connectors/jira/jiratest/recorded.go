package jiratest

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// AddRecorded adds projects as a real Jira once answered them: the reply of
// GET /rest/api/2/project, and of GET /rest/api/2/project/{id} for projects
// with their versions. The records are sent again byte for byte.
func (s *Site) AddRecorded(projects []byte, withVersions ...[]byte) error {
	type record struct {
		ID       string            `json:"id"`
		Key      string            `json:"key"`
		Versions []json.RawMessage `json:"versions"`
	}
	var list []json.RawMessage
	if err := json.Unmarshal(projects, &list); err != nil {
		return fmt.Errorf("recorded projects: %w", err)
	}
	add := func(raw json.RawMessage) (record, error) {
		var r record
		if err := json.Unmarshal(raw, &r); err != nil {
			return r, fmt.Errorf("recorded project: %w", err)
		}
		id, err := strconv.ParseInt(r.ID, 10, 64)
		if err != nil {
			return r, fmt.Errorf("recorded project %q: %w", r.Key, err)
		}
		s.AddProject(Project{ID: id, Key: r.Key, Raw: raw})
		return r, nil
	}
	for _, raw := range list {
		if _, err := add(raw); err != nil {
			return err
		}
	}
	for _, raw := range withVersions {
		r, err := add(raw)
		if err != nil {
			return err
		}
		for _, v := range r.Versions {
			var version record
			if err := json.Unmarshal(v, &version); err != nil {
				return fmt.Errorf("recorded version: %w", err)
			}
			id, err := strconv.ParseInt(version.ID, 10, 64)
			if err != nil {
				return fmt.Errorf("recorded version %q: %w", version.ID, err)
			}
			s.AddVersion(r.Key, Version{ID: id, Raw: v})
		}
	}
	return nil
}
