package singer

import (
	"log/slog"
	"strconv"
	"testing"
)

func itoa(n int) string { return strconv.Itoa(n) }

// logger writes nothing: what is logged has a test of its own.
func logger(testing.TB) *slog.Logger { return slog.New(slog.DiscardHandler) }
