package edit

import (
	"fmt"
	"strconv"
	"strings"

	"plumbline/portfolio"
)

// A check validates one change.
type check struct {
	*draft
	change *portfolio.EditChange
	key    portfolio.Key
}

// outcome validates the change and says what becomes of the document.
func (c *check) outcome() portfolio.EditOutcome {
	out := portfolio.EditOutcome{Key: c.key, What: portfolio.OutcomeRefused}
	if !recordable(c.key.Kind) {
		c.wrong(portfolio.UserErrorInvalid, nil, "Documents of the kind %q are not recorded by people.", c.key.Kind)
		return out
	}
	before, exists := c.before(c.key)
	if reason := c.forbidden(before); reason != "" {
		// Nothing else is said of what the caller may not see.
		c.wrong(portfolio.UserErrorForbidden, nil, "%s", reason)
		return out
	}
	out.Version = before.Rev // 0 when there is none
	if c.change.Expect != nil && *c.change.Expect != out.Version {
		c.wrong(portfolio.UserErrorConflict, nil, "%s is at version %d, not at %d; read it again and repeat the change.", c.noun(), out.Version, *c.change.Expect)
	}
	if c.change.Put == nil {
		out.What = c.deletion(before, exists)
		return out
	}
	c.fact(c.change.Put)
	for _, r := range references(c.change.Put) {
		c.exists(r)
	}
	out.What = c.put(before, exists)
	return out
}

// put says what becomes of a document that is put, and whether its owner
// allows it.
func (c *check) put(before portfolio.Versioned, exists bool) portfolio.Outcome {
	if f, ok := c.change.Put.(*portfolio.Override); ok && !isFile(c.authorOf(c.change)) {
		if other := c.addressedOtherwise(); other != nil && isFile(ownerOf(other)) {
			if portfolio.SameValue(other.Value, f.Value) {
				return portfolio.OutcomeUnchanged
			}
			c.ownedBy(ownerOf(other))
		}
	}
	if owner := c.fileOfLink(); owner != "" && !isFile(c.authorOf(c.change)) {
		c.ownedBy(owner)
	}
	if !exists {
		return portfolio.OutcomeCreated
	}
	return c.owned(ownerOf(before.Doc), portfolio.SameContent(before.Doc, c.change.Put))
}

// deletion says what becomes of a document that is deleted.
func (c *check) deletion(before portfolio.Versioned, exists bool) portfolio.Outcome {
	if !exists {
		// What a field or a link does not say need not be taken back.
		if c.key.Kind != portfolio.KindOverride && c.key.Kind != portfolio.KindLink {
			c.wrong(portfolio.UserErrorNotFound, nil, "There is no %s.", c.noun())
		}
		if other := c.addressedOtherwise(); other != nil && !isFile(c.authorOf(c.change)) {
			if isFile(ownerOf(other)) {
				c.ownedBy(ownerOf(other))
			} else {
				c.wrong(portfolio.UserErrorTaken, nil, "It was recorded as %q by %s; delete that.", other.Key().ID, by(ownerOf(other)))
			}
		}
		return portfolio.OutcomeUnchanged
	}
	c.ownedElsewhere(ownerOf(before.Doc))
	return portfolio.OutcomeDeleted
}

// addressedOtherwise is what was recorded for the same field of the same
// project or milestone under another reference, and wins; nil when nothing was.
func (c *check) addressedOtherwise() *portfolio.Override {
	if c.key.Kind != portfolio.KindOverride {
		return nil
	}
	for _, row := range c.scope.overridden(c.key.ID) {
		for _, said := range c.scope.snapshot.OverridesOf(row) {
			key := said.Key()
			_, field, _ := strings.Cut(c.key.ID, "#")
			if key == c.key || said.Field != field || !said.Wins {
				continue
			}
			if _, still := c.before(key); still {
				return said.Override
			}
		}
	}
	return nil
}

// fileOfLink is the author of the file that says, under another reference to
// the same project, what the project does for the same objective or KPI; ""
// when none does.
func (c *check) fileOfLink() string {
	project, to, ok := linkOf(c.change.Put)
	if !ok {
		return ""
	}
	row, ok := c.scope.snapshot.ProjectByReference(project)
	if !ok {
		return ""
	}
	other, ok := c.scope.linksOfFiles()[link{c.key.Kind, row.ID, to}]
	if !ok || other.Key() == c.key {
		return ""
	}
	if _, still := c.before(other.Key()); !still {
		return ""
	}
	return ownerOf(other)
}

func ownerOf(d portfolio.Document) string {
	if f, ok := d.(portfolio.RecordedFact); ok {
		return f.Authorship().Author
	}
	return ""
}

// by names an author in a sentence.
func by(author string) string {
	if author == "" {
		return "somebody"
	}
	return author
}

// exists reports a reference to what there will not be, or what the caller may
// not see.
func (c *check) exists(r reference) {
	if r.to.ID == "" {
		return
	}
	if doc := c.find(r.to); doc != nil && (r.to.Kind != portfolio.KindKPI && r.to.Kind != portfolio.KindQuote || c.theirs(doc)) {
		return
	}
	c.wrong(portfolio.UserErrorNotFound, r.path, "There is no %s; record it first, or in the same request.", nounOf(r.to))
}

// wrong reports an error at a field, or of the whole document when path is nil.
func (c *check) wrong(code portfolio.UserErrorCode, path []string, format string, args ...any) {
	message := fmt.Sprintf(format, args...)
	c.report(portfolio.UserError{Code: code, Message: strings.ToUpper(message[:1]) + message[1:], Path: pathTo(c.change.Path, path)})
}

// invalid reports a value that cannot be so.
func (c *check) invalid(path []string, format string, args ...any) {
	c.wrong(portfolio.UserErrorInvalid, path, format, args...)
}

// at is the path to a field: names, and places in lists.
func at(steps ...any) []string {
	path := make([]string, len(steps))
	for i, step := range steps {
		switch step := step.(type) {
		case string:
			path[i] = step
		case int:
			path[i] = strconv.Itoa(step)
		}
	}
	return path
}

// noun names the document of the change in a sentence.
func (c *check) noun() string { return nounOf(c.key) }

// nouns are the kinds that people record, as sentences call them.
var nouns = map[portfolio.Kind]string{
	portfolio.KindDepartment:       "department",
	portfolio.KindIdentity:         "identity",
	portfolio.KindStrategy:         "strategy",
	portfolio.KindStrategyVersion:  "strategy version",
	portfolio.KindObjective:        "objective",
	portfolio.KindJudgement:        "judgement",
	portfolio.KindContribution:     "contribution",
	portfolio.KindKeyResult:        "key result",
	portfolio.KindKPI:              "KPI",
	portfolio.KindMeasurement:      "measurement",
	portfolio.KindKPILink:          "link to a KPI",
	portfolio.KindRecordedRisk:     "risk",
	portfolio.KindIssue:            "issue",
	portfolio.KindAssumption:       "assumption",
	portfolio.KindDecision:         "decision",
	portfolio.KindLesson:           "lesson",
	portfolio.KindSurvey:           "survey",
	portfolio.KindQuote:            "quote",
	portfolio.KindQuickWin:         "quick win",
	portfolio.KindCycle:            "cycle",
	portfolio.KindBenefit:          "benefit",
	portfolio.KindCost:             "cost",
	portfolio.KindAssignment:       "assignment",
	portfolio.KindCapacity:         "capacity",
	portfolio.KindControlException: "control exception",
	portfolio.KindOverride:         "field",
	portfolio.KindLink:             "link between projects",
	portfolio.KindFolder:           "strategy folder",
}

func recordable(k portfolio.Kind) bool { return nouns[k] != "" }

func nounOf(key portfolio.Key) string { return fmt.Sprintf("%s %q", nouns[key.Kind], key.ID) }
