// Command fakegithub serves a made-up GitHub in a process of its own, to try
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

	"plumbline/connectors/github/githubtest"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "fakegithub:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, out io.Writer) error {
	flags := flag.NewFlagSet("fakegithub", flag.ContinueOnError)
	port := flags.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	repositories := flags.Int("repositories", 500, "number of repositories of the organisation acme")
	milestones := flags.Int("milestones", 20, "number of milestones in each of them")
	items := flags.Int("items", 100, "number of dated items on the board acme/1")
	latency := flags.Duration("latency", 0, "how long each answer waits")
	token := flags.String("token", "token", "the personal access token")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	address := "http://" + ln.Addr().String()
	site := githubtest.New(githubtest.Options{BaseURL: address + "/api/v3", Version: "3.19.0"})
	site.AddOwner(githubtest.Owner{Login: "acme", Organization: true, Name: "Acme"})
	site.AddOwner(githubtest.Owner{Login: "pia", Name: "Pia Moser"})
	site.AddAccount(githubtest.Account{Token: *token, User: "pia"})
	site.Fill("acme", *repositories, *milestones)
	board := site.AddBoard(githubtest.Board{Owner: "acme", Title: "Portfolio", Creator: "pia", Fields: []githubtest.BoardField{
		{ID: "PVTF_1", Name: "Target date", Type: "DATE"}, {ID: "PVTF_2", Name: "Start date", Type: "DATE"},
	}})
	site.AddStatusUpdate(githubtest.StatusUpdate{Board: board.ID, Status: "AT_RISK", Body: "The supplier is late.", Creator: "pia"})
	for n := range *items {
		site.AddItem(githubtest.Item{Board: board.ID, Title: fmt.Sprintf("Step %d", n+1), Values: map[string]any{"Target date": fmt.Sprintf("2026-%02d-01", n%12+1)}})
	}
	site.SetLatency(*latency)
	server := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintf(out, "%s\n", address)
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
