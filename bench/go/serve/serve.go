// Package serve is the part that the fake upstream and the reference proxy have in common.
package serve

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
)

// Until serves on a free port of 127.0.0.1, prints `127.0.0.1:<port>` on standard output, and ends the
// process when standard input closes: nothing outlives the run that started it.
func Until(handler http.HandlerFunc) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(listener.Addr())
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
	log.Fatal(http.Serve(listener, handler))
}
