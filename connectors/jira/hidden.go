package jira

import (
	"encoding/base64"
	"strings"

	"plumbline/internal/secret"
)

// hidden are the texts by which we sign in. A proxy may repeat them in a
// refusal, and a person may have written them into a record; neither may be
// kept or shown as the tool's own words.
type hidden []string

// hiddenIn lists what to hide of the credential, the longest first.
func hiddenIn(a Auth) hidden {
	token := a.Token.Reveal()
	basic := a.Email + ":" + token
	return hidden{base64.StdEncoding.EncodeToString([]byte(basic)), basic, token}
}

// mask returns the text with every secret replaced.
func (h hidden) mask(text string) string {
	for _, one := range h {
		text = strings.ReplaceAll(text, one, secret.Mask)
	}
	return text
}
