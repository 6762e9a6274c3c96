"""The search: an index of words made here, loaded as a script, as a file address can fetch nothing; lunr.js stems."""

import itertools
import json
import re
import textwrap
from collections.abc import Iterable
from importlib.resources import files

from lunr import lunr

from support.site.render import Site

# How much a word counts that stands in a field.
FIELDS = {"title": 1.0, "words": 0.9, "shown": 0.7}
KINDS = {"question": 1.25, "migration": 1.1}  # of pages that fit alike these come first
ANSWERS = 2  # of a report that fits, so many questions come up with it
SHOWN = 200  # characters of the text beside a title
# Each page is about these, whether it names them or not: they tell no page from another.
EVERYWHERE = (
    "batch", "batches", "batchnorm", "batchnormalization", "batch_norm", "batch_normalization", "bn", "keras", "layer",
    "layers", "model", "models", "norm", "normalization", "normalize", "tensorflow", "tf",
)  # fmt: skip
# Who writes the title of a thread asks with these; they are not what is asked for.
ASKING = (
    "although", "always", "bug", "correct", "correctly", "difference", "different", "example", "examples",
    "explain", "give", "gives", "help", "implementation", "incorrect", "incorrectly", "instead", "issue", "issues",
    "need", "needs", "problem", "properly", "question", "result", "results", "seem", "seems", "still", "strange",
    "think", "though", "trying", "understand", "unexpected", "use", "used", "using", "want", "weird", "work",
    "working", "works", "wrong",
)  # fmt: skip
PRODUCT = re.compile(r"(?<![\w.])(keras|tensorflow|tf)[-_ =]*v?(\d+)((?:\.\d+)*)(?![^\W_])", re.IGNORECASE)
SHORT = re.compile(r"(?<=\w)(n['’]t|['’][^\W\d_]{0,2})(?!\w)")  # as in: Keras', layer's, isn't
TOKEN = re.compile(r"\d+(?:\.\d+)+|[^\W\d]\w*(?:\.[^\W\d]\w*)*|\w+")


def library() -> str:
    """lunr.js, as mkdocs ships it."""
    return (files("mkdocs") / "contrib" / "search" / "templates" / "search" / "lunr.js").read_text(encoding="utf-8")


def product(found: re.Match) -> str:
    """``Keras 3.4.1``, ``keras==3.4.1`` -> ``keras keras3 3.4.1``: alone, a number of one digit says nothing."""
    name = "keras" if found[1].lower() == "keras" else "tensorflow"
    return f" {name} {name}{found[2]} {found[2] + found[3] if found[3] else ''} "


def parts(word: str) -> list[str]:
    """What a name is put together of: ``GradientTape`` -> ``gradient``, ``tape``; nothing where it is one word."""
    found = re.sub(r"([a-z])([A-Z])", r"\1_\2", word).lower().split("_")
    return [one for one in found if len(one) > 1] if len(found) > 1 else []


def words(text: str) -> Iterable[str]:
    """The words of a text, as search.js takes a query apart: small, of a dotted name also each pair of neighbours."""
    for token in TOKEN.findall(PRODUCT.sub(product, SHORT.sub("", text))):
        names = [token] if token[0].isdigit() else token.split(".")
        for name in names:
            yield from (name.lower(), *parts(name))
        yield from (f"{one}.{other}".lower() for one, other in itertools.pairwise(names))


def write(site: Site) -> None:
    """The index over all pages that asked to be found, and the script that searches it."""
    # The index repeats what a page is called at each of its words: a number is shorter than a path.
    documents = [
        {"ref": str(number), "title": " ".join(words(title)), "shown": " ".join(words(shown)),
         "words": " ".join(words(" ".join([more, *names])))}
        for number, (_, title, shown, more, names) in enumerate(site.indexed.values())
    ]  # fmt: skip
    index = lunr(ref="ref", fields=list(FIELDS), documents=documents).serialize()
    index["fieldVectors"] = []  # lunr's own weights, which nobody asks for
    numbers = {path: number for number, path in enumerate(site.indexed)}
    pages = [
        [kind, title, textwrap.shorten(shown, SHOWN, placeholder=" …"), names, path,
         [numbers[one] for one in site.answers[path][:ANSWERS]]]
        for path, (kind, title, shown, _, names) in site.indexed.items()
    ]  # fmt: skip
    found = {"index": index, "pages": pages, "fields": FIELDS, "kinds": KINDS, "light": [*EVERYWHERE, *ASKING]}
    data = json.dumps(found, separators=(",", ":")).replace("</", "<\\/")
    site.file("assets/lunr.js", library())
    script = (site.folder / "assets" / "search.js").read_text(encoding="utf-8")
    site.file("assets/search.js", f"const SEARCH = {data};\n{script}")
