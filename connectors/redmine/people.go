package redmine

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"
	"sync"
	"time"

	"plumbline/portfolio"
)

// peopleLast is how long what was heard of a person is believed.
const peopleLast = 24 * time.Hour

// people keeps what Redmine says of users: records name them only, and where
// two tools know one person is seen by the e-mail address.
type people struct {
	mu    sync.Mutex
	known map[int64]person
}

type person struct {
	name   string
	email  string
	locked bool
	asked  time.Time
}

// statusLocked is the status of a user who may not sign in any more.
const statusLocked = 3

// meet asks for a user who is not known, or no longer.
func (r *run) meet(ctx context.Context, id int64) (struct{}, error) {
	none := struct{}{}
	people := &r.people
	people.mu.Lock()
	p, ok := people.known[id]
	people.mu.Unlock()
	if ok && r.now().Sub(p.asked) < peopleLast {
		return none, nil
	}
	raw, err := r.one(ctx, "users/"+strconv.FormatInt(id, 10)+".json", "user", nil)
	if err != nil && !hidden(err) { // a group is not there, and neither is who we may not see
		return none, err
	}
	// The reply may hold that user's API key: nothing but this is read of it.
	var u struct {
		First  string `json:"firstname"`
		Last   string `json:"lastname"`
		Mail   string `json:"mail"`
		Status int    `json:"status"`
	}
	if raw != nil {
		_ = json.Unmarshal(raw, &u) // what cannot be read stays unknown, and costs nobody anything
	}
	people.mu.Lock()
	defer people.mu.Unlock()
	if people.known == nil {
		people.known = map[int64]person{}
	}
	people.known[id] = person{name: strings.TrimSpace(u.First + " " + u.Last), email: u.Mail, locked: u.Status == statusLocked, asked: r.now()}
	return none, nil
}

// complete adds to a person what is known.
func (p *people) complete(f *portfolio.PersonFact) {
	p.mu.Lock()
	defer p.mu.Unlock()
	known := p.known[numeric(f.ID)]
	f.Email, f.Inactive = known.email, known.locked
	if f.Name == f.ID { // a custom field names a person by id alone
		f.Name = clean(firstOf(known.name, f.ID), maxName)
	}
}

// user returns the document id of a user and adds the person to the facts.
func (v conversion) user(u *ref, facts *[]portfolio.ToolFact) string {
	if u == nil || u.ID <= 0 {
		return ""
	}
	p := &portfolio.PersonFact{
		Source: portfolio.Source{Connection: v.connection, Kind: kindUser, ID: strconv.FormatInt(u.ID, 10)},
		Name:   clean(firstOf(u.Name, strconv.FormatInt(u.ID, 10)), maxName),
	}
	*facts = append(*facts, p)
	return p.DocID()
}
