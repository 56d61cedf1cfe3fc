package sync

import (
	"slices"

	"plumbline/portfolio"
)

// observe returns the history of a milestone's due date after the tool gave
// now where before was stored; before is nil for a new milestone.
func observe(before, now *portfolio.MilestoneFact, today portfolio.Date) portfolio.DueHistory {
	var h portfolio.DueHistory
	was := now.Due
	if before != nil {
		h, was = before.History, before.Due
	}
	if now.History.Read {
		h = remembered(h, now.History)
		if n := len(h.Moves); n > 0 {
			was = h.Moves[n-1].To
		}
	}
	if was != now.Due {
		h = moved(h, portfolio.DueMove{On: today, From: was, To: now.Due})
	}
	if h.First.IsZero() {
		h.First = now.Due
	}
	return h
}

// moved adds a move to a history.
func moved(h portfolio.DueHistory, m portfolio.DueMove) portfolio.DueHistory {
	h.Moves = latest(append(slices.Clip(h.Moves), m))
	if later(m) {
		h.LaterMoves++
	}
	return h
}

// remembered joins what was observed with what the tool remembers. The tool
// knows the day of each move and the moves between two readings, so its
// account replaces ours from its first move on; what it has forgotten stays.
func remembered(observed, tool portfolio.DueHistory) portfolio.DueHistory {
	tool.Moves = slices.Clone(tool.Moves)
	older := observed.Moves
	if len(tool.Moves) > 0 {
		begins := tool.Moves[0].On
		older = older[:countWhile(older, func(m portfolio.DueMove) bool { return m.On.Before(begins) })]
	}
	for _, m := range older {
		if later(m) {
			tool.LaterMoves++
		}
	}
	if len(older) > 0 || tool.First.IsZero() {
		tool.First = observed.First
	}
	tool.LaterMoves = max(tool.LaterMoves, observed.LaterMoves)
	tool.Moves = latest(slices.Concat(older, tool.Moves))
	return tool
}

func later(m portfolio.DueMove) bool {
	return !m.From.IsZero() && m.To.After(m.From)
}

func latest(moves []portfolio.DueMove) []portfolio.DueMove {
	if len(moves) == 0 {
		return nil
	}
	return moves[max(0, len(moves)-portfolio.MaxMoves):]
}

func countWhile[T any](s []T, keep func(T) bool) int {
	if i := slices.IndexFunc(s, func(v T) bool { return !keep(v) }); i >= 0 {
		return i
	}
	return len(s)
}
