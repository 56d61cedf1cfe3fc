package main

import (
	"bytes"
	"path/filepath"
	"testing"

	"plumbline/doors/briefing"
	"plumbline/portfolio"
)

// TestTheExampleBriefIsTheDemos prints the briefing of the demo's organisation
// as it stood on theDay.
func TestTheExampleBriefIsTheDemos(t *testing.T) {
	o, err := organised()
	if err != nil {
		t.Fatal(err)
	}
	b, err := o.snapshot.View(portfolio.Local).Briefing(nil, nil, portfolio.Date{})
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := briefing.Write(&page, briefing.HTML, b); err != nil {
		t.Fatal(err)
	}
	wanted(t, filepath.Join("docs", "example-brief.html"), page.String())
}
