package portfolio

// briefedWins are the quick wins and the quotes that a briefing tells of.
type briefedWins struct {
	achieved []*QuickWinFact
	// said are the quotes of the days. Nothing counts the others: that there is
	// a quote without consent must not be told either.
	said            []*QuoteFact
	known           int
	achievedEarlier int
}

// lookAtWins sorts out the quick wins and the quotes.
func (b *Briefing) lookAtWins() {
	of := &b.wins
	for _, f := range recordsOf[QuickWinFact](b.view.snap, KindQuickWin) {
		if !b.seesRecord(f) {
			continue
		}
		of.known++
		switch {
		case b.Days.has(f.Achieved):
			of.achieved = append(of.achieved, f)
		case b.Before.has(f.Achieved):
			of.achievedEarlier++
		}
	}
	for _, f := range recordsOf[QuoteFact](b.view.snap, KindQuote) {
		if b.Days.has(f.Said) && b.seesRecord(f) {
			of.said = append(of.said, f)
		}
	}
}

// Wins are the quick wins that were achieved in the days, the newest first.
func (b *Briefing) Wins(first *int, after *string) (*QuickWinConnection, error) {
	newest := Descending
	order := []*QuickWinOrder{{Field: QuickWinByAchieved, Direction: &newest}}
	return b.view.quickWinsIn(b.scope("wins"), b.wins.achieved, nil, order, b.page(first, after))
}

// Quotes are what people said in the days and agreed to share, the newest
// first. Of what nobody dated it is not known whether it was said in them.
func (b *Briefing) Quotes(first *int, after *string) (*QuoteConnection, error) {
	newest := Descending
	order := []*QuoteOrder{{Field: QuoteBySaid, Direction: &newest}}
	return b.view.quotesIn(b.scope("quotes"), b.wins.said, nil, order, b.page(first, after))
}
