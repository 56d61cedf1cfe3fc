// Command ferrettest is a MongoDB wire server for the tests of mongostore:
// FerretDB over SQLite. It prints its address and serves until its standard
// input ends, so that it never outlives the tests.
//
// It is a module of its own so that nothing of FerretDB enters Plumbline's.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"

	"github.com/FerretDB/FerretDB/ferretdb"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "ferrettest:", err)
		os.Exit(1)
	}
}

func run() error {
	listen := flag.String("listen", "127.0.0.1:0", "the address to listen on")
	folder := flag.String("folder", "", "the folder of the databases; it must exist")
	flag.Parse()
	server, err := ferretdb.New(&ferretdb.Config{
		Listener: ferretdb.ListenerConfig{TCP: *listen},
		Handler:  "sqlite",
		// The tests kill this process, never the machine.
		SQLiteURL: "file:" + *folder + "/?_pragma=synchronous(off)",
		Logger:    slog.New(slog.DiscardHandler),
	})
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() {
		io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	fmt.Println(server.MongoDBURI())
	return server.Run(ctx)
}
