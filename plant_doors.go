package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"time"

	"plumbline/config"
	"plumbline/connectors"
	"plumbline/doors/console"
	"plumbline/doors/export"
	"plumbline/doors/health"
	"plumbline/doors/hooks"
	"plumbline/doors/imports"
	"plumbline/doors/keys"
	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
	plsync "plumbline/sync"
)

// endpoint is where the API answers.
const endpoint = "/graphql"

// doors is everything that answers HTTP.
func (h *house) doors(o opening) http.Handler {
	ring := keys.NewRing(keysOf(o.Config), func() portfolio.Date { return h.replica.Snapshot().Today() })
	mux := http.NewServeMux()
	probes := health.New(h, time.Duration(o.Config.MaxStale))
	mux.Handle("/healthz", probes)
	mux.Handle("/readyz", probes)
	api := graph.New(graph.Config{
		Reader: h.replica,
		Past:   h.replica,
		Syncer: syncer{h},
		Editor: h.editor,
		Age:    h.age,
		Limits: limitsOf(o.Config.Limits),
		Log:    o.Log,
	})
	mux.Handle(endpoint, ring.Require(api))
	exports := exportsOf(o.Config.Limits)
	exports.Tables, exports.Log = tables{api}, o.Log
	mux.Handle(export.Pattern, ring.RequireInURL(export.New(exports)))
	mux.Handle(hooks.Pattern, hooks.New(hooks.Config{Connections: h.hooked(), Ask: h.hint, Log: o.Log}))
	mux.Handle(imports.Pattern, ring.Require(imports.New(imports.Config{Import: h.takeFile, Log: o.Log})))
	mux.Handle("GET /schema.graphql", ring.Require(http.HandlerFunc(schema)))
	mux.Handle("/", console.New(console.Config{Endpoint: endpoint, Query: firstQuery, NeedsKey: !ring.Empty()}))
	return mux
}

// hooked are the connections whose tools send deliveries.
func (h *house) hooked() map[string]connectors.Hooked {
	all := map[string]connectors.Hooked{}
	for _, t := range h.tools {
		if hooked, ok := t.connector.(connectors.Hooked); ok {
			all[t.id] = hooked
		}
	}
	return all
}

// hint asks for a run because a tool sent something. The engine remembers it
// also while the store is down.
func (h *house) hint(connection string, sweep bool) error {
	return h.engine.Start(plsync.Request{Connections: []string{connection}, Sweep: sweep})
}

// schema answers with the GraphQL schema as text, for code generators.
func schema(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/graphql; charset=utf-8")
	_, _ = io.WriteString(w, graph.SDL())
}

// age is for how long the store has not answered; 0 while it does.
func (h *house) age() time.Duration {
	if status := h.replica.Status(); status.Err != nil {
		return status.Age
	}
	return 0
}

// A syncer is the engine as the API wants to see it.
type syncer struct{ *house }

// Start implements graph.Syncer.
func (s syncer) Start(_ context.Context, connections []string, full bool) error {
	if err := s.storeUp(); err != nil {
		return err
	}
	return s.engine.Start(plsync.Request{Connections: connections, Full: full})
}

// Confirm implements graph.Syncer.
func (s syncer) Confirm(ctx context.Context, hold portfolio.Key, author string) error {
	if err := s.storeUp(); err != nil {
		return err
	}
	_, err := s.engine.Confirm(ctx, hold, author)
	return err
}

// storeUp is an error while the store does not answer, so that nobody waits for
// what cannot be written.
func (s syncer) storeUp() error {
	if err := s.replica.Status().Err; err != nil {
		return fmt.Errorf("%w: %w", portfolio.ErrUnavailable, err)
	}
	return nil
}

// keysOf are the configured keys as the door takes them.
func keysOf(c *config.Config) []keys.Key {
	var all []keys.Key
	for _, key := range c.Keys {
		all = append(all, keys.Key{Caller: key.Caller(), SHA256: key.SHA256, Expires: key.Expires, InURL: key.InURL()})
	}
	return all
}

// limitsOf are the configured limits as the API takes them.
func limitsOf(l config.Limits) limit.Limits {
	return limit.Limits{
		Body:               int64(l.Body),
		MutationBody:       int64(l.MutationBody),
		Tokens:             l.Tokens,
		Depth:              l.Depth,
		IntrospectionDepth: l.IntrospectionDepth,
		Aliases:            l.Aliases,
		Directives:         l.Directives,
		RootFields:         l.RootFields,
		Repeats:            l.Repeats,
		ValueDepth:         l.ValueDepth,
		Cost:               int64(l.Cost),
		ExportCost:         int64(l.ExportCost),
		IntrospectionCost:  int64(l.IntrospectionCost),
		MinuteCost:         int64(l.MinuteCost),
		ExportMinuteCost:   int64(l.ExportMinuteCost),
		Fields:             int64(l.Fields),
		ExportFields:       int64(l.ExportFields),
		Answer:             int64(l.Answer),
		Errors:             l.Errors,
		Time:               time.Duration(l.Time),
		ExportTime:         time.Duration(l.ExportTime),
		RevisionWait:       time.Duration(l.RevisionWait),
		ReadTime:           time.Duration(l.ReadTime),
		WriteTime:          time.Duration(l.WriteTime),
		DocumentCache:      int64(l.DocumentCache),
	}
}

// State implements health.Reporter.
func (h *house) State() health.State {
	status := h.replica.Status()
	return health.State{
		Loaded:   true,
		Revision: h.replica.Snapshot().Data().Revision,
		StoreUp:  status.Err == nil,
		Age:      status.Age,
		Stopping: h.stopping.Load(),
	}
}

// firstQuery is what the console opens with.
const firstQuery = `# Green outside, red inside: which projects
# report better than their dates say?
{
  projects(
    filter: {disagreement: {eq: true}}
    orderBy: [{field: SLIP_DAYS, direction: DESC}]
    first: 10
  ) {
    totalCount
    nodes {
      name
      department { name }
      health {
        reported
        computed
        reasons { message }
      }
      slipDays
      goLive { name baselineDate forecastDate }
    }
  }
}
`
