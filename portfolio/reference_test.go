package portfolio

import "testing"

func TestReferencesLeadToProjects(t *testing.T) {
	l := newTestLog(t, "2026-03-01")
	l.put(&Settings{TimeZone: "UTC", Connections: []ConnectionSettings{
		{ID: "eng", Name: "Engineering", Type: "jira", Fields: []FieldMapping{{To: "pmoId", Field: "pmo"}}},
		{ID: "ops", Name: "Operations", Type: "files", Fields: []FieldMapping{{To: "pmoId", Field: "pmo"}}},
	}, Joins: []JoinRule{{By: "pmoId"}}})
	pmo := func(number string) []Field { return []Field{{ID: "pmo", Type: FieldText, Text: number}} }
	gone := source("eng", "project", "1")
	gone.Key, gone.Presence = "TELE", PresenceDeleted
	again := source("eng", "project", "2")
	again.Key = "TELE"
	s := l.put(
		&ProjectFact{Source: gone, Name: "Old telehealth", Fields: pmo("PMO-1")},
		&ProjectFact{Source: again, Name: "Telehealth", Fields: pmo("PMO-2")},
		&ProjectFact{Source: source("ops", "project", "T"), Name: "Telehealth training", Fields: pmo("PMO-2")},
	)
	for reference, want := range map[string]string{
		"eng:TELE":      "eng/project/2", // the key was given away; the tool shows only the new one
		"ops:T":         "eng/project/2", // a member leads to its project
		"pmo:PMO-2":     "eng/project/2",
		"pmo:PMO-1":     "eng/project/1",
		"ops/project/T": "eng/project/2",
		"pmo:PMO-3":     "", "pmo:": "", "eng:": "", "TELE": "", "": "", "eng/project/9": "",
	} {
		got, ok := s.ProjectByReference(reference)
		if ok != (want != "") || (ok && got.ID != want) {
			t.Errorf("%q leads to %v, want %q", reference, got, want)
		}
	}
}
