// Package limit keeps one client from taking the server away from the others.
//
// An operation is judged before it runs: its tokens before it is parsed, its
// shape (depth, aliases, directives, root fields) before it is validated, and
// its cost, which counts how long its lists may get, before it is executed.
// Every walk visits a fragment once, however often it is spread, so judging
// takes time in proportion to the document's length. The package executes
// nothing and knows nothing of HTTP.
package limit

import "time"

const (
	kib = 1 << 10
	mib = 1 << 20
)

// Limits bound what one request may ask for. A zero field means its default.
type Limits struct {
	Body         int64 // bytes of a request's body; 256 KiB
	MutationBody int64 // the same for mutations by an editor; 16 MiB

	Tokens             int // lexical tokens in a document; 2,500
	Depth              int // fields within fields; 12
	IntrospectionDepth int // the same below __schema and __type; 20
	Aliases            int // aliased fields, fragments expanded; 30
	Directives         int // directives, fragments expanded; 30
	RootFields         int // fields of Query or Mutation, fragments expanded; 10
	Repeats            int // times that one selection set names the same field; 20
	ValueDepth         int // lists and objects within one another in an input value; 32

	Cost              int64 // of one operation; 50,000
	ExportCost        int64 // of one operation with the export scope; 2,000,000
	IntrospectionCost int64 // of what lies below __schema and __type; 200,000

	MinuteCost       int64 // of all operations of one key in a minute; 500,000
	ExportMinuteCost int64 // the same with the export scope; 20,000,000

	Fields       int64 // fields resolved for one answer; 1,000,000
	ExportFields int64 // the same with the export scope; 40,000,000
	Answer       int64 // bytes of one answer; 64 MiB
	Errors       int   // errors shown in one answer; 20

	Time         time.Duration // for one operation; 15 s
	ExportTime   time.Duration // the same with the export scope; 300 s
	RevisionWait time.Duration // for a revision the client has seen elsewhere; 5 s
	ReadTime     time.Duration // for a client to send its request; 15 s
	WriteTime    time.Duration // for a client to take its answer; 60 s

	DocumentCache int64 // bytes of memory for parsed documents; 16 MiB
}

// Defaults returns the limits of a server that sets none.
func Defaults() Limits {
	return Limits{
		Body:               256 * kib,
		MutationBody:       16 * mib,
		Tokens:             2_500,
		Depth:              12,
		IntrospectionDepth: 20,
		Aliases:            30,
		Directives:         30,
		RootFields:         10,
		Repeats:            20,
		ValueDepth:         32,
		Cost:               50_000,
		ExportCost:         2_000_000,
		IntrospectionCost:  200_000,
		MinuteCost:         500_000,
		ExportMinuteCost:   20_000_000,
		Fields:             1_000_000,
		ExportFields:       40_000_000,
		Answer:             64 * mib,
		Errors:             20,
		Time:               15 * time.Second,
		ExportTime:         300 * time.Second,
		RevisionWait:       5 * time.Second,
		ReadTime:           15 * time.Second,
		WriteTime:          60 * time.Second,
		DocumentCache:      16 * mib,
	}
}

// OrDefaults returns the limits with every zero field at its default.
func (l Limits) OrDefaults() Limits {
	d := Defaults()
	return Limits{
		Body:               or(l.Body, d.Body),
		MutationBody:       or(l.MutationBody, d.MutationBody),
		Tokens:             or(l.Tokens, d.Tokens),
		Depth:              or(l.Depth, d.Depth),
		IntrospectionDepth: or(l.IntrospectionDepth, d.IntrospectionDepth),
		Aliases:            or(l.Aliases, d.Aliases),
		Directives:         or(l.Directives, d.Directives),
		RootFields:         or(l.RootFields, d.RootFields),
		Repeats:            or(l.Repeats, d.Repeats),
		ValueDepth:         or(l.ValueDepth, d.ValueDepth),
		Cost:               or(l.Cost, d.Cost),
		ExportCost:         or(l.ExportCost, d.ExportCost),
		IntrospectionCost:  or(l.IntrospectionCost, d.IntrospectionCost),
		MinuteCost:         or(l.MinuteCost, d.MinuteCost),
		ExportMinuteCost:   or(l.ExportMinuteCost, d.ExportMinuteCost),
		Fields:             or(l.Fields, d.Fields),
		ExportFields:       or(l.ExportFields, d.ExportFields),
		Answer:             or(l.Answer, d.Answer),
		Errors:             or(l.Errors, d.Errors),
		Time:               or(l.Time, d.Time),
		ExportTime:         or(l.ExportTime, d.ExportTime),
		RevisionWait:       or(l.RevisionWait, d.RevisionWait),
		ReadTime:           or(l.ReadTime, d.ReadTime),
		WriteTime:          or(l.WriteTime, d.WriteTime),
		DocumentCache:      or(l.DocumentCache, d.DocumentCache),
	}
}

func or[T int | int64 | time.Duration](value, otherwise T) T {
	if value == 0 {
		return otherwise
	}
	return value
}

// A Budget is what one caller's operation may use of the limits.
type Budget struct {
	Cost, MinuteCost, Fields int64
	Time                     time.Duration
}

// Budget returns what an operation may use, with or without the export scope.
func (l Limits) Budget(export bool) Budget {
	if export {
		return Budget{Cost: l.ExportCost, MinuteCost: l.ExportMinuteCost, Fields: l.ExportFields, Time: l.ExportTime}
	}
	return Budget{Cost: l.Cost, MinuteCost: l.MinuteCost, Fields: l.Fields, Time: l.Time}
}
