package connectortest

import (
	"bytes"
	"errors"
	"net/http"
	"testing"

	"plumbline/connectors"
)

// A Sent delivery is what a tool sends when something changed.
type Sent struct {
	Header http.Header
	Body   []byte
	// SignsBody says that the body is signed. Some tools send a password along
	// in place of a signature.
	SignsBody bool
}

// testHook holds that nobody but the tool can send a delivery.
func testHook(t *testing.T, tool Tool) {
	if tool.Send == nil {
		t.Skip("the tool sends nothing")
	}
	fill(tool, 3)
	hooked, ok := tool.Open(t).(connectors.Hooked)
	if !ok {
		t.Fatal("the tool sends deliveries, but the connector is not connectors.Hooked")
	}
	sent := tool.Send(1)
	first, err := hooked.Hook(sent.Header, sent.Body)
	if err != nil || !first.Changed && !first.Listed {
		t.Fatalf("a delivery of a change hints at %+v, %v", first, err)
	}
	if again, err := hooked.Hook(sent.Header, sent.Body); err != nil || again.ID != first.ID {
		t.Errorf("sent again its id is %q, %v; want %q", again.ID, err, first.ID)
	}
	refused := func(what string, header http.Header, body []byte) bool {
		t.Helper()
		_, err := hooked.Hook(header, body)
		if err != nil && !errors.Is(err, connectors.ErrUnauthorized) {
			t.Errorf("%s: error = %v, want ErrUnauthorized", what, err)
		}
		return err != nil
	}
	if !refused("without any header", http.Header{}, sent.Body) {
		t.Error("a delivery without any header was taken")
	}
	tampered := false
	for name := range sent.Header {
		header := sent.Header.Clone()
		value := []byte(header.Get(name))
		value[len(value)-1] ^= 1
		header.Set(name, string(value))
		tampered = refused("with another "+name, header, sent.Body) || tampered
	}
	if !tampered {
		t.Errorf("whatever header is changed, the delivery is taken: %v", sent.Header)
	}
	for i := range sent.Body {
		if !sent.SignsBody {
			break
		}
		body := bytes.Clone(sent.Body)
		body[i] ^= 1
		if !refused("with another body", sent.Header, body) {
			t.Errorf("a delivery was taken whose byte %d was changed", i)
		}
	}
}
