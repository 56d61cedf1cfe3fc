package config

import (
	"reflect"
	"regexp"
	"strings"
)

// A key is what the tags of a struct field say about a key of the file.
type key struct {
	name     string
	index    []int // of the field, through embedded structs
	typ      reflect.Type
	required bool
	fallback string // the default, as it would be written
	enum     []string
	pattern  *regexp.Regexp
	least    string
	most     string
	web      bool // must be an http or https address
	about    string
}

// keysOf returns the keys of a struct type in the order of its fields; other
// types have none.
func keysOf(t reflect.Type) []key {
	if t.Kind() != reflect.Struct {
		return nil
	}
	var keys []key
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		switch {
		case name == "-":
		case field.Type.Kind() == reflect.Struct && (strings.Contains(options, "inline") || field.Anonymous && name == ""):
			for _, inner := range keysOf(field.Type) {
				inner.index = append([]int{i}, inner.index...)
				keys = append(keys, inner)
			}
		case field.IsExported():
			if name == "" {
				name = strings.ToLower(field.Name)
			}
			k := key{name: name, index: []int{i}, typ: field.Type, about: field.Tag.Get("jsonschema_description")}
			k.read(field.Tag.Get("jsonschema"))
			keys = append(keys, k)
		}
	}
	return keys
}

// read takes the constraints of a jsonschema tag.
func (k *key) read(tag string) {
	for option := range strings.SplitSeq(tag, ",") {
		name, value, _ := strings.Cut(option, "=")
		switch name {
		case "required":
			k.required = true
		case "default":
			k.fallback = value
		case "enum":
			k.enum = append(k.enum, value)
		case "pattern":
			k.pattern = regexp.MustCompile(value)
		case "minimum":
			k.least = value
		case "maximum":
			k.most = value
		case "format":
			k.web = value == "uri"
		}
	}
}

// names returns the names of keys.
func names(keys []key) []string {
	all := make([]string, len(keys))
	for i, k := range keys {
		all[i] = k.name
	}
	return all
}

// setDefaults gives every key of the struct its default, nested structs
// included. A default that its own type refuses is a mistake in our source.
func setDefaults(v reflect.Value) {
	for _, k := range keysOf(v.Type()) {
		field := v.FieldByIndex(k.index)
		switch {
		case k.fallback != "":
			if err := setText(field, k.fallback); err != nil {
				panic("config: default of " + k.name + ": " + err.Error())
			}
		case field.Kind() == reflect.Struct && !isText(field):
			setDefaults(field)
		}
	}
}
