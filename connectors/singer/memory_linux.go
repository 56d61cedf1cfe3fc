package singer

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// groupMemory is how much memory the processes of a group hold, in bytes, by
// what /proc tells; 0 when it tells nothing.
func groupMemory(group int) int64 {
	all, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return 0
	}
	pages := int64(0)
	for _, path := range all {
		text, err := os.ReadFile(path)
		if err != nil {
			continue // it has ended
		}
		// The name of the program, in brackets, may hold anything.
		_, rest, found := strings.Cut(string(text[strings.LastIndexByte(string(text), ')')+1:]), " ")
		const groupField, residentField = 2, 21
		fields := strings.Fields(rest)
		if !found || len(fields) <= residentField || fields[groupField] != strconv.Itoa(group) {
			continue
		}
		if n, err := strconv.ParseInt(fields[residentField], 10, 64); err == nil {
			pages += n
		}
	}
	return pages * int64(os.Getpagesize())
}
