package main

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"

	"plumbline/config"
	"plumbline/connectors/catalog"
)

// composeFile is what this test needs of docker-compose.yml.
type composeFile struct {
	Services map[string]struct {
		Image       string
		Build       string
		Environment map[string]string
		EnvFile     []string `yaml:"env_file"`
		Volumes     []string
		Ports       []string
		DependsOn   map[string]struct{ Condition string } `yaml:"depends_on"`
		Healthcheck *struct{ Test []string }
	}
	Volumes map[string]any
}

func TestComposeStartsWhatTheConfigurationDescribes(t *testing.T) {
	t.Parallel()
	var compose composeFile
	if err := yaml.Unmarshal([]byte(read(t, "docker-compose.yml")), &compose); err != nil {
		t.Fatal(err)
	}
	plumbline, mongodb := compose.Services["plumbline"], compose.Services["mongodb"]
	if plumbline.DependsOn["mongodb"].Condition != "service_healthy" || mongodb.Healthcheck == nil {
		t.Error("plumbline does not wait until mongodb is healthy")
	}
	for _, volume := range mongodb.Volumes {
		name, _, _ := strings.Cut(volume, ":")
		if _, declared := compose.Volumes[name]; !declared {
			t.Errorf("volume %s is not declared", name)
		}
	}

	// The image is told where its configuration is; that is where it must be.
	const file = "deploy/plumbline.yaml"
	command := regexp.MustCompile(`(?m)^CMD \["serve", "--config", "([^"]+)"\]$`).FindStringSubmatch(read(t, "Dockerfile"))
	if command == nil || !strings.HasPrefix(strings.Join(plumbline.Volumes, " "), "./"+file+":"+command[1]+":") {
		t.Errorf("the volumes %v do not put %s where the command of the image %v reads it", plumbline.Volumes, file, command)
	}

	known := map[string]bool{config.FileVariable: true}
	for _, o := range config.Overrides {
		known[o.Variable] = true
	}
	text := read(t, file)
	for _, used := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(text, -1) {
		known[used[1]] = true
	}
	_, hash := config.NewKey()
	template := read(t, ".env.example")
	env := map[string]string{}
	for name, value := range plumbline.Environment {
		if !known[name] {
			t.Errorf("%s is passed, which neither the configuration nor %s knows", name, file)
		}
		if asked := regexp.MustCompile(`^\$\{(\w+)(:\?.*)?\}$`).FindStringSubmatch(value); asked != nil {
			if !strings.Contains(template, "\n"+asked[1]+"=") {
				t.Errorf("%s is asked for, but .env.example does not name it", asked[1])
			}
			value = fmt.Sprint(hash)
		}
		env[name] = value
	}
	c, err := config.Load([]config.File{{Name: file, Data: []byte(text)}}, config.Options{
		Getenv: func(name string) string { return env[name] }, Tools: catalog.Tools(),
	})
	if err != nil {
		t.Fatal(err)
	}
	if c.Store.Bolt() || len(c.Keys) != 1 || c.Listen.Loopback() {
		t.Errorf("store %s, %d keys, listening on %s; want MongoDB, a key, and every address of the container", c.Store, len(c.Keys), c.Listen)
	}

	// Without a key of one's own nothing starts.
	delete(env, "PLUMBLINE_KEY_SHA256")
	if _, err := config.Load([]config.File{{Name: file, Data: []byte(text)}}, config.Options{
		Getenv: func(name string) string { return env[name] }, Tools: catalog.Tools(),
	}); err == nil {
		t.Errorf("%s is taken without PLUMBLINE_KEY_SHA256", file)
	}
	for _, name := range plumbline.EnvFile {
		if _, err := os.Stat(name + ".example"); err != nil {
			t.Errorf("%s has no example: %v", name, err)
		}
	}
}
