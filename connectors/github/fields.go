package github

import (
	"context"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/shopspring/decimal"

	"plumbline/portfolio"
)

// typed makes a field of a value as its tool's type says. A value that does
// not fit its type is kept as text.
func typed(id, name, kind, text string) portfolio.Field {
	f := portfolio.Field{ID: id, Name: name, Type: portfolio.FieldText, Text: truncate(strings.TrimSpace(text), maxFieldText)}
	switch strings.ToLower(kind) {
	case "date":
		if d, err := portfolio.ParseDate(text); err == nil {
			f.Type, f.Date, f.Text = portfolio.FieldDate, d, ""
		}
	case "number":
		if n, ok := plainNumber(text); ok {
			f.Type, f.Number, f.Text = portfolio.FieldNumber, n, ""
		}
	}
	return f
}

// maxExponent bounds the digits of a number: 1e999999 is no budget.
const maxExponent = 60

// plainNumber writes a number without an exponent.
func plainNumber(text string) (string, bool) {
	d, err := decimal.NewFromString(text)
	if err != nil || d.Exponent() > maxExponent || d.Exponent() < -maxExponent || d.NumDigits() > 2*maxExponent {
		return "", false
	}
	return d.String(), true
}

// readProperties reads the custom properties that organisations gave their
// repositories, where the mapping names any field. Where they may not be read,
// there are none.
func (r *run) readProperties() error {
	if len(r.fields) == 0 {
		return nil
	}
	r.properties = map[int64][]portfolio.Field{}
	for _, o := range r.owners {
		if !o.organisation() {
			continue
		}
		values, err := r.all(r.ctx, withQuery("orgs/"+url.PathEscape(o.Login)+"/properties/values"))
		if gone(err) {
			r.withheld = append(r.withheld, "Custom properties: read")
			continue
		}
		if err != nil {
			return err
		}
		for _, raw := range values {
			r.keepProperties(raw)
		}
	}
	return nil
}

func (r *run) keepProperties(raw json.RawMessage) {
	var record struct {
		Repository int64 `json:"repository_id"`
		Properties []struct {
			Name  string          `json:"property_name"`
			Value json.RawMessage `json:"value"`
		} `json:"properties"`
	}
	if json.Unmarshal(raw, &record) != nil {
		return
	}
	for _, p := range record.Properties {
		var text string
		var list []string
		switch {
		case !r.fields[p.Name]:
		case json.Unmarshal(p.Value, &text) == nil && text != "":
			r.properties[record.Repository] = append(r.properties[record.Repository], typed(p.Name, p.Name, "", text))
		case json.Unmarshal(p.Value, &list) == nil && len(list) > 0:
			r.properties[record.Repository] = append(r.properties[record.Repository], portfolio.Field{ID: p.Name, Name: p.Name, Type: portfolio.FieldList, List: list})
		}
	}
}

// readIssueFields reads the names of the fields that organisations gave their
// issues, where issues are milestones.
func (c *Connector) readIssueFields(ctx context.Context, s *session) (map[int64]string, error) {
	names := map[int64]string{}
	if len(c.settings.clauses()) == 0 {
		return names, nil
	}
	for _, o := range s.owners {
		if !o.organisation() {
			continue
		}
		var fields []struct {
			ID   int64  `json:"id"`
			Name string `json:"name"`
		}
		_, err := c.get(ctx, "orgs/"+url.PathEscape(o.Login)+"/issue-fields", &fields)
		if gone(err) {
			s.withheld = append(s.withheld, "Issue fields: read") // or an older Enterprise Server, which has none
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, f := range fields {
			names[f.ID] = f.Name
		}
	}
	return names, nil
}
