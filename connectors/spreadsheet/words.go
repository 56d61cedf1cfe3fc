package spreadsheet

import (
	"strings"
	"unicode"
)

// The meanings that a column can have, as the setting columns names them.
const (
	asID           = "id"
	asKey          = "key"
	asName         = "name"
	asProject      = "project"      // of a milestone: id, key or name of its project
	asProjectName  = "projectName"  // of a milestone: the name beside the id
	asParent       = "parent"       // of a project: the one it belongs to
	asLevel        = "level"        // whether a row is a project or a milestone
	asDescription  = "description"  //
	asCategory     = "category"     //
	asURL          = "url"          //
	asStatus       = "status"       //
	asOwner        = "owner"        //
	asStart        = "start"        //
	asDue          = "due"          //
	asFinished     = "finished"     //
	asBaseline     = "baseline"     // of a milestone's due date
	asForecast     = "forecast"     // a field
	asHealth       = "health"       // a field, and of a project its report
	asReported     = "reported"     // the day of the report
	asRaised       = "raised"       // of a risk: the day it was first seen
	asReport       = "report"       // its text
	asLabels       = "labels"       //
	asPredecessors = "predecessors" // ids of what must come before
	asSuccessors   = "successors"   // ids of what comes after
	asSponsor      = "sponsor"      // a field that names a person
	asBudget       = "budget"       // a field, always a number
	asProgress     = "progress"     // a field
	asObjectives   = "objectives"   // a field, always a list
)

// meanings are all of them.
var meanings = []string{
	asID, asKey, asName, asProject, asProjectName, asParent, asLevel, asDescription, asCategory, asURL, asStatus, asOwner,
	asStart, asDue, asFinished, asBaseline, asForecast, asHealth, asReported, asReport, asRaised, asLabels,
	asPredecessors, asSuccessors, asSponsor, asBudget, asProgress, asObjectives,
}

// What a name says that means one thing among projects and another one among
// milestones.
const (
	ofProjectID   = "project id"
	ofProjectKey  = "project key"
	ofProjectName = "project name"
	ofProject     = "project"
	ofMilestoneID = "milestone id"
	ofMilestone   = "milestone name"
	ofRiskID      = "risk id"
	ofRisk        = "risk name"
	ofLikelihood  = "likelihood" // only risks have both of these
	ofImpact      = "impact"
)

// usual are the names by which people call columns, in English and German,
// the surest first. A name such as No is in none: rows are numbered so, and a
// number that moves with the order of rows is no identity.
var usual = map[string]string{
	asID:           "id|uid|unique id|external id|record id|item id|reference|ref",
	asKey:          "key|code|short name|kürzel",
	asName:         "name|title|titel|bezeichnung|item name|summary|item",
	ofProjectID:    "project id|project number|project no|project ref|initiative id|projekt id|projektnummer|projekt nr",
	ofProjectKey:   "project key|project code",
	ofProjectName:  "project name|project title|initiative name|projektname|projekttitel",
	ofProject:      "project|initiative|projekt|vorhaben",
	ofMilestoneID:  "milestone id|task id|deliverable id|meilenstein id",
	ofMilestone:    "milestone|milestone name|milestone title|meilenstein|deliverable|deliverable name|task name|task|gate",
	ofRiskID:       "risk id|risk no|risk number|risk ref|risk reference|risiko id|risikonummer|risiko nr",
	ofRisk:         "risk|risk title|risk name|risk description|risk event|risiko|risikobezeichnung|risikobeschreibung",
	ofLikelihood:   "probability|likelihood|eintrittswahrscheinlichkeit|wahrscheinlichkeit",
	ofImpact:       "impact|risk impact|auswirkung|schadenshöhe",
	asRaised:       "raised|raised on|date raised|identified|identified on|date identified|erfasst am|identifiziert am",
	asParent:       "parent|parent id|parent project|programme|program|programm|übergeordnetes projekt",
	asLevel:        "level|type|item type|record type|row type|work item type|issue type|kind|ebene|typ|art",
	asDescription:  "description|project description|beschreibung|details",
	asCategory:     "category|project category|project type|kategorie|projekttyp",
	asURL:          "url|link|web link|hyperlink",
	asStatus:       "status|project status|milestone status|task status|state|projektstatus|zustand",
	asOwner:        "owner|project manager|project lead|project owner|milestone owner|manager|lead|responsible|assignee|assigned to|pm|projektleiter|projektleitung|verantwortlich|verantwortlicher|verantwortliche|zuständig",
	asStart:        "start|start date|planned start|plan start|planned start date|project start|begin|begin date|startdatum|beginn|starttermin|geplanter start",
	asDue:          "due|due date|target date|target end date|target finish|finish|finish date|end|end date|planned finish|plan finish|planned end|plan end|planned end date|planned finish date|project end|deadline|delivery date|go live date|fällig|fällig am|fälligkeit|fälligkeitsdatum|zieltermin|termin|ende|enddatum|endtermin|geplantes ende|date|datum",
	asFinished:     "finished|finished on|date closed|closed|actual finish|actual end|actual finish date|actual end date|completed on|completion date|date completed|completed|closed on|abgeschlossen am|fertiggestellt am|ist ende",
	asBaseline:     "baseline|baseline finish|baseline end|baseline date|baseline due|baseline due date|baseline end date|original due date|original date|basistermin|basisplan ende",
	asForecast:     "forecast|forecast date|forecast end|forecast finish|forecast end date|expected finish|expected end date|estimated finish|prognose|prognosetermin",
	asHealth:       "health|rag|rag status|overall health|project health|health status|overall rag|traffic light|ampel|ampelstatus",
	asReported:     "status date|report date|reported on|reported|last report|last reported|status as of|statusdatum|berichtsdatum",
	asReport:       "status comment|status comments|status report|status summary|status notes|status update|latest update|statusbericht|statuskommentar",
	asLabels:       "labels|tags|label|tag|schlagworte|stichworte",
	asPredecessors: "predecessors|predecessor|depends on|dependencies|dependency|blocked by|vorgänger|abhängig von|abhängigkeiten",
	asSuccessors:   "successors|successor|blocks|nachfolger",
	asSponsor:      "sponsor|executive sponsor|project sponsor|auftraggeber",
	asBudget:       "budget|approved budget|total budget|planned budget|project budget|gesamtbudget",
	asProgress:     "progress|percent complete|pct complete|complete|completion|fortschritt|fertigstellungsgrad",
	asObjectives:   "objectives|objective|strategic objectives|strategic objective|strategic goals|strategic goal|strategische ziele|strategisches ziel",
}

// A sense is what a name says, and how surely: 0 is the usual name for it.
type sense struct {
	means string
	rank  int
}

// senses are what names say, by their folded form.
var senses = func() map[string]sense {
	all := map[string]sense{}
	for means, list := range usual {
		for rank, name := range strings.Split(list, "|") {
			all[folded(name)] = sense{means, rank}
		}
	}
	return all
}()

// folded is a name without what people write differently: case, punctuation,
// line breaks.
func folded(name string) string {
	return strings.Join(strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r)
	}), " ")
}

// unremarked is a name without a remark in brackets, as in Budget (EUR).
func unremarked(name string) string {
	if before, _, ok := strings.Cut(name, "("); ok && strings.TrimSpace(before) != "" {
		return before
	}
	if before, _, ok := strings.Cut(name, "["); ok && strings.TrimSpace(before) != "" {
		return before
	}
	return name
}

// levels are the words by which rows of both kinds are told apart.
var levelWords = map[string]string{
	"project": rowsProjects, "projekt": rowsProjects, "initiative": rowsProjects, "programme": rowsProjects, "program": rowsProjects,
	"programm": rowsProjects, "portfolio": rowsProjects, "vorhaben": rowsProjects,
	"milestone": rowsMilestones, "meilenstein": rowsMilestones, "go live": rowsMilestones, "golive": rowsMilestones,
	"risk": rowsRisks, "risiko": rowsRisks, "threat": rowsRisks,
	"key milestone": rowsMilestones, "gate": rowsMilestones, "deliverable": rowsMilestones,
}

// lights are words of reported health. A column of nothing else is one of
// health, whatever its name.
var lights = map[string]bool{
	"red": true, "amber": true, "yellow": true, "green": true, "r": true, "a": true, "y": true, "g": true,
	"rot": true, "gelb": true, "grün": true, "on track": true, "at risk": true, "off track": true,
}
