package edit_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/shopspring/decimal"

	"plumbline/portfolio"
	"plumbline/store"
)

func care(name string) *portfolio.DepartmentFact {
	return &portfolio.DepartmentFact{Slug: "care", Name: name}
}

// file is an edit of the owner of the strategy folder.
func file(path string, e portfolio.Edit) portfolio.Edit {
	e.Caller = portfolio.Local
	return by(portfolio.AuthorOfFile+path, e)
}

func TestOwnership(t *testing.T) {
	w := newWorld(t)
	key := care("").Key()
	w.must(puts(care("Care")))

	// What somebody recorded is not overwritten by a file that says otherwise.
	const recorded = `TAKEN items.0: Department "care" was recorded otherwise by key:pmo; make the file say the same, which takes it over, or delete what was recorded.`
	wantErrors(t, w.edit(file("a.yaml", puts(care("Cure")))), recorded)
	wantErrors(t, w.edit(file("a.yaml", deletes(key))), `TAKEN items.0: Department "care" was recorded by key:pmo; a file deletes only what files own.`)
	wantOutcomes(t, "a file takes over what it says too", w.must(file("a.yaml", puts(care("Care")))), "UPDATED")
	wantOutcomes(t, "and then has it", w.must(file("a.yaml", puts(care("Care")))), "UNCHANGED")

	// What a file owns is changed there.
	const owned = `OWNED_BY_FILE items.0: Department "care" is owned by the file a.yaml of the strategy folder; change it there.`
	wantErrors(t, w.edit(puts(care("Cure"))), owned)
	wantErrors(t, w.edit(deletes(key)), owned)
	wantOutcomes(t, "an equal mutation", w.must(puts(care("Care"))), "UNCHANGED")
	if owner := ownerIn(w, key); owner != "file:a.yaml" {
		t.Errorf("the owner is %q after an equal mutation, want the file", owner)
	}
	wantOutcomes(t, "the file changes it", w.must(file("a.yaml", puts(care("Cure")))), "UPDATED")
	wantOutcomes(t, "it moves to another file", w.must(file("b.yaml", puts(care("Cure")))), "UPDATED")
	if owner := ownerIn(w, key); owner != "file:b.yaml" {
		t.Errorf("the owner is %q after a move, want the other file", owner)
	}
	wantOutcomes(t, "the files give it up", w.must(file("c.yaml", deletes(key))), "DELETED")
	wantOutcomes(t, "and anybody may record it again", w.must(puts(care("Core"))), "CREATED")
}

func ownerIn(w *world, key portfolio.Key) string {
	v, _ := w.replica.Snapshot().Document(key)
	return v.Doc.(portfolio.RecordedFact).Authorship().Author
}

func TestEachChangeMayNameItsFile(t *testing.T) {
	w := newWorld(t)
	e := file("strategy", puts(care("Care"), &portfolio.DepartmentFact{Slug: "wards", Name: "Wards"}, &portfolio.FolderFact{Folder: "strategy", Hashes: []string{"1"}}))
	e.Changes[0].Author, e.Changes[1].Author = "file:a.yaml", "file:b.yaml"
	none := int64(0)
	e.Changes[2].Expect = &none
	first := w.must(e)
	for i, want := range []string{"file:a.yaml", "file:b.yaml", "file:strategy"} {
		if got := ownerIn(w, first.Outcomes[i].Key); got != want {
			t.Errorf("%s is owned by %q, want %q", first.Outcomes[i].Key, got, want)
		}
	}
	// Of several servers that apply the same state of the folder, one does.
	again := w.edit(e)
	wantErrors(t, again, fmt.Sprintf(`CONFLICT items.2: Strategy folder "strategy" is at version %d, not at 0; read it again and repeat the change.`, first.Revision))
}

// The departments of the world: care above wards, and far from them admin with
// a project of its own.
func (w *world) departments() {
	w.seed(
		&portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "eng", Fields: []portfolio.FieldMapping{{Field: "category", To: "department"}, {Field: "number", To: "pmoId"}}}}},
		engineering("1", "PAY", "Wards", "PMO-1"), engineering("2", "TAX", "Admin", "PMO-2"),
		&portfolio.MilestoneFact{Source: portfolio.Source{Connection: "eng", Kind: "version", ID: "7", Key: "V7"}, Name: "Launch", Project: "eng/project/1"},
		&portfolio.MilestoneFact{Source: portfolio.Source{Connection: "eng", Kind: "version", ID: "8", Key: "V8"}, Name: "Launch", Project: "eng/project/2"},
	)
	w.must(puts(care("Care"), &portfolio.DepartmentFact{Slug: "wards", Name: "Wards", Parent: "care"}, &portfolio.DepartmentFact{Slug: "admin", Name: "Admin"},
		&portfolio.StrategyFact{Slug: "plan", Name: "Plan"}, &portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow"},
		kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department = "ours", "wards" }),
		kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department = "theirs", "admin" }),
		&portfolio.MeasurementFact{KPI: "theirs", Period: "2026-01", Actual: dec("1")},
	))
}

func engineering(id, key, category, number string) *portfolio.ProjectFact {
	return &portfolio.ProjectFact{
		Source: portfolio.Source{Connection: "eng", Kind: "project", ID: id, Key: key}, Name: "Project " + key, Category: category,
		Fields: []portfolio.Field{{ID: "number", Type: portfolio.FieldText, Text: number}},
	}
}

// A caller of some departments changes what belongs to them, and learns nothing
// of the rest: what is not there is refused in the same words.
func TestAnEditorOfSomeDepartments(t *testing.T) {
	w := newWorld(t)
	w.departments()
	caller := portfolio.Caller{Name: "ward", Role: portfolio.RoleEditor, Departments: []string{"care"}}
	for _, c := range []struct {
		what string
		put  portfolio.RecordedFact
		may  bool
	}{
		{"a KPI of a department below", kpiWith(func(f *portfolio.KPIFact) { f.Department = "wards" }), true},
		{"a KPI of another department", kpiWith(func(f *portfolio.KPIFact) { f.Department = "admin" }), false},
		{"a KPI of no department", kpiWith(func(f *portfolio.KPIFact) { f.Department = "none" }), false},
		{"another department's KPI taken away", kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department = "theirs", "wards" }), false},
		{"its own KPI given away", kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department = "ours", "admin" }), false},
		{"a measurement", &portfolio.MeasurementFact{KPI: "ours", Period: "2026-01", Actual: dec("1")}, true},
		{"another's measurement", &portfolio.MeasurementFact{KPI: "theirs", Period: "2026-02", Actual: dec("1")}, false},
		{"a measurement of no KPI", &portfolio.MeasurementFact{KPI: "none", Period: "2026-02", Actual: dec("1")}, false},
		{"a contribution", &portfolio.ContributionFact{Project: "eng:PAY", Objective: "grow", Strength: *dec("1")}, true},
		{"a contribution by number", &portfolio.ContributionFact{Project: "pmo:PMO-1", Objective: "grow", Strength: *dec("1")}, true},
		{"a contribution of another's project", &portfolio.ContributionFact{Project: "pmo:PMO-2", Objective: "grow", Strength: *dec("1")}, false},
		{"a contribution of another's project by id", &portfolio.ContributionFact{Project: "eng/project/2", Objective: "grow", Strength: *dec("1")}, false},
		{"a contribution of no project", &portfolio.ContributionFact{Project: "eng:NONE", Objective: "grow", Strength: *dec("1")}, false},
		{"a link to a KPI", &portfolio.KPILinkFact{Project: "eng:PAY", KPI: "ours"}, true},
		{"a link to another's KPI", &portfolio.KPILinkFact{Project: "eng:PAY", KPI: "theirs"}, false},
		{"an assignment", &portfolio.AssignmentFact{Slug: "a", Project: "eng:PAY", Person: "Ines", Allocation: *dec("1")}, true},
		{"an assignment to another's project", &portfolio.AssignmentFact{Slug: "a", Project: "pmo:PMO-2", Person: "Ines", Allocation: *dec("1")}, false},
		{"an assignment to no project", &portfolio.AssignmentFact{Slug: "a", Project: "eng:NONE", Person: "Ines", Allocation: *dec("1")}, false},
		{"a capacity, which concerns whoever the person works for", &portfolio.CapacityFact{Slug: "c", Person: "Ines", Share: *dec("1")}, false},
		{"an exception", &portfolio.ControlExceptionFact{Slug: "x", Control: portfolio.ControlGoLive, Project: "eng:PAY", Reason: "R", ApprovedBy: "Ines"}, true},
		{"an exception of another's project", &portfolio.ControlExceptionFact{Slug: "x", Control: portfolio.ControlGoLive, Project: "eng:TAX", Reason: "R", ApprovedBy: "Ines"}, false},
		{"a field", textOf("project:eng:PAY", "priority", "high"), true},
		{"a field of another's project", textOf("project:eng:TAX", "priority", "high"), false},
		{"its project within its departments", textOf("project:eng:PAY", "department", "care"), true},
		{"its project given away", textOf("project:eng:PAY", "department", "admin"), false},
		{"a budget without the group cost", textOf("project:eng:PAY", "budget", "1 EUR"), false},
		{"a milestone", textOf("milestone:eng:V7", "kind", "KEY"), true},
		{"a milestone by id", textOf("milestone:eng/version/7", "kind", "KEY"), true},
		{"another's milestone", textOf("milestone:eng:V8", "kind", "KEY"), false},
		{"another's milestone by id", textOf("milestone:eng/version/8", "kind", "KEY"), false},
		{"no milestone", textOf("milestone:eng:V9", "kind", "KEY"), false},
		{"a link with another's project", &portfolio.Link{Primary: "eng/project/1", Members: []string{"eng/project/2"}}, false},
		{"its own department", care("Care and more"), false},
		{"a person", &portfolio.IdentityFact{Slug: "p", Name: "P"}, false},
		{"a strategy", &portfolio.StrategyFact{Slug: "s", Name: "S"}, false},
		{"a version", versionWith(func(*portfolio.StrategyVersionFact) {}), false},
		{"an objective", objectiveWith(func(*portfolio.ObjectiveFact) {}), false},
		{"a judgement", judged(pair("grow", "save", "1")), false},
		{"a key result", &portfolio.KeyResultFact{Slug: "k", Objective: "grow", Name: "K"}, false},
	} {
		e := puts(c.put)
		e.Caller, e.DryRun = caller, true
		result := w.edit(e)
		forbidden := len(result.Errors) == 1 && result.Errors[0].Code == portfolio.UserErrorForbidden
		if forbidden == c.may || len(result.Errors) > 0 && !forbidden {
			t.Errorf("%s: %v, may: %t", c.what, told(result), c.may)
		}
		if forbidden && result.Outcomes[0].Version != 0 {
			t.Errorf("%s: the refusal tells the version %d", c.what, result.Outcomes[0].Version)
		}
	}
	for _, c := range []struct {
		key portfolio.Key
		may bool
	}{
		{portfolio.Key{Kind: portfolio.KindKPI, ID: "ours"}, true},
		{portfolio.Key{Kind: portfolio.KindKPI, ID: "none"}, false},
		{portfolio.Key{Kind: portfolio.KindMeasurement, ID: "theirs/2026-01/"}, false},
		{portfolio.Key{Kind: portfolio.KindStrategy, ID: "plan"}, false},
	} {
		e := deletes(c.key)
		e.Caller, e.DryRun = caller, true
		if result := w.edit(e); (len(result.Errors) == 0) != c.may {
			t.Errorf("delete %s: %v, may: %t", c.key, told(result), c.may)
		}
	}

	// Errors do not name what the caller may not see.
	w.must(puts(kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department, f.Leads = "theirs", "admin", []string{"ours"} })))
	e := deletes(portfolio.Key{Kind: portfolio.KindKPI, ID: "ours"})
	e.Caller = caller
	wantErrors(t, w.edit(e), `IN_USE items.0: KPI "ours" is named by something else; delete that in the same request, or have it name another.`)
	e = puts(kpiWith(func(f *portfolio.KPIFact) { f.Slug, f.Department, f.Leads = "ours", "wards", []string{"theirs"} }))
	e.Caller = caller
	wantErrors(t, w.edit(e), `NOT_FOUND items.0.leads.0: There is no KPI "theirs"; record it first, or in the same request.`)
}

func TestAnIdempotencyKeyDoesNothingTwice(t *testing.T) {
	w := newWorld(t)
	w.must(puts(care("Care")))
	e := puts(care("Cure"), &portfolio.DepartmentFact{Slug: "wards", Name: "Wards"}, care("Cure"))
	e.Changes = append(e.Changes[:2], portfolio.EditChange{Put: &portfolio.StrategyFact{Slug: "plan", Name: "Plan"}})
	e.IdempotencyKey = "monday"
	first := w.must(e)
	commits := w.log.commits

	// Somebody changes it meanwhile, and the first caller asks again.
	w.must(puts(care("Core")))
	again := w.must(e)
	want := first
	want.Replayed = true
	if diff := cmp.Diff(want, again); diff != "" || w.log.commits != commits+1 {
		t.Errorf("asked again, %d commits more (-first +again):\n%s", w.log.commits-commits, diff)
	}
	other := e
	other.Changes = other.Changes[:1]
	wantErrors(t, w.edit(other), `CONFLICT idempotencyKey: The idempotency key was used for another request in the last 24 hours; choose a new one for each request.`)
	other.Caller.Name = "other" // whose keys are their own
	w.must(other)

	e.IdempotencyKey = string(make([]byte, 201))
	wantErrors(t, w.edit(e), `TOO_MANY idempotencyKey: The idempotency key has 201 bytes; it may have 200.`)
}

func TestNoAnswerIsKeptOfWhatWasNotDone(t *testing.T) {
	w := newWorld(t)
	e := puts(care(""))
	e.IdempotencyKey = "monday"
	w.edit(e)
	dry := puts(care("Care"))
	dry.IdempotencyKey, dry.DryRun = "monday", true
	w.must(dry)
	e = puts(care("Care"))
	e.IdempotencyKey = "monday"
	if result := w.must(e); result.Replayed || outcomes(result) != "CREATED" {
		t.Errorf("after an edit with errors and a dry run: %+v, want it made", result)
	}
	// That nothing was to be done is an answer, too.
	e = puts(care("Care"))
	e.IdempotencyKey = "tuesday"
	first := w.must(e)
	w.must(puts(care("Cure")))
	again := w.must(e)
	if outcomes(again) != "UNCHANGED" || !again.Replayed || again.Revision != 0 || again.Outcomes[0].Version != first.Outcomes[0].Version {
		t.Errorf("an unchanged edit again: %+v, want the first answer", again)
	}
}

func TestAnswersAreForgottenAfterADay(t *testing.T) {
	w := newWorld(t)
	e := puts(care("Care"))
	e.IdempotencyKey = "monday"
	w.must(e)
	w.clock.advance(portfolio.KeepAnswers - time.Millisecond)
	if result := w.must(e); !result.Replayed {
		t.Errorf("within the time: %+v, want the first answer", result)
	}
	w.clock.advance(time.Millisecond)
	if result := w.must(e); result.Replayed || outcomes(result) != "UNCHANGED" {
		t.Errorf("after the time: %+v, want it judged anew", result)
	}
	w.clock.advance(portfolio.KeepAnswers)
	e.IdempotencyKey = "tuesday"
	w.must(e)
	var tokens []string
	for v := range w.replica.Snapshot().Documents(portfolio.KindAnswer) {
		tokens = append(tokens, v.Doc.(*portfolio.Answer).Token)
	}
	if diff := cmp.Diff([]string{"tuesday"}, tokens); diff != "" {
		t.Errorf("answers that are kept (-want +got): %s", diff)
	}
}

// A large edit is remembered in few bytes.
func TestAnAnswerIsShort(t *testing.T) {
	w := newWorld(t)
	var facts []portfolio.RecordedFact
	for i := range 500 {
		facts = append(facts, &portfolio.DepartmentFact{Slug: fmt.Sprint("d", i), Name: "x"})
	}
	e := puts(facts...)
	e.IdempotencyKey = "monday"
	w.must(e)
	for v := range w.replica.Snapshot().Documents(portfolio.KindAnswer) {
		answer := v.Doc.(*portfolio.Answer).Answer
		if !json.Valid(answer) || len(answer) > 100 {
			t.Errorf("the answer takes %d bytes: %s", len(answer), answer)
		}
	}
}

func TestConcurrentEditorsLoseNothing(t *testing.T) {
	w := newWorld(t)
	w.must(puts(&portfolio.DepartmentFact{Slug: "count", Name: "0"}))
	const editors, each = 4, 5
	var all sync.WaitGroup
	for range editors {
		all.Go(func() {
			for done := 0; done < each; {
				v, _ := w.replica.Snapshot().Document(portfolio.Key{Kind: portfolio.KindDepartment, ID: "count"})
				var n int
				_, _ = fmt.Sscan(v.Doc.(*portfolio.DepartmentFact).Name, &n)
				e := puts(&portfolio.DepartmentFact{Slug: "count", Name: fmt.Sprint(n + 1)})
				e.Changes[0].Expect = &v.Rev
				result, err := w.Edit(t.Context(), e)
				switch {
				case err != nil:
					t.Error(err)
					return
				case len(result.Errors) == 0:
					done++
				case result.Errors[0].Code != portfolio.UserErrorConflict:
					t.Error(told(result))
					return
				}
			}
		})
	}
	all.Wait()
	v, _ := w.replica.Snapshot().Document(portfolio.Key{Kind: portfolio.KindDepartment, ID: "count"})
	if got := v.Doc.(*portfolio.DepartmentFact).Name; got != fmt.Sprint(editors*each) {
		t.Errorf("after %d increments the count is %s", editors*each, got)
	}
}

// What an edit rests on may change between its verdict and its commit; then it
// is judged again.
func TestAnEditIsJudgedAgainWhenWhatItRestsOnChanges(t *testing.T) {
	for _, c := range []struct {
		what      string
		edit      portfolio.Edit
		meanwhile store.Change
		want      []string
	}{
		{"what it names is deleted", puts(&portfolio.ContributionFact{Project: "eng:X", Objective: "grow", Strength: *dec("1")}),
			store.Change{Delete: []portfolio.Key{{Kind: portfolio.KindObjective, ID: "grow"}}},
			[]string{`NOT_FOUND items.0.objective: There is no objective "grow"; record it first, or in the same request.`}},
		{"what it deletes gets named", deletes(portfolio.Key{Kind: portfolio.KindDepartment, ID: "wards"}),
			store.Change{Put: []portfolio.Document{kpiWith(func(f *portfolio.KPIFact) { f.Department = "wards" }), new(portfolio.LastEdit)}},
			[]string{`IN_USE items.0: Department "wards" is named by KPI "new"; delete that in the same request, or have it name another.`}},
		{"a parent moves below it", puts(&portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow", Parent: "save-time"}),
			store.Change{Put: []portfolio.Document{&portfolio.ObjectiveFact{Slug: "save", Strategy: "plan", Name: "Save", Parent: "grow"}}},
			[]string{`CIRCULAR items.0.parent: Objective "grow" would be above itself; choose another parent than "save-time".`}},
		{"a file takes it over", puts(care("Cure")),
			store.Change{Put: []portfolio.Document{&portfolio.DepartmentFact{Slug: "care", Name: "Care", Authored: portfolio.Authored{Author: "file:a.yaml"}}}},
			[]string{`OWNED_BY_FILE items.0: Department "care" is owned by the file a.yaml of the strategy folder; change it there.`}},
		{"something else", puts(&portfolio.StrategyFact{Slug: "s", Name: "S"}),
			store.Change{Put: []portfolio.Document{care("Cure")}}, nil},
	} {
		t.Run(c.what, func(t *testing.T) {
			w := newWorld(t)
			all := organisation()
			w.must(puts(all[0], &portfolio.DepartmentFact{Slug: "wards", Name: "Wards"}, all[3], all[4], all[5], all[6]))
			var once sync.Once
			w.log.meanwhile(func() {
				once.Do(func() {
					if _, err := w.log.Log.Commit(t.Context(), c.meanwhile); err != nil {
						t.Error(err)
					}
				})
			})
			wantErrors(t, w.edit(c.edit), c.want...)
		})
	}
}

func TestAnEditorGivesUpWhenOthersNeverStop(t *testing.T) {
	w := newWorld(t)
	n := 0
	w.log.meanwhile(func() {
		n++
		if _, err := w.log.Log.Commit(t.Context(), store.Change{Put: []portfolio.Document{care(fmt.Sprint("Care ", n))}}); err != nil {
			t.Error(err)
		}
	})
	if _, err := w.Edit(t.Context(), puts(care("Cure"))); !errors.Is(err, portfolio.ErrConflict) || n != 10 {
		t.Errorf("after %d attempts: %v, want ErrConflict after 10", n, err)
	}
}

// A field that a file gives a value is the file's by whatever reference it is
// addressed.
func TestAFileOwnsAFieldByEveryReference(t *testing.T) {
	w := newWorld(t)
	w.seed(&portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira"}}},
		&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "7", Key: "PAY"}, Name: "Payments"})
	value := func(target, text string) *portfolio.Override {
		return &portfolio.Override{Target: target, Field: "priority", Value: portfolio.Field{Type: portfolio.FieldText, Text: text}}
	}
	const byKey, byID = "project:eng:PAY", "project:eng/project/7"
	w.must(file("p.yaml", puts(value(byKey, "high"))))
	const owned = `OWNED_BY_FILE items.0: Field "project:eng/project/7#priority" is owned by the file p.yaml of the strategy folder; change it there.`
	wantErrors(t, w.edit(puts(value(byID, "low"))), owned)
	wantErrors(t, w.edit(deletes(value(byID, "").Key())), owned)
	wantOutcomes(t, "the same value", w.must(puts(value(byID, "high"))), "UNCHANGED")

	w.must(file("p.yaml", deletes(value(byKey, "").Key())))
	w.must(puts(value(byKey, "high")))
	wantErrors(t, w.edit(deletes(value(byID, "").Key())), `TAKEN items.0: It was recorded as "project:eng:PAY#priority" by key:pmo; delete that.`)
	wantOutcomes(t, "another value under another reference", w.must(puts(value(byID, "low"))), "CREATED")
}

// What a file says of a project and an objective or a KPI is the file's by
// whatever reference the project is addressed.
func TestAFileOwnsALinkByEveryReference(t *testing.T) {
	w := newWorld(t)
	w.seed(&portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "eng", Name: "Engineering", Type: "jira"}}},
		&portfolio.ProjectFact{Source: portfolio.Source{Connection: "eng", Kind: "project", ID: "7", Key: "PAY"}, Name: "Payments"},
		&portfolio.StrategyFact{Slug: "plan", Name: "Plan"}, &portfolio.ObjectiveFact{Slug: "grow", Strategy: "plan", Name: "Grow"})
	contribution := func(project, strength string) *portfolio.ContributionFact {
		return &portfolio.ContributionFact{Project: project, Objective: "grow", Strength: decimal.RequireFromString(strength)}
	}
	w.must(file("c.csv", puts(contribution("eng:PAY", "0.5"))))
	wantErrors(t, w.edit(puts(contribution("eng/project/7", "0.9"))),
		`OWNED_BY_FILE items.0: Contribution "eng/project/7#grow" is owned by the file c.csv of the strategy folder; change it there.`)
	w.must(file("c.csv", deletes(contribution("eng:PAY", "0.5").Key())))
	wantOutcomes(t, "once the file says nothing", w.must(puts(contribution("eng/project/7", "0.9"))), "CREATED")
}
