package spreadsheet_test

import (
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"plumbline/connectors"
	"plumbline/connectors/connectortest"
	"plumbline/connectors/connectortest/fake"
	"plumbline/connectors/spreadsheet"
	"plumbline/connectors/spreadsheet/spreadsheettest"
	"plumbline/internal/filesource"
	"plumbline/internal/secret"
)

func TestContractOnATextFile(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		path := filepath.Join(t.(interface{ TempDir() string }).TempDir(), "plan.csv")
		return tableTool(t, func(s spreadsheettest.Sheet) { put(t, path, s.CSV(';')) }, func(s *spreadsheet.Settings) { s.File = path })
	})
}

func TestContractOnAWorkbookInAFolder(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		folder := t.(interface{ TempDir() string }).TempDir()
		return tableTool(t, func(s spreadsheettest.Sheet) {
			content, err := spreadsheettest.XLSX(false, s)
			if err != nil {
				t.Fatal(err)
			}
			put(t, filepath.Join(folder, "plan.xlsx"), content)
		}, func(s *spreadsheet.Settings) { s.Folder = folder })
	})
}

func TestContractOnAnAddress(t *testing.T) {
	connectortest.Run(t, func(t testing.TB) connectortest.Tool {
		var content []byte
		server := fake.NewFile(func() []byte { return content })
		tool := tableTool(t, func(s spreadsheettest.Sheet) { content = s.CSV(',') }, func(s *spreadsheet.Settings) {
			s.URL = "https://files.example.com/plan.csv"
			s.Auth.Token = secret.New(t.Name()) // clients of one credential share a limiter, tests must not
		}, server)
		tool.Break = connectortest.NewMenu("", 0).Without(connectortest.EmptyPageOnce, connectortest.ShortPages, connectortest.RepeatedToken).Break(server)
		return tool
	})
}

func put(t testing.TB, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path+".part", content, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(path+".part", path); err != nil {
		t.Fatal(err)
	}
}

// tableTool is a table of milestones that write keeps where the settings find
// it.
func tableTool(t testing.TB, write func(spreadsheettest.Sheet), where func(*spreadsheet.Settings), server ...*fake.File) connectortest.Tool {
	sheet := spreadsheettest.Sheet{Name: "Milestones", Rows: [][]any{{"ID", "Project", "Milestone", "Due", "Status", "Notes"}}}
	var ids []string
	at := func(i int) []any {
		n := slices.IndexFunc(sheet.Rows, func(r []any) bool { return r[0] == ids[i] })
		return sheet.Rows[n]
	}
	edit := func(i, column int, value any) { at(i)[column] = value; write(sheet) }
	added := true
	return connectortest.Tool{
		Open: func(testing.TB) connectors.Connector {
			if added {
				write(sheet)
				added = false
			}
			s := &spreadsheet.Settings{Complete: true, Settings: filesource.Settings{}}
			where(s)
			env := connectors.Env{Connection: "plan"}
			if len(server) > 0 {
				env.Transport = fake.InProcess(server[0])
			}
			c, err := s.Open(env)
			if err != nil {
				t.Fatal(err)
			}
			return c
		},
		Add: func(name string) {
			ids = append(ids, "M-"+strconv.Itoa(len(ids)+1))
			sheet.Rows = append(sheet.Rows, []any{ids[len(ids)-1], "Apollo", name, "2000-05-01", nil, nil})
			added = true // a workbook takes its time to be written
		},
		Rename: func(i int, name string) { edit(i, 2, name) },
		Delete: func(i int) {
			sheet.Rows = slices.DeleteFunc(sheet.Rows, func(r []any) bool { return r[0] == ids[i] })
			write(sheet)
		},
		Describe: func(i int, text string) { edit(i, 5, text) },
		Status:   func(i int, status string) { edit(i, 4, status) },
		Spoil: func(i int) func() {
			edit(i, 3, "somewhen in spring")
			return func() { edit(i, 3, "2000-05-01") }
		},
		Empty: func(i int) func() {
			was := slices.Clone(at(i))
			for column := 1; column < len(was); column++ {
				at(i)[column] = nil
			}
			write(sheet)
			return func() { copy(at(i), was); write(sheet) }
		},
		Break:   func(connectortest.Fault) func() { return nil },
		Pages:   []int{0, 1, 499, 500, 501},
		Several: 1200,
	}
}
