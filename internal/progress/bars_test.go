package progress

import (
	"strings"
	"sync"
	"testing"

	"github.com/vbauerster/mpb/v8"
)

func TestBarsShowEveryNameAndLeaveItsLastState(t *testing.T) {
	var out strings.Builder
	b := newBars(&out, mpb.WithAutoRefresh())
	var all sync.WaitGroup
	for _, name := range []string{"eng", "ops"} {
		all.Go(func() {
			for i := range 1000 {
				b.Step(name, "reading", i, 1200)
			}
			b.Step(name, "listing", 300, 1200)
		})
	}
	all.Wait()
	b.Close()
	text := out.String()
	for _, want := range []string{"eng", "ops", "300 / 1200", "25 % listing"} {
		if !strings.Contains(text, want) {
			t.Errorf("the bars lack %q:\n%s", want, text)
		}
	}
}
