// Package filesource is where a connection that reads files finds them: one
// file, the files of a folder, or one at an address. It tells what has not
// changed since it was last read, and notices a file that changes while it is
// read.
//
// It does not look into files, never follows a link, never leaves the folder
// and never writes to it. A file at an address is copied to a temporary one of
// a bounded size first.
package filesource

import (
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"path"
	"strings"

	"plumbline/internal/secret"
	"plumbline/portfolio"
)

// Settings say where the files are. A tool's settings embed them with the tag
// `yaml:",inline"`.
type Settings struct {
	File    string `yaml:"file,omitempty" jsonschema_description:"Path of the file to read. Without file, folder and url the connection waits for files that are sent to it."`
	Folder  string `yaml:"folder,omitempty" jsonschema_description:"Folder whose files are read, in the order of their names. Folders in it, links, hidden and temporary files are left out."`
	Pattern string `yaml:"pattern,omitempty" jsonschema_description:"Which files of the folder are read, as plan-*.xml; by default all whose names end as the tool's files do."`
	URL     string `yaml:"url,omitempty" jsonschema_description:"Address that gives the file, as https://files.example.com/plan.xml."`
	Auth    Auth   `yaml:"auth,omitempty" jsonschema_description:"What the address asks for; nothing by default."`
}

// Auth is how to sign in at the address.
type Auth struct {
	User  string        `yaml:"user,omitempty" jsonschema_description:"User name, for an address that asks for a name and a password; the token is then the password. Without it the token is sent as a bearer token."`
	Token secret.String `yaml:"token,omitempty" jsonschema_description:"Token or password. Either this or token_file."`
	File  string        `yaml:"token_file,omitempty" jsonschema_description:"File whose only line is the token, in place of token. It is read again when it changes."`
}

func (a Auth) isZero() bool { return a.User == "" && a.Token.IsZero() && a.File == "" }

// Waits tells that the connection looks for no file itself: it reads those
// that somebody sends.
func (s *Settings) Waits() bool { return s.File == "" && s.Folder == "" && s.URL == "" }

// Validate names every setting that is missing or wrong, joined.
func (s *Settings) Validate() error {
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: "+format, append([]any{portfolio.ErrInvalid}, args...)...))
	}
	switch {
	case s.Folder != "" && s.File != "":
		bad("folder is given beside file; a connection reads from one place")
	case s.URL != "" && (s.File != "" || s.Folder != ""):
		bad("url is given beside file or folder; a connection reads from one place")
	}
	if s.Pattern != "" {
		if s.Folder == "" {
			bad("pattern is given without folder")
		}
		if _, err := path.Match(s.Pattern, "x"); err != nil || strings.ContainsAny(s.Pattern, `/\`) {
			bad("pattern %q is none for names of files: * stands for any characters, ? for one", s.Pattern)
		}
	}
	if s.URL != "" {
		switch u, err := url.Parse(s.URL); {
		case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
			bad("url is not an address that begins with https://")
		case u.User != nil:
			bad("url holds a user or password: put them under auth")
		case u.Fragment != "":
			bad("url has a part after #, which is never sent")
		}
	}
	switch {
	case !s.Auth.isZero() && s.URL == "":
		bad("auth is given without url")
	case !s.Auth.Token.IsZero() && s.Auth.File != "":
		bad("auth.token_file is given beside auth.token; expected one of them")
	case s.Auth.User != "" && s.Auth.Token.IsZero() && s.Auth.File == "":
		bad("auth.user is given without auth.token, which is its password")
	}
	return errors.Join(problems...)
}

// source is where the token comes from.
func (a Auth) source() secret.Source {
	if a.File != "" {
		return secret.NewFile(a.File)
	}
	return secret.Fixed(a.Token)
}

// sign returns a transport that puts the token into requests.
func (a Auth) sign(token secret.String, next http.RoundTripper) http.RoundTripper {
	return signing(func(r *http.Request) (*http.Response, error) {
		r = r.Clone(r.Context())
		if a.User != "" {
			r.SetBasicAuth(a.User, token.Reveal())
		} else {
			r.Header.Set("Authorization", "Bearer "+token.Reveal())
		}
		return next.RoundTrip(r)
	})
}

type signing func(*http.Request) (*http.Response, error)

// RoundTrip implements http.RoundTripper.
func (s signing) RoundTrip(r *http.Request) (*http.Response, error) { return s(r) }
