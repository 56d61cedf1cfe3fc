package transport

import (
	"fmt"

	"github.com/99designs/gqlgen/graphql"
	"github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/gqlerror"

	"plumbline/graph/limit"
	"plumbline/graph/problem"
	"plumbline/portfolio"
)

// The arguments with which every root field takes the day that it shows.
const (
	AsOf         = limit.AsOf
	AsOfSettings = "asOfSettings"
)

// Asked is the day that an operation asks for.
type Asked struct {
	Day      string // as it was given; empty for now
	Settings portfolio.SettingsOf
}

// askedOf finds the day that an operation asks for. An answer is of one day, so
// all root fields that take one must be given the same.
func askedOf(doc *ast.QueryDocument, op *ast.OperationDefinition, variables map[string]any) (Asked, error) {
	none := Asked{Settings: portfolio.SettingsThen}
	if op.Operation != ast.Query {
		return none, nil
	}
	collecting := &graphql.OperationContext{Doc: doc, Variables: variables}
	var (
		asked              Asked
		first, bookkeeping *ast.Field
	)
	for _, root := range graphql.CollectFields(collecting, op.SelectionSet, []string{"Query"}) {
		if root.Definition.Arguments.ForName(AsOf) == nil {
			if marked(root.Definition.Directives) && root.Name != rateLimitField {
				bookkeeping = root.Field
			}
			continue
		}
		arguments := root.ArgumentMap(variables)
		this := none
		if day := arguments[AsOf]; day != nil {
			this.Day = fmt.Sprint(day)
		}
		if settings := arguments[AsOfSettings]; settings != nil {
			this.Settings = portfolio.SettingsOf(fmt.Sprint(settings))
		}
		if first == nil {
			asked, first = this, root.Field
			continue
		}
		if this != asked {
			return none, disagree(first, asked, root.Field, this)
		}
	}
	switch {
	case first == nil:
		return none, nil
	case bookkeeping != nil && asked.Day != "":
		return none, at(problem.New(problem.Invalid, "%s shows bookkeeping, of which there is no history; ask for it in an operation without asOf", bookkeeping.Alias), bookkeeping)
	}
	return asked, nil
}

// disagree says which two fields ask for different days.
func disagree(first *ast.Field, asked Asked, other *ast.Field, this Asked) error {
	says := func(f *ast.Field, a Asked) string {
		switch {
		case a.Day == "" && asked.Day != this.Day:
			return f.Alias + " has no asOf"
		case asked.Day != this.Day:
			return fmt.Sprintf("%s has asOf: %.40q", f.Alias, a.Day)
		}
		return fmt.Sprintf("%s has asOfSettings: %.40s", f.Alias, a.Settings)
	}
	complaint := problem.New(problem.Invalid, "all fields of an operation are of one day, so they need the same asOf and asOfSettings, given to each of them: %s, and %s", says(first, asked), says(other, this))
	return at(complaint, first, other)
}

// at says which fields of the document an error is about.
func at(complaint *problem.Error, fields ...*ast.Field) error {
	located := &gqlerror.Error{Err: complaint, Message: complaint.Message}
	for _, f := range fields {
		if f.Position != nil {
			located.Locations = append(located.Locations, gqlerror.Location{Line: f.Position.Line, Column: f.Position.Column})
		}
	}
	return located
}
