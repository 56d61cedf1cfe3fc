package asanatest

import (
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// event is something that happened in a project.
type event struct {
	seq          int64
	at           time.Time
	action, kind string
	gid          string
}

// maxEvents is how many events one reply holds.
const maxEvents = 100

// happens notes an event, with the lock held.
func (s *Site) happens(project, action, kind, gid string) {
	s.seq++
	s.log[project] = append(s.log[project], event{s.seq, s.now(), action, kind, gid})
}

// ForgetEvents makes every sync token of a project invalid, as a busy Asana
// does before they are a day old.
func (s *Site) ForgetEvents(project string) {
	s.change(func() { s.happens(project, "forgotten", "", "") })
}

// LoseEvents drops the events of a project that nobody has asked for yet, as
// they are delivered at most once.
func (s *Site) LoseEvents(project string) {
	s.change(func() { delete(s.log, project) })
}

// events answers what happened in a project since a token, which is the number
// of the last event and when it was given.
func (q *request) events() {
	project := q.param("resource")
	if _, ok := q.projects[project]; !ok {
		refuse(q.w, http.StatusNotFound, "resource: Unknown object: "+project)
		return
	}
	if !q.sees(project) {
		refuse(q.w, http.StatusForbidden, "You do not have access to this project.")
		return
	}
	log := q.log[project]
	late := q.now().Add(-q.opts.EventDelay)
	log = log[:len(log)-len(afterTime(log, late))]
	newest := int64(0)
	if len(log) > 0 {
		newest = log[len(log)-1].seq
	}
	from, ok := q.token(project, log)
	if !ok {
		q.w.Header().Set("Content-Type", "application/json; charset=UTF-8")
		q.w.WriteHeader(http.StatusPreconditionFailed)
		fmt.Fprintf(q.w, `{"errors":[{"message":"Sync token invalid or too old."}],"sync":%q}`, q.newToken(newest))
		return
	}
	rest := log[slices.IndexFunc(append(slices.Clone(log), event{seq: from + 1}), func(e event) bool { return e.seq > from }):]
	more := len(rest) > maxEvents
	if more {
		rest = rest[:maxEvents]
	}
	if len(rest) > 0 {
		from = rest[len(rest)-1].seq
	}
	data := []any{}
	for _, e := range rest {
		data = append(data, q.fields.show(record{
			"user": nil, "type": e.kind, "action": e.action, "created_at": stamp(e.at), "parent": nil,
			"resource": record{"gid": e.gid, "resource_type": e.kind},
		}))
	}
	q.answer(map[string]any{"data": data, "sync": q.newToken(from), "has_more": more})
}

// afterTime are the events later than a time.
func afterTime(log []event, at time.Time) []event {
	i := slices.IndexFunc(log, func(e event) bool { return e.at.After(at) })
	if i < 0 {
		return nil
	}
	return log[i:]
}

func (q *request) newToken(seq int64) string {
	return fmt.Sprintf("%x:%d", q.now().UnixMilli(), seq)
}

// token reads the one of the request; it is good unless it is too old, or
// from before the events were forgotten.
func (q *request) token(project string, log []event) (seq int64, ok bool) {
	given, number, ok := strings.Cut(q.param("sync"), ":")
	at, err := strconv.ParseInt(given, 16, 64)
	if !ok || err != nil || q.now().Sub(time.UnixMilli(at)) >= q.opts.EventLife {
		return 0, false
	}
	if seq, err = strconv.ParseInt(number, 10, 64); err != nil {
		return 0, false
	}
	forgotten := slices.ContainsFunc(log, func(e event) bool { return e.action == "forgotten" && e.seq > seq })
	return seq, !forgotten
}
