package main

import (
	"bytes"
	"context"
	"fmt"
	"time"

	"plumbline/doors/briefing"
	"plumbline/doors/control"
	"plumbline/portfolio"
)

// Brief implements control.Operator.
func (h *house) Brief(ctx context.Context, request control.BriefRequest) (control.File, error) {
	if err := h.observed(ctx); err != nil {
		return control.File{}, err
	}
	b, err := h.replica.Snapshot().View(portfolio.Local).Briefing(&request.Period, &request.Department, request.On)
	if err != nil {
		return control.File{}, err
	}
	if b == nil {
		return control.File{}, fmt.Errorf("%w: no day has begun yet: the first plumbline serve begins it", portfolio.ErrUnavailable)
	}
	var page bytes.Buffer
	err = briefing.Write(&page, briefing.Format(request.Format), b)
	return control.File{Name: "brief." + request.Format, Data: page.Bytes()}, err
}

// How long a briefing waits for the observations of a store that has just been
// opened, and how often it looks. Without them it says what it cannot tell.
const (
	observedLimit = 20 * time.Second
	observedPause = 10 * time.Millisecond
)

// observed waits until the history of a store that has just been opened is
// read.
func (h *house) observed(ctx context.Context) error {
	for began := time.Now(); h.replica.Snapshot().Observed().Pending() && time.Since(began) < observedLimit; {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(observedPause):
		}
	}
	return nil
}
