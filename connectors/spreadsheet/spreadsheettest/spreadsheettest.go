// Package spreadsheettest makes the files that the spreadsheet connector is
// tried with: a table that is edited and written as CSV or XLSX.
//
// It is no spreadsheet program: it computes nothing, and a formula has the
// value that it is given, or none.
package spreadsheettest

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"time"

	"github.com/xuri/excelize/v2"
)

// A Sheet is a table with the rows above it. Its cells are string, int,
// float64, bool, Day, PerCent, Formula or nil.
type Sheet struct {
	Name   string
	Hidden bool
	Rows   [][]any
}

// A Day is a date as a workbook keeps it: a number with a format.
type Day time.Time

// PerCent is a fraction that is shown as per cent: 0.45 is 45 %.
type PerCent float64

// Money is an amount whose format shows its currency.
type Money struct {
	Amount float64
	Format string // as #,##0.00 "€"
}

// A Formula is one with the value that was saved with it; none was if it is
// empty.
type Formula struct{ Code, Saved string }

// NewDay is the day of a date.
func NewDay(year int, month time.Month, day int) Day {
	return Day(time.Date(year, month, day, 0, 0, 0, 0, time.UTC))
}

// CSV writes a sheet with a separator; its cells are written as fmt does.
func (s Sheet) CSV(separator rune) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	w.Comma = separator
	for _, row := range s.Rows {
		record := make([]string, len(row))
		for i, value := range row {
			switch v := value.(type) {
			case nil:
			case Day:
				record[i] = time.Time(v).Format(time.DateOnly)
			case PerCent:
				record[i] = fmt.Sprintf("%g%%", float64(v)*100)
			default:
				record[i] = fmt.Sprint(v)
			}
		}
		if err := w.Write(record); err != nil {
			panic(err) // a buffer takes everything, and the separator is a good one
		}
	}
	w.Flush()
	return b.Bytes()
}

// XLSX writes a workbook. From1904 counts its days from 1904, as old Macs did.
func XLSX(from1904 bool, sheets ...Sheet) ([]byte, error) {
	f := excelize.NewFile()
	defer func() { _ = f.Close() }() // it was written whole, or not at all
	if err := f.SetWorkbookProps(&excelize.WorkbookPropsOptions{Date1904: &from1904}); err != nil {
		return nil, err
	}
	w := writer{f: f, from1904: from1904, styles: map[string]int{}}
	for i, s := range sheets {
		if i == 0 {
			if err := f.SetSheetName("Sheet1", s.Name); err != nil {
				return nil, err
			}
		} else if _, err := f.NewSheet(s.Name); err != nil {
			return nil, err
		}
		if err := w.sheet(s); err != nil {
			return nil, err
		}
		if s.Hidden {
			if err := f.SetSheetVisible(s.Name, false); err != nil {
				return nil, err
			}
		}
	}
	b, err := f.WriteToBuffer()
	if err != nil {
		return nil, err
	}
	return b.Bytes(), nil
}

type writer struct {
	f        *excelize.File
	from1904 bool
	styles   map[string]int
}

func (w *writer) sheet(s Sheet) error {
	stream, err := w.f.NewStreamWriter(s.Name)
	if err != nil {
		return err
	}
	for i, row := range s.Rows {
		cells := make([]any, len(row))
		for j, value := range row {
			if cells[j], err = w.cell(value); err != nil {
				return err
			}
		}
		if err := stream.SetRow(fmt.Sprintf("A%d", i+1), cells); err != nil {
			return err
		}
	}
	return stream.Flush()
}

func (w *writer) cell(value any) (any, error) {
	styled := func(format string, value any) (any, error) {
		id, ok := w.styles[format]
		if !ok {
			var err error
			if id, err = w.f.NewStyle(&excelize.Style{CustomNumFmt: &format}); err != nil {
				return nil, err
			}
			w.styles[format] = id
		}
		return excelize.Cell{StyleID: id, Value: value}, nil
	}
	switch v := value.(type) {
	case Day:
		days := time.Time(v).Sub(time.Date(1899, time.December, 30, 0, 0, 0, 0, time.UTC)).Hours() / 24
		if w.from1904 {
			days -= 1462
		}
		return styled("dd/mm/yyyy", days)
	case PerCent:
		return styled("0%", float64(v))
	case Money:
		return styled(v.Format, v.Amount)
	case Formula:
		if v.Saved == "" {
			return excelize.Cell{Formula: v.Code}, nil
		}
		return excelize.Cell{Formula: v.Code, Value: v.Saved}, nil
	}
	return value, nil
}
