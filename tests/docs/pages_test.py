"""What the checks of the pages read from a page: anchors, links, names."""

import unittest

from pages_check import FILE, anchors, looks_like_a_symbol, targets


class Pages(unittest.TestCase):
    def test_anchors_follow_githubs_rules(self):
        for heading, anchor in {
            "# One refresh: `--once`": "one-refresh---once",
            "## Why is a job not shown?": "why-is-a-job-not-shown",
            "### P1 to P8, and *why* ###": "p1-to-p8-and-why",
            "## [Labels](x.md#y) of `a_b`": "labels-of-a_b",
            "Text\n\n## Überblick & more": "überblick--more",
        }.items():
            self.assertEqual(anchors(heading), {anchor})
        self.assertEqual(anchors("## Same\n## Same\n## Same"), {"same", "same-1", "same-2"})
        self.assertEqual(anchors('<a id="here"></a>\n#No heading'), {"here"})

    def test_links_are_found_wherever_they_are(self):
        prose = """[a](a.md) and [`b`](b.md#c "title"), [over two
lines](c.md)
| [![picture](d.svg)](e.md) | `[no](link)` |
[f]: f.md
<img src="g.png">"""
        self.assertEqual(targets(prose), [(1, "a.md"), (1, "b.md#c"), (1, "c.md"), (3, "d.svg"), (3, "e.md"),
                                          (4, "f.md"), (5, "g.png")])

    def test_symbols_are_told_from_words(self):
        for symbol in ("SeriesView", "Series::Build()", "kOnce", "by_name_", "expected_job_samples()", "Result<T>"):
            self.assertTrue(looks_like_a_symbol(symbol), symbol)
        for word in ("Accept", "status", "--api.url", "xplenty_up", "XPLENTY_API_KEY", "count_from", "a b()"):
            self.assertFalse(looks_like_a_symbol(word), word)
        for file in ("job.h", "exporter/model/job.cc", "tests/run.sh", "p*_test.cc"):
            self.assertTrue(FILE.fullmatch(file), file)


if __name__ == "__main__":
    unittest.main()
