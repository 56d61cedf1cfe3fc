package main

import (
	"context"
	"fmt"

	"plumbline/doors/control"
	"plumbline/edit/folder"
)

// Import implements control.Operator.
func (h *house) Import(ctx context.Context, request control.ImportRequest) (control.FilesReport, error) {
	report, err := folder.Import(ctx, h.editor, filesFrom(request.Files), request.Author, request.DryRun)
	return reportOf(report), err
}

// Export implements control.Operator.
func (h *house) Export(_ context.Context, lists []string) (control.Exported, error) {
	files, left, err := folder.Write(h.replica.Snapshot(), lists)
	exported := control.Exported{Left: left}
	for _, f := range files {
		exported.Files = append(exported.Files, control.File(f))
	}
	return exported, err
}

// CheckFolder implements control.Operator.
func (h *house) CheckFolder(ctx context.Context) (*control.FilesReport, error) {
	if h.strategy == "" {
		return nil, nil
	}
	report, err := folder.Check(ctx, h.strategy, h.editor, h.replica)
	shown := reportOf(report)
	shown.Folder = h.strategy
	if err != nil {
		shown.Problems = append(shown.Problems, err.Error())
	}
	return &shown, ctx.Err()
}

// ApplyFolder implements control.Operator.
func (h *house) ApplyFolder(ctx context.Context, files []control.File) (control.FilesReport, error) {
	report, err := folder.Apply(ctx, filesFrom(files), h.editor, h.replica, true)
	return reportOf(report), err
}

// keepFolder applies the strategy folder as it is, so that whoever asks first
// sees what it says, and returns what keeps watching it.
func (h *house) keepFolder(ctx context.Context, o opening) *folder.Watcher {
	watcher := &folder.Watcher{Dir: h.strategy, Editor: h.editor, Reader: h.replica, Log: o.Log}
	watcher.Start(ctx)
	return watcher
}

func filesFrom(files []control.File) []folder.File {
	all := make([]folder.File, len(files))
	for i, f := range files {
		all[i] = folder.File(f)
	}
	return all
}

func reportOf(r folder.Report) control.FilesReport {
	shown := control.FilesReport{State: string(r.State), Hash: r.Hash, InForce: r.InForce, Revision: r.Revision}
	for _, c := range r.Counts {
		shown.Counts = append(shown.Counts, control.ListCount(c))
	}
	for i, p := range r.Problems {
		if i == folder.MaxProblems {
			shown.Problems = append(shown.Problems, fmt.Sprintf("and %d more", len(r.Problems)-i))
			break
		}
		shown.Problems = append(shown.Problems, p.String())
	}
	return shown
}
