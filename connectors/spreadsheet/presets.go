package spreadsheet

// A preset is how a tool's export names its columns.
type preset struct {
	title string
	rows  string
	// names give a folded name a meaning, before the usual ones.
	names map[string]string
	// fields give a folded name the id of a field, so that a mapping need not
	// follow how the export words it.
	fields map[string]string
}

// presets are the documented ones. None has been held against an export of a
// customer yet: check shows what each column was taken for.
var presets = map[string]preset{
	"workotter": {
		title: "WorkOtter", rows: rowsProjects,
		names: map[string]string{
			"project id": asID, "project number": asID, "id": asID,
			"project name": asName, "project title": asName, "project": asName, "name": asName,
			"project manager": asOwner, "manager": asOwner, "project lead": asOwner,
			"sponsor": asSponsor, "executive sponsor": asSponsor, "project sponsor": asSponsor,
			"status": asStatus, "project status": asStatus, "state": asStatus,
			"health": asHealth, "overall health": asHealth, "overall status": asHealth, "project health": asHealth,
			"status date": asReported, "last status date": asReported, "status comments": asReport, "status summary": asReport,
			"start": asStart, "start date": asStart, "planned start": asStart, "project start": asStart,
			"finish": asDue, "finish date": asDue, "end date": asDue, "target finish": asDue, "target date": asDue, "planned finish": asDue,
			"baseline finish": asBaseline, "forecast finish": asForecast, "projected finish": asForecast,
			"actual finish": asFinished, "completed date": asFinished,
			"complete": asProgress, "percent complete": asProgress, "pct complete": asProgress,
			"budget": asBudget, "total budget": asBudget, "approved budget": asBudget,
			"description": asDescription, "program": asParent, "programme": asParent, "category": asCategory, "project type": asCategory,
			"goals": asObjectives, "strategic goals": asObjectives, "strategic objectives": asObjectives,
		},
		fields: map[string]string{
			"score": "score", "project score": "score", "priority score": "score", "total score": "score", "ranking score": "score",
			"rank": "rank", "project rank": "rank", "ranking": "rank", "priority": "priority",
			"department": "department", "business unit": "department", "portfolio": "portfolio",
			"actual cost": "actualCost", "actual costs": "actualCost", "total actual cost": "actualCost",
		},
	},
	"transparentchoice": {
		title: "TransparentChoice", rows: rowsProjects,
		names: map[string]string{
			"id": asID, "project id": asID, "alternative id": asID, "code": asKey,
			"name": asName, "project": asName, "project name": asName, "alternative": asName, "alternative name": asName, "alternatives": asName,
			"description": asDescription, "project description": asDescription,
			"owner": asOwner, "project owner": asOwner, "project manager": asOwner, "sponsor": asSponsor, "executive sponsor": asSponsor,
			"status": asStatus, "stage": asStatus, "kanban stage": asStatus,
			"start": asStart, "start date": asStart, "end": asDue, "end date": asDue, "finish date": asDue,
			"budget": asBudget, "category": asCategory, "portfolio": asCategory,
		},
		fields: map[string]string{
			"score": "score", "total score": "score", "overall score": "score", "priority score": "score", "strategic score": "score",
			"strategic alignment": "score", "strategic alignment score": "score", "alignment score": "score", "value": "value", "value score": "value",
			"rank": "rank", "ranking": "rank", "priority": "priority", "cost": "cost", "total cost": "cost", "risk": "risk", "risk score": "risk",
			"decision": "decision", "selected": "decision", "department": "department",
		},
	},
}
