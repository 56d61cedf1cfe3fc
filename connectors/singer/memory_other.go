//go:build !linux

package singer

// groupMemory is not told here.
func groupMemory(int) int64 { return 0 }
