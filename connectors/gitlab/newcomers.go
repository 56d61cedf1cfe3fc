package gitlab

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"slices"
	"sync"
)

// What was changed long ago is new to us where it lies in a group or project
// that we see for the first time: one that the account was let into, or that
// was moved here. And a new path gives other addresses to all within. Neither
// is a change of what is in it, so such groups and projects are read as a whole.

// known remembers the groups and projects of the last run that ended: their
// paths by id, and the hash that its cursor has of them.
type known struct {
	mu               sync.Mutex
	hash             string
	groups, projects map[int64]string
}

// remember keeps the groups and projects of a session as those of the run that
// ends, if they are those that it began with.
func (k *known) remember(hash string, s *session) {
	if s.ownersHash() != hash {
		return
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	k.hash, k.groups, k.projects = hash, paths(s.groups), paths(s.projects)
}

// of are the groups and projects that belong to a hash; none where the last run
// was in another process.
func (k *known) of(hash string) (groups, projects map[int64]string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.hash != hash {
		return nil, nil
	}
	return k.groups, k.projects
}

func paths(list []owner) map[int64]string {
	m := make(map[int64]string, len(list))
	for _, o := range list {
		m[o.id] = o.path
	}
	return m
}

// ownersHash is one of all groups and projects that are read, with their paths.
func (s *session) ownersHash() string {
	sum := sha256.New()
	for _, list := range [][]owner{s.groups, s.projects} {
		for _, o := range list {
			fmt.Fprintf(sum, "%d %s\n", o.id, o.path)
		}
		fmt.Fprintln(sum)
	}
	return hex.EncodeToString(sum.Sum(nil)[:8])
}

// chooseOwners finds the groups and projects that are read as a whole: all of
// them, or in a quick run the newcomers, which are all again where nobody
// remembers who was there.
func (r *run) chooseOwners() {
	r.wholeGroups, r.wholeProjects = r.groups, r.projects
	if !r.quick() {
		return
	}
	was := r.since[streamOwners].Since
	if was == r.ownersHash() {
		r.wholeGroups, r.wholeProjects = nil, nil
		return
	}
	groups, projects := r.known.of(was)
	r.wholeGroups, r.wholeProjects = newcomers(r.groups, groups), newcomers(r.projects, projects)
}

func newcomers(list []owner, known map[int64]string) []owner {
	return slices.DeleteFunc(slices.Clone(list), func(o owner) bool {
		path, ok := known[o.id]
		return ok && path == o.path
	})
}
