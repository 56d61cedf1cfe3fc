package spreadsheet

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

// Settings are the keys of a spreadsheet connection.
type Settings struct {
	filesource.Settings `yaml:",inline"`

	Preset     string            `yaml:"preset,omitempty" jsonschema:"enum=workotter,enum=transparentchoice" jsonschema_description:"Names of columns as a tool's export has them: workotter or transparentchoice."`
	Rows       string            `yaml:"rows,omitempty" jsonschema:"enum=projects,enum=milestones,enum=risks" jsonschema_description:"What the rows of every sheet are: projects, milestones or risks. By default told for each sheet by its columns, or for each row by a column that tells its level."`
	Columns    map[string]string `yaml:"columns,omitempty" jsonschema_description:"Meaning to the name of the column that has it, as in due: Finish. A meaning with an empty name is not guessed. The others are guessed by their names; check shows how."`
	Ignore     []string          `yaml:"ignore,omitempty" jsonschema_description:"Names of columns that are not read."`
	Sheets     []SheetSettings   `yaml:"sheets,omitempty" jsonschema_description:"Sheets to read. By default all visible ones in which a table is found."`
	Levels     LevelSettings     `yaml:"levels,omitempty" jsonschema_description:"Words of the column that tells the level of a row, beside the usual ones."`
	References string            `yaml:"references,omitempty" jsonschema:"enum=auto,enum=ids" jsonschema_description:"What milestones and risks name as their project where no sheet has projects: auto (the default) makes a project of each name; ids takes them for ids of projects that come with another file of this connection."`
	Complete   bool              `yaml:"complete,omitempty" jsonschema_description:"Whether the files hold everything, so that a row that is missing was deleted. Otherwise it stays as it was."`
	DateOrder  string            `yaml:"date_order,omitempty" jsonschema:"enum=dmy,enum=mdy,enum=ymd" jsonschema_description:"Order of day, month and year in dates of numbers. By default told by the dates of each column; a column that does not tell is refused."`
	DateSystem int               `yaml:"date_system,omitempty" jsonschema:"enum=1900,enum=1904" jsonschema_description:"System of serial numbers that stand for days in a text file. A workbook tells its own."`
	Decimal    string            `yaml:"decimal,omitempty" jsonschema:"enum=point,enum=comma" jsonschema_description:"What stands before the fraction of numbers. By default told by the numbers of each column."`
	Separator  string            `yaml:"separator,omitempty" jsonschema:"enum=comma,enum=semicolon,enum=tab,enum=pipe" jsonschema_description:"What separates the values of a text file. By default told by the file."`
	Encoding   string            `yaml:"encoding,omitempty" jsonschema:"enum=utf-8,enum=utf-16le,enum=utf-16be,enum=windows-1250,enum=windows-1251,enum=windows-1252,enum=iso-8859-15" jsonschema_description:"Encoding of a text file. By default told by the file: UTF-8, UTF-16 or windows-1252."`
}

// SheetSettings say how one sheet is read.
type SheetSettings struct {
	Name    string            `yaml:"name" jsonschema:"required" jsonschema_description:"Name of the sheet, or the file's name for a text file; * stands for any characters."`
	Rows    string            `yaml:"rows,omitempty" jsonschema:"enum=projects,enum=milestones,enum=risks" jsonschema_description:"What its rows are: projects, milestones or risks."`
	Header  int               `yaml:"header,omitempty" jsonschema:"minimum=1" jsonschema_description:"Row with the names of the columns, counted from 1. By default the first that looks like it."`
	Columns map[string]string `yaml:"columns,omitempty" jsonschema_description:"Meaning to the name of the column, before those for all sheets."`
}

// LevelSettings are words that tell what a row is.
type LevelSettings struct {
	Projects   []string `yaml:"projects,omitempty" jsonschema_description:"Words of projects, as Initiative."`
	Milestones []string `yaml:"milestones,omitempty" jsonschema_description:"Words of milestones, as Gate."`
	Risks      []string `yaml:"risks,omitempty" jsonschema_description:"Words of risks, as Threat."`
}

// The words of rows and of references.
const (
	rowsProjects   = "projects"
	rowsMilestones = "milestones"
	rowsRisks      = "risks"
	referenceIDs   = "ids"
)

// Validate implements connectors.Settings.
func (s *Settings) Validate() error {
	problems := []error{s.Settings.Validate()}
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	oneOf := func(key, value string, words ...string) {
		if value != "" && !slices.Contains(words, value) {
			bad("%s is %q: one of %s", key, value, strings.Join(words, ", "))
		}
	}
	oneOf("preset", s.Preset, slices.Sorted(maps.Keys(presets))...)
	oneOf("rows", s.Rows, rowsProjects, rowsMilestones, rowsRisks)
	oneOf("references", s.References, "auto", referenceIDs)
	oneOf("date_order", s.DateOrder, orderNames[:]...)
	oneOf("decimal", s.Decimal, pointNames[:]...)
	oneOf("separator", s.Separator, separatorWords...)
	oneOf("encoding", s.Encoding, slices.Sorted(maps.Keys(encodings))...)
	if s.DateSystem != 0 && s.DateSystem != 1900 && s.DateSystem != 1904 {
		bad("date_system is %d: 1900 or 1904", s.DateSystem)
	}
	columns := func(key string, given map[string]string) {
		named := map[string]string{}
		for _, meaning := range slices.Sorted(maps.Keys(given)) {
			name := given[meaning]
			if !slices.Contains(meanings, meaning) {
				bad("%s has %q: a meaning is one of %s", key, meaning, strings.Join(meanings, ", "))
			}
			if other := named[folded(name)]; name != "" && other != "" {
				bad("%s gives the column %q two meanings, %s and %s", key, name, other, meaning)
			}
			named[folded(name)] = meaning
		}
	}
	columns("columns", s.Columns)
	for _, sheet := range s.Sheets {
		if sheet.Name == "" {
			bad("sheets has one without a name")
		} else if _, err := path.Match(sheet.Name, "x"); err != nil {
			bad("sheets has the name %q, which is no pattern: * stands for any characters, ? for one", sheet.Name)
		}
		if sheet.Header < 0 {
			bad("sheets: header of %q is below 1", sheet.Name)
		}
		oneOf("sheets: rows of "+sheet.Name, sheet.Rows, rowsProjects, rowsMilestones, rowsRisks)
		columns("sheets: columns of "+sheet.Name, sheet.Columns)
	}
	return errors.Join(problems...)
}

// sheet are the settings of a sheet, and whether it is to be read.
func (s *Settings) sheet(name string) (SheetSettings, bool) {
	for _, given := range s.Sheets {
		if ok, err := path.Match(given.Name, name); ok && err == nil {
			return given, true
		}
	}
	return SheetSettings{}, len(s.Sheets) == 0
}

// from1904 tells the system of serial numbers in text files; ok is false where
// the settings do not say.
func (s *Settings) from1904() (from1904, ok bool) {
	return s.DateSystem == 1904, s.DateSystem != 0
}
