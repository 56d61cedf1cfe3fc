package graph

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/vektah/gqlparser/v2/ast"

	"plumbline/graph/generated"
	"plumbline/graph/transport"
	"plumbline/portfolio"
)

// A Past has the portfolio of past days.
type Past interface {
	// AsOf returns the portfolio as it stood at the close of a day, by the
	// settings of then or of now. A day before the first one is ErrNotFound,
	// one that is to come ErrInvalid.
	AsOf(ctx context.Context, day portfolio.Date, settings portfolio.SettingsOf) (*portfolio.Snapshot, error)
}

// What the arguments say that every field of Query has.
const (
	asOfDescription = "The day at whose close everything is shown as it stood: from the first recorded day until today. null means now. It is one for the whole operation: every field of Query that takes it must be given the same."

	asOfSettingsDescription = "Whose settings and names of departments shape a past day; null means those of that day. It is one for the whole operation, too, and makes no difference without a past day."
)

// newSchema is the schema of the API: what the files of package schema say, and
// for every field of Query that shows the portfolio the arguments that choose
// the day. They are added here so that no field can lack them and no resolver
// has to pass them on: the day is chosen before any resolver runs. Bookkeeping,
// which is marked @operational, has no history; node takes an id alone, because
// clients of Relay insist on it, and is of the day of the whole operation.
func newSchema() *ast.Schema {
	schema := *generated.NewExecutableSchema(generated.Config{}).Schema()
	query := *schema.Query
	query.Fields = slices.Clone(query.Fields)
	for i, field := range query.Fields {
		if field.Directives.ForName("operational") != nil || field.Name == relayNode || isIntrospection(field.Name) {
			continue
		}
		with := *field
		with.Arguments = append(slices.Clone(with.Arguments),
			&ast.ArgumentDefinition{
				Name: transport.AsOf, Description: asOfDescription,
				Type: ast.NamedType("Date", field.Position), Position: field.Position,
			},
			&ast.ArgumentDefinition{
				Name: transport.AsOfSettings, Description: asOfSettingsDescription,
				Type: ast.NamedType("SettingsOf", field.Position), Position: field.Position,
				DefaultValue: &ast.Value{Kind: ast.EnumValue, Raw: string(portfolio.SettingsThen), Definition: schema.Types["SettingsOf"], Position: field.Position},
			},
		)
		query.Fields[i] = &with
	}
	schema.Query = &query
	schema.Types = maps.Clone(schema.Types)
	schema.Types[query.Name] = &query
	schema.PossibleTypes = maps.Clone(schema.PossibleTypes)
	schema.PossibleTypes[query.Name] = []*ast.Definition{&query}
	return &schema
}

// relayNode is the field that Relay reads anything again by.
const relayNode = "node"

func isIntrospection(name string) bool { return len(name) > 1 && name[:2] == "__" }

// A journey is where an operation went back from, and how.
type journey struct {
	from     portfolio.Position // the data revision of now; zero unless it went back
	settings portfolio.SettingsOf
}

type journeyKey struct{}

// wentBack tells how the operation went back.
func wentBack(ctx context.Context) journey {
	j, _ := ctx.Value(journeyKey{}).(journey)
	return j
}

// goBack returns a context whose resolvers read the day that an operation asks
// for, and what the answer says of it.
func (r *resolver) goBack(ctx context.Context, asked transport.Asked) (context.Context, map[string]any, error) {
	live := viewOf(ctx)
	gone := journey{settings: asked.Settings}
	if asked.Day == "" {
		return context.WithValue(ctx, journeyKey{}, gone), nil, nil
	}
	day, err := portfolio.ParseDate(asked.Day)
	if err != nil {
		return ctx, nil, fmt.Errorf("asOf: %w", err)
	}
	snapshot, err := r.asOf(ctx, day, asked.Settings)
	if err != nil {
		return ctx, nil, err
	}
	gone.from = live.Data()
	view := live
	if snapshot.Data() != live.Data() {
		// Not kept for its next page: whoever has the past keeps a few days.
		view = snapshot.View(live.Caller())
		view.ConsentsOf(r.reader.Snapshot())
	}
	revision := revisionExtension(view.Data(), r.age)
	revision["asOf"] = day.String()
	revision["settings"] = asked.Settings
	ctx = context.WithValue(withView(ctx, view), journeyKey{}, gone)
	return ctx, map[string]any{"revision": revision}, nil
}

// asOf returns the portfolio of a past day.
func (r *resolver) asOf(ctx context.Context, day portfolio.Date, settings portfolio.SettingsOf) (*portfolio.Snapshot, error) {
	if r.past == nil {
		return nil, fmt.Errorf("%w: this server keeps no history", portfolio.ErrNotFound)
	}
	return r.past.AsOf(ctx, day, settings)
}

// changes compares the close of a day with that of a later one.
func (r *resolver) changes(ctx context.Context, from portfolio.Date, to *portfolio.Date, filter *portfolio.ChangeFilter, first *int, after *string) (*portfolio.AlterationConnection, error) {
	view, page := r.page(ctx, first, after, nil, nil)
	today := viewOf(ctx).Today()
	end := deref(to)
	switch {
	case end.IsZero():
		end = today
	case end.After(today):
		return nil, fmt.Errorf("%w: to is %s, which is after the day that the answer is of, %s", portfolio.ErrInvalid, end, today)
	}
	if from.After(end) {
		return nil, fmt.Errorf("%w: from is %s, which is after %s", portfolio.ErrInvalid, from, end)
	}
	settings := cmp.Or(wentBack(ctx).settings, portfolio.SettingsThen)
	var err error
	if end != today {
		if view, err = r.viewAsOf(ctx, end, settings); err != nil {
			return nil, err
		}
	}
	before := view
	if from != end {
		if before, err = r.viewAsOf(ctx, from, settings); err != nil {
			return nil, err
		}
	}
	return view.Changes(before, filter, page)
}

// viewAsOf is what the caller sees of a past day.
func (r *resolver) viewAsOf(ctx context.Context, day portfolio.Date, settings portfolio.SettingsOf) (*portfolio.View, error) {
	snapshot, err := r.asOf(ctx, day, settings)
	if err != nil {
		return nil, err
	}
	view := snapshot.View(viewOf(ctx).Caller())
	view.ConsentsOf(r.reader.Snapshot())
	return view, nil
}
