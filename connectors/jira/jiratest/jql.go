package jiratest

import (
	"cmp"
	"fmt"
	"strings"
	"unicode"
)

// The JQL that is understood: AND, OR, NOT and parentheses over clauses of the
// fields project, issuetype, id/key, updated, created, due, status,
// statusCategory, labels, parent, hierarchyLevel, issueLinkType (on Cloud) and summary, with the operators = != < <= > >= ~ IN
// NOT IN IS and IS NOT, then ORDER BY up to seven fields. Dates follow the
// account's time zone, to the minute; Cloud also takes epoch milliseconds.

// refusal is a sentence of Jira's about a JQL that it does not take.
type refusal string

func (r refusal) Error() string { return string(r) }

func refusalf(format string, args ...any) error { return refusal(fmt.Sprintf(format, args...)) }

// query is a parsed JQL.
type query struct {
	match   func(*Issue) bool // nil: no restriction was given
	compare func(a, b *Issue) int
}

type jqlParser struct {
	*request
	tokens []token
	at     int
}

type token struct {
	text   string
	quoted bool
}

func (q *request) parseJQL(text string) (query, error) {
	tokens, err := tokenize(text)
	if err != nil {
		return query{}, err
	}
	p := &jqlParser{request: q, tokens: tokens}
	out := query{compare: func(a, b *Issue) int { return cmp.Compare(b.ID, a.ID) }}
	if !p.peek("order") && p.at < len(p.tokens) {
		if out.match, err = p.or(); err != nil {
			return query{}, err
		}
	}
	if p.take("order") {
		if !p.take("by") {
			return query{}, p.fail("expecting 'BY'")
		}
		if out.compare, err = p.order(); err != nil {
			return query{}, err
		}
	}
	if p.at < len(p.tokens) {
		return query{}, p.fail(fmt.Sprintf("unexpected '%s'", p.tokens[p.at].text))
	}
	return out, nil
}

func tokenize(text string) ([]token, error) {
	var out []token
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case unicode.IsSpace(rune(c)):
			i++
		case c == '"' || c == '\'':
			var b strings.Builder
			for i++; i < len(text) && text[i] != c; i++ {
				if text[i] == '\\' && i+1 < len(text) {
					i++
				}
				b.WriteByte(text[i])
			}
			if i == len(text) {
				return nil, refusal("Error in the JQL Query: The quoted string has not been completed.")
			}
			i++
			out = append(out, token{b.String(), true})
		case strings.IndexByte("(),", c) >= 0:
			out = append(out, token{text: string(c)})
			i++
		case strings.IndexByte("=!<>~", c) >= 0:
			n := 1
			if i+1 < len(text) && text[i+1] == '=' {
				n = 2
			}
			out = append(out, token{text: text[i : i+n]})
			i += n
		default:
			n := strings.IndexAny(text[i:], " \t\n\r(),=!<>~\"'")
			if n < 0 {
				n = len(text) - i
			}
			out = append(out, token{text: text[i : i+n]})
			i += n
		}
	}
	return out, nil
}

func (p *jqlParser) fail(why string) error {
	return refusalf("Error in the JQL Query: %s (line 1, token %d).", why, p.at+1)
}

func (p *jqlParser) peek(word string) bool {
	return p.at < len(p.tokens) && !p.tokens[p.at].quoted && strings.EqualFold(p.tokens[p.at].text, word)
}

func (p *jqlParser) take(word string) bool {
	if p.peek(word) {
		p.at++
		return true
	}
	return false
}

func (p *jqlParser) next() (token, error) {
	if p.at == len(p.tokens) {
		return token{}, p.fail("unexpected end")
	}
	p.at++
	return p.tokens[p.at-1], nil
}

func (p *jqlParser) or() (func(*Issue) bool, error) {
	left, err := p.and()
	for err == nil && p.take("or") {
		a := left
		var b func(*Issue) bool
		if b, err = p.and(); err == nil {
			left = func(i *Issue) bool { return a(i) || b(i) }
		}
	}
	return left, err
}

func (p *jqlParser) and() (func(*Issue) bool, error) {
	left, err := p.not()
	for err == nil && p.take("and") {
		a := left
		var b func(*Issue) bool
		if b, err = p.not(); err == nil {
			left = func(i *Issue) bool { return a(i) && b(i) }
		}
	}
	return left, err
}

func (p *jqlParser) not() (func(*Issue) bool, error) {
	if p.take("not") || p.take("!") {
		a, err := p.not()
		return func(i *Issue) bool { return !a(i) }, err
	}
	if p.take("(") {
		a, err := p.or()
		if err == nil && !p.take(")") {
			err = p.fail("expecting ')'")
		}
		return a, err
	}
	return p.clause()
}

func (p *jqlParser) clause() (func(*Issue) bool, error) {
	field, err := p.next()
	if err != nil {
		return nil, err
	}
	op, err := p.operator()
	if err != nil {
		return nil, err
	}
	var values []token
	if op == "in" || op == "not in" {
		if !p.take("(") {
			return nil, p.fail("expecting '('")
		}
		for {
			v, err := p.next()
			if err != nil {
				return nil, err
			}
			values = append(values, v)
			if p.take(")") {
				break
			}
			if !p.take(",") {
				return nil, p.fail("expecting ',' or ')'")
			}
		}
	} else {
		v, err := p.next()
		if err != nil {
			return nil, err
		}
		values = []token{v}
	}
	return p.test(strings.ToLower(field.text), op, values)
}

func (p *jqlParser) operator() (string, error) {
	t, err := p.next()
	if err != nil {
		return "", err
	}
	switch op := strings.ToLower(t.text); op {
	case "=", "!=", "<", "<=", ">", ">=", "~", "in":
		return op, nil
	case "not":
		if p.take("in") {
			return "not in", nil
		}
	case "is":
		if p.take("not") {
			return "is not", nil
		}
		return op, nil
	}
	return "", p.fail(fmt.Sprintf("expecting an operator but got '%s'", t.text))
}

func (p *jqlParser) order() (func(a, b *Issue) int, error) {
	var keys []func(a, b *Issue) int
	for {
		t, err := p.next()
		if err != nil {
			return nil, err
		}
		var by func(a, b *Issue) int
		switch field := strings.ToLower(t.text); canonical(field) {
		case "updated", "updateddate":
			by = func(a, b *Issue) int { return a.Updated.Compare(b.Updated) }
		case "created", "createddate":
			by = func(a, b *Issue) int { return a.Created.Compare(b.Created) }
		case "id":
			by = func(a, b *Issue) int { return compareKeys(a.Key, b.Key) }
		case "due", "duedate":
			by = func(a, b *Issue) int { return cmp.Compare(a.Due, b.Due) }
		default:
			return nil, refusalf("Field '%s' does not exist or you do not have permission to view it.", t.text)
		}
		if p.take("desc") {
			up := by
			by = func(a, b *Issue) int { return up(b, a) }
		} else {
			p.take("asc")
		}
		keys = append(keys, by)
		if !p.take(",") {
			break
		}
	}
	if len(keys) > 7 {
		return nil, refusal("The maximum number of fields in ORDER BY is 7.")
	}
	return func(a, b *Issue) int {
		for _, by := range keys {
			if c := by(a, b); c != 0 {
				return c
			}
		}
		return cmp.Compare(a.ID, b.ID)
	}, nil
}
