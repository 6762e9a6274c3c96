"""Every link of the site leads somewhere, and the site is as small as it should be. No browser is needed."""

from collections import defaultdict
from html.parser import HTMLParser
from urllib.parse import unquote, urldefrag

import pytest

pytestmark = pytest.mark.slow
WHOLE, FIRST = 15_000_000, 300_000  # bytes, at most


class Page(HTMLParser):
    """Ids and addresses of a page."""

    def __init__(self, text):
        super().__init__()
        self.ids, self.links, self.used = set(), set(), set()
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        """Note what a tag names and where it leads."""
        given = dict(attributes)
        if given.get("id"):
            self.ids.add(given["id"])
        if tag in ("script", "link", "img"):
            self.used.add(given.get("src") or given.get("href"))
        elif given.get("href"):
            self.links.add(given["href"])


@pytest.fixture(scope="module")
def pages(site):
    """Path -> page."""
    return {path: Page(path.read_text(encoding="utf-8")) for path in site.rglob("*.html")}


def inner(links):
    """Links that stay on the site."""
    return [link for link in links if link and not link.startswith(("http:", "https:", "data:"))]


def test_no_link_and_no_anchor_is_dead(site, pages):
    """Each link within the site leads to a file, and each anchor to an element of it."""
    dead = defaultdict(list)
    for path, page in pages.items():
        for link in inner(page.links | page.used):
            address, anchor = urldefrag(link)
            target = (path.parent / unquote(address)).resolve() if address else path
            name = str(path.relative_to(site))
            if not target.is_file() or (anchor and "=" not in anchor and unquote(anchor) not in pages[target].ids):
                dead[name].append(link)
    assert dict(list(dead.items())[:5]) == {}


def test_nothing_is_loaded_from_elsewhere(pages):
    """No script, style or picture comes from another place than the site."""
    assert [link for page in pages.values() for link in page.used if link.startswith("http")] == []


def test_site_and_first_page_are_small(site, pages):
    """The whole site takes 15 MB at most, and its first page, with all that it loads, 300 kB."""
    assert sum(path.stat().st_size for path in site.rglob("*") if path.is_file()) <= WHOLE
    first = site / "index.html"
    loads = [site / link for link in pages[first].used if not link.startswith("data:")]
    assert first.stat().st_size + sum(path.stat().st_size for path in loads) <= FIRST


def test_every_claim_keeps_its_address(site):
    """There is a page for each id that has ever landed; one of before its renaming leads to the claim of today."""
    from support import former_ids
    from support.releases import ROOT

    ids = (ROOT / "fixtures" / "claims" / "ids.txt").read_text().split()
    assert [name for name in ids if not (site / "claims" / f"{name}.html").is_file()] == []
    for old, new in former_ids.load().items():
        page = (site / "claims" / f"{old}.html").read_text(encoding="utf-8")
        assert f'content="0; url=../{f"claims/{new}" if new else "behaviour"}.html"' in page


def test_report_and_question_on_one_claim_lead_to_each_other(site, pages):
    """Who lands on a report is told what to do: the claim's advice, and the questions that answer it, two at most."""
    from markupsafe import escape
    from support.site import told
    from support.site.render import report_file

    missed, everything = [], told.everything()
    for one in everything.values():
        for report in one.reports:
            path = site / "reports" / report_file(report)
            if not path.is_file():  # what is not about batch normalization has no page
                continue
            for question in one.questions:
                there = site / "questions" / f"{question.name}.html"
                if f"../reports/{path.name}" not in pages[there].links:
                    missed.append((there.name, path.name))
            asked = [link for link in pages[path].links if link.startswith("../questions/") and "index" not in link]
            if len(asked) > 2 or bool(asked) != any(everything[name].questions for name in report.claims):
                missed.append((path.name, asked))
            advice = report.advice or one.claim.advice or ""  # one of its own stands for those of its claims
            if str(escape(advice)) not in path.read_text(encoding="utf-8"):
                missed.append((path.name, advice))
    assert missed == []
