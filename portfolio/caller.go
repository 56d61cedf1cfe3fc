package portfolio

import "context"

// A Caller is who asks: what they may see and do. The zero Caller may see
// nothing beyond what a viewer without field groups may.
type Caller struct {
	Name string // of the API key; "local" on a loopback server without keys
	Role Role
	// Departments limits what is visible to these department slugs; empty
	// means the whole portfolio.
	Departments []string
	// Groups are the field groups that may be read, such as cost; "*" is all.
	Groups []string
	// Export raises the limits of a page and of the cost of an operation.
	Export bool
}

// Local is the caller of a server without keys, which listens on loopback only.
var Local = Caller{Name: "local", Role: RoleAdmin, Groups: []string{"*"}, Export: true}

// May reports whether the caller's role is at least the one asked for.
func (c Caller) May(role Role) bool { return rank(c.Role) >= rank(role) }

// Reads reports whether the caller may read the field group.
func (c Caller) Reads(group string) bool {
	for _, g := range c.Groups {
		if g == "*" || g == group {
			return true
		}
	}
	return false
}

func rank(r Role) int {
	switch r {
	case RoleAdmin:
		return 3
	case RoleEditor:
		return 2
	case RoleViewer:
		return 1
	}
	return 0
}

type callerKey struct{}

// WithCaller returns a context that carries who asks. A door calls it once,
// when it has authenticated the request.
func WithCaller(ctx context.Context, c Caller) context.Context {
	return context.WithValue(ctx, callerKey{}, c)
}

// CallerOf returns who asks; the zero Caller, which may do nothing, when no
// door has said.
func CallerOf(ctx context.Context) Caller {
	c, _ := ctx.Value(callerKey{}).(Caller)
	return c
}
