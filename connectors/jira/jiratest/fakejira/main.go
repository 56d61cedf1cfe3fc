// Command fakejira serves a made-up Jira in a process of its own, to try
// connections and to measure speed against. It listens on loopback only.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"time"

	"plumbline/connectors/jira/jiratest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakejira:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakejira", flag.ContinueOnError)
	port := flags.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	dataCenter := flags.Bool("datacenter", false, "play Data Center instead of Cloud")
	projects := flags.Int("projects", 500, "number of projects")
	versions := flags.Int("versions", 5000, "number of versions")
	issues := flags.Int("issues", 10_000, "number of epics")
	latency := flags.Duration("latency", 0, "how long each answer waits")
	email := flags.String("email", "pmo@example.com", "e-mail address of the account")
	token := flags.String("token", "token", "its API token; on Data Center also taken as a personal access token")
	admin := flags.Bool("admin", true, "whether the account administers Jira")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	o := jiratest.Options{BaseURL: "http://" + ln.Addr().String()}
	if *dataCenter {
		o.Deployment = jiratest.DataCenter
	}
	site := jiratest.New(o)
	site.AddUser(jiratest.User{ID: "me", Name: "Pia Moser", Zone: "Europe/Berlin"})
	site.AddAccount(jiratest.Account{Email: *email, Token: *token, User: "me", Admin: *admin})
	site.AddField(jiratest.Field{ID: "customfield_10101", Name: "Budget", Type: "number"})
	site.AddField(jiratest.Field{ID: "customfield_10102", Name: "RAG status", Type: "option"})
	site.AddField(jiratest.Field{ID: "customfield_10103", Name: "Department", Type: "option"})
	site.Fill("P", *projects, *versions, *issues, "Epic")
	site.SetLatency(*latency)
	server := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintf(out, "%s\n", o.BaseURL)
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
