"""Debian's Chromium, headless, driven by chromedriver: the base of the tests in a browser."""

import pathlib
import shutil
import sys

from harness import EndToEndTest
from jobs import NOW, finished, of_pair, outputs, unfinished

DRIVER = "/usr/bin/chromedriver"
# One example of everything that the status page shows.
LIVELY = [
    finished(1, runtime=100, at=NOW - 3000, records=[1234]),
    finished(2, "failed", at=NOW - 600, errors="Destination table does not exist",
             html_url="https://dashboard.example/jobs/2"),
    finished(3, "stopped", at=NOW - 500, **of_pair(1, 1)),
    unfinished(4, "running", at=NOW - 50, started=NOW - 50, progress=0.4, outputs=outputs(7)),
    unfinished(5, "queued", at=NOW - 30),
]


def skip(lacking):
    """Ends the process with the exit code that CTest takes as skipped."""
    print(f"skipped: this needs {lacking}")
    sys.exit(77)


def skip_without_chromium():
    try:
        import selenium  # noqa: F401
    except ImportError:
        skip("python3-selenium")
    if not pathlib.Path(DRIVER).exists() or not shutil.which("chromium"):
        skip("chromium and chromium-driver")


def open_chromium(test, width=1280, height=900, dark=False, script=True):
    """Opens a browser that is closed after the test."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    # Chromium's sandbox works neither in a container nor as root.
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
                     "--no-proxy-server", f"--window-size={width},{height}"):
        options.add_argument(argument)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    if not script:
        options.add_experimental_option(
            "prefs", {"profile.managed_default_content_settings.javascript": 2}
        )
    browser = webdriver.Chrome(service=Service(DRIVER), options=options)
    test.addCleanup(browser.quit)
    # A window cannot be as narrow as a phone, but the page's viewport can.
    browser.execute_cdp_cmd(
        "Emulation.setDeviceMetricsOverride",
        {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False},
    )
    scheme = "dark" if dark else "light"
    browser.execute_cdp_cmd(
        "Emulation.setEmulatedMedia",
        {"features": [{"name": "prefers-color-scheme", "value": scheme}]},
    )
    return browser


class BrowserTest(EndToEndTest):
    def start(self, *rows, **options):
        self.sim = self.simulator()
        if rows:
            self.sim.post_jobs(*rows)
        self.exp = self.exporter(self.sim, **options).ready()
        return self.exp

    def start_accounts(self, *accounts, trouble=()):
        """Starts accounts with the rows of LIVELY; the API refuses the keys of those in `trouble`."""
        self.sim = self.simulator(*(f"--account={account}" for account in accounts))
        for account in accounts:
            self.sim.post_jobs(*LIVELY, account=account)
        for account in trouble:
            self.sim.faults(account=account, reject_key=401)
        self.exp = self.exporter(self.sim, config=self.config(*accounts)).ready()
        self.exp.scrape()
        return self.exp

    def open(self, path="/", **options):
        self.browser = open_chromium(self, **options)
        self.browser.get(self.exp.url + path)
        return self.browser

    def script(self, body, *arguments):
        return self.browser.execute_script(body, *arguments)

    def text(self, selector="body"):
        """The visible text of an element."""
        return self.script(
            "const e = document.querySelector(arguments[0]); return e && e.innerText;", selector
        )

    def row_ids(self):
        return self.script("return [...document.querySelectorAll('tbody tr')].map((r) => r.id)")

    def press(self, *keys):
        from selenium.webdriver.common.action_chains import ActionChains

        ActionChains(self.browser).send_keys(*keys).perform()

    def assert_no_console_message(self):
        self.assertEqual(self.browser.get_log("browser"), [])
