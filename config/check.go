package config

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plumbline/portfolio"
)

// settings reports what a tool says is wrong with its settings. Each error may
// begin with the key it is about, as in "auth.token is missing"; it is shown
// at the line of that key. What follows from the problems told already is not
// told again: the tool has not seen the values that could not be read.
func (b *binder) settings(err error, keys []key, path string, at place, told Problems) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, one := range joined.Unwrap() {
			b.settings(one, keys, path, at, told)
		}
		return
	}
	text := firstLine(strings.TrimPrefix(err.Error(), portfolio.ErrInvalid.Error()+": "))
	word, rest, _ := strings.Cut(text, " ")
	word = strings.TrimSuffix(word, ":")
	top, _, _ := strings.Cut(word, ".")
	if follows(text, word, path, told) {
		return
	}
	if !slices.Contains(names(keys), top) {
		b.report(at, path, "%s", text)
		return
	}
	b.report(b.nearestPlace(join(path, word), at), join(path, word), "%s", rest)
}

// follows reports whether a complaint of a tool, which begins with the key
// word, is about keys below the path that are known to be wrong or missing.
func follows(text, word, path string, told Problems) bool {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,:;", r) })
	for _, problem := range told {
		wrong, below := strings.CutPrefix(problem.Key, path+".")
		if !below {
			wrong, _, below = strings.Cut(problem.Text, " is missing; ")
		}
		if below && (word == wrong || strings.HasPrefix(word, wrong+".") || slices.Contains(words, wrong)) {
			return true
		}
	}
	return false
}

// nearestPlace returns the place of the key, else of the nearest key around it.
func (b *binder) nearestPlace(path string, otherwise place) place {
	for {
		if at, known := b.places[path]; known {
			return at
		}
		dot := strings.LastIndexByte(path, '.')
		if dot < 0 {
			return otherwise
		}
		path = path[:dot]
	}
}

// wrong reports a problem at a key of the result.
func (b *binder) wrong(path, format string, args ...any) {
	b.report(b.nearestPlace(path, place{file: b.file}), path, format, args...)
}

// warn keeps what is allowed but probably not meant.
func (b *binder) warn(path, format string, args ...any) {
	b.warnings = append(b.warnings, b.nearestPlace(path, place{file: b.file}).problem(path, format, args...))
}

// check reports what no single key can tell.
func (b *binder) check(c *Config) {
	b.checkServer(c)
	b.checkKeys(c)
	b.checkConnections(c)
	for i, rule := range c.Rules {
		path := b.items["rules"][i]
		if rule.Set == (Assignment{}) && rule.When != "" {
			b.wrong(join(path, "set"), "sets nothing; expected kind, department or phase")
		}
		if rule.When != "" && rule.Set != (Assignment{}) {
			one := portfolio.Rule{When: string(rule.When), Set: portfolio.Assignment(rule.Set)}
			b.doubt(join(path, "when"), portfolio.Settings{Rules: []portfolio.Rule{one}}, "rule 1: ", "when: ")
		}
	}
	b.checkHealth(c)
	b.checkPrecedence(c)
	b.checkStatuses(c)
	b.checkRates(c)
	b.checkCalendar(c)
	if settings := c.Settings(); len(b.problems) == 0 {
		if err := settings.Validate(); err != nil { // nothing may pass here that is refused later
			b.wrong("", "%s", firstLine(err.Error()))
		}
	}
}

// checkStatuses checks that no two statuses differ only in case.
func (b *binder) checkStatuses(c *Config) {
	seen := map[string]string{}
	for _, status := range slices.Sorted(maps.Keys(c.Statuses)) {
		folded := strings.ToLower(status)
		if other, twice := seen[folded]; twice {
			b.wrong(join("statuses", status), "statuses are compared without case, and %q is given too", other)
		}
		seen[folded] = status
	}
}

// checkRates checks each rate, and that no two of a currency begin on one day.
func (b *binder) checkRates(c *Config) {
	first := map[string]string{}
	for i, rate := range c.Settings().Rates {
		path := b.items["rates"][i]
		if rate.Currency == "" || rate.From.IsZero() || b.told(path) {
			continue
		}
		b.doubt(path, portfolio.Settings{Currency: c.Currency, Rates: []portfolio.Rate{rate}}, "rate 1: ")
		start := rate.Currency + " " + rate.From.String()
		if other, taken := first[start]; taken {
			b.wrong(path, "a rate of %s from %s is already %s", rate.Currency, rate.From, b.where(other))
		} else {
			first[start] = path
		}
	}
}

// checkCalendar checks that some day is worked, and that no day is named twice.
func (b *binder) checkCalendar(c *Config) {
	if c.Calendar.Weekend == nil {
		c.Calendar.Weekend = portfolio.DefaultCalendar().Weekend
	}
	if !b.told("calendar.weekend") {
		weekend := &portfolio.Calendar{Weekend: c.Calendar.Weekend}
		b.doubt("calendar.weekend", portfolio.Settings{Calendar: weekend}, "calendar: weekend: ")
	}
	first := map[portfolio.Date]string{}
	for i, holiday := range c.Calendar.Holidays {
		path := b.items["calendar.holidays"][i]
		if other, taken := first[holiday.Date]; taken && !holiday.Date.IsZero() {
			b.wrong(path, "%s is already %s", holiday.Date, b.where(other))
		} else {
			first[holiday.Date] = path
		}
	}
}

// told reports whether something below the path is known to be wrong.
func (b *binder) told(path string) bool {
	return slices.ContainsFunc(b.problems, func(p Problem) bool {
		return p.Key == path || strings.HasPrefix(p.Key, path+".") || strings.HasPrefix(p.Key, path+"[")
	})
}

// doubt reports at the path what the portfolio, which will compute with these
// settings, finds wrong with them, without the words that the path says already.
func (b *binder) doubt(path string, part portfolio.Settings, said ...string) {
	part.TimeZone = time.UTC.String() // whatever it is, it is told elsewhere
	err := part.Validate()
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return
	}
	for _, one := range joined.Unwrap() {
		text := strings.TrimPrefix(firstLine(one.Error()), portfolio.ErrInvalid.Error()+": ")
		for _, words := range said {
			text = strings.TrimPrefix(text, words)
		}
		b.wrong(path, "%s", strings.TrimLeft(text, ": "))
	}
}

// checkServer checks who may reach the server.
func (b *binder) checkServer(c *Config) {
	if c.TLS != nil && (c.TLS.Cert == "" || c.TLS.Key == "") && len(b.problems) == 0 {
		b.wrong("tls", "expected both cert and key")
	}
	if c.Listen.Loopback() {
		return
	}
	switch {
	case len(c.Keys) == 0:
		b.wrong("listen", "%s can be reached from other machines, and there are no keys; "+
			"expected a loopback address, or keys (plumbline token new makes one)", c.Listen)
	case c.TLS == nil && len(c.TrustedProxy) == 0:
		b.warn("listen", "keys travel unencrypted to %s; give tls, or trusted_proxy where a proxy ends HTTPS", c.Listen)
	}
}

// checkKeys checks that no two keys share a name or a hash.
func (b *binder) checkKeys(c *Config) {
	byName, byHash := map[string]string{}, map[Hash]string{}
	for i, key := range c.Keys {
		path := b.items["keys"][i]
		if key.Name != "" {
			if other, taken := byName[key.Name]; taken {
				b.wrong(join(path, "name"), "%q is already the name of %s", key.Name, b.where(other))
			} else {
				byName[key.Name] = path
			}
		}
		if key.SHA256 != (Hash{}) {
			if other, taken := byHash[key.SHA256]; taken {
				b.wrong(join(path, "sha256"), "the same key is already %s", b.where(other))
			} else {
				byHash[key.SHA256] = path
			}
		}
	}
}

// checkConnections checks identities, schedules and mappings.
func (b *binder) checkConnections(c *Config) {
	byID := map[string]string{}
	for i := range c.Connections {
		connection, path := &c.Connections[i], b.items["connections"][i]
		if other, taken := byID[connection.ID]; taken && connection.ID != "" {
			b.wrong(join(path, "id"), "%q is already the id of %s; expected an id of its own", connection.ID, b.where(other))
		} else {
			byID[connection.ID] = path
		}
		if connection.Name == "" {
			connection.Name = connection.ID
		}
		if !connection.Cron.IsZero() {
			if _, both := b.places[join(path, "every")]; both {
				b.wrong(join(path, "cron"), "every is given too; expected one of them")
			}
			if connection.Cron.Next(anyTime).IsZero() {
				b.wrong(join(path, "cron"), "this time never comes")
			}
			connection.Every = 0
		}
		b.checkFields(connection, join(path, "fields"))
	}
}

// anyTime is a moment from which a schedule must find a next time.
var anyTime = time.Date(2024, time.January, 1, 0, 0, 0, 0, time.UTC)

// checkFields checks a connection's mapping.
func (b *binder) checkFields(connection *Connection, path string) {
	for to, field := range connection.Fields {
		switch {
		case field.Currency != "" && to != "budget":
			b.wrong(join(join(path, to), "currency"), "only a budget has a currency")
		case misspelt(to) != "":
			b.warn(join(path, to), "this makes a custom field of that name; did you mean %s?", misspelt(to))
		}
		if field.Field == "" {
			continue // told already
		}
		one := portfolio.ConnectionSettings{ID: "x", Fields: FieldMap{to: field}.mappings()}
		b.doubt(join(path, to), portfolio.Settings{Connections: []portfolio.ConnectionSettings{one}}, `connection "x": `, "field "+to)
	}
}

// checkHealth checks that limits are in order and named once.
func (b *binder) checkHealth(c *Config) {
	if time.Duration(c.Health.ReportMaxAge)%day != 0 || time.Duration(c.Health.ReportMaxAge) < day {
		b.wrong("health.report_max_age", "found %s; expected whole days, such as 14d", c.Health.ReportMaxAge)
	}
	byKind := map[string]string{}
	for i, limits := range c.Health.Thresholds {
		path := b.items["health.thresholds"][i]
		if limits.RedSlip < limits.GreenSlip {
			b.wrong(join(path, "red_slip"), "%v is below green_slip, %v; expected at least as much", limits.RedSlip, limits.GreenSlip)
		}
		if limits.RedSPI > limits.GreenSPI {
			b.wrong(join(path, "red_spi"), "%v is above green_spi, %v; expected at most as much", limits.RedSPI, limits.GreenSPI)
		}
		if other, taken := byKind[string(limits.Kind)]; taken {
			b.wrong(path, "limits of the same kind are already %s", b.where(other))
		} else {
			byKind[string(limits.Kind)] = path
		}
	}
}

// where names the place of a path in an error.
func (b *binder) where(path string) string {
	at, known := b.places[path]
	if !known {
		return path
	}
	return fmt.Sprintf("%s at %s:%d", path, at.file, at.line)
}
