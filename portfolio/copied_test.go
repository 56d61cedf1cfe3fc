package portfolio

import "testing"

func TestCopiedGrowsWithWhatCommitsTouch(t *testing.T) {
	s := benchSnapshot(t, 100, 5_000)
	if s.Copied() != 0 {
		t.Errorf("a loaded snapshot has copied %d bytes, want 0", s.Copied())
	}
	small, _ := s.Apply(benchCommits(10, 100, 5_000, false)[0])
	large, _ := s.Apply(benchCommits(1_000, 100, 5_000, false)[0])
	if small.Copied() < 10*480 || small.Copied() > 1<<20 {
		t.Errorf("10 documents copied %d bytes, want between 5 kB and 1 MB", small.Copied())
	}
	if large.Copied() < 3*small.Copied() {
		t.Errorf("1,000 documents copied %d bytes and 10 documents %d", large.Copied(), small.Copied())
	}
	again, _ := large.Apply(benchCommits(10, 100, 5_000, false)[1])
	if again.Copied() <= large.Copied() {
		t.Error("a further commit has not added to what is copied")
	}
}
