package portfolio

// A QuickWin is a success that everybody can see, as one caller sees it.
type QuickWin struct {
	*QuickWinFact
	view *View
}

func (v *View) quickWin(key string) *QuickWin {
	if f := recordOf[QuickWinFact](v, KindQuickWin, key); f != nil {
		return v.quickWinOf(f)
	}
	return nil
}

func (v *View) quickWinOf(f *QuickWinFact) *QuickWin { return &QuickWin{f, v} }

// IsNode marks a type of the interface Node.
func (*QuickWin) IsNode() {}

// ID is the global id.
func (w *QuickWin) ID() string { return NodeID(KindQuickWin, w.Slug) }

// Key is what people call it, unique among quick wins.
func (w *QuickWin) Key() string { return w.Slug }

// Project is where it comes from; nil when its reference leads to none that
// the caller may see.
func (w *QuickWin) Project() *Project { return w.view.projectNamed(w.QuickWinFact.Project) }

// Milestone is the one it comes from; nil when its reference leads to none that
// the caller may see.
func (w *QuickWin) Milestone() *Milestone {
	if m, ok := w.view.snap.MilestoneByReference(w.QuickWinFact.Milestone); ok {
		return w.view.milestone(m.ID)
	}
	return nil
}

// Department is its own, else that of its project.
func (w *QuickWin) Department() *Department { return w.view.departmentOfRecord(w.QuickWinFact) }

// Objective is what it serves.
func (w *QuickWin) Objective() *Objective { return w.view.objective(w.QuickWinFact.Objective) }

// Quote is what somebody said of it, with consent: without, nothing tells that
// there is one.
func (w *QuickWin) Quote() *Quote { return w.view.quote(w.QuickWinFact.Quote) }

// Cycle is the one in which it was achieved: of several the one that began
// last; nil when there is none.
func (w *QuickWin) Cycle() *Cycle { return w.view.cycleOn(w.Achieved) }

// Recorded says who recorded it and when.
func (w *QuickWin) Recorded() *Recorded { return w.view.recorded(w.QuickWinFact.Key()) }
