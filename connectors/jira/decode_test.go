package jira

import (
	"strings"
	"testing"

	"plumbline/internal/record"
	"plumbline/internal/secret"
)

// longest is the length of the longest value that a reason repeats.
const longest = 60

// TestTheReasonOfQuarantineIsInWords holds that whoever reads a reason learns
// the field, what was expected and what was found.
func TestTheReasonOfQuarantineIsInWords(t *testing.T) {
	v := conversion{session: &session{}, connection: "eng", hidden: new(secret.Hidden)}
	issue := func(raw string) converted { return v.issue([]byte(raw)) }
	version := func(raw string) converted { return v.version([]byte(raw), projectRecord{}) }
	project := func(raw string) converted {
		out, _ := v.project([]byte(raw))
		return out
	}
	card := func(raw string) converted {
		var r issueRecord
		if err := record.Decode([]byte(raw), &r); err != nil {
			t.Fatal(err)
		}
		v := v
		v.cards = map[string]issueRecord{"1": r}
		out, _ := v.project([]byte(`{"id":"1"}`))
		return out
	}
	const day, instant = "a date such as 2026-03-31 was expected, ", "a time such as 2026-03-31T09:30:00.000+0000 was expected, "
	for _, c := range []struct {
		read      func(string) converted
		raw, want string
	}{
		{issue, `{"id":"1","fields":{"status":[]}}`, "field status: an object was expected, a list was found"},
		{issue, `{"id":"1","fields":{"status":{"statusCategory":{"key":7}}}}`, "field status.statusCategory.key: a text was expected, a number was found"},
		{issue, `{"id":"1","fields":{"issuetype":{"hierarchyLevel":1.5}}}`, "field issuetype.hierarchyLevel: a whole number was expected, the number 1.5 was found"},
		{issue, `{"id":"1","fields":{"labels":["a",true]}}`, "field labels: a text was expected, true or false was found"},
		{issue, `{"id":"1","fields":7}`, "field fields: an object was expected, a number was found"},
		{issue, `{"id":1,"fields":{}}`, "field id: a text was expected, a number was found"},
		{issue, `{"fields":{}}`, "field id: the id of the record was expected, nothing was found"},
		{issue, `null`, "field id: the id of the record was expected, nothing was found"},
		{issue, `[]`, "the record: an object was expected, a list was found"},
		{issue, `{"id":"1","fields":{"project":{}}}`, "field project: the project that the issue is in was expected, nothing was found"},
		{issue, `{"id":"1","fields":{"duedate":"next week"}}`, "field duedate: " + day + `the text "next week" was found`},
		{issue, `{"id":"1","fields":{"duedate":"31.03.2026"}}`, "field duedate: " + day + `the text "31.03.2026" was found`},
		{issue, `{"id":"1","fields":{"duedate":"2026-02-30"}}`, "field duedate: " + day + `the text "2026-02-30" was found`},
		{issue, `{"id":"1","fields":{"resolutiondate":20260331}}`, "field resolutiondate: " + day + "a number was found"},
		{issue, `{"id":"1","fields":{"updated":"yesterday"}}`, "field updated: " + instant + `the text "yesterday" was found`},
		{issue, `{"id":"1","fields":{"created":{}}}`, "field created: " + instant + "an object was found"},
		{issue, `{"id":"1","fields":{"created":"` + strings.Repeat("é", longest+1) + `"}}`, "field created: " + instant + "a text of 61 characters was found"},
		{issue, `{"id":"1","fields":{"summary":1` + strings.Repeat("0", longest) + `}}`, "field summary: a text was expected, a number was found"},
		{issue, `{"id":"1","fields":{"summary":[],"duedate":"soon"}}`, "field summary: a text was expected, a list was found\nfield duedate: " + day + `the text "soon" was found`},
		{issue, `{"id":"1","fields":{"dueda`, "the record: JSON was expected, a text that breaks off was found"},
		{issue, `{"id":"1" "fields":{}}`, "the record: JSON was expected, something else at character 11 was found"},
		{issue, ``, "the record: JSON was expected, a text that breaks off was found"},
		{project, `{"id":"1","lead":[]}`, "field lead: an object was expected, a list was found"},
		{project, `{"key":"PAY"}`, "field id: the id of the record was expected, nothing was found"},
		{card, `{"id":"7","key":"PAY-7","fields":{"duedate":"soon"}}`, "card PAY-7: field duedate: " + day + `the text "soon" was found`},
		{version, `{"id":"1","archived":"no"}`, "field archived: true or false was expected, a text was found"},
		{version, `{"id":"1","startDate":"1/Mar/26"}`, "field startDate: " + day + `the text "1/Mar/26" was found`},
		{version, `{"id":"1","releaseDate":true}`, "field releaseDate: " + day + "true or false was found"},
		{version, `{"id":"1","issuesStatusForFixVersion":{"done":"all"}}`, "field issuesStatusForFixVersion.done: a whole number was expected, a text was found"},
		{version, `{"name":"1.0"}`, "field id: the id of the record was expected, nothing was found"},
	} {
		out := c.read(c.raw)
		if out.quarantined == nil {
			t.Errorf("%.60s was read", c.raw)
			continue
		}
		check(t, c.raw, out.quarantined.Reason, c.want)
	}
}

// A value that is odd where nothing hangs on it costs nothing.
func TestNumbersThatNobodyNeedsCostNoRecord(t *testing.T) {
	v := conversion{session: &session{}, connection: "eng", hidden: new(secret.Hidden)}
	for _, raw := range []string{`"many"`, `{}`, `null`, `1e999999999`} {
		if out, _ := v.project([]byte(`{"id":"1","insight":{"totalIssueCount":` + raw + `}}`)); out.quarantined != nil {
			t.Errorf("a project with %s issues is quarantined: %s", raw, out.quarantined.Reason)
		}
		if out := v.version([]byte(`{"id":"1","projectId":`+raw+`}`), projectRecord{ID: "1"}); out.quarantined != nil {
			t.Errorf("a version of project %s is quarantined: %s", raw, out.quarantined.Reason)
		}
	}
}

func TestAReasonMasksALongSecret(t *testing.T) {
	for _, n := range []int{10, longest, longest + 1, 500} {
		canary := strings.Repeat("canary", n)[:n]
		h := new(secret.Hidden)
		h.Learn(secret.New(canary))
		v := conversion{session: &session{}, connection: "eng", hidden: h}
		out := v.issue([]byte(`{"id":"1","fields":{"duedate":"` + canary + `","updated":"` + canary + `"}}`))
		if out.quarantined == nil || strings.Contains(out.quarantined.Reason, "canary") {
			t.Errorf("a token of %d characters: %+v", n, out.quarantined)
		}
	}
}
