package config

import (
	"errors"
	"strconv"
	"strings"
	"time"
)

const day = 24 * time.Hour

// Duration is a length of time that is written as 30s, 10m, 1h30m or 14d.
type Duration time.Duration

// Expects says in an error what a duration looks like.
func (Duration) Expects() string { return "a duration such as 30s, 10m, 1h30m or 14d" }

// UnmarshalText reads a duration; it is never negative.
func (d *Duration) UnmarshalText(text []byte) error {
	rest, sum := string(text), time.Duration(0)
	if days, after, found := strings.Cut(rest, "d"); found {
		n, err := strconv.ParseUint(days, 10, 16)
		if err != nil {
			return errors.New("is not a number of days")
		}
		rest, sum = after, time.Duration(n)*day
	}
	if rest != "" || sum == 0 && string(text) == "" {
		more, err := time.ParseDuration(rest)
		if err != nil || more < 0 || rest == "0" || sum+more < sum {
			return errors.New("is not a duration")
		}
		sum += more
	}
	*d = Duration(sum)
	return nil
}

// MarshalText writes the duration as people would: 10m, not 10m0s.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// String returns the duration as people would write it.
func (d Duration) String() string {
	whole := time.Duration(d)
	if whole >= day && whole%day == 0 {
		return strconv.Itoa(int(whole/day)) + "d"
	}
	text := whole.String()
	if strings.HasSuffix(text, "m0s") {
		text = strings.TrimSuffix(text, "0s")
	}
	if strings.HasSuffix(text, "h0m") {
		text = strings.TrimSuffix(text, "0m")
	}
	return text
}

// A Size is a number of bytes that is written as 64MiB, 256KiB or 512B.
type Size int64

// Expects says in an error what a size looks like.
func (Size) Expects() string { return "a size such as 256KiB or 16MiB" }

// units are the names of sizes, largest first.
var units = []struct {
	name  string
	bytes int64
}{{"GiB", 1 << 30}, {"MiB", 1 << 20}, {"KiB", 1 << 10}, {"B", 1}}

// UnmarshalText reads a size; it is at least one byte.
func (s *Size) UnmarshalText(text []byte) error {
	number, factor := string(text), int64(0)
	for _, unit := range units {
		if before, found := strings.CutSuffix(number, unit.name); found {
			number, factor = before, unit.bytes
			break
		}
	}
	n, err := strconv.ParseInt(strings.TrimSpace(number), 10, 32)
	if err != nil || n < 1 || factor == 0 {
		return errors.New("is not a size")
	}
	*s = Size(n * factor)
	return nil
}

// MarshalText writes the size in its largest whole unit.
func (s Size) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// String returns the size in its largest whole unit.
func (s Size) String() string {
	for _, unit := range units {
		if int64(s) >= unit.bytes && int64(s)%unit.bytes == 0 {
			return strconv.FormatInt(int64(s)/unit.bytes, 10) + unit.name
		}
	}
	return "0B"
}
