package httpx

import (
	"context"
	"errors"
	"io"
	"net/http"
	"strings"
	"testing"

	"plumbline/internal/secret"
)

// turns gives one secret after the other: the next one when the last was
// refused.
type turns struct {
	secrets []string
	err     error // once there are no more
}

func (s *turns) Secret(_ context.Context, refused secret.String) (secret.String, error) {
	if len(s.secrets) > 0 && refused.Equal(secret.New(s.secrets[0])) && (len(s.secrets) > 1 || s.err != nil) {
		s.secrets = s.secrets[1:]
	}
	if len(s.secrets) == 0 {
		return secret.String{}, s.err
	}
	return secret.New(s.secrets[0]), nil
}

// bearer signs in the plainest way.
func bearer(s secret.String, next http.RoundTripper) http.RoundTripper {
	return roundTripper(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		r.Header.Set("Authorization", "Bearer "+s.Reveal())
		return next.RoundTrip(r)
	})
}

func TestARefusedRequestIsSentOnceMoreWithANewerSecret(t *testing.T) {
	noSecret := errors.New("there is no secret")
	for name, tc := range map[string]struct {
		source *turns
		good   string // what the tool takes
		sent   string
		status int
		err    error
	}{
		"good at once":            {&turns{secrets: []string{"a", "b"}}, "a", "a", 200, nil},
		"replaced meanwhile":      {&turns{secrets: []string{"a", "b"}}, "b", "a b", 200, nil},
		"no other secret":         {&turns{secrets: []string{"a"}}, "b", "a", 401, nil},
		"the newer is wrong too":  {&turns{secrets: []string{"a", "b", "c"}}, "c", "a b", 401, nil},
		"the newer cannot be had": {&turns{secrets: []string{"a"}, err: noSecret}, "b", "a", 0, noSecret},
		"none at all":             {&turns{err: noSecret}, "b", "", 0, noSecret},
	} {
		t.Run(name, func(t *testing.T) {
			var sent []string
			c := New(Config{Credential: credential(t), Transport: tool(func(r *http.Request) *http.Response {
				token := strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
				sent = append(sent, token)
				if body, err := io.ReadAll(r.Body); err != nil || string(body) != "question" {
					t.Errorf("the body of request %d is %q, %v", len(sent), body, err)
				}
				if token != tc.good {
					return reply(401, `{}`)
				}
				return reply(200, `{}`)
			})})
			r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tool.example/", strings.NewReader("question"))
			if err != nil {
				t.Fatal(err)
			}
			resp, err := c.Caller(Signed(tc.source, bearer)).Do(r)
			if !errors.Is(err, tc.err) || err == nil && resp.StatusCode != tc.status {
				t.Errorf("got %v, %v; want status %d, error %v", resp, err, tc.status, tc.err)
			}
			if got := strings.Join(sent, " "); got != tc.sent {
				t.Errorf("sent with %q, want %q", got, tc.sent)
			}
		})
	}
}

func TestABodyThatIsGoneIsNotSentAgain(t *testing.T) {
	n := 0
	c := New(Config{Credential: credential(t), Transport: tool(func(*http.Request) *http.Response { n++; return reply(401, `{}`) })})
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, "https://tool.example/", io.NopCloser(strings.NewReader("question")))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := c.Caller(Signed(&turns{secrets: []string{"a", "b"}}, bearer)).Do(r)
	if err != nil || resp.StatusCode != http.StatusUnauthorized || n != 1 {
		t.Errorf("got %v, %v after %d requests; want the 401 itself after 1", resp, err, n)
	}
}
