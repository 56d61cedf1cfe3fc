package azuredevops

import (
	"testing"

	"plumbline/connectors/azuredevops/azuredevopstest"
	"plumbline/portfolio"
)

func onServer(s *Settings) { s.APIVersion = "7.0" }

// TestTheBinTellsWhereTheFeedDoesNot holds that what was deleted is told also
// by a feed that refuses to say it, with what was known of it.
func TestTheBinTellsWhereTheFeedDoesNot(t *testing.T) {
	site := newSite(t, azuredevopstest.Options{Server: true})
	above := site.AddItem(item{Project: "Pay", Type: "Epic", Title: "Above"}).ID
	id := site.AddItem(item{Project: "Pay", Type: "Epic", Title: "Step", Target: "2026-05-01", Parent: above}).ID
	c := open(t, site, nil, onServer)
	r := read(t, c)
	site.DeleteItem(id)
	r.again()
	m := r.milestone(id)
	check(t, "presence", m.Presence, portfolio.PresenceDeleted)
	check(t, "what is known of it", []string{m.Name, m.Due.String()}, []string{"Step", "2026-05-01"})
	site.RestoreItem(id)
	site.ResetCounts()
	r.again()
	check(t, "restored", r.milestone(id).Presence, "")
	check(t, "its parent", r.milestone(id).Parent, r.milestone(above).DocID())
	if n := site.Counts().ByPath["POST /DefaultCollection/_apis/wit/reporting/workitemrevisions"]; n != 1 {
		t.Errorf("the feed was asked %d times, want once: what it refuses is remembered", n)
	}
	site.EditItem(id, func(i *item) { i.Title = "Changed" })
	r.again()
	check(t, "edited", r.milestone(id).Name, "Changed")
}

// TestFieldsThatAProcessLacksAreNotAskedFor holds it, for asking is refused.
func TestFieldsThatAProcessLacksAreNotAskedFor(t *testing.T) {
	for name, o := range map[string]azuredevopstest.Options{"2026-05-02": {}, "2026-05-03": {Server: true}} {
		site := newSite(t, o)
		id := site.AddItem(item{Project: "Pay", Type: "Epic", Due: "2026-05-02", Finish: "2026-05-03"}).ID
		r := read(t, open(t, site, nil, func(s *Settings) {
			if o.Server {
				onServer(s)
			}
		}))
		check(t, "due", r.milestone(id).Due.String(), name)
		site.DestroyItem(id)
		r.sweep()
	}
}
