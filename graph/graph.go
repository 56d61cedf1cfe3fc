// Package graph answers GraphQL: the schema, its resolvers, and the handler
// that serves them.
//
// It reads the snapshot through the view of whoever asks and never the store,
// so an answer is of one revision and one caller. It starts a synchronisation
// through the interface Syncer and records what people say through Editor; it
// knows neither connectors nor the engine and validates nothing itself.
package graph

//go:generate go tool gqlgen generate

import (
	"context"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"github.com/vektah/gqlparser/v2/formatter"

	"plumbline/graph/generated"
	"plumbline/graph/limit"
	"plumbline/graph/transport"
	"plumbline/portfolio"
)

// A Reader has the newest snapshot.
type Reader interface {
	// Snapshot returns it; it never waits.
	Snapshot() *portfolio.Snapshot
	// Wait returns a snapshot that holds the revision, or an error when ctx
	// ends before there is one.
	Wait(ctx context.Context, revision int64) (*portfolio.Snapshot, error)
}

// A Syncer synchronises connections.
type Syncer interface {
	// Start asks for runs of the connections, of all if none is named, and
	// returns at once. A connection that is not known is ErrNotFound.
	Start(ctx context.Context, connections []string, full bool) error
	// Confirm says in the author's name that the losses of a hold are real.
	Confirm(ctx context.Context, hold portfolio.Key, author string) error
}

// Config says what a handler serves.
type Config struct {
	Reader Reader
	// Past serves the days before today; without it there is none.
	Past Past
	// Syncer serves the mutations; without it they answer that the server
	// synchronises nothing.
	Syncer Syncer
	// Editor serves the mutations that record something; without it they
	// answer that the server records nothing.
	Editor Editor
	// Age tells for how long the store has not answered; 0 while it does. Nil
	// is always 0.
	Age    func() time.Duration
	Limits limit.Limits
	Log    *slog.Logger
	// Now tells the time for budgets and for how long revisions are kept; the
	// process's clock if nil.
	Now func() time.Time
}

// A Handler is /graphql, and reads tables for the doors beside it.
type Handler struct {
	http.Handler
	transport *transport.Handler
	reader    Reader
}

// New returns the handler of /graphql.
func New(c Config) *Handler {
	if c.Now == nil {
		c.Now = time.Now
	}
	r := &resolver{reader: c.Reader, past: c.Past, syncer: c.Syncer, editor: c.Editor, age: c.Age, kept: newRevisions(c.Now)}
	t := transport.New(transport.Config{
		Schema: generated.NewExecutableSchema(generated.Config{Schema: newSchema(), Resolvers: r}),
		Limits: c.Limits,
		Log:    c.Log,
		Now:    c.Now,
		Begin: func(ctx context.Context) (context.Context, map[string]any) {
			view := r.view(c.Reader.Snapshot(), portfolio.CallerOf(ctx))
			return withView(ctx, view), map[string]any{"revision": revisionExtension(view.Data(), c.Age)}
		},
		GoBack:    r.goBack,
		State:     state,
		Revisions: waiter{c.Reader},
	})
	return &Handler{Handler: t, transport: t, reader: c.Reader}
}

// state names what a request reads.
func state(ctx context.Context, operational bool) string {
	p := viewOf(ctx).Data()
	if operational {
		p = viewOf(ctx).Position()
	}
	name := fmt.Sprintf("%d %s%s", p.Revision, p.Hash, viewOf(ctx).HistoryState())
	if now := wentBack(ctx).from; now.Revision > 0 {
		// What may be shown of a past day can depend on what holds now.
		name += fmt.Sprintf(" from %d %s", now.Revision, now.Hash)
	}
	return name
}

// revisionExtension is what every answer says of the revision it is of.
func revisionExtension(p portfolio.Position, age func() time.Duration) map[string]any {
	revision := map[string]any{"number": p.Revision, "hash": p.Hash.String()}
	if age != nil {
		if d := age(); d > 0 {
			revision["ageSeconds"] = int64(d / time.Second)
		}
	}
	return revision
}

// A waiter lets the transport wait for a revision.
type waiter struct{ Reader }

func (w waiter) WaitRevision(ctx context.Context, revision int64) error {
	_, err := w.Wait(ctx, revision)
	return err
}

type viewKey struct{}

func withView(ctx context.Context, v *portfolio.View) context.Context {
	return context.WithValue(ctx, viewKey{}, v)
}

// viewOf returns the view that the request began with.
func viewOf(ctx context.Context) *portfolio.View {
	return ctx.Value(viewKey{}).(*portfolio.View) //nolint:forcetypeassert // New puts it there
}

// SDL is the schema as text, with its descriptions.
func SDL() string {
	var text strings.Builder
	formatter.NewFormatter(&text, formatter.WithIndent("  ")).FormatSchema(newSchema())
	return text.String()
}
