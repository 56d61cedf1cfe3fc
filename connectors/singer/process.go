package singer

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"time"
)

const (
	// killAfter is how long a tap that is told to end may take for it.
	killAfter = 2 * time.Second
	// memoryEvery is how often the memory of a tap is looked at.
	memoryEvery = time.Second
)

// inherited are the variables of our environment that a tap is given: what it
// needs to find its files and the network. Ours may hold secrets.
var inherited = []string{
	"PATH", "HOME", "TMPDIR", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV", "PYTHONPATH",
	"HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "http_proxy", "https_proxy", "no_proxy",
	"SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE",
}

var (
	errTimeout = errors.New("did not end in time")
	errMemory  = errors.New("used too much memory")
	errLingers = errors.New("has closed its output and does not end")
)

// A child is a tap that runs, with all that it started.
type child struct {
	name   string
	cmd    *exec.Cmd
	ctx    context.Context
	cancel context.CancelCauseFunc
	stdout *os.File
	all    sync.WaitGroup
	ended  chan struct{} // closed when the tap has ended
	err    error         // how, once it has
	cause  error         // why we ended it, if we did
	lines  *stderr
}

// spawn starts the tap with the arguments. Whoever calls it must call stop.
func (c *Connector) spawn(ctx context.Context, f *tapFiles, args ...string) (*child, error) {
	t := c.settings.Tap
	timeout := time.Duration(t.Timeout)
	if timeout == 0 {
		timeout = time.Duration(DefaultTimeout)
	}
	ctx, cancel := context.WithCancelCause(ctx)
	p := &child{name: filepath.Base(t.Command), ended: make(chan struct{}), cancel: cancel, lines: &stderr{log: c.log, files: f, requests: &c.requests, done: make(chan struct{})}}
	var stop context.CancelFunc
	p.ctx, stop = context.WithTimeoutCause(ctx, timeout, fmt.Errorf("%w: %s are its limit (tap.timeout)", errTimeout, timeout))
	p.cmd = exec.CommandContext(p.ctx, t.Command, append(append([]string{}, t.Args...), args...)...)
	p.cmd.Dir, p.cmd.Env = t.Dir, environ(t)
	p.cmd.WaitDelay = killAfter
	ownGroup(p.cmd)
	p.cmd.Cancel = func() error { return endGroup(p.cmd.Process.Pid) }
	readers, err := p.pipes()
	if err != nil {
		stop()
		cancel(nil)
		return nil, err
	}
	p.all.Go(func() {
		defer stop()
		p.err = p.cmd.Wait()
		p.cause = context.Cause(p.ctx)
		killGroup(p.cmd.Process.Pid) // what it started and left behind holds our pipes open
		close(p.ended)
	})
	p.all.Go(func() { p.lines.read(readers) })
	p.all.Go(func() {
		<-p.ended
		select {
		case <-p.lines.done:
		case <-time.After(killAfter): // something that hid from being ended holds it open
			_ = readers.Close()
		}
	})
	p.all.Go(func() { p.watch(t) })
	return p, nil
}

// pipes starts the command with its outputs connected, and returns the one of
// errors.
func (p *child) pipes() (*os.File, error) {
	out, outEnd, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	problems, problemsEnd, err := os.Pipe()
	if err != nil {
		return nil, errors.Join(err, out.Close(), outEnd.Close())
	}
	p.cmd.Stdout, p.cmd.Stderr, p.stdout = outEnd, problemsEnd, out
	err = p.cmd.Start()
	_, _ = outEnd.Close(), problemsEnd.Close() // they are the tap's now
	if err != nil {
		_, _ = out.Close(), problems.Close()
		return nil, fmt.Errorf("the tap cannot be started: %w", err)
	}
	return problems, nil
}

// watch ends a tap that takes too much memory.
func (p *child) watch(t TapSettings) {
	most := t.MemoryMiB
	if most == 0 {
		most = DefaultMemoryMiB
	}
	ticker := time.NewTicker(memoryEvery)
	defer ticker.Stop()
	for {
		select {
		case <-p.ended:
			return
		case <-ticker.C:
			if groupMemory(p.cmd.Process.Pid) > int64(most)<<20 {
				p.cancel(fmt.Errorf("%w: %d MiB are its limit (tap.memory_mib)", errMemory, most))
			}
		}
	}
}

// exit waits for the end of a tap that has written all it had to write, and
// tells how it ended.
func (p *child) exit() error {
	<-p.ended
	p.lines.wait()
	switch {
	case p.err == nil:
		return nil
	case errors.Is(p.cause, errTimeout), errors.Is(p.cause, errMemory), errors.Is(p.cause, errLingers):
		return fmt.Errorf("%s %w", p.name, p.cause)
	case p.cause != nil:
		return p.cause
	}
	return p.lines.failure(p.name, p.err)
}

// exitWithin is exit for a tap that has closed its output: it ends one that
// lives on for longer.
func (p *child) exitWithin(d time.Duration) error {
	defer time.AfterFunc(d, func() { p.cancel(errLingers) }).Stop()
	return p.exit()
}

func (p *child) hasEnded() bool {
	select {
	case <-p.ended:
		return true
	default:
		return false
	}
}

// stop ends whatever still runs and waits until nothing is left of it.
func (p *child) stop() {
	p.cancel(context.Canceled)
	<-p.ended
	_ = p.stdout.Close()
	p.all.Wait()
}

// environ is the environment of the tap.
func environ(t TapSettings) []string {
	var all []string
	for _, name := range inherited {
		if value, ok := os.LookupEnv(name); ok {
			all = append(all, name+"="+value)
		}
	}
	for name, value := range t.Env {
		all = append(all, name+"="+value.Reveal())
	}
	return all
}

// maxLogged is how much of a line of errors is logged, in bytes.
const maxLogged = 4 << 10

// lines reads lines of any length and calls each with them; cut tells that a
// line was longer than most bytes and ends in the middle of something.
func lines(in io.Reader, most int, each func(line string, cut bool)) {
	reader := bufio.NewReaderSize(in, most)
	for {
		line, err := reader.ReadSlice('\n')
		if len(line) > 0 {
			each(string(line), errors.Is(err, bufio.ErrBufferFull))
		}
		for errors.Is(err, bufio.ErrBufferFull) { // the rest of a long one
			_, err = reader.ReadSlice('\n')
		}
		if err != nil {
			return
		}
	}
}
