package portfolio

import "github.com/shopspring/decimal"

// A HealthStatus is reported and computed health side by side, as one caller
// may read it.
type HealthStatus struct {
	*HealthView
	view *View
}

// Reasons explain the computed health and what was left out of it.
func (h *HealthStatus) Reasons() []*Reason {
	reasons := make([]*Reason, len(h.HealthView.Reasons))
	for i := range h.HealthView.Reasons {
		r := &h.HealthView.Reasons[i]
		if !h.view.mayRead(r) {
			r = &Reason{Code: r.Code, Message: "It follows from another project."}
		}
		reasons[i] = r
	}
	return reasons
}

// daysTo counts the days from today to a date; nil when either is missing.
func (v *View) daysTo(d Date) *int {
	today := v.snap.Today()
	if d.IsZero() || today.IsZero() {
		return nil
	}
	days := d.DaysSince(today)
	return &days
}

// past reports whether a date lies before today.
func (v *View) past(d Date) bool {
	today := v.snap.Today()
	return !d.IsZero() && !today.IsZero() && d.Before(today)
}

// A CustomField is a custom field as the tool holds it.
type CustomField struct {
	*Field
	view *View
}

func (v *View) customFields(fields []Field, keys []string) []*CustomField {
	chosen := make([]*CustomField, 0, len(fields))
	if keys != nil {
		for _, key := range keys {
			if f := customField(fields, key); f != nil {
				chosen = append(chosen, &CustomField{f, v})
			}
		}
		return chosen
	}
	for i := range fields {
		chosen = append(chosen, &CustomField{&fields[i], v})
	}
	return chosen
}

// Key is the tool's id of the field.
func (f *CustomField) Key() string { return f.ID }

// Bool is the value of a field of type BOOLEAN.
func (f *CustomField) Bool() *bool {
	if f.Type != FieldBool {
		return nil
	}
	return &f.Field.Bool
}

// Number is the value of a field of type NUMBER.
func (f *CustomField) Number() *decimal.Decimal { return numberOf(f.Field) }

// Text is the value of a field of type TEXT.
func (f *CustomField) Text() string {
	if f.Type == FieldUser {
		return ""
	}
	return f.Field.Text
}

// User is the person that a field of type USER names.
func (f *CustomField) User() *Person {
	if f.Type != FieldUser {
		return nil
	}
	return f.view.person(f.Field.Text)
}
