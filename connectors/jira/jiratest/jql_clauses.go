package jiratest

import (
	"cmp"
	"slices"
	"strconv"
	"strings"
	"time"
)

func (p *jqlParser) test(field, op string, values []token) (func(*Issue) bool, error) {
	switch field {
	case "updated", "updateddate":
		return p.instant(op, values[0], func(i *Issue) time.Time { return i.Updated })
	case "created", "createddate":
		return p.instant(op, values[0], func(i *Issue) time.Time { return i.Created })
	case "due", "duedate":
		return civil(op, values[0].text)
	case "hierarchylevel":
		level, err := strconv.Atoi(values[0].text)
		if err != nil {
			return nil, p.fail("a hierarchyLevel is a number")
		}
		return func(i *Issue) bool { return ordered(op, cmp.Compare(p.issueType(i.Type).Level, level)) }, nil
	case "summary":
		if op != "~" {
			return nil, p.fail("the operator '" + op + "' is not supported by the 'summary' field")
		}
		word := strings.ToLower(values[0].text)
		return func(i *Issue) bool { return strings.Contains(strings.ToLower(i.Summary), word) }, nil
	}
	set := map[string]bool{}
	empty := false
	for _, v := range values {
		if !v.quoted && (strings.EqualFold(v.text, "empty") || strings.EqualFold(v.text, "null")) {
			empty = true
			continue
		}
		key, err := p.value(field, v.text)
		if err != nil {
			return nil, err
		}
		set[key] = true
	}
	of, ok := map[string]func(*Issue) []string{
		"project":        func(i *Issue) []string { return []string{strconv.FormatInt(i.Project, 10)} },
		"issuetype":      func(i *Issue) []string { return []string{strconv.FormatInt(p.issueType(i.Type).ID, 10)} },
		"id":             func(i *Issue) []string { return []string{strconv.FormatInt(i.ID, 10)} },
		"status":         func(i *Issue) []string { return []string{strings.ToLower(i.Status)} },
		"statuscategory": func(i *Issue) []string { return []string{p.status(i.Status).Category} },
		"issuelinktype": func(i *Issue) []string {
			var names []string
			for _, l := range p.linksOf[i.ID] {
				names = append(names, strings.ToLower(p.links[l].Type))
			}
			return names
		},
		"labels": func(i *Issue) []string {
			low := make([]string, len(i.Labels))
			for n, l := range i.Labels {
				low[n] = strings.ToLower(l)
			}
			return low
		},
		"parent": func(i *Issue) []string {
			if i.Parent == 0 {
				return nil
			}
			return []string{strconv.FormatInt(i.Parent, 10)}
		},
	}[canonical(field)]
	if !ok || field == "issuelinktype" && p.opts.Deployment == DataCenter {
		return nil, refusalf("Field '%s' does not exist or you do not have permission to view it.", field)
	}
	holds := func(i *Issue) bool {
		have := of(i)
		return empty && len(have) == 0 || slices.ContainsFunc(have, func(v string) bool { return set[v] })
	}
	switch op {
	case "=", "in", "is":
		return holds, nil
	case "!=", "not in", "is not":
		return func(i *Issue) bool { return !holds(i) }, nil
	}
	return nil, p.fail("the operator '" + op + "' is not supported by the '" + field + "' field")
}

func canonical(field string) string {
	switch field {
	case "type":
		return "issuetype"
	case "key", "issuekey", "issue":
		return "id"
	case "label":
		return "labels"
	}
	return field
}

// value resolves a value of a field, and refuses one that does not exist or
// that the caller may not see, as Jira does.
func (p *jqlParser) value(field, text string) (string, error) {
	missing := refusalf("The value '%s' does not exist for the field '%s'.", text, field)
	switch canonical(field) {
	case "project":
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			id = p.projectKeys[strings.ToUpper(text)]
		}
		if pr := p.projects[id]; !p.caller.sees(pr) || !pr.Deleted.IsZero() {
			return "", missing
		}
		return strconv.FormatInt(id, 10), nil
	case "issuetype":
		for _, t := range p.types {
			if strings.EqualFold(t.Name, text) || strconv.FormatInt(t.ID, 10) == text {
				return strconv.FormatInt(t.ID, 10), nil
			}
		}
		return "", missing
	case "id", "parent":
		id, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			id = p.issueKeys[strings.ToUpper(text)]
		}
		if i := p.issues[id]; i == nil || !p.caller.sees(p.projects[i.Project]) {
			return "", refusalf("An issue with key '%s' does not exist for field '%s'.", text, field)
		}
		return strconv.FormatInt(id, 10), nil
	case "issuelinktype":
		for _, t := range p.linkTypes {
			if strings.EqualFold(t.Name, text) {
				return strings.ToLower(text), nil
			}
		}
		return "", missing
	case "statuscategory":
		switch strings.ToLower(text) {
		case "to do":
			return "new", nil
		case "in progress":
			return "indeterminate", nil
		}
	}
	return strings.ToLower(text), nil
}

const jqlTime = "2006-01-02 15:04"

// instant compares a time. A text is read in the time zone of the account; in
// the hour that an autumn night has twice, the later one is meant, which is
// the less forgiving choice.
func (p *jqlParser) instant(op string, v token, of func(*Issue) time.Time) (func(*Issue) bool, error) {
	var at time.Time
	if ms, err := strconv.ParseInt(v.text, 10, 64); err == nil && !v.quoted && p.opts.Deployment == Cloud {
		at = time.UnixMilli(ms)
	} else {
		text := strings.ReplaceAll(v.text, "/", "-")
		at, err = time.ParseInLocation(jqlTime, text, p.caller.zone)
		if err != nil {
			at, err = time.ParseInLocation(time.DateOnly, text, p.caller.zone)
		}
		if err != nil {
			return nil, refusalf("Date value '%s' for field 'updated' is invalid. Valid formats include: 'yyyy/MM/dd HH:mm', 'yyyy-MM-dd HH:mm', 'yyyy/MM/dd', 'yyyy-MM-dd', or a period format e.g. '-5d', '4w 2d'.", v.text)
		}
		if later := at.Add(time.Hour); later.In(p.caller.zone).Format(jqlTime) == at.Format(jqlTime) {
			at = later
		}
	}
	return func(i *Issue) bool { return ordered(op, of(i).Compare(at)) }, nil
}

func civil(op, day string) (func(*Issue) bool, error) {
	if op == "is" {
		return func(i *Issue) bool { return i.Due == "" }, nil
	}
	if op == "is not" {
		return func(i *Issue) bool { return i.Due != "" }, nil
	}
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return nil, refusalf("Date value '%s' for field 'due' is invalid.", day)
	}
	return func(i *Issue) bool { return i.Due != "" && ordered(op, cmp.Compare(i.Due, day)) }, nil
}

func ordered(op string, c int) bool {
	switch op {
	case "=":
		return c == 0
	case "!=":
		return c != 0
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	default:
		return c >= 0
	}
}

// compareKeys puts PAY-9 before PAY-10.
func compareKeys(a, b string) int {
	pa, na, _ := strings.Cut(a, "-")
	pb, nb, _ := strings.Cut(b, "-")
	if c := cmp.Compare(pa, pb); c != 0 {
		return c
	}
	x, _ := strconv.Atoi(na)
	y, _ := strconv.Atoi(nb)
	return cmp.Compare(x, y)
}
