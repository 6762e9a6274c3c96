"""The site in a browser: Chromium of the system, driven by Playwright, from files alone."""

import os
import shutil
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from fixtures.installed import NO_BROWSER  # noqa: E402

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
WIDTHS = {"phone": 390, "tablet": 820, "desktop": 1280}


@pytest.fixture(scope="session")
def site(tmp_path_factory):
    """The folder of a site: the one that BATCHNORM_SITE names, or one made now, without a program for each claim."""
    if "BATCHNORM_SITE" in os.environ:
        return Path(os.environ["BATCHNORM_SITE"]).resolve()
    from filelock import FileLock
    from support.site import build

    base = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # whoever comes first makes it, the other processes wait for it
        base = base.parent
    folder = base / "site"
    with FileLock(base / "site.lock"):
        if not (folder / "search.html").is_file():
            build.write(folder, with_programs=False)
    return folder


@pytest.fixture(scope="session")
def browser():
    """A browser, started once."""
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        pytest.skip(NO_BROWSER)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", "--disable-gpu"])
        yield started
        started.close()


class Visit:
    """One tab on the site, and what went wrong in it.

    Attributes:
        page: Playwright's page.
        widths: name -> width of a screen, in pixels.
        problems: errors of scripts, messages of the console, and addresses that are no files.
    """

    def __init__(self, page, site):
        self.page, self.site, self.problems, self.widths = page, site, [], WIDTHS
        page.on("pageerror", lambda error: self.problems.append(f"error: {error}"))
        page.on("console", lambda message: self.problems.append(f"console: {message.text}"))
        page.on("request", lambda request: self._asked(request.url))
        page.on("requestfailed", self._failed)

    def _asked(self, address):
        if not address.startswith(("file:", "data:", "blob:")):
            self.problems.append(f"asks the network: {address}")

    def _failed(self, request):
        if request.failure != "net::ERR_ABORTED":  # who leaves a page does not wait for its pictures
            self.problems.append(f"failed: {request.url}")

    def go(self, path):
        """Open a page of the site by its file address."""
        self.page.goto(f"file://{self.site}/{path}")
        return self.page

    def copied(self):
        """What is on the clipboard."""
        return self.page.evaluate("navigator.clipboard.readText()")


@pytest.fixture
def visit(browser, site):
    """A tab; the test fails if anything goes wrong in it, or asks a network."""
    context = browser.new_context(
        viewport={"width": WIDTHS["desktop"], "height": 900}, permissions=["clipboard-read", "clipboard-write"]
    )
    found = Visit(context.new_page(), site)
    yield found
    context.close()
    assert found.problems == []
