package singer

import (
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"plumbline/portfolio"
)

// A catalog says which streams there are, and how the tap reads them.
type catalog struct {
	Streams []catalogStream `json:"streams"`
}

type catalogStream struct {
	ID       string          `json:"tap_stream_id"`
	Name     string          `json:"stream"`
	Method   string          `json:"replication_method"`
	Keys     []string        `json:"key_properties"`
	Schema   json.RawMessage `json:"schema"`
	Metadata []struct {
		Breadcrumb []string `json:"breadcrumb"`
		Metadata   struct {
			Method   string   `json:"replication-method"`
			Forced   string   `json:"forced-replication-method"`
			Keys     []string `json:"table-key-properties"`
			Selected *bool    `json:"selected"`
		} `json:"metadata"`
	} `json:"metadata"`
}

func parseCatalog(text []byte) (catalog, error) {
	var c catalog
	if err := json.Unmarshal(text, &c); err != nil {
		return c, fmt.Errorf("%w: it is no catalog of a tap: %w", portfolio.ErrInvalid, err)
	}
	return c, nil
}

// readCatalog reads the file of the settings; without one nothing is known.
func readCatalog(path string) (catalog, error) {
	if path == "" {
		return catalog{}, nil
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return catalog{}, fmt.Errorf("tap.catalog: %w", err)
	}
	c, err := parseCatalog(text)
	if err != nil {
		return c, fmt.Errorf("tap.catalog %s: %w", path, err)
	}
	return c, nil
}

// stream finds a stream by the name that its messages have.
func (c catalog) stream(name string) *catalogStream {
	i := slices.IndexFunc(c.Streams, func(s catalogStream) bool { return s.Name == name })
	if i < 0 {
		i = slices.IndexFunc(c.Streams, func(s catalogStream) bool { return s.ID == name })
	}
	if i < 0 {
		return nil
	}
	return &c.Streams[i]
}

// fullTable tells whether the tap reads all of a stream every time.
func (c catalog) fullTable(name string) bool {
	s := c.stream(name)
	if s == nil {
		return false
	}
	method := s.Method
	for _, m := range s.Metadata {
		if len(m.Breadcrumb) > 0 {
			continue
		}
		switch {
		case m.Metadata.Method != "":
			method = m.Metadata.Method
		case m.Metadata.Forced != "":
			method = m.Metadata.Forced
		}
	}
	return method == "FULL_TABLE"
}

// keys are the key properties of a stream.
func (s *catalogStream) keys() []string {
	if len(s.Keys) > 0 {
		return s.Keys
	}
	for _, m := range s.Metadata {
		if len(m.Breadcrumb) == 0 && len(m.Metadata.Keys) > 0 {
			return m.Metadata.Keys
		}
	}
	return nil
}
