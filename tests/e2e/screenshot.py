"""Writes the picture of the status page that the README shows.

    XPLENTY_BIN_DIR=build/dev/bin /usr/bin/python3 tests/e2e/screenshot.py docs/status-page.png

The account is the simulator's on a usual day, with the same jobs each time.
"""

import pathlib
import sys
import unittest

from chromium import open_chromium, skip_without_chromium
from harness import EndToEndTest


class Screenshot(EndToEndTest):
    target = pathlib.Path("status-page.png")

    def runTest(self):
        simulator = self.simulator("--jobs=110", "--reuse-clusters", "--seed=9", "--rate-limit=5000")
        simulator.post_jobs({"status": "queued"})
        exporter = self.exporter(simulator).ready()
        browser = open_chromium(self)
        browser.execute_cdp_cmd("Emulation.setScrollbarsHidden", {"hidden": True})
        # README shows it smaller than a screen does.
        browser.execute_cdp_cmd(
            "Emulation.setDeviceMetricsOverride",
            {"width": 1280, "height": 1364, "deviceScaleFactor": 0.7, "mobile": False},
        )
        browser.get(exporter.url + "/")
        self.target.write_bytes(browser.get_screenshot_as_png())


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    skip_without_chromium()
    Screenshot.target = pathlib.Path(sys.argv[1])
    sys.exit(not unittest.TextTestRunner().run(Screenshot()).wasSuccessful())
