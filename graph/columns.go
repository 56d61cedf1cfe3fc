package graph

import (
	"errors"
	"slices"
	"strings"

	"github.com/vektah/gqlparser/v2/ast"
)

// A Column is one leaf of what a document selects of a row.
type Column struct {
	// Path leads to it from the row, through objects, by the names that the
	// answer has.
	Path []string
	// Text tells that its values are texts of people or tools, which may be
	// anything, unlike numbers, dates, words of the schema and lists.
	Text bool
}

// A tableList is the list that a document asks for.
type tableList struct {
	root    string // the name of the connection in the answer
	columns []Column
}

// errNoTable is of a document that does not describe a table.
var errNoTable = errors.New("a table's document asks for pageInfo, totalCount and nodes of one connection")

// listOf finds the list that a query asks for.
func listOf(query *ast.OperationDefinition) (tableList, error) {
	if len(query.SelectionSet) != 1 {
		return tableList{}, errNoTable
	}
	root, ok := query.SelectionSet[0].(*ast.Field)
	if !ok || !isConnection(root.Definition.Type) {
		return tableList{}, errNoTable
	}
	list := tableList{root: root.Alias}
	wanted := map[string]bool{"pageInfo": true, "totalCount": true, "nodes": true}
	for _, selection := range root.SelectionSet {
		field, ok := selection.(*ast.Field)
		if !ok || field.Alias != field.Name || !wanted[field.Name] {
			return tableList{}, errNoTable
		}
		delete(wanted, field.Name)
		if field.Name == "nodes" {
			list.addColumns(nil, field.SelectionSet)
		}
	}
	if len(wanted) > 0 || len(list.columns) == 0 {
		return tableList{}, errNoTable
	}
	return list, nil
}

// addColumns adds what is selected below a path.
func (l *tableList) addColumns(path []string, set ast.SelectionSet) {
	for _, selection := range set {
		switch s := selection.(type) {
		case *ast.Field:
			l.addField(append(slices.Clone(path), s.Alias), s)
		case *ast.InlineFragment:
			l.addColumns(path, s.SelectionSet)
		case *ast.FragmentSpread:
			l.addColumns(path, s.Definition.SelectionSet)
		}
	}
}

// addField adds a leaf, or what is below an object. A list is a leaf; so is a
// connection, by its nodes.
func (l *tableList) addField(path []string, f *ast.Field) {
	of := f.Definition.Type
	switch {
	case isConnection(of):
		path = append(path, "nodes")
	case of.Elem == nil && len(f.SelectionSet) > 0:
		l.addColumns(path, f.SelectionSet)
		return
	}
	if !slices.ContainsFunc(l.columns, func(c Column) bool { return slices.Equal(c.Path, path) }) {
		l.columns = append(l.columns, Column{Path: path, Text: of.Elem == nil && (of.NamedType == "String" || of.NamedType == "ID")})
	}
}

func isConnection(t *ast.Type) bool { return strings.HasSuffix(t.NamedType, "Connection") }
