"""The status page in a browser, while jobs come and go and the exporter may be gone."""

import unittest

from chromium import LIVELY, BrowserTest, skip_without_chromium
from harness import wait_for
from jobs import NOW, PACKAGE, finished, of_pair, unfinished

HOSTILE = "</td></table><script>window.hacked = 1</script><img src=x onerror=\"window.hacked = 1\">"


class StatusPage(BrowserTest):
    def test_shows_running_failed_and_packages(self):
        self.start(*LIVELY)
        self.open()
        self.assertIn("reachable", self.text(".account"))
        running = self.text("#job-4")
        for part in (PACKAGE["name"], "40 %", "running", "etl", "7"):
            self.assertIn(part, running)
        # The displayed ages grow, although the simulator's clock stands still.
        self.assertRegex(running, r"\t[\dms ]+\t(in|late by) [\dms ]+\t")
        self.assertIn("queued", self.text("#job-5"))
        self.assertIn("Destination table does not exist", self.text("#failure-2"))
        link = self.script("return document.querySelector('#failure-2 a').href")
        self.assertEqual(link, "https://dashboard.example/jobs/2")
        package = self.text("#package-sales")
        for part in (r"failed 1\dm( \d+s)? ago", r"50 % \(1 of 2\)", "1,234"):
            self.assertRegex(package, part)
        self.assertEqual(
            self.script("return document.querySelectorAll('#package-sales svg title').length"), 2
        )
        self.assert_no_console_message()

    def test_narrow_window_does_not_scroll_sideways(self):
        long_name = {"id": 77, "name": "n" * 128}
        self.start(*LIVELY, unfinished(6, "running", started=NOW, package=long_name, package_id=77),
                   finished(7, "failed", package=long_name, package_id=77, errors="e" * 400))
        self.open(width=375, height=800)
        width = self.script("return document.documentElement.scrollWidth")
        self.assertLessEqual(width, 375)

    def test_hostile_texts_do_nothing(self):
        hostile = {"id": 66, "name": HOSTILE}
        where = {"package": hostile, "package_id": 66, "cluster": hostile, "cluster_id": 66}
        self.start(
            unfinished(1, "running", started=NOW, html_url="javascript:window.hacked=1", **where),
            unfinished(2, "queued", html_url="data:text/html,x", **where),
            finished(3, "failed", errors=HOSTILE, html_url="JavaScript:window.hacked=1", **where),
        )
        self.open("/?filter=%3Cscript%3E")
        self.assertIn(HOSTILE, self.text("#failure-3"))
        self.assertIn(HOSTILE[:100], self.text("#job-1"))
        self.assertEqual(
            self.script("return [...document.querySelectorAll('main td a')].map((a) => a.href)"), []
        )
        # A new job makes the page's script render it again, too.
        self.sim.post_jobs(finished(4, "failed", errors=HOSTILE, **where))
        wait_for(lambda: "failure-4" in self.row_ids(), "the new failure")
        self.assertIsNone(self.script("return window.hacked"))
        self.assertEqual(self.script("return document.querySelectorAll('img').length"), 0)
        self.assert_no_console_message()

    def test_no_inline_script_would_run(self):
        self.start()
        self.open()
        self.script(
            "const s = document.createElement('script'); s.textContent = 'window.hacked = 1';"
            "document.body.append(s);"
        )
        self.assertIsNone(self.script("return window.hacked"))
        self.assertIn("Content Security Policy", str(self.browser.get_log("browser")))

    def test_updates_only_what_changed(self):
        self.start(*LIVELY)
        self.open(height=300)
        self.script(
            "document.querySelector('#job-4').mark = document.querySelector('#package-sales').mark"
            " = 'the same element'; document.querySelector('#failure-2 a').focus();"
        )
        scrolled = self.script("window.scrollTo(0, 200); return window.scrollY")
        self.sim.post_jobs(
            {**LIVELY[3], "progress": 0.75},
            finished(5, "failed", at=NOW - 1, errors="cut off", **of_pair(2, 2)),
        )
        wait_for(lambda: "75 %" in self.text("#job-4"), "the progress to move on")
        self.assertEqual(self.script("return document.querySelector('#job-4 progress').value"), 0.75)
        self.assertIn("cut off", self.text("#failure-5"))
        self.assertIsNone(self.text("#job-5"))
        self.assertEqual(
            [i for i in self.row_ids() if i.startswith("failure")], ["failure-5", "failure-2"]
        )
        for selector in ("#job-4", "#package-sales"):
            mark = self.script("return document.querySelector(arguments[0]).mark", selector)
            self.assertEqual(mark, "the same element", selector)
        focused = self.script("return document.activeElement.closest('tr').id")
        self.assertEqual(focused, "failure-2")
        self.assertEqual(self.script("return window.scrollY"), scrolled)
        self.assert_no_console_message()

    def test_script_equals_a_reload(self):
        self.start(*LIVELY)
        self.open("/?sort=finish&order=desc")
        rows = [finished(20 + i, ("completed", "failed", "stopped")[i % 3], at=NOW - i,
                         **of_pair(i % 4, i % 2)) for i in range(30)]
        self.sim.post_jobs(*rows, *(unfinished(80 + i, "running", started=NOW) for i in range(40)))
        wait_for(lambda: "failure-21" in self.row_ids(), "the new rows")
        # Times and the remaining budget change.
        shown = ("return [...document.querySelectorAll('#live section:not(.account)')].map("
                 "(s) => s.outerHTML.replace(/<time.*?<\\/time>/g, '')).join('').split('<tr')")
        patched = self.script(shown)
        self.browser.refresh()
        reloaded = self.script(shown)
        self.assertGreater(len(reloaded), 40)
        self.assertEqual(len(patched), len(reloaded))
        for ours, theirs in zip(patched, reloaded):
            self.assertEqual(ours, theirs)

    def test_shows_when_exporter_is_gone(self):
        address = self.address()
        self.start(*LIVELY, listen=address)
        self.open()
        self.assertEqual(self.text("#connection"), "")
        self.exp.kill()
        wait_for(lambda: "lost" in self.text("#connection"), "the page to say so")
        self.assertIn("40 %", self.text("#job-4"), "the last state stays visible")
        self.exporter(self.sim, listen=address).ready()
        wait_for(lambda: self.text("#connection") == "", "the page to recover")

    def test_page_refreshes_without_prometheus(self):
        self.start(*LIVELY)
        self.sim.forget_requests()
        self.open()
        wait_for(lambda: self.sim.requests()["total"] > 0, "a refresh")

    def test_it_is_used_by_keyboard_alone(self):
        from selenium.webdriver.common.keys import Keys

        self.start(*LIVELY)
        self.open()
        self.press(Keys.TAB)
        self.assertEqual(self.script("return document.activeElement.className"), "skip")
        self.press(Keys.ENTER)
        self.assertEqual(self.script("return document.activeElement.id"), "live")
        self.script("document.querySelector('#filter').focus()")
        self.press("PACKAGE-1", Keys.ENTER)
        wait_for(lambda: self.row_ids() == ["package-package-1"], "the filtered page")
        self.script("document.querySelector('[aria-sort] a').focus()")
        self.press(Keys.ENTER)
        wait_for(lambda: "order=desc" in self.browser.current_url, "the sorted page")
        self.assertIn("filter=PACKAGE-1", self.browser.current_url)
        sort = self.script("return document.querySelector('[aria-sort]').getAttribute('aria-sort')")
        self.assertEqual(sort, "descending")

    def test_it_is_all_there_without_script(self):
        self.start(*LIVELY)
        self.open(script=False)
        self.assertIn("reachable", self.text())
        self.assertIn("40 %", self.text("#job-4"))

    def test_ten_thousand_jobs_are_paged(self):
        rows = [unfinished(1000 + i, "running", at=NOW - i % 900, started=NOW - i % 900,
                           **of_pair(i % 500, 1)) for i in range(10_000)]
        self.sim = self.simulator()
        for begin in range(0, len(rows), 1000):
            self.sim.post_jobs(*rows[begin:begin + 1000])
        self.sim.post_jobs(*(finished(20_000 + i, **of_pair(i, 1)) for i in range(500)))
        self.exp = self.exporter(self.sim).ready()
        self.open()
        self.assertIn("10,000", self.text("#running h2"))
        self.assertIn("500", self.text("#packages h2"))
        self.assertEqual(len(self.row_ids()), 50)
        self.browser.find_element("css selector", "#packages a[rel=next]").click()
        self.assertIn("Page 2 of 20", self.text("#packages .pager"))
        self.browser.find_element("css selector", "#running a[rel=next]").click()
        self.assertIn("Page 2 of 400", self.text("#running .pager"))
        self.assertIn("Page 2 of 20", self.text("#packages .pager"), "the other list stays")

    def test_wrong_query_is_explained(self):
        self.start()
        response = self.exp.get("/?order=up")
        self.assertEqual(response.status, 400)
        self.assertEqual(response.text, 'order: asc or desc is expected, not "up"\n')

    def test_assets_have_their_types(self):
        self.start()
        for path, kind in (("/status.css", "text/css"), ("/status.js", "text/javascript")):
            response = self.exp.get(path)
            self.assertEqual(response.status, 200)
            self.assertEqual(response.headers["Content-Type"], f"{kind}; charset=utf-8")
            self.assertEqual(response.headers["X-Content-Type-Options"], "nosniff")
        self.assertIn("script-src 'self'", self.exp.get("/").headers["Content-Security-Policy"])


class SeveralAccounts(BrowserTest):
    def test_failing_accounts_are_listed_first(self):
        self.start_accounts("acme", "globex", "initech", trouble=["globex"])
        self.open()
        names = self.script("return [...document.querySelectorAll('#accounts tbody th')].map((e) => e.innerText)")
        self.assertEqual(names, ["globex", "acme", "initech"])
        self.assertIn("401", self.text("#account-globex"))
        self.assertEqual(self.text("#account-acme").split("\t")[4:7], ["1", "1", "1"])
        self.assertIn("job-acme-4", self.row_ids())
        self.assertIn("job-initech-4", self.row_ids())
        self.script("document.querySelector('#account-acme a').click()")
        wait_for(lambda: "job-initech-4" not in self.row_ids(), "the rows of acme alone")
        self.assertIn("job-acme-4", self.row_ids())
        self.assertIn("acme", self.text("#package-acme-sales"))
        self.assert_no_console_message()

    def test_unchanged_rows_stay(self):
        self.start_accounts("acme", "globex")
        self.open()
        self.script("document.getElementById('job-acme-4').mark = 1")
        self.sim.post_jobs(finished(9, "failed", at=NOW - 5), account="globex")
        wait_for(lambda: "failure-globex-9" in self.row_ids(), "the new failure")
        self.assertEqual(self.script("return document.getElementById('job-acme-4').mark"), 1)

    def test_narrow_window_does_not_scroll_sideways(self):
        self.start_accounts("acme", "n" * 60, trouble=["acme"])
        self.open(width=375, height=800)
        self.assertLessEqual(self.script("return document.documentElement.scrollWidth"), 375)


if __name__ == "__main__":
    skip_without_chromium()
    unittest.main()
