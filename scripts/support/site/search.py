"""The search: an index of lunr, built here, loaded by lunr.js as a script; a file address can fetch nothing."""

import json
import textwrap
from importlib.resources import files

from lunr import lunr

from support.site.render import Site

BOOSTS = {"title": 8, "words": 12, "shown": 2}
KINDS = {"question": 4, "migration": 2}  # what stands first, of pages that hold the same words
SHOWN = 200  # characters of the text beside a title


def library() -> str:
    """lunr.js, as mkdocs ships it."""
    return (files("mkdocs") / "contrib" / "search" / "templates" / "search" / "lunr.js").read_text(encoding="utf-8")


def write(site: Site) -> None:
    """The index over all pages that asked to be found, and the script that searches it."""
    # The index repeats what a page is called at each of its words: a number is shorter than a path.
    documents = [
        ({"ref": str(number), "title": title, "shown": shown, "words": words}, {"boost": KINDS.get(kind, 1)})
        for number, (kind, title, shown, words, _) in enumerate(site.indexed.values())
    ]
    fields = [{"field_name": name, "boost": boost} for name, boost in BOOSTS.items()]
    index = lunr(ref="ref", fields=fields, documents=documents).serialize()
    pages = [
        [kind, title, textwrap.shorten(shown, SHOWN, placeholder=" …"), names, path]
        for path, (kind, title, shown, _, names) in site.indexed.items()
    ]
    data = json.dumps({"index": index, "pages": pages}, separators=(",", ":")).replace("</", "<\\/")
    site.file("assets/lunr.js", library())
    script = (site.folder / "assets" / "search.js").read_text(encoding="utf-8")
    site.file("assets/search.js", f"const SEARCH = {data};\n{script}")
