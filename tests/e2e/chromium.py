"""Debian's Chromium, without a window, driven by its own driver."""

import pathlib
import shutil
import sys
import unittest

AXE = pathlib.Path(__file__).parent / "browser/node_modules/axe-core/axe.min.js"
DRIVER = "/usr/bin/chromedriver"


def missing():
    """What the browser tests lack on this machine; empty if nothing."""
    try:
        import selenium  # noqa: F401
    except ImportError:
        return "python3-selenium"
    if not pathlib.Path(DRIVER).exists() or not shutil.which("chromium"):
        return "chromium and chromium-driver"
    return "" if AXE.exists() else "axe-core: npm ci --prefix tests/e2e/browser"


def skip_unless_there():
    """Exits with what CTest takes for a test that was skipped."""
    lacking = missing()
    if lacking:
        print(f"skipped: the browser tests need {lacking}")
        sys.exit(77)


def open_chromium(test: unittest.TestCase, width=1280, height=900, dark=False, script=True):
    """Closed after the test."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = shutil.which("chromium")
    # A sandbox within a container, or as root, is not to be had.
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
    # Windows cannot be as narrow as a telephone; what is shown in them can.
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


def accessibility_violations(browser):
    """What axe-core finds: a line for each element."""
    browser.execute_script(AXE.read_text(encoding="utf-8"))
    found = browser.execute_async_script(
        "const done = arguments[arguments.length - 1];"
        "axe.run().then((r) => done(r.violations), (e) => done([{id: String(e), nodes: []}]));"
    )
    return [
        f"{rule['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for rule in found
        for node in rule["nodes"] or [{"html": "", "failureSummary": ""}]
    ]
