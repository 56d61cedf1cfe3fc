package fake_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"plumbline/connectors/connectortest/fake"
)

// newFile is a client of a file, and the file.
func newFile() (*http.Client, *fake.File) {
	file := fake.NewFile(func() []byte { return []byte("twelve bytes") })
	return &http.Client{Transport: fake.InProcess(file)}, file
}

func get(t *testing.T, c *http.Client) (status int, body string, err error) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://files.example.com/plan", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Do(r)
	if err != nil {
		return 0, "", err
	}
	defer resp.Body.Close()
	read, err := io.ReadAll(resp.Body)
	return resp.StatusCode, string(read), err
}

// TestBrokenOff holds that what breaks a connection off does so in process too:
// before the reply, or in the middle of it.
func TestBrokenOff(t *testing.T) {
	client, file := newFile()
	for kind, want := range map[fake.Kind]string{fake.Drop: "", fake.Truncate: "twelve"} {
		mend := file.Inject(fake.Fault{Kind: kind})
		if _, body, err := get(t, client); body != want || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: read %q with the error %v, want %q and an unexpected end", kind, body, err, want)
		}
		mend()
		if status, body, err := get(t, client); status != http.StatusOK || body != "twelve bytes" || err != nil {
			t.Errorf("after %s: %d, %q, %v", kind, status, body, err)
		}
	}
}

// TestWhichAreStruck holds that a fault lets pass what it should, strikes as
// often as it should, and that a second one then has its turn.
func TestWhichAreStruck(t *testing.T) {
	client, file := newFile()
	file.Inject(fake.Fault{Kind: fake.InternalError, Path: "/plan", Skip: 1, Times: 2})
	file.Inject(fake.Fault{Kind: fake.Unauthorized, Path: "/elsewhere"})
	file.Inject(fake.Fault{Kind: fake.TooManyBare, Skip: 1})
	var got []int
	for range 5 {
		status, _, _ := get(t, client)
		got = append(got, status)
	}
	want := []int{200, 500, 500, 429, 429}
	for i := range want {
		if got[i] != want[i] {
			t.Fatalf("answers = %v, want %v", got, want)
		}
	}
	if c := file.Counts(); c.Requests != 5 || c.ByPath["/plan"] != 5 || file.Sent() != 1 {
		t.Errorf("counts = %+v with %d files sent", c, file.Sent())
	}
}

// TestTooEarly holds that a request is told of which came before the time that
// a refusal named.
func TestTooEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, file := newFile()
		file.Inject(fake.Fault{Kind: fake.TooManyDate, After: 5 * time.Second, Times: 1})
		for range 3 {
			_, _, _ = get(t, client)
			time.Sleep(3 * time.Second)
		}
		if early := file.Counts().TooEarly; len(early) != 1 || !strings.Contains(early[0], "came 2s too early") {
			t.Errorf("too early: %v, want the one after 3 of 5 s", early)
		}
	})
}

// TestWhatCannotBePlayed holds that a test which asks for it does not run on as
// if it had been struck.
func TestWhatCannotBePlayed(t *testing.T) {
	_, file := newFile()
	defer func() {
		if recover() == nil {
			t.Error("a file took a fault of pages")
		}
	}()
	file.Inject(fake.Fault{Kind: fake.ShortPage})
}
