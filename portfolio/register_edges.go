package portfolio

// recordsOfObjective are the records of a register that name an objective, by
// id.
func recordsOfObjective[F any, D interface {
	*F
	Registered
}](s *Snapshot, kind Kind, key string) []*F {
	return recordsFoundBy[F, D](s, kind, objectiveWord(key))
}
