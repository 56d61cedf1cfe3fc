package mongostore

import (
	"context"
	"errors"
	"log/slog"
	"testing"

	"plumbline/portfolio"
)

// A name server cannot be relied on in a test, so the words of one stand here.
func TestANameThatIsNotKnownIsCalledThat(t *testing.T) {
	s := &Store{servers: []string{"db1:27017", "db2:27017"}, logger: slog.New(slog.DiscardHandler)}
	cause := errors.Join(context.DeadlineExceeded, errors.New("server selection error: Last error: dial tcp: lookup db1 on 10.0.0.1:53: no such host"))
	err := s.explain("ask the server", cause)
	want := "unavailable: MongoDB at db1:27017, db2:27017 cannot be reached: the name is not known; check the host of the store's URL"
	if err.Error() != want {
		t.Errorf("got  %v\nwant %s", err, want)
	}
	if !errors.Is(err, portfolio.ErrUnavailable) || !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("%v hides its cause", err)
	}
	if again := s.explain("read meta", err); again.Error() != want {
		t.Errorf("explained twice: %v", again)
	}
}
