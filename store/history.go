package store

import (
	"plumbline/portfolio"
)

// DecodeVersion reads one version of a document: an empty body is that of a
// deletion.
func DecodeVersion(v Stored) (portfolio.Versioned, error) {
	if len(v.Body) == 0 {
		return portfolio.Versioned{Rev: v.Rev}, nil
	}
	doc, err := Decode(v.Kind, v.Body)
	return portfolio.Versioned{Rev: v.Rev, Doc: doc}, err
}
