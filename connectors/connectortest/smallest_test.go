package connectortest_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"strconv"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/portfolio"
)

// list is about the smallest tool there can be: milestones in a slice, read as
// a whole each time.
type list struct {
	items []item
	down  error
}

type item struct {
	id           int
	name         string
	spoiled      bool
	text, status string
}

const scope = "list"

// Pull tells everything, a hundred milestones a page.
func (l *list) Pull(ctx context.Context, since connectors.Cursor) iter.Seq2[connectors.Page, error] {
	return func(yield func(connectors.Page, error) bool) {
		after, _ := strconv.Atoi(since["items"].Position)
		whole := after == 0
		site := &portfolio.Site{Connection: "tiny", Type: "list", Instance: "list"}
		for {
			if err := errors.Join(ctx.Err(), l.down); err != nil {
				yield(connectors.Page{}, err)
				return
			}
			page := connectors.Page{Site: site, Total: len(l.items)}
			rest := slices.DeleteFunc(slices.Clone(l.items), func(i item) bool { return i.id <= after })
			for _, i := range rest[:min(100, len(rest))] {
				after = i.id
				source := portfolio.Source{Connection: "tiny", Kind: "item", ID: strconv.Itoa(i.id), Scope: scope}
				if i.spoiled {
					page.Quarantined = append(page.Quarantined, portfolio.Quarantine{Source: source, Of: portfolio.KindMilestone, Reason: "spoiled", Converter: 1})
					continue
				}
				page.Facts = append(page.Facts, &portfolio.MilestoneFact{Source: source, Name: i.name, Status: i.status, Project: "tiny/list/1"})
			}
			page.Next = connectors.Cursor{"items": {Position: strconv.Itoa(after)}}
			last := len(rest) <= 100
			if last {
				page.Next = connectors.Cursor{"items": {}}
				if whole {
					page.Complete = []connectors.Scope{{Name: scope, Of: portfolio.KindMilestone}}
				}
			}
			if !yield(page, nil) || last {
				return
			}
			site = nil
		}
	}
}

// TestTheSmallestConnector holds that the suite asks for nothing but what the
// contract asks for.
func TestTheSmallestConnector(t *testing.T) {
	connectortest.Run(t, func(testing.TB) connectortest.Tool {
		l, ids := &list{}, []int{}
		at := func(i int) *item {
			n := slices.IndexFunc(l.items, func(x item) bool { return x.id == ids[i] })
			return &l.items[n]
		}
		return connectortest.Tool{
			Open: func(testing.TB) connectors.Connector { return l },
			Add: func(name string) {
				ids = append(ids, len(ids)+1)
				l.items = append(l.items, item{id: len(ids), name: name})
			},
			Rename:   func(i int, name string) { at(i).name = name },
			Delete:   func(i int) { l.items = slices.DeleteFunc(l.items, func(x item) bool { return x.id == ids[i] }) },
			Describe: func(i int, text string) { at(i).text = text },
			Status:   func(i int, status string) { at(i).status = status },
			Spoil:    func(i int) func() { at(i).spoiled = true; return func() { at(i).spoiled = false } },
			Empty:    func(i int) func() { was := *at(i); *at(i) = item{id: was.id}; return func() { *at(i) = was } },
			Break: func(f connectortest.Fault) func() {
				if f != connectortest.Unauthorized {
					return nil
				}
				l.down = connectors.ErrUnauthorized
				return func() { l.down = nil }
			},
			Pages:   []int{0, 1, 99, 100, 101, 200},
			Several: 350,
		}
	})
}
