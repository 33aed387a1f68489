// The contestant in Go: net/http/httputil's ReverseProxy in front of a registry, with the request
// histogram and the pull counters of client_golang, as a new runtime in Go would have them.
// Arguments: the upstream's URL, the port, and the port of /metrics.
package main

import (
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

func main() {
	upstream, err := url.Parse(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	counting := newMetrics(registry)
	admin := http.NewServeMux()
	admin.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	go func() { log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[3], admin)) }()

	server := &http.Server{
		Addr:              "127.0.0.1:" + os.Args[2],
		Handler:           counting.wrap(newProxy(upstream)),
		ReadHeaderTimeout: time.Minute,
		IdleTimeout:       time.Minute,
	}
	log.Fatal(server.ListenAndServe())
}

func newProxy(upstream *url.URL) http.Handler {
	return &httputil.ReverseProxy{
		Rewrite: func(request *httputil.ProxyRequest) {
			request.SetURL(upstream)
			request.Out.Host = request.In.Host
			request.SetXForwarded()
		},
		Transport: &http.Transport{
			DialContext:        (&net.Dialer{Timeout: 5 * time.Second}).DialContext,
			DisableCompression: true,
			// Its default of 2 idle connections would have 64 clients dial anew for nearly every request.
			MaxIdleConns:        256,
			MaxIdleConnsPerHost: 256,
			IdleConnTimeout:     30 * time.Second,
		},
		BufferPool: &bufferPool{pool: sync.Pool{New: func() any { return new(buffer) }}},
	}
}

type buffer [32 << 10]byte

// Without a pool, ReverseProxy allocates 32 KiB for each answer.
type bufferPool struct{ pool sync.Pool }

func (p *bufferPool) Get() []byte { return p.pool.Get().(*buffer)[:] }

func (p *bufferPool) Put(bytes []byte) { p.pool.Put((*buffer)(bytes)) }
