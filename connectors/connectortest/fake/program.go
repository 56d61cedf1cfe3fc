package fake

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
)

// A Site is a fake that a program can serve.
type Site interface {
	http.Handler
	SetLatency(time.Duration)
}

// Build makes the fake that listens at an address, as http://127.0.0.1:8080,
// and tells where its API is.
type Build func(address string) (site Site, api string)

// Main is a program that serves a fake on loopback until it is interrupted.
// declare adds the fake's own flags; what it returns runs once they are read.
// The first line of the output is the address of the API.
func Main(name string, declare func(*flag.FlagSet) Build) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	flags := flag.NewFlagSet(name, flag.ContinueOnError)
	err := run(ctx, flags, declare(flags), os.Args[1:], os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, flags *flag.FlagSet, build Build, args []string, out io.Writer) error {
	port := flags.Int("port", 0, "port on 127.0.0.1; 0 takes a free one")
	latency := flags.Duration("latency", 0, "how long each answer waits")
	if err := flags.Parse(args); err != nil {
		return err
	}
	var lc net.ListenConfig
	ln, err := lc.Listen(ctx, "tcp", fmt.Sprintf("127.0.0.1:%d", *port))
	if err != nil {
		return err
	}
	site, api := build("http://" + ln.Addr().String())
	site.SetLatency(*latency)
	server := &http.Server{Handler: site, ReadHeaderTimeout: time.Minute}
	go func() {
		<-ctx.Done()
		_ = server.Close()
	}()
	fmt.Fprintln(out, api)
	if err := server.Serve(ln); !errors.Is(err, http.ErrServerClosed) {
		return err
	}
	return nil
}
