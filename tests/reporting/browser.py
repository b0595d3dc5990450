"""Chromium with the network off, and a page that notes all that should not be."""

import time
from contextlib import contextmanager

from tests.real.parts import require

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
WATCH = """
window.faults = [];
const note = (event) => window.faults.push(event.violatedDirective);
document.addEventListener('securitypolicyviolation', note);
"""


@contextmanager
def chromium():
    path = require("chromium")
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(FLAGS))
        yield browser
        browser.close()


class Reader:
    """A page of a report, opened from disk as a reader would."""

    def __init__(self, browser, path, *, place="", script=True, **options):
        self.context = browser.new_context(
            offline=True,
            java_script_enabled=script,
            viewport={"width": 1280, "height": 900},
            accept_downloads=True,
            timezone_id="UTC",
            **options,
        )
        self.page = self.context.new_page()
        self.requests, self.errors = [], []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.add_init_script(WATCH)
        self.address = path.as_uri()
        self.page.goto(self.address + place)
        if script:
            self.until("document.documentElement.dataset.complete === 'yes'")

    def _heard(self, message):
        if message.type in ("error", "warning"):
            self.errors.append(message.text)

    def ask(self, expression, argument=None):
        return self.page.evaluate(expression, argument)

    def until(self, expression, seconds=60):
        """The policy of the page forbids what Playwright's own waiting would run in it."""
        end = time.monotonic() + seconds
        while not self.ask(f"Boolean({expression})"):
            assert time.monotonic() < end, f"never became true: {expression}; {self.errors}"
            time.sleep(0.03)

    def rows(self):
        """The two numbers of 'n of m rows'."""
        said = self.page.locator("#tables [role=status]").inner_text()
        shown, _, kept, *_ = said.replace(",", "").split()
        return int(shown), int(kept)

    def close(self):
        """Nothing was requested, blocked or reported on the way."""
        faults = self.ask("window.faults ?? []")
        self.context.close()
        others = [
            url for url in self.requests if not url.startswith((self.address, "blob:", "data:"))
        ]
        assert (others, faults, self.errors) == ([], [], [])
