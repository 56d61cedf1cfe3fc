package portfolio

import (
	"slices"

	"plumbline/portfolio/scoring"
)

// AlignmentMethod names how scores are computed; another number is another way.
const AlignmentMethod = "alignment/1"

// ChampionStrength is what the strengths of the contributions that count must
// add up to, or a project that has a sponsor is flagged CHAMPION_ONLY: it is
// there for somebody rather than for the strategy. Strengths and not points,
// because points also tell how much the objectives weigh.
const ChampionStrength = 0.2

// AlignmentFlag says what is odd about how a project serves the strategy.
type AlignmentFlag string

// The values of AlignmentFlag. Only projects that take part in rankings have
// any; all but the first three follow from the whole list of projects.
const (
	FlagOrphan       AlignmentFlag = "ORPHAN"        // it serves no objective
	FlagStaleLink    AlignmentFlag = "STALE_LINK"    // it contributes to an objective that has expired
	FlagChampionOnly AlignmentFlag = "CHAMPION_ONLY" // it has a sponsor and strengths below ChampionStrength

	FlagLowAlignmentHighSpend AlignmentFlag = "LOW_ALIGNMENT_HIGH_SPEND" // little score, much money
	FlagHighAlignmentUnfunded AlignmentFlag = "HIGH_ALIGNMENT_UNFUNDED"  // much score, no money
	FlagRankInversion         AlignmentFlag = "RANK_INVERSION"           // money and score rank it far apart
)

// ReasonProgramme is the code of why a programme has no score.
const ReasonProgramme = "PROGRAMME"

// An alignment is how a project serves the leading strategy, as far as that
// follows from the project alone.
type alignment struct {
	score *float64 // 0 to 100; nil when there are no weights
	// own says why score is nil although there are weights.
	own     *Reason
	parts   []alignmentPart // what counts, by objective
	primary string          // the objective that gives most points
	flags   []AlignmentFlag
	// ranked says that the project takes part in rankings.
	ranked    bool
	programme bool
}

// An alignmentPart is what one contribution adds to a score.
type alignmentPart struct {
	contribution string
	objective    string
	strength     float64
	weight       float64 // of the leaves that it counts for
	points       float64 // 100 * weight * strength
}

var reasonProgramme = &Reason{ReasonProgramme, "It is a programme: the projects below it are scored instead.", ""}

// buildAlignment scores the projects that were computed again, those that
// contributions lead to, and all of them when the weights changed. It comes
// after everything else of a project, so that a new score costs no more than
// the row.
func (b *builder) buildAlignment() {
	b.markProgrammes()
	now, _ := b.strategies.weights()
	was, _ := b.old.strategies.weights()
	inPieces(len(b.projects.round), func(from, to int) {
		for i := from; i < to; i++ {
			if p := &b.projects.round[i]; p.now != nil {
				p.now.alignment = b.align(p.now, now, alignmentOf(p.old))
			}
		}
	})
	rows := b.misaligned()
	next := make([]*alignment, len(rows))
	reweigh := sameTree(was, now)
	inPieces(len(rows), func(from, to int) {
		for i := from; i < to; i++ {
			if old := rows[i].alignment; reweigh && !b.dirty.aligned[rows[i].ID] && old.score != nil {
				next[i] = old.by(now, rows[i].SponsorID != "")
			} else {
				next[i] = b.align(rows[i], now, old)
			}
		}
	})
	for i, old := range rows {
		if next[i] != old.alignment {
			row := *old
			row.alignment = next[i]
			b.projects.put(old.ID, old, &row)
		}
	}
}

// misaligned are the rows that were not computed again and whose alignment may
// be another one, by id.
func (b *builder) misaligned() []*ProjectRow {
	var rows []*ProjectRow
	add := func(row *ProjectRow) {
		if row != nil && !b.projects.isFresh(row.ID) {
			rows = append(rows, row)
		}
	}
	if b.rescore {
		rows = make([]*ProjectRow, 0, b.projects.old.ordered.count)
		for row := range b.projects.old.ordered.all() {
			add(row)
		}
		return rows
	}
	for _, id := range sortedKeys(b.dirty.aligned) {
		add(b.projects.before(id))
	}
	return rows
}

func alignmentOf(p *ProjectRow) *alignment {
	if p == nil {
		return nil
	}
	return p.alignment
}

// sameTree reports whether the same objectives are in force in two weighings,
// so that the same contributions count.
func sameTree(a, b *weighing) bool {
	return a.known() && b.known() && slices.EqualFunc(a.objectives, b.objectives, func(x, y weighedObjective) bool {
		return x.key == y.key && x.parent == y.parent
	})
}

// by is the alignment by other weights of the same objectives.
func (a *alignment) by(w *weighing, sponsored bool) *alignment {
	if len(a.parts) == 0 {
		return a
	}
	next := *a
	next.parts = slices.Clone(a.parts)
	w.weighParts(next.parts)
	next.score, next.primary = total(next.parts)
	if a.ranked {
		next.flags = next.localFlags(slices.Contains(a.flags, FlagStaleLink), sponsored)
	}
	if equalAlignment(a, &next) {
		return a
	}
	return &next
}

// markProgrammes marks the projects above those that came, went or moved.
func (b *builder) markProgrammes() {
	for i := range b.projects.round {
		p := &b.projects.round[i]
		was, is := aboveOf(p.old), aboveOf(p.now)
		if was != is {
			b.dirty.aligned[was] = true
			b.dirty.aligned[is] = true
		}
	}
	delete(b.dirty.aligned, "")
}

// aboveOf is the project that one makes a programme: the one above it while a
// tool still shows it.
func aboveOf(p *ProjectRow) string {
	if p == nil || p.Presence != PresencePresent || p.ParentID == p.ID {
		return ""
	}
	return p.ParentID
}

// isProgramme reports whether a project that a tool still shows lies below it.
func (b *builder) isProgramme(row *ProjectRow) bool {
	parts := b.refsOf(KindProject)
	for _, id := range row.led() {
		for _, part := range parts.of(partWord(id)) {
			if p := b.projects.get(b.unified(part)); p != nil && aboveOf(p) == row.ID {
				return true
			}
		}
	}
	return false
}

// align computes the alignment of a project; was is returned when nothing
// changed.
func (b *builder) align(row *ProjectRow, weights *weighing, was *alignment) *alignment {
	a := &alignment{programme: b.isProgramme(row)}
	a.ranked = row.Presence == PresencePresent && row.Phase != PhaseDone && row.Phase != PhaseCancelled && !a.programme
	stale := false
	var counting []*ContributionRow
	for _, id := range b.contributors.of(row.ID) {
		c := b.contributions.get(id)
		stale = stale || c.State == ContributionStale && c.StrategyID == b.strategies.leading
		if c.State == ContributionCounts && weights.of(c.ObjectiveID) != nil {
			counting = append(counting, c)
		}
	}
	switch {
	case a.programme && len(counting) == 0:
		a.own = reasonProgramme
	case weights.known():
		a.parts = weights.parts(counting)
		a.score, a.primary = total(a.parts)
	}
	if a.ranked {
		a.flags = a.localFlags(stale, row.SponsorID != "")
	}
	if was != nil && equalAlignment(was, a) {
		return was
	}
	return a
}

// localFlags are the flags that follow from the project alone.
func (a *alignment) localFlags(stale, sponsored bool) (flags []AlignmentFlag) {
	if a.score != nil && *a.score == 0 {
		flags = append(flags, FlagOrphan)
	}
	if stale {
		flags = append(flags, FlagStaleLink)
	}
	strength := 0.0
	for i := range a.parts {
		strength += a.parts[i].strength
	}
	if a.score != nil && sponsored && strength < ChampionStrength {
		flags = append(flags, FlagChampionOnly)
	}
	return flags
}

// parts says what each contribution adds to the score. One to an inner
// objective counts for the leaves below it that have none nearer.
func (w *weighing) parts(counting []*ContributionRow) []alignmentPart {
	if len(counting) == 0 {
		return nil
	}
	slices.SortFunc(counting, func(x, y *ContributionRow) int { return w.at[x.ObjectiveID] - w.at[y.ObjectiveID] })
	parts := make([]alignmentPart, len(counting))
	for i, c := range counting {
		parts[i] = alignmentPart{contribution: c.ID, objective: c.ObjectiveID, strength: c.Strength}
	}
	w.weighParts(parts)
	return parts
}

// weighParts sets the weights and the points of the parts of a score.
func (w *weighing) weighParts(parts []alignmentPart) {
	var few [8]int
	places := few[:0]
	for i := range parts {
		places = append(places, w.at[parts[i].objective])
	}
	for i := range parts {
		p := &parts[i]
		p.weight = 0
		w.covers(places, places[i], func(leaf int) { p.weight += *w.objectives[leaf].global })
		p.points = scoring.Round9(100 * p.weight * p.strength)
	}
}

// covers yields the leaves for which a contribution to the objective at a place
// counts, when a project contributes to the objectives at places.
func (w *weighing) covers(places []int, at int, yield func(leaf int)) {
	o := &w.objectives[at]
	if o.leaf {
		yield(at)
		return
	}
	for leaf := at + 1; leaf < o.last; {
		switch {
		case slices.Contains(places, leaf):
			leaf = w.objectives[leaf].last // it counts for these itself
			continue
		case w.objectives[leaf].leaf:
			yield(leaf)
		}
		leaf++
	}
}

// total is the score that parts add up to, and the objective that gives most
// of it.
func total(parts []alignmentPart) (score *float64, primary string) {
	sum, most := 0.0, 0.0
	for i := range parts {
		sum += parts[i].points
		if parts[i].points > most {
			most, primary = parts[i].points, parts[i].objective
		}
	}
	sum = min(scoring.Round9(sum), 100)
	return &sum, primary
}

func equalAlignment(a, b *alignment) bool {
	if a == nil || b == nil || a == b {
		return a == b
	}
	return equalScores(a.score, b.score) && a.own == b.own && a.primary == b.primary && a.ranked == b.ranked &&
		a.programme == b.programme && slices.Equal(a.parts, b.parts) && slices.Equal(a.flags, b.flags)
}

func equalScores(a, b *float64) bool { return a == b || (a != nil && b != nil && *a == *b) }

func scoreOf(p *ProjectRow) *float64 {
	if p.alignment == nil {
		return nil
	}
	return p.alignment.score
}

func partsOf(p *ProjectRow) []alignmentPart {
	if p.alignment == nil {
		return nil
	}
	return p.alignment.parts
}

func localFlagsOf(p *ProjectRow) []AlignmentFlag {
	if p.alignment == nil {
		return nil
	}
	return p.alignment.flags
}
