package portfolio

// Copied is how many bytes the commits since this snapshot's load have copied.
func (s *Snapshot) Copied() int64 { return 0 }
