"""axe-core, which knows the rules of WCAG, finds no error in the status page."""

import pathlib
import unittest

from chromium import LIVELY, BrowserTest, skip, skip_without_chromium
from harness import wait_for
from jobs import unfinished

AXE = pathlib.Path(__file__).parent / "browser/node_modules/axe-core/axe.min.js"


class Accessibility(BrowserTest):
    def assert_accessible(self):
        self.script(AXE.read_text(encoding="utf-8"))
        found = self.browser.execute_async_script(
            "const done = arguments[arguments.length - 1];"
            "axe.run().then((r) => done(r.violations), (e) => done([{id: String(e), nodes: []}]));"
        )
        lines = [
            f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
            for rule in found
            for node in rule["nodes"] or [{"html": "", "failureSummary": ""}]
        ]
        self.assertEqual(lines, [])

    def test_axe_passes_in_all_layouts(self):
        self.start(*LIVELY, *(unfinished(100 + i, "queued") for i in range(60)))
        for options in ({}, {"dark": True}, {"width": 375}, {"width": 375, "dark": True}):
            for path in ("/", "/?filter=sales&sort=runtime&waiting=2", "/?filter=nothing"):
                with self.subTest(path=path, **options):
                    self.open(path, **options)
                    self.assert_accessible()
                    self.assert_no_console_message()

    def test_axe_finds_nothing_with_several_accounts(self):
        self.start_accounts("acme", "globex", "initech", trouble=["globex"])
        for options in ({}, {"dark": True}, {"width": 375}):
            with self.subTest(**options):
                self.open("/", **options)
                self.assert_accessible()
                self.assert_no_console_message()

    def test_axe_passes_while_api_is_down(self):
        self.start()
        self.sim.faults(reject_key=401)
        self.exp.get()
        self.open()
        self.assertIn("not reachable", self.text())
        self.assertIn("401", self.text(".account"))
        self.assert_accessible()

    def test_axe_passes_while_exporter_is_down(self):
        self.start(*LIVELY)
        self.open()
        self.exp.kill()
        wait_for(lambda: "lost" in self.text("#connection"), "the page to say so")
        self.assert_accessible()

    def test_axe_would_find_something(self):
        self.start()
        self.open()
        self.script("document.body.append(document.createElement('img'))")
        with self.assertRaisesRegex(AssertionError, "image-alt"):
            self.assert_accessible()


if __name__ == "__main__":
    skip_without_chromium()
    if not AXE.exists():
        skip("axe-core: npm ci --prefix tests/e2e/browser")
    unittest.main()
