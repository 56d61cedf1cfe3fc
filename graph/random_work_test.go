package graph_test

import (
	"strconv"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// oddWork is who works on what, of which some may be seen: on the orderly
// projects, which many see, and on others, which few see; with somebody who is
// away, somebody whom nobody knows, and exceptions that hold and that do not.
func oddWork() []portfolio.Document {
	by := portfolio.Authored{Author: "key:pmo", At: oddDates[5].Time()}
	d := decimal.RequireFromString
	march := func(day int) portfolio.Date { return portfolio.NewDate(2026, 3, day) }
	docs := []portfolio.Document{
		&portfolio.DepartmentFact{Slug: "idle", Name: "Idle " + unseen},
		&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "120", Key: "STOPPED"}, Name: "Stopped", StatusCategory: portfolio.StatusCancelled,
			Fields: []portfolio.Field{{ID: "dept", Name: "Department", Type: portfolio.FieldText, Text: "open"}}},
		&portfolio.AssignmentFact{Slug: "a1", Project: "eng:ORD-100", Person: "Ada", Role: "Lead", From: march(2), To: march(20), Allocation: d("0.6"), Authored: by},
		&portfolio.AssignmentFact{Slug: "a2", Project: "eng:ORD-102", Person: "eng/user/2", From: march(9), To: march(13), Allocation: d("0.7"), Authored: by},
		&portfolio.AssignmentFact{Slug: "a3", Project: "eng:STOPPED", Person: "ada", Allocation: d("2"), Authored: by},
		&portfolio.AssignmentFact{Slug: "guest", Project: "eng:ORD-104", Person: "Guest", From: march(2), To: march(6), Allocation: d("1.5"), Authored: by},
		&portfolio.AssignmentFact{Slug: "nowhere" + unseen, Project: "eng:" + unseen, Person: unseen, Role: unseen, Allocation: d("1"), Authored: by},
		&portfolio.AssignmentFact{Slug: "idle", Project: "eng:ORD-100", Person: "Idle", From: march(2), To: march(6), Allocation: d("0.4"), Authored: by},
		&portfolio.CapacityFact{Slug: "idle", Person: "Idle", Share: d("0"), Reason: "On leave", Authored: by},
		&portfolio.CapacityFact{Slug: "half", Person: "ada", From: march(12), To: march(12), Share: d("0.5"), Reason: "Course", Authored: by},
		&portfolio.CapacityFact{Slug: "away" + unseen, Person: "boss", Share: d("0"), Reason: unseen, Authored: by},
		&portfolio.ControlExceptionFact{Slug: "x1", Control: portfolio.ControlManager, Project: "eng:ORD-100", Reason: "Agreed", ApprovedBy: "ada", Authored: by},
		&portfolio.ControlExceptionFact{Slug: "x2", Control: portfolio.ControlManager, Project: "eng:ORD-102", Reason: "Agreed", ApprovedBy: "Ada", Until: portfolio.NewDate(2020, 1, 1), Authored: by},
		&portfolio.ControlExceptionFact{Slug: "x3" + unseen, Control: portfolio.ControlSponsor, Project: "eng:" + unseen, Reason: unseen, ApprovedBy: "boss", Authored: by},
	}
	for i := 1; i < 9; i += 2 { // projects with an odd number are hidden
		docs = append(docs, &portfolio.AssignmentFact{Slug: "h" + strconv.Itoa(i) + unseen, Project: "vault/project/" + strconv.Itoa(i), Person: "boss", Role: unseen, Allocation: d("0.9"), Authored: by})
	}
	return docs
}
