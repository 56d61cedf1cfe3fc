package portfolio

// DateMoves is how a due date moved.
type DateMoves struct {
	// Count is of the moves that are known of, LaterCount of those to a later
	// date.
	Count, LaterCount int
	// Complete says that all of them are in Moves.
	Complete bool
	Moves    []*DateMove // oldest first
}

// A DateMove is one move of a due date.
type DateMove struct{ *DueMove }

// Days is by how many days the date moved later; nil unless there is a date
// before and after.
func (m *DateMove) Days() *int {
	if m.From.IsZero() || m.To.IsZero() {
		return nil
	}
	return dayCount(m.To.DaysSince(m.From))
}

// DateMoves is how its due date moved. Of what is no longer kept move by move,
// only the moves to a later date were counted.
func (m *Milestone) DateMoves() *DateMoves {
	moves := &DateMoves{LaterCount: m.SlipCount, Complete: true}
	listedLater := 0
	for _, move := range m.Moves() {
		d := &DateMove{move}
		moves.Moves = append(moves.Moves, d)
		if days := d.Days(); days != nil && *days > 0 {
			listedLater++
		}
	}
	moves.LaterCount = max(moves.LaterCount, listedLater)
	moves.Count = len(moves.Moves) + moves.LaterCount - listedLater
	moves.Complete = moves.Count == len(moves.Moves) && len(moves.Moves) < MaxMoves
	return moves
}
