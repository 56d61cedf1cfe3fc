package graph_test

import (
	"bytes"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	gql "github.com/vektah/gqlparser/v2/ast"
	"github.com/vektah/gqlparser/v2/formatter"

	"plumbline/portfolio"
)

// released is the schema of the last release. A release writes it anew with
// PLUMBLINE_RELEASE_SCHEMA=1; nothing else may.
const released = "schema/released.graphql"

// deprecation is how a deprecation says what to use and how long it stays.
var deprecation = regexp.MustCompile(`^use .+; removed not before (\d{4}-\d{2}-\d{2})$`)

func TestNothingReleasedBreaks(t *testing.T) {
	current := fullSchema(t)
	if os.Getenv("PLUMBLINE_RELEASE_SCHEMA") != "" {
		var out bytes.Buffer
		formatter.NewFormatter(&out, formatter.WithoutDescription()).FormatSchema(current)
		if err := os.WriteFile(released, out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, broken := range breaking(loadSchema(t, released), current, portfolio.DateOf(time.Now())) {
		t.Error(broken)
	}
}

func TestDeprecationsSayWhatToUse(t *testing.T) {
	for _, def := range ownTypes(loadSchema(t, "schema/*.graphqls")) {
		for _, field := range def.Fields {
			checkDeprecation(t, def.Name+"."+field.Name, field.Directives)
		}
		for _, value := range def.EnumValues {
			checkDeprecation(t, def.Name+"."+value.Name, value.Directives)
		}
	}
}

func checkDeprecation(t *testing.T, what string, directives gql.DirectiveList) {
	t.Helper()
	if reason, is := deprecated(directives); is && !deprecation.MatchString(reason) {
		t.Errorf("%s is deprecated because %q; say: use X; removed not before YYYY-MM-DD", what, reason)
	}
}

func deprecated(directives gql.DirectiveList) (reason string, is bool) {
	d := directives.ForName("deprecated")
	if d == nil {
		return "", false
	}
	if a := d.Arguments.ForName("reason"); a != nil {
		reason = a.Value.Raw
	}
	return reason, true
}

// mayGo reports whether something that was released may be removed: it said so
// in a release, and its time is up.
func mayGo(directives gql.DirectiveList, today portfolio.Date) bool {
	reason, _ := deprecated(directives)
	match := deprecation.FindStringSubmatch(reason)
	if match == nil {
		return false
	}
	until, err := portfolio.ParseDate(match[1])
	return err == nil && !today.Before(until)
}

// breaking lists what clients of the old schema would stumble over in the new.
func breaking(was, is *gql.Schema, today portfolio.Date) []string {
	var broken []string
	add := func(format string, args ...any) { broken = append(broken, fmt.Sprintf(format, args...)) }
	for _, old := range ownTypes(was) {
		def := is.Types[old.Name]
		if def == nil || def.Kind != old.Kind {
			add("type %s was removed or became another kind of type", old.Name)
			continue
		}
		for _, name := range old.Interfaces {
			if !slices.Contains(def.Interfaces, name) {
				add("%s no longer implements %s", old.Name, name)
			}
		}
		for _, value := range old.EnumValues {
			if def.EnumValues.ForName(value.Name) == nil && !mayGo(value.Directives, today) {
				add("enum value %s.%s was removed", old.Name, value.Name)
			}
		}
		for _, field := range old.Fields {
			now := def.Fields.ForName(field.Name)
			what := old.Name + "." + field.Name
			switch {
			case now == nil && mayGo(field.Directives, today):
			case now == nil:
				add("%s was removed", what)
			case old.Kind == gql.InputObject:
				if !accepts(now.Type, field.Type) {
					add("%s no longer accepts %s, only %s", what, field.Type, now.Type)
				}
			default:
				if !accepts(field.Type, now.Type) {
					add("%s was %s and is %s", what, field.Type, now.Type)
				}
				broken = append(broken, brokenArguments(what, field.Arguments, now.Arguments)...)
			}
		}
		for _, field := range def.Fields {
			if old.Kind == gql.InputObject && old.Fields.ForName(field.Name) == nil && field.Type.NonNull && field.DefaultValue == nil {
				add("%s.%s is new and required", old.Name, field.Name)
			}
		}
	}
	return broken
}

func brokenArguments(what string, was, is gql.ArgumentDefinitionList) []string {
	var broken []string
	for _, old := range was {
		now := is.ForName(old.Name)
		switch {
		case now == nil:
			broken = append(broken, fmt.Sprintf("%s(%s:) was removed", what, old.Name))
		case !accepts(now.Type, old.Type):
			broken = append(broken, fmt.Sprintf("%s(%s:) no longer accepts %s, only %s", what, old.Name, old.Type, now.Type))
		case old.DefaultValue.String() != now.DefaultValue.String():
			broken = append(broken, fmt.Sprintf("%s(%s:) has another default", what, old.Name))
		}
	}
	for _, now := range is {
		if was.ForName(now.Name) == nil && now.Type.NonNull && now.DefaultValue == nil {
			broken = append(broken, fmt.Sprintf("%s(%s:) is new and required", what, now.Name))
		}
	}
	return broken
}

// accepts reports whether every value of one type is a value of the other.
func accepts(where, value *gql.Type) bool {
	if where.NonNull && !value.NonNull {
		return false
	}
	if (where.Elem == nil) != (value.Elem == nil) {
		return false
	}
	if where.Elem != nil {
		return accepts(where.Elem, value.Elem)
	}
	return where.NamedType == value.NamedType
}

func TestBreakingChangesAreFound(t *testing.T) {
	const base = `
		type Query { a(x: Int = 1): String! b: [Int!]! c: Kind old: Int @deprecated(reason: "use a; removed not before 2026-01-01") }
		enum Kind { ONE TWO }
		input In { p: Int q: String! }
	`
	for name, c := range map[string]struct{ from, to, want string }{
		"field removed":         {"c: Kind", "", "Query.c was removed"},
		"field nullable":        {"String!", "String", "Query.a was String! and is String"},
		"list element nullable": {"[Int!]!", "[Int]!", "Query.b was [Int!]! and is [Int]!"},
		"argument removed":      {"(x: Int = 1)", "", "Query.a(x:) was removed"},
		"argument required":     {"x: Int = 1", "x: Int!", "Query.a(x:) no longer accepts Int, only Int!"},
		"argument added":        {"x: Int = 1", "x: Int = 1, y: Int!", "Query.a(y:) is new and required"},
		"default changed":       {"x: Int = 1", "x: Int = 2", "Query.a(x:) has another default"},
		"enum value removed":    {"ONE TWO", "ONE", "enum value Kind.TWO was removed"},
		"input required":        {"p: Int", "p: Int!", "In.p no longer accepts Int, only Int!"},
		"input added":           {"p: Int", "p: Int r: Int!", "In.r is new and required"},
		"type removed":          {"input In { p: Int q: String! }", "", "type In was removed or became another kind of type"},
		"nothing":               {"p: Int", "p: Int r: Int", ""},
		"after its time":        {`old: Int @deprecated(reason: "use a; removed not before 2026-01-01")`, "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			got := breaking(parse(t, base), parse(t, strings.Replace(base, c.from, c.to, 1)), portfolio.NewDate(2026, 2, 1))
			if strings.Join(got, "; ") != c.want {
				t.Errorf("breaking = %q, want %q", got, c.want)
			}
		})
	}
	tooEarly := breaking(parse(t, base), parse(t, strings.Replace(base, "old: Int", "older: Int", 1)), portfolio.NewDate(2025, 12, 31))
	if len(tooEarly) != 1 {
		t.Errorf("removed before its time: %q, want it to be found", tooEarly)
	}
}
