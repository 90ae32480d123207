"""Serves the families of a saved exposition through Python's prometheus_client: client_peer.py PORT EXPOSITION"""

import sys
import threading

import prometheus_client
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import CollectorRegistry


def labels_of(samples):
    """The label names of a family, which all its samples have."""
    return sorted(samples[0].labels.keys() - {"le"}) if samples else []


def histogram(family):
    built = HistogramMetricFamily(family.name, family.documentation, labels=labels_of(family.samples))
    buckets, sums = {}, {}
    for sample in family.samples:
        labels = tuple(v for k, v in sorted(sample.labels.items()) if k != "le")
        if sample.name.endswith("_bucket"):
            buckets.setdefault(labels, []).append((sample.labels["le"], sample.value))
        elif sample.name.endswith("_sum"):
            sums[labels] = sample.value
    for labels, bounds in buckets.items():
        built.add_metric(labels, bounds, sums[labels])
    return built


def build(family):
    if family.type == "histogram":
        return histogram(family)
    kind = {"counter": CounterMetricFamily, "gauge": GaugeMetricFamily}[family.type]
    built = kind(family.name, family.documentation, labels=labels_of(family.samples))
    for sample in family.samples:
        built.add_metric([v for _, v in sorted(sample.labels.items())], sample.value)
    return built


class Saved:
    """A collector whose families are made once: the best case for the library."""

    def __init__(self, path):
        with open(path, encoding="utf-8") as file:
            self.families = [build(f) for f in text_string_to_metric_families(file.read())]

    def collect(self):
        return self.families


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    registry = CollectorRegistry()
    registry.register(Saved(sys.argv[2]))
    prometheus_client.start_http_server(int(sys.argv[1]), "127.0.0.1", registry)
    print(f"Listening on address=127.0.0.1:{sys.argv[1]}", file=sys.stderr, flush=True)
    threading.Event().wait()  # it runs until it is killed


if __name__ == "__main__":
    main()
