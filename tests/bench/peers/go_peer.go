// Serves the families of a saved exposition through client_golang: go_peer EXPOSITION
//
// POST /change?n=10 adds a finished job to each of ten series of every counter and histogram, like an
// exporter that keeps its metrics and adds what has happened since.
package main

import (
	"fmt"
	"log"
	"math"
	"net"
	"net/http"
	"os"
	"sort"
	"strconv"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	dto "github.com/prometheus/client_model/go"
	"github.com/prometheus/common/expfmt"
)

// peer holds what changes later.
type peer struct {
	registry   *prometheus.Registry
	counters   []prometheus.Counter
	histograms []prometheus.Observer
	next       int
}

func labelsOf(metric *dto.Metric) prometheus.Labels {
	labels := prometheus.Labels{}
	for _, pair := range metric.GetLabel() {
		labels[pair.GetName()] = pair.GetValue()
	}
	return labels
}

func namesOf(metric *dto.Metric) []string {
	var names []string
	for name := range labelsOf(metric) {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

// observe makes observations with the counts and the sum of `saved`. In each bucket all observations lie
// at the same fraction of its width.
func observe(histogram prometheus.Observer, saved *dto.Histogram) {
	type part struct {
		count         uint64
		least, length float64
	}
	var parts []part
	var below uint64
	least, leastSum, lengthSum := 0.0, 0.0, 0.0
	for _, bucket := range saved.GetBucket() {
		most := bucket.GetUpperBound()
		count := bucket.GetCumulativeCount() - below
		below = bucket.GetCumulativeCount()
		if math.IsInf(most, 1) {
			most = math.Max(saved.GetSampleSum(), 2*least)
		}
		first := math.Nextafter(least, most)
		if least == 0 {
			first = 0
		}
		parts = append(parts, part{count, first, most - first})
		leastSum += float64(count) * first
		lengthSum += float64(count) * (most - first)
		least = most
	}
	fraction := 0.0
	if lengthSum > 0 {
		fraction = (saved.GetSampleSum() - leastSum) / lengthSum
	}
	for _, p := range parts {
		for i := uint64(0); i < p.count; i++ {
			histogram.Observe(p.least + p.length*fraction)
		}
	}
}

func boundsOf(saved *dto.Histogram) []float64 {
	var bounds []float64
	for _, bucket := range saved.GetBucket() {
		if !math.IsInf(bucket.GetUpperBound(), 1) {
			bounds = append(bounds, bucket.GetUpperBound())
		}
	}
	return bounds
}

func (p *peer) add(family *dto.MetricFamily) error {
	metrics := family.GetMetric()
	if len(metrics) == 0 {
		return nil
	}
	labels := namesOf(metrics[0])
	switch family.GetType() {
	case dto.MetricType_COUNTER:
		vector := prometheus.NewCounterVec(
			prometheus.CounterOpts{Name: family.GetName(), Help: family.GetHelp()}, labels)
		p.registry.MustRegister(vector)
		for _, metric := range metrics {
			counter := vector.With(labelsOf(metric))
			counter.Add(metric.GetCounter().GetValue())
			p.counters = append(p.counters, counter)
		}
	case dto.MetricType_GAUGE:
		vector := prometheus.NewGaugeVec(
			prometheus.GaugeOpts{Name: family.GetName(), Help: family.GetHelp()}, labels)
		p.registry.MustRegister(vector)
		for _, metric := range metrics {
			vector.With(labelsOf(metric)).Set(metric.GetGauge().GetValue())
		}
	case dto.MetricType_HISTOGRAM:
		vector := prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name:    family.GetName(),
			Help:    family.GetHelp(),
			Buckets: boundsOf(metrics[0].GetHistogram()),
		}, labels)
		p.registry.MustRegister(vector)
		for _, metric := range metrics {
			histogram := vector.With(labelsOf(metric))
			observe(histogram, metric.GetHistogram())
			p.histograms = append(p.histograms, histogram)
		}
	default:
		return fmt.Errorf("%s is of type %s", family.GetName(), family.GetType())
	}
	return nil
}

func (p *peer) change(response http.ResponseWriter, request *http.Request) {
	count, err := strconv.Atoi(request.URL.Query().Get("n"))
	if err != nil || request.Method != http.MethodPost {
		http.Error(response, "POST /change?n=NUMBER", http.StatusBadRequest)
		return
	}
	for i := 0; i < count; i++ {
		p.next++
		if len(p.counters) > 0 {
			p.counters[p.next%len(p.counters)].Inc()
		}
		if len(p.histograms) > 0 {
			p.histograms[p.next%len(p.histograms)].Observe(30)
		}
	}
}

func run(path string) error {
	file, err := os.Open(path)
	if err != nil {
		return err
	}
	var parser expfmt.TextParser
	families, err := parser.TextToMetricFamilies(file)
	if err != nil {
		return err
	}
	p := peer{registry: prometheus.NewRegistry()}
	for _, family := range families {
		if err := p.add(family); err != nil {
			return err
		}
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	fmt.Fprintf(os.Stderr, "Listening on address=%s\n", listener.Addr())
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(p.registry, promhttp.HandlerOpts{}))
	mux.HandleFunc("/change", p.change)
	return http.Serve(listener, mux)
}

func main() {
	if len(os.Args) != 2 {
		log.Fatal("usage: go_peer EXPOSITION")
	}
	if err := run(os.Args[1]); err != nil {
		log.Fatal(err)
	}
}
