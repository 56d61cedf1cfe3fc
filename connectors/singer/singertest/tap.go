package singertest

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

// Main is the tap. A test's TestMain calls it when Variable is set, and never
// returns from it.
func Main() {
	if err := tap(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "CRITICAL", err)
		os.Exit(3)
	}
	os.Exit(0)
}

// state is what the tap remembers between two runs.
type state struct {
	Bookmarks map[string]map[string]int `json:"bookmarks"`
}

type output struct {
	*bufio.Writer
	fault   *Fault
	token   string
	records int
	lingers bool
}

func tap(args []string) error {
	flags := flag.NewFlagSet("tap", flag.ContinueOnError)
	config, _, from := flags.String("config", "", ""), flags.String("catalog", "", ""), flags.String("state", "", "")
	discover := flags.Bool("discover", false, "")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var settings struct {
		Tool string `json:"tool"`
		Auth struct {
			Token string `json:"token"`
		} `json:"auth"`
	}
	text, err := os.ReadFile(*config)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(text, &settings); err != nil {
		return err
	}
	m, err := readModel(settings.Tool)
	if err != nil {
		return err
	}
	if settings.Auth.Token != m.Token {
		return errors.New("401 Client Error: Unauthorized for url: https://tool.example.com/items")
	}
	out := &output{Writer: bufio.NewWriter(os.Stdout), fault: m.Fault, token: m.Token}
	if *discover {
		return json.NewEncoder(os.Stdout).Encode(discovered(m.Method))
	}
	before := state{Bookmarks: map[string]map[string]int{}}
	if *from != "" {
		text, err := os.ReadFile(*from)
		if err != nil {
			return err
		}
		if err := json.Unmarshal(text, &before); err != nil {
			return err
		}
	}
	fmt.Fprintln(os.Stderr, `INFO METRIC: {"type": "timer", "metric": "http_request_duration", "value": 0.1}`)
	if err := out.run(m, before.Bookmarks["items"]["changes"]); err != nil {
		return err
	}
	err = out.Flush()
	if out.lingers {
		_ = os.Stdout.Close()
		hang()
	}
	return err
}

const itemSchema = `{"type":"object","required":["id"],"properties":{"id":{"type":"integer"},"name":{"type":["null","string"]},` +
	`"text":{"type":["null","string"]},"status":{"type":["null","string"]},"board":{"type":["null","integer"]},"due_on":{"type":["null","string"],"format":"date"}}}`

// run writes both streams.
func (o *output) run(m model, since int) error {
	o.message(`{"type":"SCHEMA","stream":"boards","key_properties":["id"],"schema":{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}}}}`)
	for i := range m.Boards {
		o.message(fmt.Sprintf(`{"type":"RECORD","stream":"boards","record":{"id":%d,"name":"Payments %[1]d"}}`, i+1))
	}
	o.message(`{"type":"SCHEMA","stream":"items","key_properties":["id"],"schema":` + itemSchema + `}`)
	items := m.since(since)
	if m.Method != LogBased {
		items = m.Items
	}
	for i, item := range items {
		if item.Deleted && m.Method != LogBased {
			continue
		}
		if err := o.strike(); err != nil {
			return err
		}
		o.records++
		o.message(fmt.Sprintf(`{"type":"RECORD","stream":"items","record":%s,"time_extracted":"2026-11-02T22:57:04.841020Z"}`, item.record(m.Boards)))
		if m.Method == LogBased && m.StateEvery > 0 && (i+1)%m.StateEvery == 0 {
			o.state(item.Changed)
		}
	}
	if err := o.strike(); err != nil {
		return err
	}
	switch m.Method {
	case LogBased:
		o.state(m.Changes)
	case Versioned:
		o.message(fmt.Sprintf(`{"type":"ACTIVATE_VERSION","stream":"items","version":%d}`, time.Now().UnixNano()))
	}
	return nil
}

func (o *output) message(text string) {
	_, _ = o.WriteString(text + "\n") // Flush tells
}

func (o *output) state(changes int) {
	o.message(fmt.Sprintf(`{"type":"STATE","value":{"bookmarks":{"items":{"changes":%d}}}}`, changes))
}

func (i Item) record(boards int) string {
	switch {
	case i.Raw != nil:
		return string(i.Raw)
	case i.Empty:
		return fmt.Sprintf(`{"id":%d,"name":null,"text":null,"status":null,"board":null,"due_on":null}`, i.ID)
	}
	record := map[string]any{"id": i.ID, "name": i.Name, "text": i.Text, "status": i.Status, "board": i.ID%boards + 1, "due_on": "2000-05-01"}
	if i.Deleted {
		record["_sdc_deleted_at"] = "2000-01-01T00:00:00Z"
	}
	text, err := json.Marshal(record)
	if err != nil {
		panic(err) // texts and numbers always encode
	}
	return string(text)
}

// strike does what the fault wants once enough records were written.
func (o *output) strike() error {
	if o.fault == nil || o.records < o.fault.After {
		return nil
	}
	kind := o.fault.Kind
	o.fault = nil
	_ = o.Flush()
	switch kind {
	case Exit:
		fmt.Fprintln(os.Stderr, "CRITICAL the tool answered 500 to "+o.token)
		fmt.Fprintln(os.Stderr, "Traceback: nothing")
		os.Exit(3)
	case Unauthorized:
		return errors.New("401 Client Error: Unauthorized for url: https://tool.example.com/items")
	case Killed:
		_ = syscall.Kill(os.Getpid(), syscall.SIGKILL)
		select {}
	case Truncate:
		_, _ = o.WriteString(`{"type":"RECORD","stream":"items","record":{"id":1,"na`)
		_ = o.Flush()
		os.Exit(1)
	case HTML:
		o.message("<!DOCTYPE html><html><body>Sign in</body></html>")
	case Junk:
		o.message("Signed in as " + o.token)
	case Hang:
		hang()
	case Stubborn:
		signal.Ignore(syscall.SIGTERM)
		hang()
	case Orphan:
		child := exec.CommandContext(context.Background(), "sleep", "60")
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
		return child.Start()
	case Daemon:
		child := exec.CommandContext(context.Background(), "sleep", "60")
		child.Stderr, child.SysProcAttr = os.Stderr, &syscall.SysProcAttr{Setsid: true}
		if err := child.Start(); err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, "INFO the daemon is", child.Process.Pid)
	case Lingering:
		o.lingers = true
	case JunkAtEdge:
		o.message(strings.Repeat("s", 50) + o.token)
	case Flood:
		for i := range 30_000 {
			fmt.Fprintln(os.Stderr, "WARNING slow answer", i)
		}
		fmt.Fprintln(os.Stderr, "CRITICAL the last words")
		os.Exit(3)
	case Greedy:
		for all := []byte(nil); ; {
			all = append(all, make([]byte, 8<<20)...)
			for i := range all { // untouched memory is not used
				all[i]++
			}
			time.Sleep(20 * time.Millisecond)
		}
	case Talkative:
		fmt.Fprintln(os.Stderr, "INFO signing in with", o.token)
		fmt.Fprintln(os.Stderr, strings.Repeat("x", 4090), o.token)
		fmt.Fprintln(os.Stderr, strings.Repeat("y", 9000), o.token)
		fmt.Fprintln(os.Stderr, "ERROR no newline and", o.token)
	}
	return nil
}

func hang() {
	for {
		time.Sleep(time.Hour)
	}
}

// discovered is the tap's catalog.
func discovered(method Method) any {
	stream := func(name, schema string) map[string]any {
		s := map[string]any{"tap_stream_id": name, "stream": name, "key_properties": []string{"id"}, "schema": json.RawMessage(schema)}
		if method == FullTable {
			s["metadata"] = []any{map[string]any{"breadcrumb": []string{}, "metadata": map[string]any{"selected": true, "replication-method": "FULL_TABLE"}}}
		}
		return s
	}
	return map[string]any{"streams": []any{
		stream("boards", `{"type":"object","properties":{"id":{"type":"integer"},"name":{"type":"string"}}}`), stream("items", itemSchema),
	}}
}
