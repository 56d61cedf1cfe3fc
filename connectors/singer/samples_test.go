package singer

import (
	"crypto/sha256"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"plumbline/connectors/connectortest"
	"plumbline/internal/filesource"
	"plumbline/portfolio"
)

var update = flag.Bool("update", false, "rewrite what is wanted of the samples")

// samples are messages of other people's tests of targets. What Plumbline makes
// of each is in testdata/samples.txt, as counts and hashes. Settings are those that somebody would
// write for the stream; id is given where the stream has no keys.
var samples = []struct {
	file    string
	why     string // what it is a sample of
	streams []StreamSettings
}{
	{"array_data.singer", "lists as labels", milestones("test_array_data", StreamSettings{Name: `"Fruits of " + string(id)`, Labels: "fruits"})},
	{"camelcase_complex_schema.singer", "a schema with anyOf, and no records", milestones("ForecastingTypeToCategory", StreamSettings{Name: "Id"})},
	{"duplicate_records.singer", "the last of several is the one that counts", milestones("test_duplicate_records", StreamSettings{Name: "metric"})},
	{"invalid_schema.singer", "an error: nothing is described", milestones("test_invalid_schema", StreamSettings{Name: "id"})},
	{"multiple_state_messages.singer", "the state is the last one", append(
		milestones("test_multiple_state_messages_a", StreamSettings{Name: "metric"}), milestones("test_multiple_state_messages_b", StreamSettings{Name: "metric"})[1])},
	{"no_primary_keys.singer", "an error: there is nothing to know records by", milestones("test_no_pk", StreamSettings{Name: "metric"})},
	{"no_primary_keys.singer", "the settings name the id", milestones("test_no_pk", StreamSettings{ID: "id", Name: "metric"})},
	{"optional_attributes.singer", "what is not there is nothing", milestones("test_optional_attributes", StreamSettings{Name: "id", Status: "optional"})},
	{"parent_child_state.jsonl", "an error: there is nothing to know records by", milestones("child", StreamSettings{Name: "id"})},
	{"parent_child_state.jsonl", "an expression makes the id", milestones("child", StreamSettings{ID: `string(pid) + "-" + string(id)`, Name: "id", Project: "pid"})},
	{"pk_updates.singer", "an error: the keys stand in the wrong place, so there are none", milestones("example_stream", StreamSettings{Name: "name"})},
	{"pk_updates.singer", "the settings name the id", milestones("example_stream", StreamSettings{ID: "id", Name: "name", Owner: "email"})},
	{"record_before_schema.singer", "an error", milestones("test_record_before_schema", StreamSettings{Name: "metric"})},
	{"record_missing_fields.singer", "an optional property is missing", milestones("record_missing_fields", StreamSettings{Name: "id", Type: "optional"})},
	{"record_missing_key_property.singer", "quarantined", milestones("test_record_missing_key_property", StreamSettings{Name: "metric"})},
	{"record_missing_required_property.singer", "quarantined", milestones("test_record_missing_required_property", StreamSettings{ID: "metric", Name: "metric"})},
	{"schema_no_properties.singer", "objects in records", milestones("test_object_schema_no_properties", StreamSettings{ID: "object_store.id", Name: `"Metric " + string(object_store.metric)`})},
	{"schema_updates.singer", "a schema that grows", milestones("test_schema_updates", StreamSettings{Name: "a2", Status: "a4?.value", Labels: "a5"})},
	{"special_chars_in_attributes.singer", "names that are no identifiers", milestones("test:SpecialChars!in?attributes", StreamSettings{Name: `d["agent:os:version"]`, Type: "d.env"})},
	{"user_location_data.singer", "several streams", users},
	{"user_location_upsert_data.singer", "several streams", users},
}

var users = []StreamSettings{
	{Stream: "test_locations", As: asProject, Name: "name"},
	{Stream: "test_users", As: asPerson, Name: "name"},
	{Stream: "test_user_in_location", As: asMilestone, Name: `"Visit " + string(id)`, Project: "location_id", Owner: "user_id", Status: "info.weather", When: `info.mood != "sad"`},
}

// milestones are settings by which a stream's records are milestones of one
// project.
func milestones(stream string, s StreamSettings) []StreamSettings {
	s.Stream, s.As = stream, asMilestone
	if s.Project == "" {
		s.Project = "1"
	}
	return []StreamSettings{{Stream: "projects", As: asProject, Name: "name"}, s}
}

// summary tells of a ledger how many facts it has, what is quarantined and why,
// and the hashes of all facts and of the cursor.
func summary(out *strings.Builder, l *connectortest.Ledger) {
	counts := map[portfolio.Kind]int{}
	for key := range l.Facts {
		counts[key.Kind]++
	}
	for _, kind := range slices.Sorted(maps.Keys(counts)) {
		fmt.Fprintf(out, "%s: %d\n", kind, counts[kind])
	}
	for _, q := range l.Quarantined {
		fmt.Fprintf(out, "quarantined: %s\n", q.Reason)
	}
	if len(l.Facts) > 0 {
		fmt.Fprintf(out, "facts: %x\n", sha256.Sum256([]byte(l.Export())))
	}
	if state := l.Cursor[streamTap].Since; state != "" {
		fmt.Fprintf(out, "cursor: %x\n", sha256.Sum256([]byte(state)))
	}
	out.WriteString("\n")
}

// TestSamples reads each sample as a file, and a second time, which must write
// nothing.
func TestSamples(t *testing.T) {
	folder := os.Getenv("PLUMBLINE_TESTDATA")
	if folder == "" {
		t.Skip("set PLUMBLINE_TESTDATA to the folder with the recorded data")
	}
	var got strings.Builder
	for _, sample := range samples {
		fmt.Fprintf(&got, "# %s: %s\n", sample.file, sample.why)
		s := Settings{Settings: filesource.Settings{File: filepath.Join(folder, "singer", sample.file)}, Streams: sample.streams}
		c := open(t, s)
		l := connectortest.NewLedger()
		if err := l.Pull(t.Context(), c, nil); err != nil {
			fmt.Fprintf(&got, "error: %v\n", err)
		}
		summary(&got, l)
		writes := l.Writes
		_ = l.Pull(t.Context(), c, nil)
		if l.Writes != writes {
			t.Errorf("%s: the second time %d facts were written", sample.file, l.Writes-writes)
		}
	}
	golden := filepath.Join("testdata", "samples.txt")
	if *update {
		if err := os.WriteFile(golden, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got.String()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
