package main

import (
	"bytes"
	"context"
	"fmt"

	"plumbline/doors/briefing"
	"plumbline/doors/control"
	"plumbline/portfolio"
)

// Brief implements control.Operator.
func (h *house) Brief(_ context.Context, request control.BriefRequest) (control.File, error) {
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
