package spool_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"plumbline/internal/spool"
)

func TestAFileIsReadAsItWasWrittenAndLeavesNothing(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	f, err := spool.New(0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(f, strings.NewReader("a portfolio")); err != nil {
		t.Fatal(err)
	}
	if err := f.Rewind(); err != nil {
		t.Fatal(err)
	}
	if got, err := io.ReadAll(f); err != nil || string(got) != "a portfolio" || f.Size() != 11 {
		t.Errorf("read %q of size %d, %v", got, f.Size(), err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if left, err := os.ReadDir(os.TempDir()); err != nil || len(left) != 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
}

func TestMoreThanTheLimitIsRefused(t *testing.T) {
	f, err := spool.New(10)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	if _, err := io.Copy(f, strings.NewReader("0123456789")); err != nil {
		t.Errorf("as much as the limit: %v", err)
	}
	if _, err := io.Copy(f, strings.NewReader("x")); !errors.Is(err, spool.ErrTooLarge) {
		t.Errorf("one more: %v, want ErrTooLarge", err)
	}
	if f.Size() != 10 {
		t.Errorf("size = %d, want 10", f.Size())
	}
}
