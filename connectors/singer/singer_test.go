package singer

import (
	"os"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/singer/singertest"
	"plumbline/internal/secret"
)

// TestMain makes the test's program the tap, when it is run as one.
func TestMain(m *testing.M) {
	if _, isTap := os.LookupEnv(singertest.Variable); isTap {
		singertest.Main()
	}
	os.Exit(m.Run())
}

const token = "plb_canary-of-the-tap"

// settings run the tap over the tool.
func settings(tool *singertest.Tool) Settings {
	return Settings{
		Tap: TapSettings{
			Command: os.Args[0],
			Config:  map[string]any{"tool": tool.Path()},
			Secrets: map[string]secret.String{"auth.token": secret.New(token)},
			Env:     map[string]secret.String{singertest.Variable: secret.New("1")},
			Catalog: tool.Catalog(),
		},
		Instance: "https://tool.example.com",
		Streams: []StreamSettings{
			{Stream: "boards", As: asProject, Name: "name"},
			{Stream: "items", As: asMilestone, Name: "name", Project: "board", Status: "status", Due: "due_on", StatusIs: `status == "Closed" ? "DONE" : "TODO"`},
		},
	}
}

func open(t testing.TB, s Settings, fields ...string) connectors.Connector {
	t.Helper()
	c, err := s.Open(connectors.Env{Connection: "boards", Fields: fields, Log: logger(t)})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// testPage is the size of a page under the contract's suite. There a tap must
// never wait for us: virtual time stands still while a process lives, so all it
// writes has to fit into the pipe.
const testPage = 50

func contractTool(t testing.TB, method singertest.Method) connectortest.Tool {
	tool := singertest.New(t, method, token)
	tool.StateEvery(20)
	s := settings(tool)
	faults := map[connectortest.Fault]singertest.Fault{
		connectortest.HTML:         {Kind: singertest.HTML, After: 7},
		connectortest.Unauthorized: {Kind: singertest.Unauthorized, After: 7},
	}
	edit := func(i int, change func(*singertest.Item)) func() {
		tool.Edit(i, change)
		return func() { tool.Edit(i, func(x *singertest.Item) { x.Raw, x.Empty = nil, false }) }
	}
	return connectortest.Tool{
		Open: func(t testing.TB) connectors.Connector {
			c := open(t, s, "text").(*Connector)
			c.pageFacts = testPage
			return c
		},
		Add:      func(name string) { tool.Add(name) },
		Rename:   func(i int, name string) { tool.Edit(i, func(x *singertest.Item) { x.Name = name }) },
		Delete:   func(i int) { tool.Edit(i, func(x *singertest.Item) { x.Deleted = true }) },
		Describe: func(i int, text string) { tool.Edit(i, func(x *singertest.Item) { x.Text = text }) },
		Status:   func(i int, status string) { tool.Edit(i, func(x *singertest.Item) { x.Status = status }) },
		Spoil: func(i int) func() {
			return edit(i, func(x *singertest.Item) { x.Raw = []byte(`{"id":` + itoa(x.ID) + `,"name":{"odd":true},"board":1}`) })
		},
		Empty: func(i int) func() { return edit(i, func(x *singertest.Item) { x.Empty = true }) },
		Break: func(f connectortest.Fault) func() {
			fault, ok := faults[f]
			if !ok {
				return nil // a tap tries again by itself, or fails
			}
			return tool.Break(fault)
		},
		Pages:   []int{0, 1, testPage - 1, testPage, testPage + 1, 2 * testPage},
		Several: 2*testPage + 10,
	}
}

func TestContractWithFullTables(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, singertest.FullTable) })
}

func TestContractWithVersions(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool { return contractTool(t, singertest.Versioned) })
}

func TestContractWithLogs(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		tool := contractTool(t, singertest.LogBased)
		tool.Several = 5 * testPage
		return tool
	})
}
