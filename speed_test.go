package main

import (
	"bufio"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A measure is what one run of the program cost.
type measure struct {
	read, requests int
	run            time.Duration // by the table, without the start of the process
	took, cpu      time.Duration // of the process
	peak           int64         // of resident memory, in bytes
	dataRevision   int64         // of the store afterwards
}

// TestSpeed measures the program as it is built, against a Jira in a process
// of its own with 500 projects, 5,000 versions and 10,000 issues: a first
// sync, a quick one of the unchanged site, one with a sweep, and a first sync
// with 50 ms for each request. It reports, and holds only what does not depend
// on the machine.
func TestSpeed(t *testing.T) {
	if os.Getenv("PLUMBLINE_LONG") == "" {
		t.Skip("measures for a minute: set PLUMBLINE_LONG=1")
	}
	folder := t.TempDir()
	build := exec.CommandContext(t.Context(), "go", "build", "-o", folder, ".", "./connectors/jira/jiratest/fakejira")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	program := filepath.Join(folder, "plumbline")
	settled := func(latency time.Duration) place {
		return settle(t, fmt.Sprintf(`connections:
  - {id: eng, type: jira, url: %s, allow_private: true, auth: {email: %s, token: "${JIRA_TOKEN}"}, milestones: {from: [versions, epics]}}
`, jiraProcess(t, filepath.Join(folder, "fakejira"), latency), jiraEmail))
	}
	where := settled(0)
	sync := func(what string, where place, args ...string) measure {
		t.Helper()
		p := startProgram(t, program, where.env, append([]string{"sync"}, args...)...)
		began := time.Now()
		p.exits(exitOK, 2*time.Minute)
		m := measured(t, p, time.Since(began))
		m.dataRevision = where.contents(t).Data.Revision
		t.Logf("%-24s %6d records, %4d requests, run %7s, process %7s (%.0f records/s), CPU %7s, peak memory %d MB, data revision %d", what, m.read,
			m.requests, m.run, m.took.Round(time.Millisecond), float64(m.read)/m.took.Seconds(), m.cpu.Round(time.Millisecond), m.peak>>20, m.dataRevision)
		return m
	}
	first := sync("first sync", where)
	quick := sync("unchanged", where)
	sweep := sync("unchanged, with a sweep", where, "--sweep")
	idle := where
	idle.env = maps.Clone(where.env)
	idle.env["PLUMBLINE_CONFIG"] = settle(t, "connections: []").env["PLUMBLINE_CONFIG"]
	p := startProgram(t, program, idle.env, "sync")
	p.exits(exitOK, time.Minute)
	load := processorTime(p)
	t.Logf("start and load of the store alone: CPU %s", load.Round(time.Millisecond))
	t.Logf("of the first sync: the run takes %.3f of the time unchanged, %.3f with a sweep; CPU %.3f and %.3f, without the load of the store %.3f and %.3f",
		quick.run.Seconds()/first.run.Seconds(), sweep.run.Seconds()/first.run.Seconds(),
		quick.cpu.Seconds()/first.cpu.Seconds(), sweep.cpu.Seconds()/first.cpu.Seconds(),
		(quick.cpu-load).Seconds()/first.cpu.Seconds(), (sweep.cpu-load).Seconds()/first.cpu.Seconds())
	far := settled(50 * time.Millisecond)
	sync("first sync, 50 ms away", far)

	if first.read < 15_500 || quick.requests > 10 || quick.dataRevision != first.dataRevision || sweep.dataRevision != first.dataRevision {
		t.Errorf("the first sync read %d records, want at least 15,500; the quick one made %d requests, want at most 10; data revisions %d, %d, %d, want one",
			first.read, quick.requests, first.dataRevision, quick.dataRevision, sweep.dataRevision)
	}
}

// jiraProcess starts a fake Jira in a process of its own and returns its
// address.
func jiraProcess(t *testing.T, program string, latency time.Duration) string {
	t.Helper()
	process := exec.Command(program, "-email", jiraEmail, "-token", jiraToken, "-latency", latency.String())
	out, err := process.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := process.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = process.Process.Kill() // nothing of it is worth keeping
		_ = process.Wait()         // it says that it was killed
	})
	address, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(address)
}

// row finds what a sync read and asked in the table it prints.
var row = regexp.MustCompile(`(?m)^eng +(\d+) +\d+ +\d+ +\d+ +\d+ +(\d+) +\S+ +(\S+) `)

func processorTime(p *process) time.Duration {
	return p.cmd.ProcessState.UserTime() + p.cmd.ProcessState.SystemTime()
}

func measured(t *testing.T, p *process, took time.Duration) measure {
	t.Helper()
	usage, ok := p.cmd.ProcessState.SysUsage().(*syscall.Rusage)
	found := row.FindStringSubmatch(p.stdout.String())
	if !ok || found == nil {
		t.Fatalf("no figures of\n%s", p.stdout)
	}
	m := measure{took: took, cpu: processorTime(p), peak: usage.Maxrss}
	if runtime.GOOS != "darwin" {
		m.peak <<= 10 // given in kB
	}
	m.read, _ = strconv.Atoi(found[1])     // digits
	m.requests, _ = strconv.Atoi(found[2]) // digits
	var err error
	if m.run, err = time.ParseDuration(found[3]); err != nil {
		t.Fatal(err)
	}
	return m
}
