// The contestant in Go: serves the request histogram as client_golang keeps it, through promhttp.
// Arguments: the workload file and the port.
package main

import (
	"encoding/json"
	"log"
	"net/http"
	"os"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

type workload struct {
	LabelNames []string    `json:"labelNames"`
	Buckets    []float64   `json:"buckets"`
	Series     [][4]string `json:"series"`
	Values     []float64   `json:"values"`
	BusySeries int         `json:"busySeries"`
}

func main() {
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		log.Fatal(err)
	}
	var load workload
	if err := json.Unmarshal(text, &load); err != nil {
		log.Fatal(err)
	}
	registry := prometheus.NewRegistry()
	histogram := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name:        "quay_request_duration_seconds",
		Help:        "seconds taken to process a request",
		Buckets:     load.Buckets,
		ConstLabels: prometheus.Labels{"runtime": "go"},
	}, load.LabelNames)
	registry.MustRegister(histogram)

	touches := 0
	touchAll := func() int {
		touches++
		for at, labels := range load.Series {
			value := float64((at*7+touches*13)%1000) / 97
			histogram.WithLabelValues(labels[0], labels[1], labels[2], labels[3]).Observe(value)
		}
		return touches
	}
	// Nanoseconds per observation with its label lookup.
	timeObservations := func(limit time.Duration) float64 {
		series := load.Series[:load.BusySeries]
		count := 0
		start := time.Now()
		for time.Since(start) < limit {
			for at := range 1024 {
				labels := &series[at%len(series)]
				histogram.WithLabelValues(labels[0], labels[1], labels[2], labels[3]).Observe(load.Values[at%len(load.Values)])
			}
			count += 1024
		}
		return float64(time.Since(start).Nanoseconds()) / float64(count)
	}

	http.Handle("/metrics", promhttp.HandlerFor(registry, promhttp.HandlerOpts{}))
	http.HandleFunc("/touch", func(w http.ResponseWriter, _ *http.Request) {
		json.NewEncoder(w).Encode(touchAll())
	})
	http.HandleFunc("/observe", func(w http.ResponseWriter, request *http.Request) {
		milliseconds, _ := strconv.Atoi(request.URL.Query().Get("ms"))
		json.NewEncoder(w).Encode(timeObservations(time.Duration(milliseconds) * time.Millisecond))
	})
	log.Fatal(http.ListenAndServe("127.0.0.1:"+os.Args[2], nil))
}
