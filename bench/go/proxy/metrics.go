package main

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// Nothing under /v2 has a namespace that TRACKED_NAMESPACES could name, as in Python.
const otherNamespace = "other"

type metrics struct {
	durations   *prometheus.HistogramVec
	pulls       *prometheus.CounterVec
	pulledBytes *prometheus.CounterVec
}

func newMetrics(registry prometheus.Registerer) *metrics {
	runtime := prometheus.Labels{"runtime": "go"}
	m := &metrics{
		durations: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:        "quay_request_duration_seconds",
			Help:        "seconds taken to process a request",
			Buckets:     []float64{0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10},
			ConstLabels: runtime,
		}, []string{"method", "route", "status", "namespace_name"}),
		pulls: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name:        "quay_registry_image_pulls_total",
			Help:        "number of images that have been downloaded via the registry",
			ConstLabels: runtime,
		}, []string{"protocol", "ref", "status"}),
		pulledBytes: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name:        "quay_registry_image_pulled_estimated_bytes_total",
			Help:        "number of bytes that have been downloaded via the registry",
			ConstLabels: runtime,
		}, []string{"protocol"}),
	}
	registry.MustRegister(m.durations, m.pulls, m.pulledBytes)
	return m
}

// wrap times and counts what `next` answers on the timed routes.
func (m *metrics) wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, request *http.Request) {
		route := matchRoute(request.Method, request.URL.Path)
		if route == "" {
			next.ServeHTTP(w, request)
			return
		}
		next.ServeHTTP(&observedWriter{w, m, request.Method, route, time.Now(), false}, request)
	})
}

// observedWriter observes a request when its answer begins: what follows is the client's speed.
type observedWriter struct {
	http.ResponseWriter
	metrics *metrics
	method  string
	route   string
	start   time.Time
	begun   bool
}

func (w *observedWriter) WriteHeader(status int) {
	if status >= 200 && !w.begun {
		w.begun = true
		w.metrics.observe(w, status)
	}
	w.ResponseWriter.WriteHeader(status)
}

// Unwrap lets ReverseProxy flush and hijack.
func (w *observedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (m *metrics) observe(w *observedWriter, status int) {
	code := strconv.Itoa(status)
	m.durations.WithLabelValues(w.method, w.route, code, otherNamespace).Observe(time.Since(w.start).Seconds())
	switch w.route {
	case fetchByTag:
		if status == http.StatusOK || status == http.StatusNotFound || status == http.StatusBadRequest {
			m.pulls.WithLabelValues("v2", "tag", code).Inc()
		}
	case fetchByDigest:
		if status == http.StatusOK || status == http.StatusNotFound {
			m.pulls.WithLabelValues("v2", "manifest", code).Inc()
		}
	case downloadBlob:
		if size, known := blobBytes(w.Header(), status); known {
			m.pulledBytes.WithLabelValues("v2").Add(size)
		}
	}
}

// blobBytes is the whole size of the blob that an answer carries all or a part of.
func blobBytes(header http.Header, status int) (float64, bool) {
	var text string
	switch status {
	case http.StatusOK:
		text = header.Get("Content-Length")
	case http.StatusPartialContent:
		_, text, _ = strings.Cut(header.Get("Content-Range"), "/")
	}
	size, err := strconv.ParseInt(text, 10, 64)
	return float64(size), err == nil
}
