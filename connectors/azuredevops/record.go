package azuredevops

import (
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"plumbline/internal/record"
	"plumbline/portfolio"
)

// itemRecord is a work item as far as it can be looked at without fail.
type itemRecord struct {
	raw    json.RawMessage
	id     int64
	rev    int
	fields map[string]json.RawMessage
	links  []relation
	binned bool  // the bin has it
	err    error // why it is no work item at all
}

type relation struct {
	Rel string `json:"rel"`
	URL string `json:"url"`
}

// target is the id of the work item at the other end; 0 is none.
func (l relation) target() int64 {
	return itemID(l.URL[strings.LastIndex(l.URL, "/")+1:])
}

// The ends of a link type's reference name.
const (
	forward = "-Forward"
	reverse = "-Reverse"
)

func parseItem(raw json.RawMessage) itemRecord {
	var r struct {
		ID        json.RawMessage            `json:"id"`
		Rev       json.RawMessage            `json:"rev"`
		Fields    map[string]json.RawMessage `json:"fields"`
		Relations json.RawMessage            `json:"relations"`
	}
	out := itemRecord{raw: raw}
	out.err = record.Decode(raw, &r)
	out.id, out.fields = itemID(strings.Trim(string(r.ID), `"`)), r.Fields
	if out.err == nil && out.id <= 0 {
		out.err = errNoID
	}
	_ = json.Unmarshal(r.Rev, &out.rev)
	_ = json.Unmarshal(r.Relations, &out.links) // only the parent is taken from them
	return out
}

// text is a field that holds a text; empty when it holds none.
func (r itemRecord) text(field string) string {
	var text string
	if json.Unmarshal(r.fields[field], &text) != nil {
		return ""
	}
	return text
}

// deleted tells that the item is in the bin.
func (r itemRecord) deleted() bool {
	switch strings.ToLower(strings.Trim(string(r.fields[fieldDeleted]), `"`)) {
	case "true", "1":
		return true
	}
	return r.binned
}

// parent is the id of the item above; 0 when there is none or it is not told.
func (r itemRecord) parent() int64 {
	if id := itemID(strings.Trim(string(r.fields[fieldParent]), `"`)); id > 0 {
		return id
	}
	for _, l := range r.links {
		if l.Rel == hierarchyType+reverse {
			return l.target()
		}
	}
	return 0
}

// itemCore are the fields of a work item that Azure DevOps itself defines.
type itemCore struct {
	Title, Type, State, Project string
	Tags                        []string
	Description                 string
	Start, Due, Closed          portfolio.Date
	Created, Changed            time.Time
	Assigned                    *identity
}

// core decodes the fields of a work item one by one, so that the reason of a
// failure names the field.
func (v conversion) core(r itemRecord) (itemCore, error) {
	var c itemCore
	var problems []error
	failed := func(err error) {
		if err != nil {
			problems = append(problems, err)
		}
	}
	text := func(name string) (value string) {
		if raw := r.fields[name]; len(raw) > 0 {
			failed(record.Field(name, raw, &value))
		}
		return value
	}
	instant := func(name string) time.Time {
		at, err := decodeTime(name, r.fields[name])
		failed(err)
		return at
	}
	c.Title, c.Type, c.State, c.Project = strings.TrimSpace(text(fieldTitle)), text(fieldType), text(fieldState), text(fieldProject)
	c.Tags = tags(text(fieldTags))
	c.Description = record.Truncate(htmlText(text(fieldDescription)), maxDescription)
	c.Created, c.Changed = instant(fieldCreated), instant(fieldChanged)
	c.Start, c.Closed = v.day(instant(fieldStart)), v.day(instant(fieldClosed))
	var err error
	c.Due, err = v.due(r)
	failed(err)
	if raw := r.fields[fieldAssigned]; len(raw) > 0 {
		c.Assigned, err = decodeIdentity(fieldAssigned, raw)
		failed(err)
	}
	if c.Type == "" && len(problems) == 0 {
		failed(record.Missing(fieldType, "the type of the work item"))
	}
	if c.Project == "" && len(problems) == 0 {
		failed(record.Missing(fieldProject, "the project that the work item is in"))
	}
	return c, errors.Join(problems...)
}

// day is the date that was picked: forms store the midnight of the time zone
// in which it was picked, programs and iterations that of UTC.
func (v conversion) day(at time.Time) portfolio.Date {
	switch {
	case at.IsZero():
		return portfolio.Date{}
	case midnight(at):
		return portfolio.DateOf(at)
	}
	return portfolio.DateOf(at.In(v.zone))
}

// dayOf is the date of an instant in the settings' time zone.
func (v conversion) dayOf(at time.Time) portfolio.Date {
	if at.IsZero() {
		return portfolio.Date{}
	}
	return portfolio.DateOf(at.In(v.zone))
}

func midnight(at time.Time) bool {
	h, m, s := at.Clock()
	return h+m+s == 0
}

// tags splits the text that holds them; none is nil.
func tags(text string) []string {
	var list []string
	for one := range strings.SplitSeq(text, ";") {
		if one = strings.TrimSpace(one); one != "" {
			list = append(list, record.Truncate(one, maxName))
		}
	}
	return sorted(list)
}

func (r itemRecord) docID() string { return strconv.FormatInt(r.id, 10) }
