// Package briefing prints a briefing in the executive's words: first what is at
// risk and what somebody has to do, then what changed, then what was done.
//
// It prints Markdown, and HTML that is one file: no scripts, nothing fetched
// from elsewhere, charts drawn inline. It computes nothing of the portfolio:
// every figure is the briefing's, and the same briefing gives the same bytes.
package briefing

import (
	"fmt"
	"io"

	"plumbline/portfolio"
)

// A Format is what a briefing is printed as.
type Format string

// The formats.
const (
	Markdown Format = "md"
	HTML     Format = "html"
)

// Write prints a briefing.
func Write(w io.Writer, format Format, b *portfolio.Briefing) error {
	r, err := newReport(b)
	if err != nil {
		return fmt.Errorf("briefing: %w", err)
	}
	switch format {
	case HTML:
		err = r.writeHTML(w)
	case Markdown:
		_, err = io.WriteString(w, r.markdown())
	default:
		err = fmt.Errorf("%w: %q is no format of a briefing: md or html", portfolio.ErrInvalid, string(format))
	}
	if err != nil {
		return fmt.Errorf("briefing: %w", err)
	}
	return nil
}
