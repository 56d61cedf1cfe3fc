// Package msprojecttest makes plans of Microsoft Project as XML. It
// schedules nothing: a plan says what it is told to say.
package msprojecttest

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Plan is one file.
type Plan struct {
	GUID, Title, Manager string
	Start, Finish        time.Time
	MinutesPerDay        int // 480 when 0
	// Fields are custom fields: the id, Project's own name, the alias.
	Fields    [][3]string
	Tasks     []Task
	Resources []Resource
}

// A Task is one row. A zero one is blank.
type Task struct {
	UID           int
	Name          string
	Level         int // 1 is the highest; 0 is the project summary
	Milestone     bool
	Summary       bool
	Start, Finish time.Time
	Percent       int
	Notes         string
	Links         []Link
	Baselines     []time.Time // the finish of each, from number 0
	Fields        map[string]string
	Resources     []int
	// Raw stands for the elements of the row in place of all else.
	Raw string
}

// A Link is a predecessor of a task.
type Link struct {
	UID   int
	Type  int // 0 FF, 1 FS, 2 SF, 3 SS
	Lag   int // tenths of a minute
	Cross string
}

// A Resource is somebody who works on tasks.
type Resource struct {
	UID         int
	Name, Email string
}

// stamp is how plans write a time: without a zone.
const stamp = "2006-01-02T15:04:05"

// XML is the plan as a file.
func (p *Plan) XML() []byte {
	var b bytes.Buffer
	_ = p.Write(&b) // a buffer takes everything
	return b.Bytes()
}

// Write writes the plan as a file.
func (p *Plan) Write(to io.Writer) error {
	w := &writer{to: to}
	w.line(`<?xml version="1.0" encoding="UTF-8" standalone="yes"?>`)
	w.line(`<Project xmlns="http://schemas.microsoft.com/project">`)
	w.line(`<SaveVersion>14</SaveVersion>`)
	w.value("GUID", p.GUID)
	w.value("Title", p.Title)
	w.value("Manager", p.Manager)
	w.time("StartDate", p.Start)
	w.time("FinishDate", p.Finish)
	perDay := p.MinutesPerDay
	if perDay == 0 {
		perDay = 480
	}
	w.value("MinutesPerDay", strconv.Itoa(perDay))
	w.line("<ExtendedAttributes>")
	for _, f := range p.Fields {
		w.line("<ExtendedAttribute>")
		w.value("FieldID", f[0])
		w.value("FieldName", f[1])
		w.value("Alias", f[2])
		w.line("</ExtendedAttribute>")
	}
	w.line("</ExtendedAttributes>\n<Tasks>")
	for i := range p.Tasks {
		w.task(i, &p.Tasks[i])
	}
	w.line("</Tasks>\n<Resources>")
	for _, r := range p.Resources {
		w.line("<Resource>")
		w.value("UID", strconv.Itoa(r.UID))
		w.value("Name", r.Name)
		w.line("<Type>1</Type>")
		w.value("EmailAddress", r.Email)
		w.line("</Resource>")
	}
	w.line("</Resources>\n<Assignments>")
	for _, t := range p.Tasks {
		for _, r := range t.Resources {
			w.line(fmt.Sprintf("<Assignment><TaskUID>%d</TaskUID><ResourceUID>%d</ResourceUID></Assignment>", t.UID, r))
		}
	}
	w.line("</Assignments>\n</Project>")
	return w.err
}

type writer struct {
	to  io.Writer
	err error
}

func (w *writer) line(text string) {
	if w.err == nil {
		_, w.err = io.WriteString(w.to, text+"\n")
	}
}

func (w *writer) value(name, text string) {
	if text == "" {
		return
	}
	var b strings.Builder
	_ = xml.EscapeText(&b, []byte(text)) // a builder takes everything
	w.line("<" + name + ">" + b.String() + "</" + name + ">")
}

func (w *writer) time(name string, at time.Time) {
	if !at.IsZero() {
		w.value(name, at.Format(stamp))
	}
}

func (w *writer) task(row int, t *Task) {
	w.line("<Task>")
	defer w.line("</Task>")
	if t.Raw != "" {
		w.line(t.Raw)
		return
	}
	bit := map[bool]string{false: "0", true: "1"}
	blank := t.UID == 0 && t.Name == ""
	w.value("UID", strconv.Itoa(t.UID))
	w.value("ID", strconv.Itoa(row))
	w.value("Name", t.Name)
	w.value("IsNull", bit[blank])
	w.value("OutlineLevel", strconv.Itoa(t.Level))
	w.time("Start", t.Start)
	w.time("Finish", t.Finish)
	w.value("Milestone", bit[t.Milestone])
	w.value("Summary", bit[t.Summary])
	w.value("PercentComplete", strconv.Itoa(t.Percent))
	w.value("Notes", t.Notes)
	for _, l := range t.Links {
		w.line("<PredecessorLink>")
		w.value("PredecessorUID", strconv.Itoa(l.UID))
		w.value("Type", strconv.Itoa(l.Type))
		w.value("CrossProject", bit[l.Cross != ""])
		w.value("CrossProjectName", l.Cross)
		w.value("LinkLag", strconv.Itoa(l.Lag))
		w.line("<LagFormat>7</LagFormat>\n</PredecessorLink>")
	}
	for _, id := range slices.Sorted(maps.Keys(t.Fields)) {
		w.line("<ExtendedAttribute>")
		w.value("FieldID", id)
		w.value("Value", t.Fields[id])
		w.line("</ExtendedAttribute>")
	}
	for n, at := range t.Baselines {
		w.line("<Baseline>")
		w.value("Number", strconv.Itoa(n))
		w.time("Finish", at)
		w.line("</Baseline>")
	}
}
