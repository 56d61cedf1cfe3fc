package transport_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"

	"plumbline/graph/limit"
)

// What one hostile request may cost the server. The time is only a guard
// against hanging on a busy machine; -v shows what was measured, which on a
// quiet one stays below 250 ms.
const (
	attackTime   = 5 * time.Second
	attackMemory = 64 << 20
)

// watch runs f and returns how long it took, by how much the heap rose at its
// highest, and how much was allocated in all.
func watch(f func()) (took time.Duration, peak, allocated uint64) {
	var before, after, now runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	done, highest := make(chan struct{}), make(chan uint64)
	go func() {
		top := before.HeapAlloc
		ticks := time.NewTicker(2 * time.Millisecond)
		defer ticks.Stop()
		for {
			select {
			case <-ticks.C:
				runtime.ReadMemStats(&now)
				top = max(top, now.HeapAlloc)
			case <-done:
				highest <- top
				return
			}
		}
	}()
	began := time.Now()
	f()
	took = time.Since(began)
	runtime.ReadMemStats(&after)
	close(done)
	top := max(<-highest, after.HeapAlloc)
	return took, top - before.HeapAlloc, after.TotalAlloc - before.TotalAlloc
}

func TestAttacksAreRefusedCheaply(t *testing.T) {
	attacks := []struct {
		name, query string
		status      int
		code        string
	}{
		{"aliased fragment fan-out", fanOut(26, "a%[1]d: self { ...F%[2]d } b%[1]d: self { ...F%[2]d }"), 400, "TOO_COMPLEX"},
		{"fragment fan-out without aliases", fanOut(26, "self { ...F%[2]d } self { ...F%[2]d }"), 400, "TOO_COMPLEX"},
		{"fragment fan-out on one level", fanOut(26, "...F%[2]d ...F%[2]d"), 200, ""},
		{"fan-out within the depth", fanOut(9, "self { ...F%[2]d } self { ...F%[2]d ...F%[2]d } self { ...F%[2]d }"), 400, "TOO_COMPLEX"},
		{"nested lists", "{project{" + strings.Repeat("members{", 8) + "id" + strings.Repeat("}", 10), 400, "TOO_COMPLEX"},
		{"nested pages", "{projects(first:500){nodes{milestones(first:500){nodes{project{milestones(first:500){nodes{id}}}}}}}}", 400, "TOO_COMPLEX"},
		{"a field repeated 50,000 times", "{project{" + strings.Repeat("id ", 50_000) + "}}", 400, "TOO_COMPLEX"},
		{"a field repeated as often as the tokens allow", "{project{" + strings.Repeat("id ", 2_490) + "}}", 400, "TOO_COMPLEX"},
		{"a field in as many fragments as the tokens allow", manyFragments(0, 220, "id name"), 200, ""},
		{"an object in as many fragments as the tokens allow", manyFragments(0, 130, "self{id name self{id}}"), 200, ""},
		{"an object repeated as often as the tokens allow", "{project{" + strings.Repeat("self{id} ", 620) + "}}", 400, "TOO_COMPLEX"},
		{"objects repeated within one another", "{project{" + strings.Repeat("self{"+strings.Repeat("self{id name}", 20)+"}", 20) + "}}", 200, ""},
		{"10,000 unknown directives", "{project{id " + strings.Repeat("@a ", 10_000) + "}}", 400, "TOO_COMPLEX"},
		{"1,200 unknown directives", "{project{id " + strings.Repeat("@a ", 1_200) + "}}", 400, "TOO_COMPLEX"},
		{"2,000 unknown fields", "{project{" + unknownFields(2_000) + "}}", 400, "BAD_REQUEST"},
		{"a page of 300,000", "{projects(first:300000){nodes{id}}}", 400, "TOO_COMPLEX"},
		{"pages of every size at once", "{" + strings.Repeat("projects(first:40000){nodes{id}}", 3) + "}", 400, "TOO_COMPLEX"},
		{"a filter as deep as the tokens allow", "{projects(filter:" + strings.Repeat("{not:", 600) + "null" + strings.Repeat("}", 600) + "){totalCount}}", 400, "TOO_COMPLEX"},
		{"selections deeper than any stack", strings.Repeat("{a", 100_000), 400, "TOO_COMPLEX"},
		{"inline fragments as deep as the tokens allow", "{" + strings.Repeat("...{", 800) + "__typename" + strings.Repeat("}", 801), 200, ""},
		{"a chain of fragments", chain(300), 200, ""},
		{"fragments that all spread one another", mesh(30), 400, "BAD_REQUEST"},
		{"one long string", `{node(id:"` + strings.Repeat("x", 200_000) + `"){__typename}}`, 200, ""},
		{"a comment of 200 kB", "#" + strings.Repeat("x", 200_000) + "\n{__typename}", 200, ""},
		{"introspection in breadth", "{" + aliasedIntrospection(10) + "}", 200, ""},
		{"introspection through lists of lists", "{__schema{types{fields{type{fields{type{fields{name}}}}}}}}", 400, "BAD_REQUEST"},
		{"introspection in depth", "{__schema{types{" + strings.Repeat("ofType{", 25) + "name" + strings.Repeat("}", 28), 400, "TOO_COMPLEX"},
	}
	for _, a := range attacks {
		t.Run(a.name, func(t *testing.T) {
			server := serve(t, nil)
			ask(t, server, "{__typename}", nil) // opens the connection
			var got reply
			took, peak, allocated := watch(func() {
				got = ask(t, server, a.query, nil, "Accept", "application/graphql-response+json")
			})
			t.Logf("%d bytes asked, %d answered: %v, heap +%.1f MiB, %.1f MiB allocated",
				len(a.query), len(got.body), took.Round(10*time.Microsecond), mebibytes(peak), mebibytes(allocated))
			if got.status != a.status || got.code() != a.code {
				t.Errorf("answered %d %s, want %d %s: %.300s", got.status, got.code(), a.status, a.code, got.body)
			}
			if len(got.body) > 64<<10 {
				t.Errorf("answered %d bytes", len(got.body))
			}
			if took > attackTime || peak > attackMemory || allocated > attackMemory {
				t.Errorf("took %v, heap +%d, %d allocated; want at most %v and %d", took, peak, allocated, attackTime, attackMemory)
			}
		})
	}
}

func TestHostileVariablesAreRefusedCheaply(t *testing.T) {
	const query = "query($f: ProjectFilter) { projects(filter: $f) { totalCount } }"
	cases := []struct {
		name, filter, code string
	}{
		{"9,000 levels deep", strings.Repeat(`{"not":`, 9_000) + "null" + strings.Repeat("}", 9_000), "TOO_COMPLEX"},
		{"60,000 levels deep", strings.Repeat("[", 60_000) + strings.Repeat("]", 60_000), "BAD_REQUEST"},
		{"80,000 elements of the wrong type", `{"healthIn":[` + strings.Repeat("1,", 80_000) + "1]}", "INVALID"},
		{"25,000 elements", `{"healthIn":[` + strings.Repeat(`"GREEN",`, 25_000) + `"RED"]}`, ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			server := serve(t, nil)
			ask(t, server, "{__typename}", nil)
			body := fmt.Sprintf(`{"query":%q,"variables":{"f":%s}}`, query, c.filter)
			var got reply
			took, peak, allocated := watch(func() {
				got = send(t, http.MethodPost, server.URL, body, "Content-Type", "application/json")
			})
			t.Logf("%d bytes asked, %d answered: %v, heap +%.1f MiB, %.1f MiB allocated",
				len(body), len(got.body), took.Round(10*time.Microsecond), mebibytes(peak), mebibytes(allocated))
			if got.code() != c.code || len(got.body) > 1<<10 {
				t.Errorf("answered %s in %d bytes, want %s: %.300s", got.code(), len(got.body), c.code, got.body)
			}
			if took > attackTime || peak > attackMemory || allocated > attackMemory {
				t.Errorf("took %v, heap +%d, %d allocated; want at most %v and %d", took, peak, allocated, attackTime, attackMemory)
			}
		})
	}
}

// TestTheLargestOperationsAreAffordable spends nearly all that one operation
// may cost without the export scope.
func TestTheLargestOperationsAreAffordable(t *testing.T) {
	for _, query := range []string{
		"{projects(first:49000){nodes{id name}}}",
		"{projects(first:500){nodes{id name milestones(first:95){nodes{id name}}}}}",
		"{projects(first:500){nodes{id name milestones(first:45){nodes{id name project{id name}}}}}}",
	} {
		server := serve(t, nil)
		ask(t, server, "{__typename}", nil)
		var got reply
		took, peak, allocated := watch(func() { got = ask(t, server, query, nil) })
		t.Logf("%v: %d bytes answered: %v, heap +%.1f MiB, %.1f MiB allocated",
			got.Extensions["cost"], len(got.body), took.Round(10*time.Microsecond), mebibytes(peak), mebibytes(allocated))
		if got.status != http.StatusOK || got.Errors != nil || took > attackTime || peak > 2*attackMemory {
			t.Errorf("answered %d %s in %v with heap +%d, want at most %v and %d", got.status, got.code(), took, peak, attackTime, 2*attackMemory)
		}
	}
}

func mebibytes(n uint64) float64 { return float64(n) / (1 << 20) }

// fanOut has fragments F0 to Fn, each of which spreads the next as the format
// says, given its own number and the next one's.
func fanOut(n int, format string) string {
	var b strings.Builder
	b.WriteString("{project{...F0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Project{", i)
		fmt.Fprintf(&b, format, i, i+1)
		b.WriteString("}")
	}
	fmt.Fprintf(&b, "fragment F%d on Project{id}", n)
	return b.String()
}

func chain(n int) string {
	var b strings.Builder
	b.WriteString("{project{...F0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Project{...F%d}", i, i+1)
	}
	fmt.Fprintf(&b, "fragment F%d on Project{id}", n)
	return b.String()
}

// mesh has n fragments, each of which spreads every one.
func mesh(n int) string {
	var b strings.Builder
	b.WriteString("{project{...F0}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment F%d on Project{", i)
		for j := range n {
			fmt.Fprintf(&b, "...F%d ", j)
		}
		b.WriteString("}")
	}
	return b.String()
}

// manyFragments spreads n fragments with the same fields side by side. The
// seed makes it another document.
func manyFragments(seed, n int, fields string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "query Q%d{project{", seed)
	for i := range n {
		fmt.Fprintf(&b, "...ProjectFields%d ", i)
	}
	b.WriteString("}}")
	for i := range n {
		fmt.Fprintf(&b, "fragment ProjectFields%d on Project{%s}", i, fields)
	}
	return b.String()
}

func unknownFields(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "x%d ", i)
	}
	return b.String()
}

func aliasedIntrospection(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, " a%d:__schema{types{fields{args{type{fields{args{type{enumValues{name}}}}}}}}}", i)
	}
	return b.String()
}

// TestManyDocumentsDoNotFillTheMemory sends 300 different documents of 11 kB,
// all valid and all worth remembering.
func TestManyDocumentsDoNotFillTheMemory(t *testing.T) {
	handler := serve(t, nil)
	query := func(n int) string {
		return fmt.Sprintf("query Q%d{projects(first:0 filter:{healthIn:[%s]}){totalCount}}", n, strings.Repeat("RED, ", 2_200))
	}
	took, _, allocated := watch(func() {
		for n := range 300 {
			if got := ask(t, handler, query(n), nil); got.status != http.StatusOK || got.Errors != nil {
				t.Fatalf("answered %d: %.300s", got.status, got.body)
			}
		}
	})
	var after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&after)
	t.Logf("300 documents of %d bytes: %v, %.1f MiB allocated, heap %.1f MiB afterwards",
		len(query(0)), took.Round(time.Millisecond), mebibytes(allocated), mebibytes(after.HeapAlloc))
	if after.HeapAlloc > attackMemory {
		t.Errorf("the heap holds %d bytes afterwards, want at most %d", after.HeapAlloc, attackMemory)
	}
	runtime.KeepAlive(handler)
}

// TestLargeBodiesAreNotRead offers 20 MB and finds that the server has
// answered long before it was sent.
func TestLargeBodiesAreNotRead(t *testing.T) {
	handler := newHandler(nil)
	for name, announced := range map[string]int64{"announced": 20 << 20, "in chunks": -1} {
		t.Run(name, func(t *testing.T) {
			body := &endless{}
			status, read := post(handler, body, announced)
			if status != http.StatusRequestEntityTooLarge {
				t.Errorf("status = %d, want 413", status)
			}
			if most := limit.Defaults().Body + 64<<10; read > most {
				t.Errorf("read %d bytes, want at most %d", read, most)
			}
			if announced > 0 && read > 0 {
				t.Errorf("read %d bytes of a body whose length was told", read)
			}
		})
	}
}
