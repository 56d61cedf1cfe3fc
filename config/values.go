package config

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known in images that carry no files

	"github.com/expr-lang/expr"
	"github.com/robfig/cron/v3"

	"plumbline/internal/secret"
)

// Address is where the server listens, as host:port.
type Address string

// Expects says in an error what an address looks like.
func (Address) Expects() string { return "host:port, such as 127.0.0.1:8080 or :8443" }

// UnmarshalText reads an address.
func (a *Address) UnmarshalText(text []byte) error {
	host, port, err := net.SplitHostPort(string(text))
	if err != nil {
		return errors.New("is not host:port")
	}
	n, err := strconv.ParseUint(port, 10, 16)
	if err != nil {
		return errors.New("its port is not a number from 0 to 65535")
	}
	if strings.ContainsAny(host, "/@ ") {
		return errors.New("its host is not a name or an address")
	}
	*a = Address(net.JoinHostPort(host, strconv.FormatUint(n, 10)))
	return nil
}

// Loopback reports whether only this machine can reach the address. A name
// other than localhost is taken as reachable.
func (a Address) Loopback() bool {
	host, _, err := net.SplitHostPort(string(a))
	if err != nil {
		return false
	}
	if host == "localhost" {
		return true
	}
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback()
}

// Zone is a time zone of the IANA database.
type Zone struct{ location *time.Location }

// Expects says in an error what a zone looks like.
func (Zone) Expects() string { return "an IANA time zone such as Europe/Berlin or UTC" }

// UnmarshalText reads the name of a zone. Local is none: it would mean
// another zone on every machine.
func (z *Zone) UnmarshalText(text []byte) error {
	location, err := time.LoadLocation(string(text))
	if err != nil || len(text) == 0 || location == time.Local {
		return errors.New("is not a known time zone")
	}
	z.location = location
	return nil
}

// MarshalText returns the zone's name.
func (z Zone) MarshalText() ([]byte, error) { return []byte(z.String()), nil }

// String returns the zone's name.
func (z Zone) String() string { return z.Location().String() }

// Location returns the zone; UTC when none was given.
func (z Zone) Location() *time.Location {
	if z.location == nil {
		return time.UTC
	}
	return z.location
}

// Cron is a schedule of five fields, or empty.
type Cron struct {
	text     string
	schedule cron.Schedule
}

// Expects says in an error what a schedule looks like.
func (Cron) Expects() string {
	return `minute hour day month weekday, such as "*/15 6-20 * * 1-5"`
}

// UnmarshalText reads a schedule. A zone inside it is refused: the configured
// one holds.
func (c *Cron) UnmarshalText(text []byte) error {
	if strings.Contains(string(text), "TZ=") {
		return errors.New("the zone is the configured timezone and cannot be set here")
	}
	schedule, err := cron.ParseStandard(string(text))
	if err != nil {
		return fmt.Errorf("cannot be read: %w", err)
	}
	*c = Cron{string(text), schedule}
	return nil
}

// MarshalText returns the schedule as it was written.
func (c Cron) MarshalText() ([]byte, error) { return []byte(c.text), nil }

// String returns the schedule as it was written.
func (c Cron) String() string { return c.text }

// IsZero reports whether there is no schedule.
func (c Cron) IsZero() bool { return c.schedule == nil }

// Next returns the first time after now that the schedule names, in now's
// zone; the zero time when there is none.
func (c Cron) Next(now time.Time) time.Time {
	if c.IsZero() {
		return time.Time{}
	}
	return c.schedule.Next(now)
}

// Network is an address or a network, such as 10.0.0.0/8.
type Network netip.Prefix

// Expects says in an error what a network looks like.
func (Network) Expects() string { return "an address or network such as 10.0.0.7 or 10.0.0.0/8" }

// UnmarshalText reads an address or a network.
func (n *Network) UnmarshalText(text []byte) error {
	if ip, err := netip.ParseAddr(string(text)); err == nil {
		*n = Network(netip.PrefixFrom(ip, ip.BitLen()))
		return nil
	}
	prefix, err := netip.ParsePrefix(string(text))
	if err != nil {
		return errors.New("is not an address or a network")
	}
	*n = Network(prefix.Masked())
	return nil
}

// MarshalText returns the network.
func (n Network) MarshalText() ([]byte, error) { return netip.Prefix(n).MarshalText() }

// Contains reports whether the network has the address.
func (n Network) Contains(ip netip.Addr) bool { return netip.Prefix(n).Contains(ip.Unmap()) }

// Hash is the SHA-256 of an API key.
type Hash [sha256.Size]byte

// HashKey returns the hash by which a key is known.
func HashKey(key string) Hash { return sha256.Sum256([]byte(key)) }

// Expects says in an error what a hash looks like.
func (Hash) Expects() string {
	return "64 hexadecimal digits, as plumbline token new prints them"
}

// UnmarshalText reads 64 hexadecimal digits. Its errors never repeat the text:
// it may be a key that somebody put there by mistake.
func (h *Hash) UnmarshalText(text []byte) error {
	if strings.HasPrefix(string(text), KeyPrefix) {
		return errors.New("this is a key itself, which must not be in a file; make a new one and give its SHA-256")
	}
	raw, err := hex.DecodeString(string(text))
	if err != nil || len(raw) != len(h) {
		return errors.New("is not a SHA-256")
	}
	copy(h[:], raw)
	return nil
}

// MarshalText returns the hash in hexadecimal digits.
func (h Hash) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(h[:])), nil }

// String returns the hash in hexadecimal digits.
func (h Hash) String() string { return hex.EncodeToString(h[:]) }

// Expression is a condition in expr-lang.
type Expression string

// Expects says in an error what an expression looks like.
func (Expression) Expects() string {
	return `an expression such as milestone.name matches "(?i)go.?live"`
}

// UnmarshalText takes an expression that can be parsed. What it names is
// checked with the rules, by the check that Load is given.
func (e *Expression) UnmarshalText(text []byte) error {
	if _, err := expr.Compile(string(text), expr.AllowUndefinedVariables()); err != nil {
		return errors.New("cannot be read: " + firstLine(err.Error()))
	}
	*e = Expression(text)
	return nil
}

// Store is where the log is kept.
type Store struct {
	// Path is the file of a bolt store; empty for MongoDB.
	Path string `yaml:"-"`
	// URI is the connection string of a MongoDB store; no secret for bolt.
	URI secret.String `yaml:"-"`
}

const (
	boltScheme = "bolt"
	mongoNames = "mongodb://host/database or mongodb+srv://host/database"
)

// Expects says in an error what the address of a store looks like.
func (Store) Expects() string { return "bolt://path/to/file or " + mongoNames }

// UnmarshalText reads the address of a store. Its errors never repeat the
// text, which may hold a password.
func (s *Store) UnmarshalText(text []byte) error {
	scheme, rest, found := strings.Cut(string(text), "://")
	switch {
	case !found:
		return errors.New("it names no kind of store")
	case scheme == boltScheme:
		if rest == "" || strings.HasSuffix(rest, "/") {
			return errors.New("it names no file")
		}
		*s = Store{Path: rest}
	case scheme == "mongodb" || scheme == "mongodb+srv":
		if database(rest) == "" {
			return errors.New("it names no database")
		}
		*s = Store{URI: secret.New(string(text))}
	default:
		return errors.New("is not a kind of store that is known")
	}
	return nil
}

// database returns the database of what follows mongodb://. Several hosts,
// separated by commas, are more than url.Parse takes.
func database(rest string) string {
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		rest = rest[at+1:]
	}
	hosts, path, _ := strings.Cut(rest, "/")
	name, _, _ := strings.Cut(path, "?")
	if hosts == "" {
		return ""
	}
	return name
}

// Bolt reports whether the store is one file.
func (s Store) Bolt() bool { return s.Path != "" }

// Database returns the name of the MongoDB database; empty for bolt.
func (s Store) Database() string {
	_, rest, _ := strings.Cut(s.URI.Reveal(), "://")
	return database(rest)
}

// MarshalText returns the address, a password in it as ***.
func (s Store) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String returns the address, a password in it as ***. Options are left out:
// they may hold secrets too.
func (s Store) String() string {
	if s.Bolt() {
		return boltScheme + "://" + s.Path
	}
	scheme, rest, found := strings.Cut(s.URI.Reveal(), "://")
	if !found {
		return ""
	}
	user := ""
	if at := strings.LastIndex(rest, "@"); at >= 0 {
		name, _, _ := strings.Cut(rest[:at], ":")
		user, rest = name+":"+secret.Mask+"@", rest[at+1:]
	}
	rest, _, _ = strings.Cut(rest, "?")
	return scheme + "://" + user + rest
}

// webAddress reports what is wrong with the address of a tool or a page.
func webAddress(text string) error {
	u, err := url.Parse(text)
	switch {
	case err != nil:
		return errors.New("it cannot be read as a URL")
	case u.Scheme != "https" && u.Scheme != "http":
		return errors.New("it does not begin with https:// or http://")
	case u.Hostname() == "":
		return errors.New("it names no host")
	case u.User != nil:
		return errors.New("it holds a user or password, which have keys of their own")
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(text, "\n")
	return line
}
