package portfolio

import (
	"cmp"
	"slices"

	"github.com/shopspring/decimal"

	"plumbline/portfolio/scoring"
)

// The codes of reasons why there is no progress, beside those of package
// scoring. They are part of the API.
const (
	ReasonNothingBelow    = string(scoring.NothingBelow)
	ReasonNoProgressBelow = "NO_PROGRESS_BELOW"
	ReasonWeightsUnknown  = "WEIGHTS_UNKNOWN"
	ReasonNotTold         = string(scoring.NotRecorded)
	ReasonNoActual        = string(scoring.NoActual)
	ReasonNoTarget        = string(scoring.NoTarget)
)

// buildProgress computes key results and, from the leaves up, the progress of
// objectives.
func (b *builder) buildProgress() {
	for id := range b.keyResults.rows.all() {
		if v, _ := b.factsOf(KindKeyResult).get(id); v.Doc == nil {
			b.keyResults.put(id, b.keyResults.before(id), nil)
		}
	}
	results := map[string][]*KeyResultRow{}
	facts := map[string]Versioned{}
	for id, v := range b.factsOf(KindKeyResult).all() {
		facts[id] = v
	}
	for _, id := range sortedKeys(facts) {
		row := b.keyResult(facts[id])
		b.keyResults.put(id, b.keyResults.before(id), row)
		results[row.ObjectiveID] = append(results[row.ObjectiveID], row)
	}
	for id := range b.objectives.rows.all() {
		if v, _ := b.factsOf(KindObjective).get(id); v.Doc == nil {
			b.objectives.put(id, b.objectives.before(id), nil)
		}
	}
	for _, key := range sortedKeys(b.strategies.plans) {
		p := b.strategies.plans[key]
		rows := make(map[string]*ObjectiveRow, len(p.tree.ordered))
		for _, n := range slices.Backward(p.tree.ordered) { // what is below comes first
			row := b.objectiveRow(p, n)
			row.Progress = progressOf(n, row, rows, results[row.ID])
			rows[row.ID] = row
		}
		for _, n := range p.tree.ordered {
			b.objectives.put(n.fact.Slug, b.objectives.before(n.fact.Slug), rows[n.fact.Slug])
		}
	}
}

// keyResult computes a key result and its progress.
func (b *builder) keyResult(v Versioned) *KeyResultRow {
	f := v.Doc.(*KeyResultFact)
	row := &KeyResultRow{
		ID: f.Slug, ObjectiveID: f.Objective, Name: f.Name, Owner: f.Owner, Unit: f.Unit, KPI: f.KPI,
		Baseline: f.Baseline, Target: f.Target, Actual: f.Actual, Weight: 1, Due: f.Due, Rev: v.Rev,
	}
	if f.Weight != nil {
		row.Weight = f.Weight.InexactFloat64()
	}
	if f.KPI != "" {
		row.Actual, row.ActualPeriod = b.lastActual(f.KPI)
	}
	switch {
	case f.Progress != nil:
		told := scoring.Round9(f.Progress.InexactFloat64())
		row.Told, row.Progress.Value = true, &told
	case row.Target == nil:
		row.Progress.Reason = &Reason{ReasonNoTarget, "The key result has no target.", ""}
	case row.Actual == nil && f.KPI != "":
		row.Progress.Reason = &Reason{ReasonNoActual, "Its KPI has no actual value.", ""}
	case row.Actual == nil:
		row.Progress.Reason = &Reason{ReasonNoActual, "Nobody gave an actual value.", ""}
	default:
		value, code := scoring.Progress(floatOf(row.Baseline), floatOf(row.Target), floatOf(row.Actual))
		if row.Progress.Value = value; value == nil {
			row.Progress.Reason = &Reason{string(code), "The target equals the baseline, so that there is no way between them.", ""}
		}
	}
	return row
}

func floatOf(d *decimal.Decimal) *float64 {
	if d == nil {
		return nil
	}
	f := d.InexactFloat64()
	return &f
}

// lastActual is the current actual value of a KPI and the period that it is
// of; nil when there is none.
func (b *builder) lastActual(kpi string) (actual *decimal.Decimal, period string) {
	k := b.kpis.get(kpi)
	if k == nil || k.Current == nil {
		return nil, ""
	}
	return exact(k.Current.Actual), k.Current.String()
}

// progressOf rolls up what lies below an objective: the objectives in force,
// with their weights among each other, and the key results, with theirs. What
// has no progress is left out and counted.
func progressOf(n *objectiveNode, row *ObjectiveRow, rows map[string]*ObjectiveRow, results []*KeyResultRow) ProgressRow {
	p := ProgressRow{Method: cmp.Or(n.fact.RollUp, RollUpWeightedMean)}
	if p.Method == RollUpManual {
		if n.fact.Progress == nil {
			p.Reason = &Reason{ReasonNotTold, "Its progress is told by people, and nobody told it.", ""}
			return p
		}
		told := scoring.Round9(n.fact.Progress.InexactFloat64())
		p.Value = &told
		return p
	}
	var weights, parts []float64
	unweighed := false
	add := func(weight, progress *float64) {
		p.Of++
		if progress == nil {
			return
		}
		p.Counted++
		parts = append(parts, *progress)
		if weight == nil {
			unweighed = true
			weights = append(weights, 0)
			return
		}
		weights = append(weights, *weight)
	}
	if row.State == ObjectiveInForce {
		for _, child := range n.children {
			if below := rows[child.fact.Slug]; below.State == ObjectiveInForce {
				add(below.LocalWeight, below.Progress.Value)
			}
		}
	}
	for _, k := range results {
		add(&k.Weight, k.Progress.Value)
	}
	switch {
	case p.Of == 0:
		p.Reason = &Reason{ReasonNothingBelow, "Neither an objective in force nor a key result lies below it.", ""}
	case p.Counted == 0:
		p.Reason = &Reason{ReasonNoProgressBelow, "Nothing of what lies below it has a progress.", ""}
	case unweighed && p.Method == RollUpWeightedMean:
		p.Reason = &Reason{ReasonWeightsUnknown, "The weights of the objectives below it are not known.", ""}
	default:
		value, code := scoring.RollUp(scoring.Method(p.Method), weights, parts)
		if p.Value = value; value == nil {
			p.Reason = &Reason{string(code), "The weights of what lies below it add up to 0.", ""}
		}
	}
	return p
}
