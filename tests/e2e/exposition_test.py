"""The checker refuses a wrong exposition for the right reason; the exporter's OpenMetrics also passes Python's strict
parser (promtool cannot read that format)."""

import concurrent.futures
import gzip
import unittest

from prometheus_client.openmetrics.parser import text_string_to_metric_families

import jobs
from exposition import BadExposition, canonical, check
from harness import EndToEndTest, Samples, http

OPENMETRICS = "application/openmetrics-text;version=1.0.0"

TEXT = """\
# HELP a_total A\\\\ \\n "counter".
# TYPE a_total counter
a_total{x="1"} 1
a_total{x="2\\n\\"\\\\"} 2e+06
# HELP b_seconds B.
# TYPE b_seconds histogram
b_seconds_bucket{x="1",le="0.5"} 1
b_seconds_bucket{x="1",le="60.0"} 1
b_seconds_bucket{x="1",le="+Inf"} 3
b_seconds_sum{x="1"} 300.5
b_seconds_count{x="1"} 3
# HELP c C.
# TYPE c gauge
c NaN
"""

OPEN = """\
# TYPE a counter
# HELP a A \\"counter\\".
a_total{x="1"} 1 # {job_id="7"} 31 1700000000.5
a_created{x="1"} 1700000000
# TYPE b_seconds histogram
# UNIT b_seconds seconds
# HELP b_seconds B.
b_seconds_bucket{x="1",le="0.5"} 1
b_seconds_bucket{x="1",le="60.0"} 2 # {job_id="8"} 60 1700000000
b_seconds_bucket{x="1",le="+Inf"} 3
b_seconds_sum{x="1"} 300.5
b_seconds_count{x="1"} 3
# TYPE c gauge
# HELP c C.
c 1
# EOF
"""

# A part of the good exposition, its replacement, and the expected reason.
BAD_IN_BOTH = [
    ('b_seconds_count{x="1"} 3\n', 'b_seconds_count{x="1"} 3\nb_seconds_count{x="1"} 3\n', "sample twice"),
    ('b_seconds_count{x="1"} 3', 'b_seconds_count{x="1"} 4', "+Inf bucket other than _count"),
    ('b_seconds_bucket{x="1",le="+Inf"} 3\n', "", "no +Inf bucket"),
    ('b_seconds_sum{x="1"} 300.5\n', "", "no _sum or no _count"),
    ('b_seconds_bucket{x="1",le="0.5"} 1', 'b_seconds_bucket{x="1",le="0.5"} 9', "buckets not cumulative"),
    ('b_seconds_bucket{x="1",le="0.5"} 1', 'b_seconds_bucket{x="1",le="70.0"} 1', "buckets out of order"),
    ('b_seconds_bucket{x="1",le="0.5"} 1', 'b_seconds_bucket{x="1",le="0.5"} 0.5', "count that is not whole"),
    ('le="60.0"', 'le="60"', "le not canonical"),
    ('le="0.5"', 'le="5e-01"', "le not canonical"),
    ('le="0.5"', 'quantile="0.5"', "quantile where it is not allowed"),
    (',le="0.5"', "", "no le"),
    ("c 1\n", 'c{le="1.0"} 1\n', "le where it is not allowed"),
    ('a_total{x="1"} 1', 'a_total{x="1"} -1', "count that is negative or NaN"),
    ('a_total{x="1"} 1', 'a_total{x="1"} NaN', "count that is negative or NaN"),
    ('a_total{x="1"} 1', 'a_total{x="1"} 0x1', "bad number"),
    ('a_total{x="1"}', 'a_total{x="1",x="2"}', "label twice"),
    ('a_total{x="1"}', 'a_total{x="\\t"}', "bad escape in a label"),
    ('a_total{x="1"}', 'a_total{x="1",}', "bad labels"),
    ('a_total{x="1"}', "a_total{x=1}", "bad labels"),
    ('a_total{x="1"}', 'a_total{__x="1"}', "reserved label"),
    ('a_total{x="1"} 1', 'a_total{x="1"}', "no sample"),
    ('a_total{x="1"} 1', 'a{x="1"} 1', "sample of another family"),
    ('a_total{x="1"} 1', 'd{x="1"} 1', "sample of another family"),
    ("c 1\n", "c 1 1700000000\n", "timestamp"),
    ("c 1\n", "c 1\n\n", "blank line"),
    ("c 1\n", "c 1\r\n", "carriage return"),
    ("c 1\n", "c 1\n# all is well\n", "comment that is not metadata"),
    ("c 1\n", "c 1\n# HELP c C.\n", "metadata after its samples"),
    ("c 1\n", "", "no samples"),
    ("# TYPE c gauge\n", "", "sample without a TYPE"),
    ("# TYPE c gauge\n", "# TYPE c gauge\n# TYPE c gauge\n", "TYPE twice"),
    ("# TYPE c gauge\n", "# TYPE c number\n", "unknown type"),
    ("# HELP c C.\n", "", "no HELP"),
    ("# HELP c C.\n", "# HELP c \\t\n", "bad escape in HELP"),
    ("c 1\n", "c{x=\"1\"} 1\nc{x=\"2\"} 1\n# HELP d D.\n", "no TYPE"),
    ('b_seconds_sum{x="1"}', 'b_seconds_sum{x="2"}', "samples of one metric are interleaved with others"),
]
BAD_TEXT = BAD_IN_BOTH + [
    ("# HELP c C.\n# TYPE c gauge\n", "# TYPE c gauge\n# HELP c C.\n", "HELP out of order"),
    ("# HELP c C.\n", "# UNIT c c\n", "UNIT in the text format"),
    ("# TYPE c gauge\n", "# TYPE c counter\n", "counter without _total"),
    ("c 1\n", "c 1", "no newline at the end"),
    ("c 1\n", "c 1\n# EOF\nc 2\n", "# EOF before the end"),
    ("c 1\n", "c 1 # {x=\"1\"} 1\n", "exemplar in the text format"),
    ("c 1\n", "c 1\n# HELP a_total A.\n# TYPE a_total counter\na_total 1\n", "family twice, or interleaved with another"),
]
BAD_OPEN = BAD_IN_BOTH + [
    ("# EOF\n", "", "no # EOF at the end"),
    ("# EOF\n", "# EOF\n# EOF\n", "# EOF before the end"),
    ("# EOF\n", "# EOF\nc 2\n", "no # EOF at the end"),
    ("# EOF\n", "# EOF", "no newline at the end"),
    ("# TYPE c gauge\n# HELP c C.\n", "# HELP c C.\n# TYPE c gauge\n", "TYPE out of order"),
    ("# UNIT b_seconds seconds\n# HELP b_seconds B.\n", "# HELP b_seconds B.\n# UNIT b_seconds seconds\n", "UNIT out of order"),
    ("# UNIT b_seconds seconds", "# UNIT b_seconds bytes", "unit that the name does not end with"),
    ("# HELP c C.", '# HELP c "C".', "bad escape in HELP"),
    ("# TYPE a counter\n# HELP a ", "# TYPE a_total counter\n# HELP a_total ", "family name with the suffix _total"),
    ("# TYPE c gauge", "# TYPE c untyped", "unknown type"),
    ("a_created", "a", "sample of another family"),
    ("} 60 17", "} 60.5 17", "exemplar outside its bucket"),
    ("} 60 17", "} 0.5 17", "exemplar outside its bucket"),
    ('le="60.0"} 2', 'le="60.0"} 1', "exemplar on an empty bucket"),
    ('a_total{x="1"} 1 #', 'a_total{x="1"} 0 #', "exemplar on a counter at 0"),
    ('{job_id="7"}', '{job_id="' + "7" * 123 + '"}', "exemplar over 128 characters"),
    ('{job_id="7"}', '{job_id="7",}', "bad labels"),
    ('{job_id="7"} 31', "job_id 31", "bad exemplar"),
    ("c 1\n", 'c 1 # {x="1"} 1\n', "exemplar on neither a counter nor a bucket"),
    ("c 1\n", "c 1\n# TYPE a counter\n# HELP a A.\na_total 1\n", "family twice, or interleaved with another"),
    ("# TYPE c gauge\n", "# TYPE c info\n", "sample of another family"),
]


class Checker(unittest.TestCase):
    def test_what_is_right_passes(self):
        self.assertEqual(check(TEXT, openmetrics=False), 8)
        self.assertEqual(check(OPEN, openmetrics=True), 8)
        longest = OPEN.replace('{job_id="7"}', '{job_id="' + "\u00fc" * 122 + '"}')
        check(longest, openmetrics=True)

    def test_each_defect_is_refused(self):
        text = TEXT.replace("c NaN", "c 1")
        for valid, table, openmetrics in ((text, BAD_TEXT, False), (OPEN, BAD_OPEN, True)):
            for old, new, reason in table:
                with self.subTest(reason, new=new, openmetrics=openmetrics):
                    self.assertIn(old, valid)
                    with self.assertRaises(BadExposition) as refused:
                        check(valid.replace(old, new, 1), openmetrics)
                    self.assertEqual(str(refused.exception).split(":")[0], reason)

    def test_bounds_have_one_form(self):
        for bound, text in [
            (0, "0.0"), (1, "1.0"), (0.001, "0.001"), (86400, "86400.0"), (1e6, "1e+06"), (2592000, "2.592e+06"),
            (1e-5, "1e-05"), (0.0001, "0.0001"), (float("inf"), "+Inf"), (999999.5, "999999.5"), (-2.5, "-2.5"),
        ]:
            self.assertEqual(canonical(bound), text)


class Expositions(EndToEndTest):
    """The harness checks every scrape; here others check the same text."""

    def served(self, *flags):
        simulator = self.simulator("--jobs=300")
        simulator.post_jobs(jobs.finished(9001, package={"id": 901, "name": 'a"b\\c\n'}))
        return self.exporter(simulator, *flags, storage=self.folder()).ready()

    def test_openmetrics_passes_the_strict_parser(self):
        for flags in ((), ("--metrics.created-timestamps",)):
            exporter = self.served(*flags)
            response = exporter.get(headers={"Accept": OPENMETRICS})
            families = list(text_string_to_metric_families(response.text))
            types = {family.name: family.type for family in families}
            self.assertEqual(types["xplenty_jobs_finished"], "counter")
            self.assertEqual(types["xplenty_job_runtime_seconds"], "histogram")
            self.assertEqual(types["xplenty_exporter_build_info"], "gauge")
            units = {family.name: family.unit for family in families}
            self.assertEqual(units["process_cpu_seconds"], "seconds")
            self.assertEqual(units["xplenty_job_progress_ratio"], "ratio")
            self.assertEqual(units["xplenty_job_output_records"], "")

    def test_both_formats_hold_the_same_samples(self):
        exporter = self.served("--refresh.min-interval=1h")

        def about_jobs(accept):
            samples = Samples(exporter.get(headers={"Accept": accept}).text)
            return {key: value for key, value in samples.items() if key[0].startswith("xplenty_")}

        self.assertEqual(about_jobs(OPENMETRICS), about_jobs("text/plain"))

    def test_parallel_codings_are_equal(self):
        exporter = self.served("--refresh.min-interval=1h")

        def but_process(number):
            coding = ("identity", "gzip")[number % 2]
            response = http("GET", exporter.url + "/metrics", headers={"Accept-Encoding": coding})
            body = gzip.decompress(response.body) if coding == "gzip" else response.body
            return [line for line in body.split(b"\n") if b"process_" not in line]

        first = but_process(0)
        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            for other in pool.map(but_process, range(40)):
                self.assertEqual(other, first)

    def test_created_timestamps_are_right(self):
        exporter = self.served("--metrics.created-timestamps")
        samples = Samples(exporter.get(headers={"Accept": OPENMETRICS}).text)
        count_from = samples.value("xplenty_exporter_count_from_timestamp_seconds")
        start = samples.value("process_start_time_seconds")
        for name, created in (("xplenty_jobs_finished", count_from), ("xplenty_job_runtime_seconds", count_from),
                              ("xplenty_exporter_job_anomalies", count_from), ("xplenty_api_requests", start)):
            self.assertEqual(set(samples.family(name + "_created").values()), {created}, name)
        self.assertFalse([name for name, _ in exporter.scrape() if name.endswith("_created")])

    def test_the_headers_tell_what_is_served(self):
        exporter = self.served()
        for method in ("GET", "HEAD"):
            for accept, content_type in (
                ("*/*", "text/plain; version=0.0.4; charset=utf-8"),
                ("application/json", "text/plain; version=0.0.4; charset=utf-8"),
                (OPENMETRICS, "application/openmetrics-text; version=1.0.0; charset=utf-8"),
            ):
                response = exporter.get(headers={"Accept": accept}, method=method)
                self.assertEqual(response.status, 200)
                self.assertEqual(response.headers["Content-Type"], content_type)
                self.assertEqual(response.headers["Vary"], "Accept, Accept-Encoding")
                self.assertEqual(bool(response.body), method == "GET")


if __name__ == "__main__":
    unittest.main()
