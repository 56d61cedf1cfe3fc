package jira

import (
	"errors"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/jira/jiratest"
)

// TestShiftingRows holds that Data Center's offsets, which cannot be avoided
// inside one minute, miss no row when an edit moves the others up.
func TestShiftingRows(t *testing.T) {
	now := time.Date(2026, 2, 3, 9, 0, 0, 0, time.UTC)
	site := newSite(t, jiratest.Options{Deployment: jiratest.DataCenter, Now: func() time.Time { return now }})
	const n = 900
	for i := range n {
		site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: fmt.Sprint(i)})
	}
	now = now.Add(time.Hour)
	site.Inject(fake.Fault{Kind: jiratest.Shift, Path: "/search"})
	if got := len(read(t, open(t, site, nil, nil)).Names()); got != n {
		t.Errorf("%d milestones of %d were read", got, n)
	}
}

func TestRepeatedTokenIsToldAtOnce(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.AddIssue("PAY", jiratest.Issue{Type: "Epic"})
	site.Inject(fake.Fault{Kind: fake.RepeatToken, Path: "/search/jql"})
	err := connectortest.NewLedger().Pull(t.Context(), open(t, site, nil, nil), nil)
	if n := site.Counts().ByPath["POST /rest/api/3/search/jql"]; !errors.Is(err, errRepeated) || n > 3 {
		t.Errorf("error = %v after %d searches, want errRepeated after two", err, n)
	}
}

func TestLateIndex(t *testing.T) {
	now := time.Now()
	site := newSite(t, jiratest.Options{Now: func() time.Time { return now }, IndexDelay: 10 * time.Minute})
	site.AddIssue("PAY", jiratest.Issue{Type: "Epic", Summary: "first"})
	now = now.Add(time.Hour)
	r := read(t, open(t, site, nil, nil))
	site.EditIssue("PAY-1", func(i *jiratest.Issue) { i.Summary = "second" })
	now = now.Add(5 * time.Minute)
	r.again()
	check(t, "before the index knows", r.Names(), []string{"first"})
	now = now.Add(6 * time.Minute)
	r.again()
	check(t, "after it knows", r.Names(), []string{"second"})
}

func TestOldSearchIsGone(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	c := open(t, site, nil, nil)
	err := c.get(t.Context(), "rest/api/3/search", nil, nil)
	var refused *statusError
	if !errors.As(err, &refused) || refused.Status != http.StatusGone || !strings.Contains(err.Error(), "search/jql") {
		t.Errorf("error = %v, want 410 in Jira's words", err)
	}
}

func TestNoRequestBeforeRetryAfter(t *testing.T) { synctest.Test(t, testNoRequestBeforeRetryAfter) }

func testNoRequestBeforeRetryAfter(t *testing.T) {
	site := newSite(t, jiratest.Options{})
	site.Fill("P", 40, 400, 400, "Epic")
	for _, f := range []fake.Fault{
		{Kind: fake.TooManySeconds, After: time.Second, Skip: 20, Times: 1},
		{Kind: fake.TooManyDate, After: time.Second, Skip: 35, Times: 1},
	} {
		site.Inject(f)
	}
	c := open(t, site, nil, nil)
	r := read(t, c)
	if early := site.Counts().TooEarly; len(early) > 0 {
		t.Errorf("%d requests too early: %v", len(early), early)
	}
	if u := c.Usage(); u.Waited < time.Second || u.Requests < 50 || len(r.Names()) != 800 {
		t.Errorf("usage = %+v with %d milestones, want at least a second waited and all 800", u, len(r.Names()))
	}
}
