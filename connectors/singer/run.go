package singer

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"

	"plumbline/connectors"
	"plumbline/portfolio"
)

// errStopped says that nobody wants more pages.
var errStopped = errors.New("stopped")

// pageFacts is about how many facts a page holds.
const pageFacts = 500

// run is one reading of a tap's messages.
type run struct {
	*Connector
	conversion
	ctx   context.Context
	yield func(connectors.Page, error) bool

	since   string            // of the cursor: where the last whole run ended
	kept    connectors.Cursor // of files, which are read as a whole or not at all; nil with a tap
	begun   position
	resumed bool
	now     position

	catalog   catalog
	streams   map[string]*stream // whose schema was told in this run
	activated map[string]string  // versions, by stream
	broken    map[string]bool    // streams with a record that nobody can name
	passed    map[string]int     // records of streams that are not mapped

	page    connectors.Page
	greeted bool
	done    int
}

func (c *Connector) newRun(ctx context.Context, mask func(string) string, yield func(connectors.Page, error) bool) *run {
	return &run{
		Connector: c, ctx: ctx, yield: yield,
		conversion: conversion{connection: c.env.Connection, fields: slices.Compact(slices.Sorted(slices.Values(c.env.Fields))), mask: mask},
		streams:    map[string]*stream{}, activated: map[string]string{}, broken: map[string]bool{}, passed: map[string]int{},
	}
}

// take does what one message says.
func (r *run) take(m message) error {
	switch m.Type {
	case typeSchema:
		return r.takeSchema(m)
	case typeRecord:
		return r.takeRecord(m)
	case typeState:
		// Records before it are on this page or an earlier one, so it may be
		// saved with this page, and never before.
		return r.now.take(m)
	case typeActivate:
		r.activated[m.Stream] = string(m.Version)
	default:
		r.log.DebugContext(r.ctx, "a message of a type that is not known", "type", m.Type)
	}
	return nil
}

// mapped are the mappings of a stream.
func (r *run) mapped(name string) (all []*mapping) {
	for _, m := range r.mappings {
		if m.Stream == name {
			all = append(all, m)
		}
	}
	return all
}

func (r *run) takeSchema(m message) error {
	mappings := r.mapped(m.Stream)
	if len(mappings) == 0 {
		return nil
	}
	described, err := m.schema()
	if err != nil {
		return err
	}
	s := &stream{name: m.Stream, schema: described}
	if m.Keys != nil {
		s.keys = *m.Keys
	}
	byKeys := slices.ContainsFunc(mappings, func(one *mapping) bool { return one.id == nil })
	before := r.streams[m.Stream]
	switch {
	case !byKeys:
	case len(s.keys) == 0:
		return fmt.Errorf("line %d: the schema of stream %q has no key_properties, by which records are known; name a property that never changes as id in streams", m.line, m.Stream)
	case before != nil && !slices.Equal(before.keys, s.keys):
		return fmt.Errorf("line %d: the key properties of stream %q changed from %v to %v, and with them the identity of every record; name a property that never changes as id in streams", m.line, m.Stream, before.keys, s.keys)
	}
	r.streams[m.Stream] = s
	return nil
}

func (r *run) takeRecord(m message) error {
	mappings := r.mapped(m.Stream)
	s := r.streams[m.Stream]
	switch {
	case len(mappings) == 0:
		r.passed[m.Stream]++
		return nil
	case s == nil:
		return fmt.Errorf("line %d: a record of stream %q comes before the schema of the stream", m.line, m.Stream)
	}
	for _, one := range mappings {
		out := r.convert(one, s, m.Record)
		if out.nameless {
			r.broken[m.Stream] = true
		}
		if out.quarantined != nil {
			r.page.Quarantined = append(r.page.Quarantined, *out.quarantined)
		}
		r.page.Facts = append(r.page.Facts, out.facts...)
	}
	r.done++
	if len(r.page.Facts)+len(r.page.Quarantined) >= r.pageFacts {
		return r.flush(r.cursor())
	}
	return nil
}

// flush hands the page over with the cursor that makes it durable.
func (r *run) flush(next connectors.Cursor) error {
	page := r.page
	if !r.greeted {
		r.greeted = true
		site := r.site()
		page.Site = &site
	}
	page.Next, page.Done = next, r.done
	r.page = connectors.Page{}
	if !r.yield(page, nil) {
		return errStopped
	}
	return nil
}

// complete names the listings that ended with a run of which the tap itself
// said that it ended well.
func (r *run) complete() {
	if r.resumed {
		return // what came before is not known any more
	}
	for name := range r.streams {
		for _, m := range r.mapped(name) {
			scope := connectors.Scope{Name: name, Of: m.kind}
			if slices.Contains(r.page.Complete, scope) || !r.whole(m) {
				continue
			}
			if r.broken[name] {
				r.log.WarnContext(r.ctx, "a record without an id may be any: nothing is taken for gone", "stream", name)
				continue
			}
			r.page.Complete = append(r.page.Complete, scope)
		}
	}
}

// whole tells whether this run has shown all that the stream holds.
func (r *run) whole(m *mapping) bool {
	switch m.Complete {
	case completeAlways:
		return true
	case completeNever:
		return false
	case completeFull:
		return !r.begun.has(m.Stream)
	}
	version, activated := r.activated[m.Stream]
	switch {
	case r.kept != nil:
		return activated
	case activated && version != r.begun.Versions[m.Stream]:
		return true // nothing of another version counts any more
	case r.catalog.fullTable(m.Stream):
		return !r.begun.has(m.Stream)
	}
	return false
}

// finish hands the last page over: only now since moves. With is what else to
// keep in the cursor.
func (r *run) finish(with connectors.Cursor) error {
	r.complete()
	versions := map[string]string{}
	maps.Copy(versions, r.begun.Versions)
	maps.Copy(versions, r.activated)
	if len(versions) > 0 {
		r.now.Versions = versions
	}
	for name, n := range r.passed {
		r.log.DebugContext(r.ctx, "records of a stream that is not mapped", "stream", name, "records", n)
	}
	next := connectors.Cursor{streamTap: portfolio.StreamCursor{Since: r.now.text()}}
	maps.Copy(next, with)
	return r.flush(next)
}

// fail hands over what was read and then the error: it is as good as any, and
// no later than its state.
func (r *run) fail(err error) error {
	if err == nil || errors.Is(err, errStopped) || len(r.page.Facts)+len(r.page.Quarantined) == 0 || r.ctx.Err() != nil {
		return err
	}
	if stopped := r.flush(r.cursor()); stopped != nil {
		return stopped
	}
	return err
}

// readAll takes the messages of a file.
func (r *run) readAll(in io.Reader) error {
	messages := newReader(in, r.mask)
	for {
		m, err := messages.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		if err := r.take(m); err != nil {
			return err
		}
		if err := r.ctx.Err(); err != nil {
			return err
		}
	}
}
