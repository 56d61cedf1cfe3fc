package main

import (
	"net/http"
	"time"

	"plumbline/config"
	"plumbline/doors/console"
	"plumbline/doors/health"
	"plumbline/doors/keys"
	"plumbline/graph/limit"
	"plumbline/portfolio"
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
	mux.Handle("/", console.New(console.Config{Endpoint: endpoint, Query: firstQuery, NeedsKey: !ring.Empty()}))
	return mux
}

// keysOf are the configured keys as the door takes them.
func keysOf(c *config.Config) []keys.Key {
	var all []keys.Key
	for _, key := range c.Keys {
		all = append(all, keys.Key{Caller: key.Caller(), SHA256: key.SHA256, Expires: key.Expires})
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
const firstQuery = `# What turned red, and why?
{
  projects(filter: {health: {eq: RED}}, first: 10) {
    totalCount
    nodes { name computedHealth healthReasons { text } }
  }
}
`
