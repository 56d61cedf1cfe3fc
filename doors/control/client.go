package control

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"plumbline/portfolio"
)

// dialTimeout is how long a server of the same machine may take to answer at
// all before it is taken for gone.
const dialTimeout = 2 * time.Second

// ErrLost says that the server went away before it had answered.
var ErrLost = errors.New("the server went away before it had answered")

// A Client is the Operator of a server that runs on this machine.
type Client struct {
	where meeting
	http  *http.Client
}

var _ Operator = (*Client)(nil)

// Dial returns a client of the server that holds the store's file. Without
// one, also when a crashed server left its address behind, client and error
// are nil.
func Dial(ctx context.Context, store string) (*Client, error) {
	where, err := read(FileOf(store))
	if errors.Is(err, errNobody) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("control: %w", err)
	}
	c := &Client{where: where, http: &http.Client{Transport: &http.Transport{
		Proxy:       nil, // it is this machine
		DialContext: (&net.Dialer{Timeout: dialTimeout}).DialContext,
	}}}
	short, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	response, err := c.send(short, http.MethodGet, "/ping", nil)
	if err != nil {
		return nil, ctx.Err() // nobody listens: the address was left behind
	}
	_ = response.Body.Close()
	if response.StatusCode != http.StatusNoContent {
		return nil, nil // somebody else listens there by now
	}
	return c, nil
}

// PID returns the server's process id.
func (c *Client) PID() int { return c.where.PID }

// Sync implements Operator.
func (c *Client) Sync(ctx context.Context, request SyncRequest, progress func(Progress)) ([]Row, error) {
	return call[[]Row](ctx, c, "/sync", request, progress)
}

// SyncFile implements Operator.
func (c *Client) SyncFile(ctx context.Context, request FileRequest) (Row, error) {
	return call[Row](ctx, c, "/sync/file", request, nil)
}

// Confirm implements Operator.
func (c *Client) Confirm(ctx context.Context, request ConfirmRequest) ([]portfolio.Hold, error) {
	return call[[]portfolio.Hold](ctx, c, "/confirm", request, nil)
}

// Check implements Operator.
func (c *Client) Check(ctx context.Context, connections []string) ([]Check, error) {
	return call[[]Check](ctx, c, "/check", connections, nil)
}

// Apply implements Operator.
func (c *Client) Apply(ctx context.Context, settings portfolio.Settings) (bool, error) {
	return call[bool](ctx, c, "/apply", settings, nil)
}

// SetClock implements Operator.
func (c *Client) SetClock(ctx context.Context, today portfolio.Date) (portfolio.Date, error) {
	return call[portfolio.Date](ctx, c, "/clock", today, nil)
}

// call sends a request and reads the lines of its answer.
func call[A any](ctx context.Context, c *Client, path string, request any, progress func(Progress)) (result A, err error) {
	body, err := json.Marshal(request)
	if err != nil {
		return result, fmt.Errorf("control: %s: %w", path, err)
	}
	response, err := c.send(ctx, http.MethodPost, path, body)
	if err != nil {
		return result, fmt.Errorf("control: %w", err)
	}
	defer func() { _ = response.Body.Close() }()
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return result, fmt.Errorf("control: %s: %s: %s", path, response.Status, strings.TrimSpace(string(text)))
	}
	for lines := json.NewDecoder(response.Body); ; {
		var l line
		switch err := lines.Decode(&l); {
		case ctx.Err() != nil:
			return result, ctx.Err()
		case err != nil:
			return result, fmt.Errorf("control: %w: %w", ErrLost, err)
		case l.Problem != nil:
			return result, l.Problem
		case l.Result != nil:
			return result, json.Unmarshal(l.Result, &result)
		case l.Progress != nil && progress != nil:
			progress(*l.Progress)
		}
	}
}

// send makes one request with the key.
func (c *Client) send(ctx context.Context, method, path string, body []byte) (*http.Response, error) {
	request, err := http.NewRequestWithContext(ctx, method, "http://"+c.where.Address+path, bytes.NewReader(body))
	if err != nil {
		return nil, err
	}
	request.Header.Set(keyHeader, c.where.Key)
	return c.http.Do(request)
}
