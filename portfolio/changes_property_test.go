package portfolio

import (
	"cmp"
	"fmt"
	"slices"
	"testing"

	"pgregory.net/rapid"
)

// What consecutive days tell adds up to what the whole time tells: nothing gets
// lost between two days, and nothing is told twice.
func TestChangesOfDaysAddUpToThoseOfTheWholeTime(t *testing.T) {
	checkProperty(t, 300, func(t *rapid.T) {
		h := newHistory(t)
		days := []*View{h.now.View(Local)}
		for range rapid.IntRange(2, 6).Draw(t, "days") {
			for range rapid.IntRange(0, 4).Draw(t, "commits") {
				c := h.commit()
				next, _ := h.now.Apply(c)
				h.accept(c, next)
			}
			days = append(days, h.now.View(Local))
		}
		sum := alterations{}
		for i, day := range days[1:] {
			for _, a := range altered(t, days[i], day) {
				if err := sum.add(a, day == days[len(days)-1]); err != nil {
					t.Fatalf("day %d: %v", i+1, err)
				}
			}
		}
		whole := altered(t, days[0], days[len(days)-1])
		if err := sum.tell(whole); err != nil {
			t.Fatal(err)
		}
	})
}

// altered are all differences between two views.
func altered(t *rapid.T, before, after *View) []*Alteration {
	var all []*Alteration
	most := MaxPage
	for r := (PageRequest{First: &most}); ; {
		page, err := after.Changes(before, nil, r)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Nodes()...)
		if info := page.PageInfo(); info.HasNextPage {
			r.After = info.EndCursor
			continue
		}
		return all
	}
}

// alterations are what several days amount to, by kind and id.
type alterations map[string]*alteration

// An alteration is what several days did to one thing.
type alteration struct {
	was, is bool   // there before the first day, after the last one
	left    bool   // and was away in between
	last    Change // what the last of all days did with it; "" for nothing
	fields  map[string]*summed
}

// A summed field is one that some of the days changed.
type summed struct {
	before, after string
	days          int
}

func isThere(c Change) bool { return c != RowRemoved && c != RowJoined }

// add lays a day's difference over those of the days before.
func (all alterations) add(a *Alteration, last bool) error {
	what := a.What()
	was := what == RowChanged || !isThere(what)
	sum := all[a.ID()]
	switch {
	case sum == nil:
		sum = &alteration{was: was, fields: map[string]*summed{}}
		all[a.ID()] = sum
	case sum.is != was:
		return fmt.Errorf("%s %s is %s, but it was there: %t", a.Kind(), a.ID(), what, sum.is)
	}
	if sum.is = isThere(what); !sum.is {
		sum.left = true
	}
	if last {
		sum.last = what
	}
	for _, f := range a.Fields() {
		s := sum.fields[f.Name]
		switch {
		case s == nil:
			s = &summed{before: f.Before}
			sum.fields[f.Name] = s
		case s.after != f.Before && !sum.left:
			return fmt.Errorf("%s of %s %s was %q and is told to have been %q", f.Name, a.Kind(), a.ID(), s.after, f.Before)
		}
		if f.Before == f.After && f.Before != "" {
			return fmt.Errorf("%s of %s %s is told to differ, and is %q on both days", f.Name, a.Kind(), a.ID(), f.Before)
		}
		s.after = f.After
		s.days++
	}
	return nil
}

// tell compares the sum with what the whole time tells.
func (all alterations) tell(whole []*Alteration) error {
	told := map[string]*Alteration{}
	for _, a := range whole {
		if all[a.ID()] == nil {
			return fmt.Errorf("%s %s is %s in the whole time, and on no day", a.Kind(), a.ID(), a.What())
		}
		told[a.ID()] = a
	}
	for id, sum := range all {
		if err := sum.tell(told[id]); err != nil {
			key, _ := ParseNodeID(id)
			return fmt.Errorf("%s: %w", key, err)
		}
	}
	return nil
}

func (sum *alteration) tell(a *Alteration) error {
	what := Change("")
	if a != nil {
		what = a.What()
	}
	switch {
	case !sum.was && !sum.is:
		if a != nil {
			return fmt.Errorf("it came and went, and is told as %s", what)
		}
	case !sum.was:
		if what != RowAdded && what != RowSplit {
			return fmt.Errorf("it came, and is told as %q", what)
		}
	case !sum.is:
		// Whether it was joined is decided by the links of the last day.
		if what != cmp.Or(sum.last, what) || what != RowRemoved && what != RowJoined {
			return fmt.Errorf("it went as %q on the last day, and is told as %q", sum.last, what)
		}
	case a != nil && what != RowChanged:
		return fmt.Errorf("it was there on both days, and is told as %q", what)
	case sum.left:
		return nil // what it was like when it came back, no day has told
	default:
		return sum.tellFields(a)
	}
	return nil
}

// tellFields compares the fields of a thing that was there all the time.
func (sum *alteration) tellFields(a *Alteration) error {
	var fields []*FieldChange
	if a != nil {
		fields = a.Fields()
	}
	for _, f := range fields {
		s := sum.fields[f.Name]
		switch {
		case s == nil:
			return fmt.Errorf("%s differs in the whole time, and on no day", f.Name)
		case s.before != f.Before || s.after != f.After:
			return fmt.Errorf("%s is told to go from %q to %q; by the days it went from %q to %q", f.Name, f.Before, f.After, s.before, s.after)
		case s.before == s.after && s.before != "":
			return fmt.Errorf("%s is %q as before, and is told to differ", f.Name, s.before)
		}
	}
	for name, s := range sum.fields {
		// Of a value that is not told, several days may have made what it was.
		if differs := s.before != s.after || s.days == 1; differs && !slices.ContainsFunc(fields, func(f *FieldChange) bool { return f.Name == name }) {
			return fmt.Errorf("%s goes from %q to %q on %d days, and is not told of the whole time", name, s.before, s.after, s.days)
		}
	}
	return nil
}
