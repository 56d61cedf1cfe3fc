package edit_test

import (
	"testing"

	"plumbline/portfolio"
)

// tool is an edit of the engine in the name of a connection.
func tool(connection string, e portfolio.Edit) portfolio.Edit {
	e.Caller = portfolio.Local
	return by(portfolio.AuthorOfTool+connection, e)
}

func TestWhatAToolOwnsIsChangedInTheTool(t *testing.T) {
	w := newWorld(t)
	w.seed(&portfolio.Settings{TimeZone: "UTC", Connections: []portfolio.ConnectionSettings{{ID: "work"}, {ID: "home"}}})
	key := care("").Key()
	w.must(tool("work", puts(care("Care"))))

	const owned = `OWNED_BY_TOOL items.0: Department "care" is owned by the tool of the connection work; change it in that tool.`
	wantErrors(t, w.edit(puts(care("Cure"))), owned)
	wantErrors(t, w.edit(deletes(key)), owned)
	wantErrors(t, w.edit(tool("home", puts(care("Cure")))), owned)
	wantErrors(t, w.edit(tool("home", deletes(key))), owned)
	wantErrors(t, w.edit(file("a.yaml", puts(care("Care")))), owned) // not even when it says the same
	wantErrors(t, w.edit(file("a.yaml", deletes(key))), owned)
	wantOutcomes(t, "an equal mutation", w.must(puts(care("Care"))), "UNCHANGED")
	wantOutcomes(t, "the tool says it again", w.must(tool("work", puts(care("Care")))), "UNCHANGED")
	wantOutcomes(t, "the tool changes it", w.must(tool("work", puts(care("Cure")))), "UPDATED")
	if owner := ownerIn(w, key); owner != "tool:work" {
		t.Errorf("the owner is %q, want the tool", owner)
	}
	wantOutcomes(t, "the tool gives it up", w.must(tool("work", deletes(key))), "DELETED")
	wantOutcomes(t, "and anybody may record it again", w.must(puts(care("Core"))), "CREATED")
}

func TestAToolTakesNothingFromOthers(t *testing.T) {
	w := newWorld(t)
	key := care("").Key()
	w.must(puts(care("Care")))
	wantErrors(t, w.edit(tool("work", puts(care("Cure")))),
		`TAKEN items.0: Department "care" was recorded otherwise by key:pmo; delete that, and the tool's takes its place.`)
	wantErrors(t, w.edit(tool("work", deletes(key))),
		`TAKEN items.0: Department "care" was recorded by key:pmo; a tool deletes only what is its own.`)
	wantOutcomes(t, "a file takes it over", w.must(file("a.yaml", puts(care("Care")))), "UPDATED")
	const owned = `OWNED_BY_FILE items.0: Department "care" is owned by the file a.yaml of the strategy folder; change it there.`
	wantErrors(t, w.edit(tool("work", puts(care("Cure")))), owned)
	wantErrors(t, w.edit(tool("work", deletes(key))), owned)
	wantOutcomes(t, "a tool that says what the file says", w.must(tool("work", puts(care("Care")))), "UNCHANGED")
	if owner := ownerIn(w, key); owner != "file:a.yaml" {
		t.Errorf("the owner is %q, want the file", owner)
	}
}

// Nobody could change what a tool owned that is no longer read.
func TestWhatAToolOwnedIsAnybodysOnceItIsNotConfigured(t *testing.T) {
	w := newWorld(t)
	settings := func(ids ...string) {
		s := &portfolio.Settings{TimeZone: "UTC"}
		for _, id := range ids {
			s.Connections = append(s.Connections, portfolio.ConnectionSettings{ID: id})
		}
		w.seed(s)
	}
	settings("work", "home")
	w.must(tool("work", puts(care("Care"), &portfolio.DepartmentFact{Slug: "wards", Name: "Wards"}, &portfolio.DepartmentFact{Slug: "admin", Name: "Admin"})))
	settings("home")
	wantOutcomes(t, "a mutation", w.must(puts(care("Cure"))), "UPDATED")
	wantOutcomes(t, "a file", w.must(file("a.yaml", puts(&portfolio.DepartmentFact{Slug: "wards", Name: "Beds"}))), "UPDATED")
	wantOutcomes(t, "a deletion", w.must(deletes((&portfolio.DepartmentFact{Slug: "admin"}).Key())), "DELETED")
}
