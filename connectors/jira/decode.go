package jira

import (
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
)

// decode reads a record or a field of one. Its error tells whoever looks after
// the tool what was expected and what was found, and nothing of Go.
func decode(raw json.RawMessage, into any) error {
	err := json.Unmarshal(raw, into)
	var wrong *json.UnmarshalTypeError
	if !errors.As(err, &wrong) {
		return err
	}
	found, _, _ := strings.Cut(wrong.Value, " ") // a number comes with its digits
	words := fmt.Sprintf("%s was expected, %s was found", expected(wrong.Type), article(found))
	if wrong.Field != "" {
		words = wrong.Field + ": " + words
	}
	return errors.New(words)
}

func expected(t reflect.Type) string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch t.Kind() {
	case reflect.String:
		return "a text"
	case reflect.Bool:
		return "true or false"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map:
		return "an object"
	}
	return "a whole number"
}

// article names a JSON value as the decoder calls it.
func article(found string) string {
	switch found {
	case "string":
		return "a text"
	case "bool":
		return "true or false"
	case "array":
		return "a list"
	case "object":
		return "an object"
	}
	return "a number"
}
