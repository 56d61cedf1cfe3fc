package config_test

import (
	"encoding"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"plumbline/config"
	"plumbline/portfolio"
)

func TestValuesAreReadAndWrittenAsPeopleWriteThem(t *testing.T) {
	for _, c := range []struct {
		into       encoding.TextUnmarshaler
		text, want string // want "" is an error
	}{
		{new(config.Duration), "10m", "10m"},
		{new(config.Duration), "90m", "1h30m"},
		{new(config.Duration), "24h", "1d"},
		{new(config.Duration), "1d12h", "36h"},
		{new(config.Duration), "0s", "0s"},
		{new(config.Duration), "14d", "14d"},
		{new(config.Duration), "250ms", "250ms"},
		{new(config.Duration), "-5m", ""},
		{new(config.Duration), "10", ""},
		{new(config.Duration), "0", ""},
		{new(config.Duration), "d", ""},
		{new(config.Duration), "60000d60000d", ""},
		{new(config.Size), "256KiB", "256KiB"},
		{new(config.Size), "1024KiB", "1MiB"},
		{new(config.Size), "100B", "100B"},
		{new(config.Size), "100", ""},
		{new(config.Size), "0MiB", ""},
		{new(config.Size), "64MB", ""},
		{new(config.Decimal), "0.920", "0.92"},
		{new(config.Decimal), "1e9", ""},
		{new(config.Decimal), "-1", ""},
		{new(config.Decimal), ".", ""},
		{new(config.Decimal), strings.Repeat("9", 41), ""},
		{new(config.Address), "[::1]:80", "[::1]:80"},
		{new(config.Address), "127.0.0.1", ""},
		{new(config.Address), "host:99999", ""},
		{new(config.Address), "http://host:80", ""},
		{new(config.Store), "bolt://./a.db", "bolt://./a.db"},
		{new(config.Store), "bolt:///var/lib/plumbline/", ""},
		{new(config.Store), "mongodb://a:27017,b:27017/db?replicaSet=rs", "mongodb://a:27017,b:27017/db"},
		{new(config.Store), "mongodb+srv://u:p@x.example/db", "mongodb+srv://u:***@x.example/db"},
		{new(config.Store), "mongodb://host", ""},
		{new(config.Store), "plumbline.db", ""},
		{new(config.Cron), "*/15 6-20 * * 1-5", "*/15 6-20 * * 1-5"},
		{new(config.Cron), "@daily", "@daily"},
		{new(config.Cron), "CRON_TZ=Asia/Tokyo * * * * *", ""},
		{new(config.Network), "10.1.2.3/8", "10.0.0.0/8"},
		{new(config.Network), "::1", "::1/128"},
		{new(config.Network), "proxy", ""},
		{new(config.Zone), "America/New_York", "America/New_York"},
		{new(config.Zone), "", ""},
	} {
		err := c.into.UnmarshalText([]byte(c.text))
		if c.want == "" {
			if err == nil {
				t.Errorf("%T takes %q; want an error", c.into, c.text)
			}
			continue
		}
		got := ""
		switch v := c.into.(type) {
		case encoding.TextMarshaler:
			text, _ := v.MarshalText()
			got = string(text)
		case *config.Address:
			got = string(*v)
		}
		if err != nil || got != c.want {
			t.Errorf("%T of %q = %q, %v; want %q", c.into, c.text, got, err, c.want)
		}
	}
}

func TestOnlyThisMachineIsLoopback(t *testing.T) {
	for address, want := range map[config.Address]bool{
		"127.0.0.1:1": true, "[::1]:1": true, "localhost:1": true, "127.8.9.1:1": true,
		":1": false, "0.0.0.0:1": false, "10.0.0.1:1": false, "example.com:1": false,
	} {
		if got := address.Loopback(); got != want {
			t.Errorf("loopback of %s = %v, want %v", address, got, want)
		}
	}
}

func TestAScheduleIsReadInTheGivenZone(t *testing.T) {
	var c config.Cron
	if err := c.UnmarshalText([]byte("0 6 * * *")); err != nil {
		t.Fatal(err)
	}
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	next := c.Next(time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC).In(berlin))
	if want := time.Date(2026, 7, 2, 4, 0, 0, 0, time.UTC); !next.Equal(want) {
		t.Errorf("next = %s, want %s", next.UTC(), want)
	}
}

func TestTheHashIsThatOfTheFileUnlessVariablesShapeTheSettings(t *testing.T) {
	const text = "timezone: Europe/Berlin\nlisten: 127.0.0.1:${PORT}\n"
	plain := mustLoad(t, text, "PORT", "1").FileHash()
	if other := mustLoad(t, text, "PORT", "2").FileHash(); other != plain {
		t.Errorf("another port changes the hash, %s to %s; it shapes no view", plain, other)
	}
	if other := mustLoad(t, text, "PORT", "1", "PLUMBLINE_TIMEZONE", "Asia/Tokyo").FileHash(); other == plain {
		t.Error("another time zone leaves the hash as it was; two replicas would differ unnoticed")
	}
	if got, want := mustLoad(t, "").FileHash(), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"; got != want {
		t.Errorf("hash of an empty file = %s, want what sha256sum prints, %s", got, want)
	}
}

func TestAKeyIsItsHashItsScopesAndItsLastDay(t *testing.T) {
	text, hash := config.NewKey()
	if !strings.HasPrefix(text, "plb_") || len(text) != len("plb_")+43 || config.HashKey(text) != hash {
		t.Errorf("key %q with hash %s; want plb_ and 32 random bytes, and its own SHA-256", text, hash)
	}
	if again, _ := config.NewKey(); again == text {
		t.Error("two keys are the same")
	}
	key := mustLoad(t, whole, wholeEnv...).Keys[0]
	caller := key.Caller()
	if caller.Role != portfolio.RoleViewer || !caller.Export || !caller.Reads("cost") || caller.Reads("people") {
		t.Errorf("caller = %+v, want a viewer that exports and reads cost alone", caller)
	}
	berlin, _ := time.LoadLocation("Europe/Berlin")
	last := time.Date(2027, 1, 31, 23, 59, 0, 0, berlin)
	if key.Expired(last, berlin) || !key.Expired(last.Add(time.Minute), berlin) {
		t.Error("the key must work through 31 January 2027 in Berlin and no longer")
	}
}

func TestTheStoreIsFoundWithoutTheServersSecrets(t *testing.T) {
	files := []config.File{{Name: "f", Data: []byte("store: bolt://x.db\nconnections: [{id: a, type: chart, url: \"https://x.example\", auth: {token: \"${NOT_HERE}\"}}]\n")}}
	if store, ok := config.Locate(files, options()); ok {
		t.Logf("store %s", store)
	} else {
		t.Error("the store is not found; a command could not reach the running server")
	}
	files[0].Data = []byte("store: sqlite://x\n")
	if store, ok := config.Locate(files, options()); ok {
		t.Errorf("store %s is taken from a line that is wrong", store)
	}
}

func TestEveryKeyIsDescribedInTheSchemaAndTheReference(t *testing.T) {
	for _, k := range config.Keys(tools) {
		if k.About == "" || k.Kind == "" || !strings.HasSuffix(k.About, ".") {
			t.Errorf("%s (%s): kind %q, description %q; want both, the description a sentence", k.Path, k.Tool, k.Kind, k.About)
		}
	}
	text, err := config.Schema(tools)
	if err != nil {
		t.Fatal(err)
	}
	var schema any
	if err := json.Unmarshal(text, &schema); err != nil {
		t.Fatal(err)
	}
	var undescribed []string
	walkSchema(schema, "", func(path string, s map[string]any) {
		if _, ok := s["description"]; !ok {
			undescribed = append(undescribed, path)
		}
	})
	if len(undescribed) > 0 {
		t.Errorf("properties of the schema without a description: %s", undescribed)
	}
	if !slices.ContainsFunc(config.Keys(tools), func(k config.KeyInfo) bool { return k.Path == "connections[].auth.token" && k.Tool == "chart" }) {
		t.Error("the reference lacks connections[].auth.token of the tool chart")
	}
}

// walkSchema calls f for each property of a JSON Schema.
func walkSchema(node any, path string, f func(string, map[string]any)) {
	switch node := node.(type) {
	case map[string]any:
		for name, value := range node {
			if properties, ok := value.(map[string]any); ok && name == "properties" {
				for key, property := range properties {
					if s, ok := property.(map[string]any); ok {
						f(path+"."+key, s)
					} else {
						f(path+"."+key, nil)
					}
				}
			}
			walkSchema(value, path+"/"+name, f)
		}
	case []any:
		for _, value := range node {
			walkSchema(value, path, f)
		}
	}
}
