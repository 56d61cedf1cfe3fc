package portfolio

import (
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
)

func TestEveryProjectIsJudgedAboutOnceAndRightly(t *testing.T) {
	atOnce(t, 4)
	const projects = 1_000
	ids := make([]string, projects)
	for i := range ids {
		ids[i] = strconv.Itoa(10_000 + i)
	}
	even := func(id string) bool { return (id[len(id)-1]-'0')%2 == 0 }
	var judged atomic.Int64
	test := remembered(func(id string) bool { judged.Add(1); return even(id) }, projects)
	inPieces(100*projects, func(from, to int) {
		for i := from; i < to; i++ {
			id := ids[i%projects]
			if i%1_001 == 0 {
				id = strings.Clone(id)
			}
			if got := test(id); got != even(id) {
				t.Errorf("%s is judged %v, want %v", id, got, even(id))
			}
		}
	})
	if n := judged.Load(); n < projects || n > 20*projects {
		t.Errorf("%d projects were judged %d times", projects, n)
	}
}

func TestVerdictsAreOfTheirOwnProjectWhenThereIsNoRoom(t *testing.T) {
	judged := 0
	test := remembered(func(id string) bool { judged++; return id == "wanted" }, 1)
	for i := range 100 {
		if test("other" + strconv.Itoa(i)) {
			t.Errorf("project %d is taken for another", i)
		}
		if !test("wanted") {
			t.Error("the wanted project is taken for another")
		}
	}
	if judged < 100 {
		t.Errorf("100 projects were judged %d times", judged)
	}
}
