package config

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"plumbline/portfolio"
)

// FileHash is the SHA-256 of what the settings were made from: of the file, as
// sha256sum prints it, and of all of them one after the other when they are
// several. Where variables of the environment shaped the settings, those
// settings are hashed with the files, so that replicas that compute different
// views never show the same hash.
func (c *Config) FileHash() string { return c.fileHash }

// Settings returns what shapes views, for the log. It holds no secrets, no
// addresses and no listeners.
func (c *Config) Settings() portfolio.Settings {
	s := portfolio.Settings{
		TimeZone:     c.TimeZone.String(),
		ReportMaxAge: int(time.Duration(c.Health.ReportMaxAge) / day),
		Currency:     c.Currency,
	}
	if c.fileHash != "" {
		s.Files = []string{c.fileHash}
	}
	for _, connection := range c.Connections {
		s.Connections = append(s.Connections, portfolio.ConnectionSettings{
			ID: connection.ID, Name: connection.Name, Type: connection.Type, Fields: connection.Fields.mappings(),
		})
	}
	for _, rule := range c.Rules {
		s.Rules = append(s.Rules, portfolio.Rule{When: string(rule.When), Set: portfolio.Assignment(rule.Set)})
	}
	for _, join := range c.Joins {
		s.Joins = append(s.Joins, portfolio.JoinRule(join))
	}
	for _, first := range c.Precedence {
		s.Precedence = append(s.Precedence, portfolio.FieldPrecedence(first))
	}
	for _, limits := range c.Health.Thresholds {
		s.Health = append(s.Health, portfolio.HealthThresholds(limits))
	}
	for _, status := range slices.Sorted(maps.Keys(c.Statuses)) {
		s.Statuses = append(s.Statuses, portfolio.StatusPhase{Status: status, Phase: c.Statuses[status]})
	}
	for _, rate := range c.Rates {
		s.Rates = append(s.Rates, portfolio.Rate{Currency: rate.Currency, From: rate.From, Rate: rate.Rate.Decimal})
	}
	if calendar := c.Calendar.portfolio(); !calendar.IsDefault() {
		s.Calendar = &calendar
	}
	return s
}

// portfolio returns the calendar for the log. One without a weekend has the
// usual one; one whose weekend is empty has none.
func (c Calendar) portfolio() portfolio.Calendar {
	calendar := portfolio.Calendar{Weekend: c.Weekend, FiscalYearStart: c.FiscalYearStart}
	if c.Weekend == nil {
		calendar.Weekend = portfolio.DefaultCalendar().Weekend
	}
	for _, h := range c.Holidays {
		calendar.Holidays = append(calendar.Holidays, portfolio.Holiday(h))
	}
	return calendar
}

// mappings returns the map in the order of the portfolio's names, so that the
// same file makes the same settings.
func (m FieldMap) mappings() []portfolio.FieldMapping {
	var all []portfolio.FieldMapping
	for _, to := range slices.Sorted(maps.Keys(m)) {
		field := m[to]
		mapping := portfolio.FieldMapping{To: to, Field: field.Field, Currency: field.Currency}
		for _, from := range slices.Sorted(maps.Keys(field.Values)) {
			mapping.Values = append(mapping.Values, portfolio.ValueMapping{From: from, To: field.Values[from]})
		}
		all = append(all, mapping)
	}
	return all
}

// Names returns the tool's fields that the mapping names, each once, in order.
func (m FieldMap) Names() []string {
	var all []string
	for _, field := range m {
		all = append(all, field.Field)
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// Caller returns what the key may see and do.
func (k Key) Caller() portfolio.Caller {
	caller := portfolio.Caller{
		Name: k.Name, Role: portfolio.Role(strings.ToUpper(k.Role)), Departments: slices.Clone(k.Departments),
	}
	for _, scope := range k.Scopes {
		switch scope {
		case scopeExport:
			caller.Export = true
		case scopeExportURL: // says how the key may come, not what it may see
		default:
			caller.Groups = append(caller.Groups, scope)
		}
	}
	return caller
}

// InURL reports whether the key may stand in the URL of a table.
func (k Key) InURL() bool { return slices.Contains(k.Scopes, scopeExportURL) }

// The scopes that are not groups of fields: one raises limits, the other lets
// the key be sent in a URL where tables are read, for tools that can send it no
// other way.
const (
	scopeExport    = "export"
	scopeExportURL = "export-url"
)

// Expired reports whether the key no longer works: it does through its last
// day in the zone.
func (k Key) Expired(now time.Time, zone *time.Location) bool {
	return !k.Expires.IsZero() && portfolio.DateOf(now.In(zone)).After(k.Expires)
}

// hashFiles computes FileHash. The environment counts only if the settings
// differ from those that the files make with every variable left as written.
func hashFiles(files []File, c *Config, o Options) (string, error) {
	h := sha256.New()
	for _, file := range files {
		h.Write(file.Data)
	}
	o.Getenv = func(name string) string {
		if slices.ContainsFunc(Overrides, func(o Override) bool { return o.Variable == name }) {
			return ""
		}
		return "${" + name + "}"
	}
	written, _ := load(files, o)
	with, err := json.Marshal(c.Settings())
	if err != nil {
		return "", fmt.Errorf("config: hash: %w", err)
	}
	without, err := json.Marshal(written.Settings())
	if err != nil {
		return "", fmt.Errorf("config: hash: %w", err)
	}
	if !bytes.Equal(with, without) {
		h.Write(with)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
