package portfolio

// governance is what follows from the whole portfolio and is computed only when
// somebody asks: who works on what, how projects stand to the controls, and
// which names and references lead nowhere. Snapshots between which no fact
// changed share it.
type governance struct {
	work     lazy[workforce]
	controls lazy[inspection]
	quality  lazy[misfits]
	pairs    lazy[[]*joinPair]
}

// settleGovernance decides whether the next snapshot shares what the old one
// knows.
func (b *builder) settleGovernance(next *Snapshot) {
	next.governance = b.old.governance
	if next.data.Revision == 0 || next.data != b.old.data {
		next.governance = new(governance)
	}
}
