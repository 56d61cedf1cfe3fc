package edit

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"plumbline/portfolio"
	"plumbline/store"
)

// maxForgotten is how many expired answers one commit deletes along the way.
const maxForgotten = 100

// maxToken is how long an idempotency key may be, in bytes.
const maxToken = 200

// A memory is what is known of an edit that carries an idempotency key.
type memory struct {
	key      portfolio.Key // zero when it carries none
	token    string
	caller   string
	input    string
	answered bool
	result   portfolio.EditResult
	forgets  []portfolio.Key // expired answers
}

// A remembered is a run of outcomes that are alike, so that a large edit is
// remembered in few bytes. The keys are those of the changes, which are equal;
// the version of what was written is that of the answer itself.
type remembered struct {
	What    portfolio.Outcome `json:"what"`
	Version int64             `json:"version,omitempty"`
	Count   int               `json:"count"`
}

// recall looks whether the edit was made before.
func recall(d *draft, now time.Time) (memory, error) {
	edit := d.edit
	if edit.IdempotencyKey == "" || edit.DryRun {
		return memory{}, nil
	}
	if len(edit.IdempotencyKey) > maxToken {
		return refusedMemory(d, portfolio.UserErrorTooMany, fmt.Sprintf("The idempotency key has %d bytes; it may have %d.", len(edit.IdempotencyKey), maxToken)), nil
	}
	m := memory{token: edit.IdempotencyKey, caller: edit.Caller.Name}
	m.key = (&portfolio.Answer{Caller: m.caller, Token: m.token}).Key()
	var err error
	if m.input, err = digest(edit.Changes); err != nil {
		return memory{}, err
	}
	if v, ok := d.before(m.key); ok {
		answer := v.Doc.(*portfolio.Answer)
		switch {
		case expired(answer, now):
		case answer.Input != m.input:
			return refusedMemory(d, portfolio.UserErrorConflict, "The idempotency key was used for another request in the last 24 hours; choose a new one for each request."), nil
		default:
			m.answered = true
			m.result, err = replay(answer, v.Rev, edit.Changes)
			return m, err
		}
	}
	for v := range d.snapshot.Documents(portfolio.KindAnswer) {
		if answer := v.Doc.(*portfolio.Answer); expired(answer, now) && answer.Key() != m.key && len(m.forgets) < maxForgotten {
			d.expect[answer.Key()] = v.Rev
			m.forgets = append(m.forgets, answer.Key())
		}
	}
	return m, nil
}

// refusedMemory answers an edit whose idempotency key cannot be used.
func refusedMemory(d *draft, code portfolio.UserErrorCode, message string) memory {
	result := portfolio.EditResult{Errors: []portfolio.UserError{{Code: code, Message: message, Path: at("idempotencyKey")}}}
	for i := range d.edit.Changes {
		result.Outcomes = append(result.Outcomes, portfolio.EditOutcome{Key: keyOf(&d.edit.Changes[i]), What: portfolio.OutcomeRefused})
	}
	return memory{answered: true, result: result}
}

func expired(a *portfolio.Answer, now time.Time) bool {
	return now.Sub(a.At) >= portfolio.KeepAnswers
}

// note puts the answer into the commit that it is of.
func (m *memory) note(change *store.Change, result portfolio.EditResult, now time.Time) error {
	if m.key != (portfolio.Key{}) {
		var runs []remembered
		for _, o := range result.Outcomes {
			r := remembered{What: o.What, Count: 1}
			if o.What == portfolio.OutcomeUnchanged {
				r.Version = o.Version
			}
			if n := len(runs); n > 0 && runs[n-1].What == r.What && runs[n-1].Version == r.Version {
				runs[n-1].Count++
				continue
			}
			runs = append(runs, r)
		}
		text, err := json.Marshal(runs)
		if err != nil {
			return fmt.Errorf("remember an answer: %w", err)
		}
		change.Put = append(change.Put, &portfolio.Answer{
			Caller: m.caller, Token: m.token, Input: m.input, Answer: text,
			Authored: portfolio.Authored{Author: change.Author, At: now},
		})
		change.Delete = append(change.Delete, m.forgets...)
	}
	if len(change.Put)+len(change.Delete) > 0 {
		change.Put = append(change.Put, &portfolio.LastEdit{Authored: portfolio.Authored{Author: change.Author, At: now}})
	}
	return nil
}

// replay is the result of an edit that was made before, at the revision of its
// answer.
func replay(answer *portfolio.Answer, revision int64, changes []portfolio.EditChange) (portfolio.EditResult, error) {
	var runs []remembered
	if err := json.Unmarshal(answer.Answer, &runs); err != nil {
		return portfolio.EditResult{}, fmt.Errorf("answer to the idempotency key %q: %w", answer.Token, err)
	}
	result := portfolio.EditResult{Replayed: true}
	for _, r := range runs {
		for range r.Count {
			if len(result.Outcomes) == len(changes) {
				return portfolio.EditResult{}, fmt.Errorf("answer to the idempotency key %q: more outcomes than changes", answer.Token)
			}
			key := keyOf(&changes[len(result.Outcomes)])
			result.Outcomes = append(result.Outcomes, portfolio.EditOutcome{Key: key, What: r.What, Version: r.Version})
		}
	}
	stamp(&result, revision)
	return result, nil
}

// digest is what tells one request from another under one idempotency key.
func digest(changes []portfolio.EditChange) (string, error) {
	hash := sha256.New()
	for i := range changes {
		c := &changes[i]
		var body []byte
		if c.Put != nil {
			var err error
			if body, err = json.Marshal(c.Put); err != nil {
				return "", fmt.Errorf("digest of %s: %w", keyOf(c), err)
			}
		}
		expect := "any"
		if c.Expect != nil {
			expect = strconv.FormatInt(*c.Expect, 10)
		}
		fmt.Fprintf(hash, "%q %s %q %s\n", keyOf(c).String(), expect, c.Author, bytes.TrimSpace(body))
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}
