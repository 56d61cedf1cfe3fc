// Command fakeasana serves a made-up Asana in a process of its own, to try
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

	"plumbline/connectors/asana/asanatest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakeasana:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakeasana", flag.ContinueOnError)
	port := flags.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	projects := flags.Int("projects", 500, "number of projects")
	milestones := flags.Int("milestones", 10_000, "number of milestones")
	tasks := flags.Int("tasks", 0, "ordinary tasks beside each milestone")
	latency := flags.Duration("latency", 0, "how long each answer waits")
	token := flags.String("token", "token", "the token of the account")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	site := asanatest.New(asanatest.Options{})
	me := site.AddUser(asanatest.User{Name: "Pia Moser", Email: "pia@example.com"})
	site.AddAccount(asanatest.Account{Token: *token, User: me})
	site.AddField(asanatest.CustomField{Name: "Budget", Type: "number"})
	site.Fill(*projects, *milestones, *tasks)
	site.SetLatency(*latency)
	server := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintf(out, "http://%s/api/1.0\n", ln.Addr())
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
