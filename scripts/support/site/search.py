"""The search: an index of words made here, loaded as a script, as a file address can fetch nothing; lunr.js stems."""

import json
import textwrap
from collections.abc import Iterator
from importlib.resources import files

from lunr import lunr

from support.site import tokens
from support.site.render import Site

# How much a word counts that stands in a field.
FIELDS = {"title": 1.0, "words": 0.9, "shown": 0.7}
KINDS = {"question": 1.25, "migration": 1.1}  # of pages that fit alike these come first
SHOWN = 200  # characters of the text beside a title
# Each page is about these, whether it names them or not: they tell no page from another.
EVERYWHERE = (
    "batch", "batches", "batchnorm", "batchnormalization", "batch_norm", "batch_normalization", "bn", "keras", "layer",
    "layers", "model", "models", "norm", "normalization", "normalize", "tensorflow", "tf",
)  # fmt: skip
# Who writes the title of a thread asks with these; they are not what is asked for.
ASKING = (
    "add", "added", "adding", "adds", "although", "always", "bug", "cause", "caused", "causes", "causing", "check",
    "correct", "correctly", "difference", "different", "during", "example", "examples", "explain", "feature", "fix",
    "fixed", "fixes", "fixing", "give", "given", "gives", "got", "happen", "happens", "help", "implementation",
    "incorrect", "incorrectly", "instead", "issue", "issues", "lead", "leads", "like", "need", "needs", "occur",
    "occurs", "please", "problem", "properly", "question", "received", "request", "result", "results", "seem",
    "seems", "sometimes", "still", "strange", "succeed", "think", "though", "trying", "understand", "unexpected",
    "use", "used", "using", "want", "weird", "work", "working", "works", "wrong",
    *"0123456789",
)  # fmt: skip


def library() -> str:
    """lunr.js, as mkdocs ships it."""
    return (files("mkdocs") / "contrib" / "search" / "templates" / "search" / "lunr.js").read_text(encoding="utf-8")


def words(text: str) -> Iterator[str]:
    """The words of a text, each followed by its parts."""
    for word, parts in tokens.words(text):
        yield from (word, *parts)


def write(site: Site) -> None:
    """The index over all pages that asked to be found, and the script that searches it."""
    # The index repeats what a page is called at each of its words: a number is shorter than a path.
    documents = [
        {"ref": str(number), "title": " ".join(words(page.title)), "shown": " ".join(words(page.shown)),
         "words": " ".join(words(" ".join([page.words, *page.names, *page.phrases])))}
        for number, page in enumerate(site.indexed.values())
    ]  # fmt: skip
    index = lunr(ref="ref", fields=list(FIELDS), documents=documents).serialize()
    index["fieldVectors"] = []  # lunr's own weights, which nobody asks for
    numbers = {path: number for number, path in enumerate(site.indexed)}
    pages = [
        [page.kind, page.title, textwrap.shorten(page.shown, SHOWN, placeholder=" …"), page.names, path,
         [numbers[one] for one in page.answers], page.phrases, page.not_so]
        for path, page in site.indexed.items()
    ]  # fmt: skip
    found = {
        "index": index, "pages": pages, "fields": FIELDS, "kinds": KINDS, "light": [*EVERYWHERE, *ASKING],
        "rules": tokens.in_javascript(),
    }  # fmt: skip
    data = json.dumps(found, separators=(",", ":"), ensure_ascii=False).replace("</", "<\\/")
    site.file("assets/lunr.js", library())
    script = (site.folder / "assets" / "search.js").read_text(encoding="utf-8")
    site.file("assets/search.js", f"const SEARCH = {data};\n{script}")
