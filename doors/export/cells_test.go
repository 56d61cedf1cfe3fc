package export

import (
	"bytes"
	"encoding/json"
	"reflect"
	"testing"
)

// FuzzRows compares with encoding/json: in whatever is an array of objects the
// same rows and cells are found. What is not, does no harm.
func FuzzRows(f *testing.F) {
	for _, seed := range []string{
		`[]`, `[{}]`, `[{"a" : 1 , "b":{"c":"]"}} , {"a":null,"b":{"c":true}} ]`, `[{"a":"\\\"}","b":null}]`, `[{"a":"\\\\"}]`,
		`[{"a":-1.5e3,"d":[{},[]]}]`, `[1,2]`, `[{"a":1}`, `{"a":1}`, `[{"a":}]`, `[{"a`, `[}`, `[{"a":"\`,
	} {
		f.Add([]byte(seed))
	}
	columns := []Column{{Path: []string{"a"}}, {Path: []string{"b", "c"}}}
	f.Fuzz(func(t *testing.T, text []byte) {
		_, _ = rowsIn(text, columns)

		// Written again, no name is there twice, and none has an escape.
		var want []struct {
			A any `json:"a"`
			B *struct {
				C any `json:"c"`
			} `json:"b"`
			D any `json:"d"`
		}
		if json.Unmarshal(text, &want) != nil {
			return
		}
		array, err := json.Marshal(want)
		if err != nil || want == nil {
			return
		}
		var spaced bytes.Buffer
		if err := json.Indent(&spaced, array, "", "\t"); err != nil {
			t.Fatal(err)
		}
		for _, text := range [][]byte{array, spaced.Bytes()} {
			rows, err := rowsIn(text, columns)
			if err != nil || len(rows) != len(want) {
				t.Fatalf("%d rows in %s, want %d: %v", len(rows), text, len(want), err)
			}
			for i, row := range rows {
				var c any
				if want[i].B != nil {
					c = want[i].B.C
				}
				if !reflect.DeepEqual(row, []any{want[i].A, c}) {
					t.Fatalf("row %d of %s is %v", i, text, row)
				}
			}
		}
	})
}

// rowsIn are the values of all cells.
func rowsIn(text []byte, columns []Column) ([][]any, error) {
	shape := shapeOf(columns)
	rows := [][]any{}
	for row, err := range elements(text) {
		if err != nil {
			return nil, err
		}
		cells := make([][]byte, len(columns))
		if err := shape.fill(row, cells); err != nil {
			return nil, err
		}
		values := make([]any, len(cells))
		for i, cell := range cells {
			if cell == nil {
				continue
			}
			if err := json.Unmarshal(cell, &values[i]); err != nil {
				return nil, err
			}
		}
		rows = append(rows, values)
	}
	return rows, nil
}
