package demo

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors"
	"plumbline/portfolio"
	"plumbline/store"
	"plumbline/store/boltstore"
	"plumbline/store/replica"
	plsync "plumbline/sync"
)

// server is the organisation read as Plumbline reads it: real connectors, the
// engine, a file, and the snapshot that follows it.
type server struct {
	t       *testing.T
	log     store.Log
	engine  *plsync.Engine
	replica *replica.Replica
}

type documents struct {
	*replica.Replica
}

func (d documents) At(ctx context.Context, revision int64) (plsync.Documents, error) {
	return d.Wait(ctx, revision)
}

func serve(t *testing.T, org *Organisation) *server {
	t.Helper()
	now := org.options.Now
	log, err := boltstore.Open(filepath.Join(t.TempDir(), "demo.db"), boltstore.Options{Clock: now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	r, err := replica.Open(t.Context(), log, replica.Options{PublishEvery: time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	c := load(t, org)
	if _, err := r.ApplySettings(t.Context(), c.Settings(), c.FileHash(), false); err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, log: log, replica: r}
	config := plsync.Config{Log: log, Replica: documents{r}, Holder: "test", Sole: true}
	for _, connection := range c.Connections {
		tool, err := connection.Tool.Open(connectors.Env{
			Connection: connection.ID, Fields: connection.Fields.Names(), AllowPrivate: connection.AllowPrivate, Now: now,
		})
		if err != nil {
			t.Fatal(err)
		}
		config.Connections = append(config.Connections, plsync.Connection{ID: connection.ID, Connector: tool})
	}
	s.engine = plsync.New(config)
	return s
}

// sync reads every connection and returns the snapshot that holds it.
func (s *server) sync(req plsync.Request) (*portfolio.Snapshot, plsync.Report) {
	s.t.Helper()
	report, err := s.engine.Sync(s.t.Context(), req)
	if err != nil {
		s.t.Fatal(err)
	}
	for _, row := range report.Rows {
		if row.Err != nil {
			s.t.Fatalf("%s: %v", row.Connection, row.Err)
		}
	}
	state, err := s.log.Load(s.t.Context())
	if err != nil {
		s.t.Fatal(err)
	}
	snapshot, err := s.replica.Wait(s.t.Context(), state.Revision)
	if err != nil {
		s.t.Fatal(err)
	}
	return snapshot, report
}

// projectNamed finds a project of the snapshot by its name.
func projectNamed(t *testing.T, s *portfolio.Snapshot, name string) *portfolio.ProjectRow {
	t.Helper()
	for p := range s.Projects() {
		if p.Name == name {
			return p
		}
	}
	t.Fatalf("there is no project %q", name)
	return nil
}

// milestoneNamed finds a milestone of a project by its name.
func milestoneNamed(t *testing.T, s *portfolio.Snapshot, p *portfolio.ProjectRow, name string) *portfolio.MilestoneRow {
	t.Helper()
	for _, id := range s.MilestonesOf(p.ID) {
		if m, ok := s.Milestone(id); ok && m.Name == name {
			return m
		}
	}
	t.Fatalf("%s has no milestone %q", p.Name, name)
	return nil
}

// waitsFor finds what a milestone waits for, by the name of that.
func waitsFor(t *testing.T, s *portfolio.Snapshot, m *portfolio.MilestoneRow, name string) *portfolio.DependencyRow {
	t.Helper()
	predecessors, _ := s.DependenciesOf(m.ID)
	for _, id := range predecessors {
		if d, ok := s.Dependency(id); ok && strings.HasPrefix(d.Predecessor.Name, name) {
			return d
		}
	}
	t.Fatalf("%s does not wait for %q", m.Name, name)
	return nil
}

func reasons(h portfolio.HealthView) (codes []string) {
	for _, r := range h.Reasons {
		codes = append(codes, r.Code)
	}
	return codes
}

func TestStories(t *testing.T) {
	org := start(t, Options{})
	s, _ := serve(t, org).sync(plsync.Request{Sweep: true})
	today := s.Today()

	t.Run("the third wave of the record has slipped by 35 days and is reported green", func(t *testing.T) {
		wave := projectNamed(t, s, "One Record at Harrow Bay General")
		goLive := milestoneNamed(t, s, wave, "Go-live of One Record at Harrow Bay")
		if wave.GoLiveID != goLive.ID || wave.SlipDays == nil || *wave.SlipDays != 35 {
			t.Errorf("go-live %q and slip %v, want %q and 35", wave.GoLiveID, wave.SlipDays, goLive.ID)
		}
		if wave.Health.Reported != portfolio.HealthGreen || wave.Health.Computed != portfolio.HealthRed || !wave.Health.Disagreement {
			t.Errorf("health %+v, want reported GREEN, computed RED", wave.Health)
		}
		if goLive.Kind != portfolio.MilestoneGoLive || goLive.SlipCount != 2 || goLive.TargetDate != today.AddDays(21) || goLive.BaselineDate != today.AddDays(-14) {
			t.Errorf("go-live %+v, want a GO_LIVE moved twice, from %s to %s", goLive, today.AddDays(-14), today.AddDays(21))
		}
		if wave.DepartmentID != "hospital-services" || wave.PMOID != "PMO-113" || wave.SponsorID == "" || wave.ManagerID == "" {
			t.Errorf("department %q, PMO id %q, sponsor %q, manager %q", wave.DepartmentID, wave.PMOID, wave.SponsorID, wave.ManagerID)
		}
		if !slices.Equal(wave.Objectives, []string{"One record for every patient"}) || !strings.Contains(wave.Description, "Training rooms were flooded") {
			t.Errorf("objectives %q, description %q", wave.Objectives, wave.Description)
		}
		if !strings.HasPrefix(goLive.Contingency(), "Back to the old chart") {
			t.Errorf("contingency %q, want the fall-back", goLive.Contingency())
		}
		asked, err := s.View(portfolio.Local).Project(wave.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b := asked.Budget(); b == nil || b.Amount.String() != "18400000" || b.Currency != "USD" {
			t.Errorf("budget %v, want 18400000 USD", b)
		}
	})

	t.Run("the new tills go live before the stock that they need", func(t *testing.T) {
		tills := projectNamed(t, s, "Point-of-sale replacement")
		goLive := milestoneNamed(t, s, tills, "Go-live in the first ten pharmacies")
		stock := waitsFor(t, s, goLive, "Go-live of stock counts")
		if stock.Violated == nil || !*stock.Violated {
			t.Errorf("dependency %+v, want it violated", stock)
		}
		if tills.Health.Reported != portfolio.HealthGreen || tills.Health.Computed != portfolio.HealthRed ||
			!slices.Contains(reasons(tills.Health), portfolio.ReasonUpstreamGoLive) {
			t.Errorf("health %+v, want RED because of a go-live upstream", tills.Health)
		}
		terminals := milestoneNamed(t, s, tills, "Card terminals certified")
		if outside := waitsFor(t, s, terminals, "Certificate of the card schemes"); outside.Predecessor.MilestoneID != "" || outside.Predecessor.Key == "" {
			t.Errorf("the certificate is %+v, want a stub with a key", outside.Predecessor)
		}
	})

	t.Run("one undertaking on two sites is one project", func(t *testing.T) {
		prescribing := projectNamed(t, s, "e-Prescribing")
		if len(prescribing.Members) != 2 || !strings.HasPrefix(prescribing.Members[0], "health/") || !strings.HasPrefix(prescribing.Members[1], "stores/") {
			t.Fatalf("members %v, want one of health, then one of stores", prescribing.Members)
		}
		if p, ok := s.Project(prescribing.Members[1]); !ok || p != prescribing {
			t.Error("the id of the pharmacies' half leads elsewhere")
		}
		first := milestoneNamed(t, s, prescribing, "First prescription filled from Eastmere")
		engine := projectNamed(t, s, "Interface engine")
		if waits := waitsFor(t, s, first, "Interface engine"); waits.Predecessor.ProjectID != engine.ID {
			t.Errorf("it waits for %+v, want project %s of the other site", waits.Predecessor, engine.ID)
		}
	})

	t.Run("one undertaking in three tools is one project", func(t *testing.T) {
		rooms := projectNamed(t, s, "Telehealth rooms in schools")
		var tools []string
		for _, member := range rooms.Members {
			tools = append(tools, strings.Split(member, "/")[0])
		}
		if !slices.Equal(tools, []string{"health", "code", "works"}) || rooms.DepartmentID != "public-health" {
			t.Errorf("it is of %v and department %s, want health, code and works, and public-health", tools, rooms.DepartmentID)
		}
		for _, name := range []string{"Pilot opens in six schools", "Parents join without an account", "Six rooms ready for the pilot"} {
			milestoneNamed(t, s, rooms, name)
		}
		asked, err := s.View(portfolio.Local).Project(rooms.ID)
		if err != nil {
			t.Fatal(err)
		}
		if b := asked.Budget(); b == nil || b.Amount.String() != "2350000" {
			t.Errorf("budget %v, want what the list of works says", b)
		}
	})

	t.Run("a building that nobody numbered looks like its project", func(t *testing.T) {
		page, err := s.View(portfolio.Local).JoinSuggestions(nil, portfolio.PageRequest{})
		if err != nil {
			t.Fatal(err)
		}
		pairs := page.Nodes()
		if len(pairs) == 0 || pairs[0].Primary().ProjectRow.Name != "Harrow Bay east wing" || pairs[0].Member().ProjectRow.Name != "East wing, Harrow Bay" || len(pairs[0].Reasons()) < 4 {
			t.Errorf("%d suggestions, want first the east wing with at least four reasons", len(pairs))
		}
	})

	t.Run("green outside and red inside, the worst first", func(t *testing.T) {
		var red []*portfolio.ProjectRow
		for p := range s.Projects() {
			if p.Health.Disagreement && p.Health.Computed == portfolio.HealthRed && p.Phase == portfolio.PhaseActive {
				red = append(red, p)
			}
		}
		slices.SortFunc(red, func(a, b *portfolio.ProjectRow) int { return *b.SlipDays - *a.SlipDays })
		if len(red) < 10 || red[0].Name != "One stock, counted once" || red[1].Name != "One Record at Harrow Bay General" {
			t.Errorf("%d projects, first %s and %s", len(red), red[0].Name, red[1].Name)
		}
	})

	t.Run("the odd ones", func(t *testing.T) {
		for name, want := range map[string]struct {
			phase    portfolio.Phase
			presence portfolio.Presence
		}{
			"Broadband for rural clinics":           {portfolio.PhaseOnHold, portfolio.PresencePresent},
			"Birth and death certificates online":   {portfolio.PhaseCancelled, portfolio.PresencePresent},
			"One Record at Quillan County":          {portfolio.PhaseProposed, portfolio.PresencePresent},
			"Drinking water results online":         {portfolio.PhaseDone, portfolio.PresencePresent},
			"Tele-stroke for rural emergency rooms": {portfolio.PhaseActive, portfolio.PresencePresent},
		} {
			if p := projectNamed(t, s, name); p.Phase != want.phase || p.Presence != want.presence {
				t.Errorf("%s: %s and %s, want %s and %s", name, p.Phase, p.Presence, want.phase, want.presence)
			}
		}
		for name, want := range map[string]portfolio.Presence{
			"The last fax machine": portfolio.PresenceArchived, "Check-in kiosks": portfolio.PresenceDeleted,
		} {
			if p := projectNamed(t, s, name); p.Presence != want {
				t.Errorf("%s: %s, want %s", name, p.Presence, want)
			}
		}
		stroke := projectNamed(t, s, "Tele-stroke for rural emergency rooms")
		if !slices.Contains(reasons(stroke.Health), portfolio.ReasonGoLivePastDue) {
			t.Errorf("%s: %+v, want a go-live past due", stroke.Name, stroke.Health)
		}
		if n := len(slices.Collect(s.Documents(portfolio.KindQuarantine))); n != 1 {
			t.Errorf("%d records are quarantined, want 1", n)
		}
	})
}

// seen is what anybody sees of the portfolio, whichever way it was read. The
// history of dates is left out: a tool forgets that of its versions.
func seen(s *portfolio.Snapshot) map[string]string {
	view := map[string]string{}
	for p := range s.Projects() {
		if p.Presence == portfolio.PresencePresent {
			view[p.ID] = fmt.Sprint(p.Name, " ", p.Phase, p.DepartmentID, p.StartDate, p.TargetDate, p.Health.Reported)
		}
	}
	for m := range s.Milestones() {
		if m.Presence == portfolio.PresencePresent {
			view[m.ID] = fmt.Sprint(m.Name, " ", m.Kind, m.ProjectID, m.SourceStatus, m.StartDate, m.TargetDate, m.FinishedDate, m.Work)
		}
	}
	return view
}

func TestChangesAreSeenByReadingOnlyWhatChanged(t *testing.T) {
	org := start(t, Options{Seed: 5})
	s := serve(t, org)
	s.sync(plsync.Request{})
	steps := 40
	for n := range steps {
		org.Step()
		if n%8 == 4 { // between the begin of an idea and its end
			s.sync(plsync.Request{})
		}
	}
	followed, report := s.sync(plsync.Request{Sweep: true})
	for _, row := range report.Rows {
		if row.Mode == "FULL" {
			t.Errorf("%s was read in full: %s", row.Connection, row.Why)
		}
	}
	afresh, _ := serve(t, org).sync(plsync.Request{})
	if diff := cmp.Diff(seen(afresh), seen(followed)); diff != "" {
		t.Errorf("read afresh and followed differ (-afresh +followed):\n%s", diff)
	}
	if lost := projectNamed(t, followed, "Staff concerns, heard and settled"); lost.Presence != portfolio.PresenceAccessLost {
		t.Errorf("%s: %s, want ACCESS_LOST", lost.Name, lost.Presence)
	}
	if gone := projectNamed(t, followed, ideasToCome[0].name); gone.Presence != portfolio.PresenceDeleted {
		t.Errorf("%s: %s, want DELETED", gone.Name, gone.Presence)
	}
}
