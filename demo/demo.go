// Package demo is a small believable organisation, for the demo and for tests:
// the health service of the State of Larkmoor, with its hospitals, telehealth
// and public pharmacies. The files in data tell who it is and what became of
// its plans, in days from today, so that it never grows old; the package plays
// that history into fakes of the tools it is kept in, lets them be read over
// HTTP, and goes on changing a little.
//
// It does not know how anything is read, stored or shown: what it gives is a
// configuration with the addresses of its tools.
package demo

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the organisation's zone must be known everywhere
)

// Zone is the time zone in which the organisation lives.
const Zone = "America/Chicago"

// DefaultPause is how long Live rests between two changes.
const DefaultPause = 4 * time.Second

// Options shape the organisation. The zero value is right for a demo.
type Options struct {
	// Now is the clock; nil means time.Now. Its date, in Zone, is the day from
	// which every date of the organisation counts.
	Now func() time.Time
	// Seed decides what Step changes, and in which order.
	Seed uint64
	// Pause is how long Live rests between two changes; 0 means DefaultPause.
	Pause time.Duration
	// Past is how many days before today the history stops at first, until
	// PlayTo lets it go on; 0 plays all of it.
	Past int
}

// Organisation is the demo while it runs. All methods may be called at any
// time.
type Organisation struct {
	options Options
	lib     *library
	players []player
	sites   []*site // those of them that Step changes,
	forge   *forge  // and another
	doors   []net.Listener
	servers []*http.Server
	config  []byte

	mu      sync.Mutex
	chance  *rand.Rand
	steps   int
	drifts  map[*record]int    // days by which a milestone was moved by Step
	revised map[*record]string // former names
	ideas   []idea             // projects that Step may begin
	begun   []begun
	today   time.Time // midnight in Zone
}

// Start plays the organisation's history up to today, or to the past day that
// the options name, into its tools and serves them on loopback until the
// context ends.
func Start(ctx context.Context, o Options) (*Organisation, error) {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Pause == 0 {
		o.Pause = DefaultPause
	}
	lib, err := read()
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	zone, err := time.LoadLocation(Zone)
	if err != nil {
		return nil, fmt.Errorf("demo: %w", err)
	}
	y, m, d := o.Now().In(zone).Date()
	org := &Organisation{options: o, lib: lib, today: time.Date(y, m, d, 0, 0, 0, 0, zone)}
	if err := org.furnish(ctx); err != nil {
		org.Close()
		return nil, fmt.Errorf("demo: %w", err)
	}
	for _, p := range org.players {
		p.recall()
	}
	org.PlayTo(-o.Past)
	org.prepare()
	if err := org.serve(); err != nil {
		org.Close()
		return nil, fmt.Errorf("demo: %w", err)
	}
	context.AfterFunc(ctx, org.Close)
	return org, nil
}

// furnish sets up every tool, in the order of the configuration.
func (o *Organisation) furnish(ctx context.Context) error {
	for _, tool := range []struct {
		id  string
		add func(*stage)
	}{
		{"health", o.addSite},
		{"stores", o.addSite},
		{"platform", o.addBoards},
		{"campaigns", o.addDesk},
		{"code", o.addForge},
		{"works", func(on *stage) { o.players = append(o.players, &list{on}) }},
	} {
		on, err := newStage(ctx, tool.id, o.lib, o.today, o.options.Now)
		if err != nil {
			return err
		}
		o.doors = append(o.doors, on.door())
		tool.add(on)
	}
	return nil
}

func (o *Organisation) addSite(on *stage) {
	s := newSite(sites[on.id], on)
	o.sites, o.players = append(o.sites, s), append(o.players, s)
}

func (o *Organisation) addBoards(on *stage) { o.players = append(o.players, newBoards(on)) }

func (o *Organisation) addDesk(on *stage) { o.players = append(o.players, newDesk(on)) }
func (o *Organisation) addForge(on *stage) {
	o.forge = newForge(on)
	o.players = append(o.players, o.forge)
}

// PlayTo lets the history go on until the evening of a day, which counts from
// today: -7 is a week ago. The tools' clocks stand there until the next call;
// from 0 on they show the real time.
func (o *Organisation) PlayTo(day int) {
	for _, p := range o.players {
		p.playTo(day)
	}
}

// Day is when a day begins that counts from today.
func (o *Organisation) Day(day int) time.Time { return o.today.AddDate(0, 0, day) }

// serve answers at the door of every tool and writes the configuration that
// names them.
func (o *Organisation) serve() error {
	config, err := fs.ReadFile(files, "data/plumbline.yaml")
	if err != nil {
		return err
	}
	for _, p := range o.players {
		server := &http.Server{Handler: p.handler(), ReadHeaderTimeout: 10 * time.Second}
		o.servers = append(o.servers, server)
		go func() { _ = server.Serve(p.door()) }() // ends with Close
		placeholder := fmt.Sprintf("${%s_URL}", strings.ToUpper(p.connection()))
		config = bytes.ReplaceAll(config, []byte(placeholder), []byte(p.address()))
	}
	o.config = config
	return nil
}

// Close stops serving the tools. The end of Start's context does the same.
func (o *Organisation) Close() {
	for _, server := range o.servers {
		_ = server.Close() // a listener that is closed already is what we want
	}
	for _, door := range o.doors {
		_ = door.Close() // as above; a server that has not begun to serve does not close it
	}
}

// Config is the configuration in YAML: connections with the addresses that the
// tools have just now, field mappings, rules and joins.
func (o *Organisation) Config() []byte { return bytes.Clone(o.config) }

// Live changes something every few seconds until the context ends, and tells
// report, which may be nil, what it was.
func (o *Organisation) Live(ctx context.Context, report func(Change)) {
	ticker := time.NewTicker(o.options.Pause)
	defer ticker.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
			if change := o.Step(); report != nil {
				report(change)
			}
		}
	}
}
