package portfolio

import "fmt"

// HistoryState is what answers depend on beside the revision: the history of
// one and the same revision may still be read from the store.
func (v *View) HistoryState() string {
	if v.observed().Pending() {
		return " without history"
	}
	return ""
}

// observed is the history up to the day before the view's own.
func (v *View) observed() *Observed { return v.snap.observed }

// yesterday is the last day that has ended for the view; zero before the
// first day.
func (v *View) yesterday() Date { return v.snap.today.AddDays(-1) }

// until returns the last day that was observed, of those that have ended for
// the view, and are not after day.
func (v *View) until(day Date) Date {
	if y := v.yesterday(); day.After(y) {
		day = y
	}
	return v.observed().lastDay(day)
}

// unobserved says why there is no observation of a day or of any before it.
func (v *View) unobserved(day Date) *Reason {
	o := v.observed()
	switch {
	case o.Pending():
		return &Reason{Code: ReasonHistoryLoading, Message: "The server has just started and is still reading its observations; ask again in a moment."}
	case day.After(v.yesterday()):
		return &Reason{Code: ReasonFuture, Message: fmt.Sprintf("%s has not ended; a day is observed when it ends.", day)}
	case o != nil && o.older && len(o.days) > 0 && day.Before(o.days[0]):
		return &Reason{Code: ReasonNotKept, Message: fmt.Sprintf("Observations are kept in memory since %s; asOf tells what stood on an earlier day.", o.days[0])}
	}
	return &Reason{Code: ReasonNotObserved, Message: fmt.Sprintf("Nobody observed the portfolio on %s: no server ran, or it could not reach its store.", day)}
}
