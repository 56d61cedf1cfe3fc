package graph_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/graph"
	"plumbline/graph/limit"
	"plumbline/portfolio"
)

func TestRateLimitTellsTheCharge(t *testing.T) {
	w := newWorld(t)
	w.handler = graph.New(graph.Config{Reader: w, Limits: limit.Limits{Cost: 200, MinuteCost: 300}})
	viewer := portfolio.Caller{Name: "bi", Role: portfolio.RoleViewer}
	for _, step := range []struct{ query, want string }{
		{`{ rateLimit { cost limit used remaining } }`, `{"data":{"rateLimit":{"cost":1,"limit":300,"used":1,"remaining":299}}}`},
		{`{ projects(first: 40) { nodes { key } } rateLimit { cost used } }`, `{"data":{"projects":{"nodes":[]},"rateLimit":{"cost":43,"used":44}}}`},
		// A rehearsal costs nothing, and tells the cost of what is refused too.
		{`{ projects(first: 500) { nodes { key } } rateLimit(dryRun: true) { cost used remaining } }`, `{"data":{"rateLimit":{"cost":503,"used":44,"remaining":256}}}`},
		{`{ ...F } fragment F on Query { price: rateLimit(dryRun: true) { cost } rateLimit { used } projects { totalCount } }`, `{"data":{"price":{"cost":4},"rateLimit":{"used":44}}}`},
		// What @skip leaves out does not make a rehearsal.
		{`{ rateLimit(dryRun: true) @skip(if: true) { cost } projects(first: 1) { totalCount } }`, `{"data":{"projects":{"totalCount":0}}}`},
		{`{ projects(first: 500) { nodes { key } } rateLimit { cost } }`, `{"errors":[{"message":"the operation costs 503, at most 200 are allowed; ask for smaller pages","extensions":{"code":"TOO_COMPLEX","cost":503,"limit":200}}]}`},
	} {
		got := compact(t, indented(t, w.ask(viewer, step.query, nil)))
		if d := cmp.Diff(step.want, got); d != "" {
			t.Errorf("%s (-want +got):\n%s", step.query, d)
		}
	}
}

// compact is an answer on one line.
func compact(t *testing.T, answer []byte) string {
	t.Helper()
	var line bytes.Buffer
	if err := json.Compact(&line, answer); err != nil {
		t.Fatal(err)
	}
	return line.String()
}
