package azuredevops

import (
	"encoding/json"
	"strings"

	"plumbline/portfolio"
)

// dependencies converts a batch of links. Each change of a link is a row of
// its own, so of several rows of one link only the last is told.
func (r *run) dependencies(raws []json.RawMessage) error {
	var order []string
	last := map[string]linkRecord{}
	var ends []int64
	for _, raw := range raws {
		l, err := parseLink(raw)
		if err != nil {
			r.add(r.quarantine(portfolio.KindDependency, kindLink, "", scopeLinks, raw, err))
			continue
		}
		if !r.blocks[strings.ToLower(l.kind())] {
			continue
		}
		if _, met := last[l.id()]; !met {
			order = append(order, l.id())
		}
		last[l.id()] = l
		ends = append(ends, l.Source, l.Target)
	}
	if err := r.know(ends); err != nil {
		return err
	}
	for _, id := range order {
		if f, ok := r.dependency(last[id]); ok {
			r.add(converted{facts: []portfolio.ToolFact{f}})
		}
	}
	return nil
}
