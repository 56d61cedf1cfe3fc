package briefing

import (
	_ "embed"
	"html/template"
	"io"
)

//go:embed brief.html
var page string

//go:embed brief.css
var style string

var layout = template.Must(template.New("brief").Funcs(template.FuncMap{
	"style": func() template.CSS { return template.CSS(style) }, //nolint:gosec // it is our own
}).Parse(page))

// writeHTML prints the report as one page that needs nothing else.
func (r *report) writeHTML(w io.Writer) error { return layout.Execute(w, r) }
