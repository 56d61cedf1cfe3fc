package portfolio

import "slices"

// A quote is read only with the consent of who said it. Three places see to
// that, so that nobody else has to think of it: the registers of a snapshot
// leave out what may not be read, and the differences between snapshots treat
// it as if it were not there; the view has one gate for records, which knows of
// consent that was taken back since; and files are written without it.

// Readable reports whether anybody may read a document at all: everything, but
// for a quote without consent.
func Readable(d Document) bool {
	q, ok := d.(*QuoteFact)
	return !ok || q.Consent
}

// readable is a document that may be read, or none.
func readable(d Document) Document {
	if d == nil || !Readable(d) {
		return nil
	}
	return d
}

// readableFields are the fields of which a difference may be told. Which quote
// goes with a quick win is not among them: it would tell of one without
// consent.
func readableFields(kind Kind, fields []string) []string {
	if kind != KindQuickWin {
		return fields
	}
	return slices.DeleteFunc(fields, func(name string) bool { return name == "quote" })
}

// ConsentsOf has the view of a former snapshot ask the newest one for consents
// too: what was taken back is not read in the past either. It must be set
// before the view is used.
func (v *View) ConsentsOf(newest *Snapshot) { v.consents = newest }

// mayQuote reports whether a quote has consent, in the view's snapshot and
// today. Today's consent is for today's words: those that stood there before
// somebody had them changed are not read any more.
func (v *View) mayQuote(q *QuoteFact) bool {
	if !q.Consent || v.consents == nil || v.consents == v.snap {
		return q.Consent
	}
	newest, _ := v.consents.Document(q.Key())
	now, ok := newest.Doc.(*QuoteFact)
	return ok && now.Consent && now.Text == q.Text && now.By == q.By && now.Role == q.Role
}
