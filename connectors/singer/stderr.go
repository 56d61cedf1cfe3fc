package singer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"plumbline/connectors"
	"plumbline/internal/record"
)

// stderr carries what a tap writes about itself to the log.
type stderr struct {
	log      *slog.Logger
	files    *tapFiles // know the secrets
	requests *atomic.Int64

	done chan struct{} // closed when all was read
	mu   sync.Mutex
	last []string // what it said last, masked; the newest last
}

const (
	// maxLast is how many lines are kept to say why a tap failed.
	maxLast = 20
	// maxLines is how many lines of a run are logged.
	maxLines = 10_000
)

// level is what most taps begin a line with, after the time perhaps.
var level = regexp.MustCompile(`\b(DEBUG|INFO|WARNING|WARN|ERROR|CRITICAL|FATAL)\b`)

// read logs line by line until the end.
func (s *stderr) read(in *os.File) {
	defer close(s.done)
	defer func() { _ = in.Close() }()
	longest, logged := s.files.longest(), 0
	lines(in, maxLogged+longest, func(line string, cut bool) {
		line = s.files.mask(line)
		if cut { // it may end with half a secret
			line = line[:max(0, len(line)-longest)]
		}
		line = strings.TrimRight(strings.ToValidUTF8(line, "\uFFFD"), "\r\n ")
		if line == "" {
			return
		}
		if strings.Contains(line, `"http_request_duration"`) || strings.Contains(line, `"http_request_count"`) {
			s.requests.Add(1)
		}
		at := slog.LevelInfo
		switch level.FindString(line) {
		case "DEBUG", "INFO":
			at = slog.LevelDebug // a run has one line of ours
		case "WARNING", "WARN", "ERROR", "CRITICAL", "FATAL":
			at = slog.LevelWarn
		}
		switch logged++; {
		case logged <= maxLines:
			s.log.Log(context.Background(), at, "the tap says", "line", line)
		case logged == maxLines+1:
			s.log.Warn("the tap says more than is logged of a run", "lines", maxLines)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		s.last = append(s.last, line)
		s.last = slices.Delete(s.last, 0, max(0, len(s.last)-maxLast))
	})
}

// wait returns when all was read.
func (s *stderr) wait() { <-s.done }

// unauthorized is how taps say that their credential is not taken.
var unauthorized = regexp.MustCompile(`(?i)\b401\b|unauthori[sz]ed|invalid[ _](api[ _])?(token|key|credentials)|invalid_grant`)

// failure is the error of a tap that ended badly, in its own last words.
func (s *stderr) failure(name string, ended error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	how := ended.Error()
	var exit *exec.ExitError
	if errors.As(ended, &exit) && exit.Exited() {
		how = fmt.Sprintf("ended with the code %d", exit.ExitCode())
	}
	err := fmt.Errorf("%s %s", name, how)
	if len(s.last) == 0 {
		return err
	}
	said := s.last[len(s.last)-1]
	for _, line := range slices.Backward(s.last) {
		if word := level.FindString(line); word == "CRITICAL" || word == "ERROR" || word == "FATAL" {
			said = line
			break
		}
	}
	err = fmt.Errorf("%w: %s", err, record.Truncate(said, 500))
	if slices.ContainsFunc(s.last, unauthorized.MatchString) {
		err = fmt.Errorf("%w: %w", connectors.ErrUnauthorized, err)
	}
	return err
}
