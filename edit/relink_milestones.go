package edit

import (
	"maps"
	"slices"
	"strings"

	"plumbline/portfolio"
)

// A milestonePair is a milestone and what it goes on as.
type milestonePair struct{ old, new *portfolio.MilestoneFact }

// pairs finds the counterparts of the milestones of a project: those that alone
// have their key, and of the others those that alone have their name.
func (r *relinker) pairs(old, new string) []milestonePair {
	var pairs []milestonePair
	paired := map[*portfolio.MilestoneFact]bool{}
	for _, word := range []func(*portfolio.MilestoneFact) string{
		func(f *portfolio.MilestoneFact) string { return f.Source.Key },
		func(f *portfolio.MilestoneFact) string { return f.Name },
	} {
		here, there := alone(r.steps[old], word), alone(r.steps[new], word)
		for _, word := range slices.Sorted(maps.Keys(here)) {
			if p := (milestonePair{here[word], there[word]}); p.old != nil && p.new != nil && !paired[p.old] && !paired[p.new] {
				paired[p.old], paired[p.new] = true, true
				pairs = append(pairs, p)
			}
		}
	}
	return pairs
}

// alone are the milestones by a word of theirs; nil where several have it.
func alone(steps []*portfolio.MilestoneFact, word func(*portfolio.MilestoneFact) string) map[string]*portfolio.MilestoneFact {
	all := map[string]*portfolio.MilestoneFact{}
	for _, f := range steps {
		w := strings.ToLower(strings.TrimSpace(word(f)))
		if _, shared := all[w]; shared {
			all[w] = nil
		} else if w != "" {
			all[w] = f
		}
	}
	return all
}

// isRecorded reports whether something that people recorded names a milestone.
// The others need no link: nothing of theirs has to count for another one.
func (r *relinker) isRecorded(f *portfolio.MilestoneFact) bool {
	return r.named[f.DocID()] || r.named[f.Connection+":"+f.Handle()]
}
