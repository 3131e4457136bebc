// Command proxy is the reference: what a reverse proxy in Go costs that forwards and does nothing else.
//
//	proxy -upstream http://127.0.0.1:9000
package main

import (
	"flag"
	"log"
	"net/http"
	"net/http/httputil"
	"net/url"
	"sync"
	"time"

	"genai-gateway/bench/serve"
)

// buffers lets copies share their 32 kB instead of leaving each to the garbage collector.
type buffers struct{ pool sync.Pool }

func (b *buffers) Get() []byte       { return *b.pool.Get().(*[]byte) }
func (b *buffers) Put(buffer []byte) { b.pool.Put(&buffer) }

func main() {
	upstream := flag.String("upstream", "", "where to forward to")
	flag.Parse()
	target, err := url.Parse(*upstream)
	if err != nil || target.Hostname() != "127.0.0.1" {
		log.Fatal("-upstream has to be http://127.0.0.1:<port>")
	}
	proxy := &httputil.ReverseProxy{
		Rewrite:       func(r *httputil.ProxyRequest) { r.SetURL(target) },
		FlushInterval: -1,
		BufferPool: &buffers{sync.Pool{New: func() any {
			buffer := make([]byte, 32*1024)
			return &buffer
		}}},
		Transport: &http.Transport{
			MaxIdleConns:        0,
			MaxIdleConnsPerHost: 4096,
			IdleConnTimeout:     90 * time.Second,
			DisableCompression:  true,
		},
	}
	serve.Until(func(w http.ResponseWriter, r *http.Request) {
		// Without this the server closes the request body once the reply begins. An upstream that answers
		// before the proxy has seen the end of that body then loses its connection, in the middle of the reply:
		// about one stream in three thousand.
		if err := http.NewResponseController(w).EnableFullDuplex(); err != nil {
			log.Fatal(err)
		}
		proxy.ServeHTTP(w, r)
	})
}
