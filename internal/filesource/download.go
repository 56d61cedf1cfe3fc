package filesource

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"net/http"
	"time"

	"plumbline/connectors"
	"plumbline/internal/httpx"
	"plumbline/internal/spool"
)

// downloadTimeout is how long one attempt to fetch a file may take.
const downloadTimeout = 4 * time.Minute

// download yields the one file at the address.
func (s *Source) download(ctx context.Context, known func(string) string) iter.Seq2[*Found, error] {
	return func(yield func(*Found, error) bool) {
		name := s.urlName()
		found, file, err := s.fetch(ctx, name, parseState(known(name)))
		if file != nil {
			defer func() { _ = file.Close() }()
		}
		if err != nil {
			yield(nil, err)
			return
		}
		yield(found, nil)
	}
}

// fetch asks for the file unless it is the one we know.
func (s *Source) fetch(ctx context.Context, name string, before state) (*Found, *spool.File, error) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.settings.URL, nil)
	if err != nil {
		return nil, nil, errors.New("url is not an address")
	}
	if before.ETag != "" {
		r.Header.Set("If-None-Match", before.ETag)
	}
	if before.Modified != "" {
		r.Header.Set("If-Modified-Since", before.Modified)
	}
	resp, err := s.caller.Do(r)
	var limited *httpx.RateLimited
	switch {
	case errors.As(err, &limited):
		return nil, nil, &connectors.RateLimited{Until: s.env.Now().Add(limited.After), Reason: limited.Reason}
	case errors.Is(err, spool.ErrTooLarge):
		return nil, nil, fmt.Errorf("the file at the address is larger than the %d MiB that are fetched: %w", s.options.MaxDownload>>20, err)
	case err != nil:
		return nil, nil, err
	}
	switch {
	case resp.StatusCode == http.StatusNotModified && before.Hash != "":
		_ = resp.Body.Close()
		return &Found{Name: name, Hash: before.Hash, State: before.String(), Unchanged: true}, nil, nil
	case resp.StatusCode != http.StatusOK:
		_ = resp.Body.Close()
		err := fmt.Errorf("%s answered %d", r.URL.Path, resp.StatusCode)
		if resp.StatusCode == http.StatusUnauthorized || resp.StatusCode == http.StatusForbidden {
			err = fmt.Errorf("%w: %w", connectors.ErrUnauthorized, err)
		}
		return nil, nil, err
	}
	file, ok := resp.Body.(*spool.File)
	if !ok {
		_ = resp.Body.Close()
		return nil, nil, errors.New("the reply holds no file")
	}
	found := &Found{Name: name}
	if found.Hash, found.Size, err = hashed(ctx, file); err != nil {
		return nil, file, err
	}
	after := state{Hash: found.Hash, ETag: resp.Header.Get("ETag"), Modified: resp.Header.Get("Last-Modified")}
	if at, err := http.ParseTime(after.Modified); err == nil {
		found.ModTime = at.UTC()
	}
	found.State = after.String()
	if found.Hash == before.Hash {
		found.Unchanged = true
		return found, file, nil
	}
	found.File = file
	return found, file, nil
}
