package edit

import (
	"slices"
	"strings"

	"plumbline/portfolio"
)

// What a file of the strategy folder or a tool says belongs to it: others may
// say the same, and change nothing. A file takes over what people recorded by
// saying the same; a tool does too. Neither takes anything from the other.

func isFile(author string) bool { return strings.HasPrefix(author, portfolio.AuthorOfFile) }

func isTool(author string) bool { return strings.HasPrefix(author, portfolio.AuthorOfTool) }

// owned says what becomes of a document of an owner that somebody puts, and
// reports it when the owner does not let them.
func (c *check) owned(owner string, equal bool) portfolio.Outcome {
	author := c.authorOf(c.change)
	switch {
	case author != owner && c.released(owner):
		if equal && !isFile(author) && !isTool(author) {
			return portfolio.OutcomeUnchanged
		}
	case isFile(owner) && !isFile(author):
		if equal {
			return portfolio.OutcomeUnchanged
		}
		c.ownedBy(owner)
	case isTool(owner) && author != owner:
		if equal && !isFile(author) {
			return portfolio.OutcomeUnchanged
		}
		c.ownedBy(owner)
	case !isFile(owner) && isFile(author):
		if !equal {
			c.wrong(portfolio.UserErrorTaken, nil, "%s was recorded otherwise by %s; make the file say the same, which takes it over, or delete what was recorded.", c.noun(), by(owner))
		}
	case !isTool(owner) && isTool(author):
		if !equal {
			c.wrong(portfolio.UserErrorTaken, nil, "%s was recorded otherwise by %s; delete that, and the tool's takes its place.", c.noun(), by(owner))
		}
	case equal && (author == owner || !isFile(author)): // a file may give it to another file
		return portfolio.OutcomeUnchanged
	}
	return portfolio.OutcomeUpdated
}

// ownedElsewhere reports a deletion that the owner does not allow.
func (c *check) ownedElsewhere(owner string) {
	author := c.authorOf(c.change)
	switch {
	case author != owner && c.released(owner):
	case isFile(owner) && !isFile(author), isTool(owner) && author != owner:
		c.ownedBy(owner)
	case !isFile(owner) && isFile(author):
		c.wrong(portfolio.UserErrorTaken, nil, "%s was recorded by %s; a file deletes only what files own.", c.noun(), by(owner))
	case !isTool(owner) && isTool(author):
		c.wrong(portfolio.UserErrorTaken, nil, "%s was recorded by %s; a tool deletes only what is its own.", c.noun(), by(owner))
	}
}

// ownedBy reports that a file or a tool has to be asked.
func (c *check) ownedBy(owner string) {
	if connection, ok := strings.CutPrefix(owner, portfolio.AuthorOfTool); ok {
		c.wrong(portfolio.UserErrorOwnedByTool, nil, "%s is owned by the tool of the connection %s; change it in that tool.", c.noun(), connection)
		return
	}
	c.wrong(portfolio.UserErrorOwnedByFile, nil, "%s is owned by the file %s of the strategy folder; change it there.", c.noun(), strings.TrimPrefix(owner, portfolio.AuthorOfFile))
}

// released reports whether a tool owned a document whose connection the
// settings no longer name: nobody reads it any more, so it is anybody's.
func (c *check) released(owner string) bool {
	connection, ok := strings.CutPrefix(owner, portfolio.AuthorOfTool)
	if !ok {
		return false
	}
	v, known := c.before((*portfolio.Settings)(nil).Key())
	settings, ok := v.Doc.(*portfolio.Settings)
	return known && ok && !slices.ContainsFunc(settings.Connections, func(s portfolio.ConnectionSettings) bool { return s.ID == connection })
}
