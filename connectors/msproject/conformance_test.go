package msproject

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"testing"
	"time"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/msproject/msprojecttest"
	"plumbline/internal/filesource"
)

func TestContract(t *testing.T) {
	connectortest.Run(t, contractTool)
}

// contractTool is one plan at an address.
func contractTool(t testing.TB) connectortest.Tool {
	plan := &msprojecttest.Plan{GUID: "5F1B3C1A-0000-4B11-9C55-1A2B3C4D5E6F", Title: "Roll-out"}
	server := fake.NewFile(plan.XML)
	var uids []int
	edit := func(i int, change func(*msprojecttest.Task)) {
		at := slices.IndexFunc(plan.Tasks, func(x msprojecttest.Task) bool { return x.UID == uids[i] })
		change(&plan.Tasks[at])
	}
	raw := func(i int, text string) func() {
		edit(i, func(x *msprojecttest.Task) { x.Raw = fmt.Sprintf(text, x.UID) })
		return func() { edit(i, func(x *msprojecttest.Task) { x.Raw = "" }) }
	}
	// The limiter of a host outlives virtual time, so each test has its own.
	host := fmt.Sprintf("https://plans-%x", sha256.Sum256([]byte(t.Name())))
	return connectortest.Tool{
		Open: func(t testing.TB) connectors.Connector {
			s := Settings{Settings: filesource.Settings{URL: host + ".example/roll-out.xml"}}
			c, err := s.Open(connectors.Env{Connection: "plans", Fields: []string{"Notes"}, Transport: fake.InProcess(server)})
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Add: func(name string) {
			uids = append(uids, len(uids)+1)
			plan.Tasks = append(plan.Tasks, msprojecttest.Task{
				UID: len(uids), Level: 1, Name: name, Milestone: true,
				Start: time.Date(2000, 5, 1, 17, 0, 0, 0, time.UTC), Finish: time.Date(2000, 5, 1, 17, 0, 0, 0, time.UTC),
			})
		},
		Rename: func(i int, name string) { edit(i, func(x *msprojecttest.Task) { x.Name = name }) },
		Delete: func(i int) {
			plan.Tasks = slices.DeleteFunc(plan.Tasks, func(x msprojecttest.Task) bool { return x.UID == uids[i] })
		},
		Describe: func(i int, text string) { edit(i, func(x *msprojecttest.Task) { x.Notes = text }) },
		Status:   func(i int, _ string) { edit(i, func(x *msprojecttest.Task) { x.Percent = 37 }) }, // plans know no other
		Spoil: func(i int) func() {
			return raw(i, "<UID>%d</UID><Name>Odd</Name><Milestone>1</Milestone><Finish>soon</Finish>")
		},
		Empty: func(i int) func() {
			return raw(i, "<UID>%d</UID><Name/><Milestone>1</Milestone><Start/><Finish/><PercentComplete/><Notes/>")
		},
		Pages:   []int{0, 1, 499, 500, 501, 1003},
		Several: 2100,
		Break:   connectortest.NewMenu("", 0).Without(connectortest.EmptyPageOnce, connectortest.ShortPages, connectortest.RepeatedToken).Break(server),
	}
}
