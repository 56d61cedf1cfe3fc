package github

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"

	"plumbline/connectors/github/ghql"
	"plumbline/portfolio"
)

// maxNodes is how many people GitHub tells of at once.
const maxNodes = 100

// namePeople gives the people in the page the names that they gave themselves,
// for REST tells logins only. Who was asked for once is remembered as long as
// the process runs; where names may not be read, logins stay.
func (r *run) namePeople() error {
	unnamed := map[string]*portfolio.PersonFact{} // by the id that GraphQL knows
	for _, f := range r.page.Facts {
		p, ok := f.(*portfolio.PersonFact)
		if !ok {
			continue
		}
		node, byREST := r.nodes.Load(p.ID)
		if name, known := r.conversion.names.Load(p.ID); known {
			p.Name = name.(string)
		} else if byREST && node != "" {
			unnamed[node.(string)] = p
		}
	}
	for nodes := range slices.Chunk(slices.Sorted(maps.Keys(unnamed)), maxNodes) {
		answer, err := ghql.People(r.ctx, queries{r.Connector}, nodes)
		if gone(err) {
			return nil
		}
		if err != nil {
			return err
		}
		names := map[string]string{}
		for _, raw := range answer.Nodes {
			var a actorRecord
			if json.Unmarshal(raw, &a) == nil && a.ID != 0 {
				names[strconv.FormatInt(a.ID, 10)] = truncate(firstOf(a.Name, a.Login), maxName)
			}
		}
		for _, node := range nodes {
			p := unnamed[node]
			if name, ok := names[p.ID]; ok {
				p.Name = name
			}
			r.conversion.names.Store(p.ID, p.Name)
		}
	}
	return nil
}
