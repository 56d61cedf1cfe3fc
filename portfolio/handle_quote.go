package portfolio

// A Quote is what somebody said, with consent, as one caller sees it.
type Quote struct {
	*QuoteFact
	view *View
}

func (v *View) quote(key string) *Quote {
	if f := recordOf[QuoteFact](v, KindQuote, key); f != nil {
		return v.quoteOf(f)
	}
	return nil
}

func (v *View) quoteOf(f *QuoteFact) *Quote { return &Quote{f, v} }

// IsNode marks a type of the interface Node.
func (*Quote) IsNode() {}

// ID is the global id.
func (q *Quote) ID() string { return NodeID(KindQuote, q.Slug) }

// Key is what people call it, unique among quotes.
func (q *Quote) Key() string { return q.Slug }

// Project is what it is about; nil when its reference leads to none that the
// caller may see.
func (q *Quote) Project() *Project { return q.view.projectNamed(q.QuoteFact.Project) }

// Department is its own, else that of its project.
func (q *Quote) Department() *Department { return q.view.departmentOfRecord(q.QuoteFact) }

// QuickWins are those that it goes with.
func (q *Quote) QuickWins(filter *QuickWinFilter, orderBy []*QuickWinOrder, first *int, after *string, last *int, before *string) (*QuickWinConnection, error) {
	facts := recordsFoundBy[QuickWinFact](q.view.snap, KindQuickWin, recordWord(KindQuote, q.Slug))
	return q.view.quickWinsIn("quick wins of "+q.Slug, facts, filter, orderBy, pageRequest(first, after, last, before))
}

// Recorded says who recorded it and when.
func (q *Quote) Recorded() *Recorded { return q.view.recorded(q.QuoteFact.Key()) }
