// The contestant in Go: net/http/httputil's ReverseProxy in front of a registry, with the request
// histogram and the pull counters of client_golang, as a new runtime in Go would have them.
// Arguments: the upstream's URL, the port, the port of /metrics, and the size of a copying buffer in KiB.
package main

import (
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"strconv"
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
	bufferKiB, err := strconv.Atoi(os.Args[4])
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
		Handler:           counting.wrap(newProxy(upstream, bufferKiB<<10)),
		ReadHeaderTimeout: time.Minute,
		IdleTimeout:       time.Minute,
	}
	log.Fatal(server.ListenAndServe())
}

func newProxy(upstream *url.URL, bufferBytes int) http.Handler {
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
		BufferPool: newBufferPool(bufferBytes),
	}
}

// Without a pool, ReverseProxy allocates a buffer of 32 KiB for each answer.
type bufferPool struct{ pool sync.Pool }

func newBufferPool(bufferBytes int) *bufferPool {
	return &bufferPool{sync.Pool{New: func() any {
		buffer := make([]byte, bufferBytes)
		return &buffer
	}}}
}

func (p *bufferPool) Get() []byte { return *p.pool.Get().(*[]byte) }

func (p *bufferPool) Put(buffer []byte) { p.pool.Put(&buffer) }
