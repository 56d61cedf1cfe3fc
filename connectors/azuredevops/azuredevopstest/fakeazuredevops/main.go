// Command fakeazuredevops serves a made-up Azure DevOps in a process of its
// own, to try connections and to measure speed against. It listens on loopback
// only.
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

	"plumbline/connectors/azuredevops/azuredevopstest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakeazuredevops:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakeazuredevops", flag.ContinueOnError)
	port := flags.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	server := flags.Bool("server", false, "play Azure DevOps Server 2022 instead of Services")
	projects := flags.Int("projects", 500, "number of projects")
	iterations := flags.Int("iterations", 2000, "number of iterations")
	items := flags.Int("items", 8000, "number of epics")
	latency := flags.Duration("latency", 0, "how long each answer waits")
	token := flags.String("token", "token", "the account's personal access token")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	o := azuredevopstest.Options{BaseURL: "http://" + ln.Addr().String() + "/example", Server: *server, MaxBatch: 1000}
	site := azuredevopstest.New(o)
	pia := site.AddUser(azuredevopstest.User{Name: "Pia Moser", Email: "pia@example.com"})
	site.AddAccount(azuredevopstest.Account{Token: *token, User: pia})
	site.AddField(azuredevopstest.Field{Name: "Budget", Ref: "Custom.Budget", Type: "double"})
	site.AddField(azuredevopstest.Field{Name: "RAG", Ref: "Custom.RAG", Type: "string"})
	site.Fill("P", *projects, *iterations, *items, "Epic")
	site.SetLatency(*latency)
	s := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = s.Close()
	}()
	fmt.Fprintf(out, "%s\n", o.BaseURL)
	if err := s.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
