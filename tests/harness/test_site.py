"""The site without a browser: questions, words, escaping, and pages of records that cannot be used."""

import dataclasses
import html
import json
import re

import jsonschema
import pytest
from support import releases
from support.pages import common
from support.site import (
    build,
    findings,
    matrices,
    package,
    pictures,
    programs,
    reasons,
    recipes,
    render,
    search,
    tokens,
    told,
)  # fmt: skip

from fixtures import cases
from fixtures.claims import HOLDS, REFUTED, load

QUESTION = """
title = "A question?"
symptoms = ["a word"]
cause = "It is so. It is not otherwise."
instead = "Do that."
surface = "keras"
claims = []
right = "print(1)"
"""


@pytest.fixture
def site(tmp_path):
    """A site with no page yet."""
    return render.Site(
        tmp_path, titles=told.APIS, programs=told.PROGRAMS, said=told.SAID, unusable={},
        counts={"records": 1, "claims": 1},
    )  # fmt: skip


@pytest.mark.parametrize("name", recipes.load())
def test_question_rests_on_claims_of_the_registry(name):
    """Every claim that a question names exists, and there is one."""
    question = recipes.load()[name]
    assert set(question.claims) <= set(load())
    assert question.claims


@pytest.mark.parametrize("name", recipes.load())
def test_question_is_told_in_short_sentences(name):
    """A sentence has thirty words at most, a cause two or three sentences, and there are words to search for."""
    question = recipes.load()[name]
    sentences = {text: re.split(r"(?<=[.!?])\s+", text) for text in (question.cause, question.instead, *question.steps)}
    assert [one for told_as in sentences.values() for one in told_as if len(one.split()) > 30] == []
    assert 2 <= len(sentences[question.cause]) <= 3
    assert len(question.symptoms) >= 5


@pytest.mark.parametrize("name", recipes.load())
def test_right_program_works_wherever_it_was_run(name):
    """What is told as right works, but where the release lacks what it uses; what is told as wrong fails somewhere."""
    question, results = recipes.load()[name], recipes.results()
    right = recipes.seen(results, question, "right")
    assert right, f"run python scripts/recipes.py: {name} reads otherwise than what was run"
    wrong_numbers = {release: seen["says"] for release, seen in right.items() if seen["ended"] == recipes.FAILS}
    assert wrong_numbers == {}
    assert any(seen["ended"] == recipes.WORKS for seen in right.values())
    if question.wrong:
        wrong = recipes.seen(results, question, "wrong")
        assert any(seen["ended"] != recipes.WORKS for seen in wrong.values())


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (QUESTION.replace("title", "titel"), "lacks ['title'], does not know ['titel']"),
        (QUESTION.replace('"keras"', '"jax"'), "surface is none of"),
        ("title = ", "cannot be read"),
    ],
)
def test_question_that_is_wrong_in_one_way_is_refused(tmp_path, text, says):
    """A question's file that lacks something, or has too much, is refused with its name."""
    (tmp_path / "one.toml").write_text(text)
    with pytest.raises(recipes.Unreadable, match=r"one\.toml") as refused:
        recipes.load(tmp_path)
    assert says in str(refused.value)


def test_result_of_another_program_does_not_count(tmp_path):
    """What was seen of a program that read otherwise is not told of the one of today."""
    (tmp_path / "one.toml").write_text(QUESTION)
    question = recipes.load(tmp_path)["one"]
    seen = {"2.21.0": {"ended": "works", "says": ""}}
    assert recipes.seen({"one": {"right": {"digest": question.digest("right"), "seen": seen}}}, question, "right")
    assert recipes.seen({"one": {"right": {"digest": "0", "seen": seen}}}, question, "right") == {}


@pytest.mark.parametrize(
    ("surface", "release", "setup"),
    [
        ("keras", "2.15.1", (cases.TF_KERAS_BUNDLED, False)),
        ("keras", "2.16.2", (cases.TF_KERAS, True)),
        ("keras", "keras-3.15.1", (cases.KERAS3, False)),
        ("tf.layers", "2.15.1", (cases.TF_LAYERS, False)),
        ("tf.layers", "2.21.0", (cases.TF_LAYERS, True)),
        ("tf.layers", "keras-3.15.1", None),
    ],
)
def test_program_runs_on_what_the_release_has(surface, release, setup):
    """Legacy Keras is asked for where TensorFlow carries none, and nowhere else."""
    assert recipes.setup_of(surface, release) == setup


def test_text_of_records_is_escaped(site):
    """A text with markup in it stays text, in a page and in a program."""
    hostile = "<script>alert(1)</script>"
    report = common_report(says=hostile)
    site.page("reports/one.html", "report.html", report=report, claims=[], advice=[], questions=[], why=[])
    text = (site.folder / "reports" / "one.html").read_text()
    assert hostile not in text
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert hostile not in render.python(f"x = 1  # {hostile}")


def test_title_and_error_of_a_thread_find_its_report(site, monkeypatch):
    """Who pastes the title of a thread, or its error, finds the page of the report; without them, by the address."""
    reports = [
        common_report("It is so."),
        dataclasses.replace(common_report("So."), address="https://github.com/a/b/2"),
    ]
    reports[0] = dataclasses.replace(reports[0], title="Layer forgets its mean")
    reports[1] = dataclasses.replace(reports[1], error="ValueError: None")
    monkeypatch.setattr(build.reports, "load", lambda: reports)
    build.report_list(site)
    names = [site.indexed[f"reports/{build.report_file(report)}"].names for report in reports]
    assert names == [(reports[0].address, "Layer forgets its mean"), (reports[1].address, "ValueError: None")]


def test_lines_that_differ_between_two_programs_are_marked():
    """Each line is marked up by itself, also within a string of several lines, and keeps its text."""
    right = 'def f():\n    x = """one\n    two"""\n\n    return x\n'
    found = render.compared(right.replace("two", "three"), right)["right"]
    assert [one.differs for one in found] == [False, False, True, False, False]
    assert [one.indent for one in found] == [0, 4, 4, 0, 4]
    assert "".join(re.sub(r"<[^>]*>", "", one.text) for one in found) == right
    assert all(one.text.count("<span") == one.text.count("</span>") for one in found)
    assert [one.differs for one in render.compared("", right)["right"]] == [False] * 5


def test_lines_that_moved_are_marked_alike_in_both_programs():
    """What is not marked in one program is not marked in the other."""
    both = render.compared("a\nb\nc\nd\nb\n", "b\nd\nc\na\nb\n")
    alike = [[one.text for one in found if not one.differs] for found in both.values()]
    assert alike[0] == alike[1] != []


@pytest.mark.parametrize("repository", ["", "https://example.org/suite?a=1&b=2"])
def test_pages_lead_to_the_suite_where_its_address_is_given(tmp_path, repository):
    """The foot of a page, the page of the data and that of a claim link to a checkout, or say nothing of one."""
    site = render.Site(
        tmp_path, titles=told.APIS, said=told.SAID, unusable={}, counts={"records": 1, "claims": 1},
        repository=repository,
    )  # fmt: skip
    one = next(iter(told.everything().values()))
    site.page("data.html", "data.html", size=1)
    site.page("claims/one.html", "claim.html", told=one, observed=[], commands="", scope=[], program=None)
    link = 'href="https://example.org/suite?a=1&amp;b=2"'
    for path in ("data.html", "claims/one.html"):
        assert (tmp_path / path).read_text().count(link) == (2 if repository else 0)


def test_published_site_leads_to_its_repository():
    """The workflow names the repository that it runs in."""
    workflow = (releases.ROOT / ".github" / "workflows" / "site.yml").read_text(encoding="utf-8")
    assert '--repository "$SERVER/$REPOSITORY"' in workflow


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Keras2, keras 3", "keras keras2 keras keras3"),
        ("TF1 and tensorflow2.4", "tensorflow tensorflow1 and tensorflow tensorflow2 2.4"),
        ("keras==3.9.2", "keras keras3 3.9.2"),
        ("tf.keras's GradientTape", "tf keras tf.keras gradienttape gradient tape"),
        ("moving_mean isn't 0.99", "moving_mean moving mean is 0.99"),
    ],
)
def test_text_is_indexed_by_words_that_people_search(text, words):
    """A version stands beside its product, and a name beside what it is put together of."""
    assert " ".join(search.words(text)) == words


def test_report_says_which_questions_answer_it(site, monkeypatch):
    """The search brings the questions of a report up with it."""
    name = next(name for one in recipes.load().values() for name in one.claims)
    reports = [dataclasses.replace(common_report("It is so."), claims=(name,))]
    monkeypatch.setattr(build.reports, "load", lambda: reports)
    build.report_list(site)
    answers = site.indexed[f"reports/{build.report_file(reports[0])}"].answers
    assert answers
    assert all(name in recipes.load()[path[10:-5]].claims for path in answers)


def test_report_says_what_to_do(site, monkeypatch):
    """The advice of its claims, unless it has one of its own; where there is none, that none is known."""
    advised = next(name for name, told_of in told.everything().items() if told_of.claim.advice)
    advice = told.everything()[advised].claim.advice
    for number, (changes, has) in enumerate(
        [
            ({"claims": (advised,)}, (advice,)),
            ({"claims": (advised,), "advice": "Ask it.", "differs": "Not seen."}, (">Ask it.<", ">Not seen.<")),
            ({"claims": ()}, ("No way round is known.",)),
        ]
    ):
        report = dataclasses.replace(common_report("It is so."), title="A thread", error="ValueError: 0", **changes)
        monkeypatch.setattr(build.reports, "load", lambda report=report: [report])
        build.report_list(site)
        text = html.unescape((site.folder / "reports" / build.report_file(report)).read_text())
        assert all(words in text for words in ("“A thread”", "<code>ValueError: 0</code>", "<h2>What to do</h2>", *has))
        assert (advice in text, "No way round" in text) == (number == 0, number == 2)


def common_report(says):
    """A report of a user."""
    return render.Report(
        "https://github.com/keras-team/keras/issues/1", says, ("A program.",), "This.", "That.", (), "defect", (), True
    )


def test_record_that_cannot_be_used_leads_to_a_page_that_says_so(site, monkeypatch):
    """The page of a release whose record is broken says why, in place of numbers."""
    monkeypatch.setattr(build, "unusable", lambda: {"2.15.1": "2.15.1.json is truncated."})
    monkeypatch.setattr(build, "recorded", dict)
    build.release_page(site, "2.15.1", ["2.15.1"])
    text = (site.folder / "releases" / "2.15.1.html").read_text()
    assert "The record of this release cannot be used: 2.15.1.json is truncated." in text


def test_release_without_a_record_says_so(site, monkeypatch):
    """The page of a release that was not measured says so."""
    monkeypatch.setattr(build, "unusable", dict)
    monkeypatch.setattr(build, "recorded", dict)
    build.release_page(site, "2.15.1", ["2.15.1"])
    assert "This release has no record yet" in (site.folder / "releases" / "2.15.1.html").read_text()


def test_broken_record_is_left_out_once_somebody_asked(monkeypatch):
    """Whoever asks which records are broken gets the others; who does not is told."""
    common._read.cache_clear()
    common.unusable.cache_clear()
    before = list(common._leave_out)
    newest = releases.recorded("keras")[0].name
    seen = {"observations": {}}

    def read(path):
        if path.stem == newest:
            raise common.Broken("it is truncated")
        return seen

    monkeypatch.setattr(common.standing, "read", read)
    try:
        common._leave_out.clear()
        with pytest.raises(common.Broken, match="truncated"):
            common.recorded()
        assert common.unusable() == {newest: "it is truncated"}
        assert newest not in common.recorded()
        assert common.recorded()
    finally:
        common._read.cache_clear()
        common.unusable.cache_clear()
        common._leave_out[:] = before


@pytest.mark.parametrize(
    ("told_as", "normalizes", "updates"),
    [
        ("batch statistics, mean and variance are updated, 2 update ops", "batch statistics normalize",
         "moving mean and variance are updated"),
        ("moving statistics, nothing is updated", "moving statistics normalize", "nothing is updated"),
    ],
)  # fmt: skip
def test_cell_is_told_in_words_of_the_field(told_as, normalizes, updates):
    """Statistics are updated, they do not move."""
    cell = matrices.cell("True", True, told_as)
    assert (cell.normalizes, cell.updates) == (normalizes, updates)


def test_why_of_a_verdict_is_told_where_it_is_the_verdict_on_record():
    """The reason of the registry stands beside the verdict that it is of, and beside no other."""
    claim = load()["training-false-always-infers"]
    text, source = told.because(claim, cases.KERAS3, cases.TF2_STYLE, "3.15.1", REFUTED)
    assert text.endswith(".")
    assert source.startswith("https://")
    assert told.because(claim, cases.KERAS3, cases.TF2_STYLE, "3.15.1", HOLDS) == ("", "")


@pytest.mark.parametrize(
    ("address", "era"),
    [
        ("https://keras.io/guides/transfer_learning/", "3"),
        ("https://www.tensorflow.org/versions/r2.4/api_docs/python/tf/keras/layers/BatchNormalization", "2"),
        ("https://github.com/tensorflow/docs/blob/r1.13/site/en/api_docs/python/tf/layers/batch_normalization.md", "1"),
        ("https://www.tensorflow.org/guide/mixed_precision", "12"),
        ("https://github.com/keras-team/keras/blob/v3.15.1/keras/src/models/functional.py", ""),
        ("https://github.com/keras-team/keras/issues/4762", ""),
    ],
)
def test_document_is_of_its_own_line(address, era):
    """A page of Keras 3 says nothing of TensorFlow 1, and source code and reports are no documents."""
    assert told.era(address) == era


def test_document_of_another_line_is_not_held_against_a_release():
    """What the documentation of TensorFlow 1 says is not false in that of Keras 3."""
    claim = load()["update-ops-do-not-run-by-themselves"]
    claim = claim._replace(sources=("https://github.com/tensorflow/docs/blob/r1.13/a.md", "https://keras.io/api/"))
    assert told.documents(claim, cases.KERAS3, "keras-3.15.1") == ("https://keras.io/api/",)
    assert told.documents(claim, cases.TF_LAYERS, "1.15.5") == ("https://github.com/tensorflow/docs/blob/r1.13/a.md",)
    assert told.documents(claim, cases.TF_LAYERS, "2.4.4") == ()


@pytest.mark.slow
def test_pictures_are_made_alike_each_time(site):
    """The same records give the same pictures, to the byte."""
    first = pictures.write(site)
    before = {name: (site.folder / "pictures" / name).read_bytes() for name in first}
    pictures.write(site)
    assert {name: (site.folder / "pictures" / name).read_bytes() for name in first} == before


@pytest.mark.slow
def test_package_is_as_its_schema_says():
    """behaviour.json fits behaviour.schema.json, and holds every claim."""
    data = json.loads(json.dumps(package.data()))
    jsonschema.validate(data, package.SCHEMA)
    assert list(data["claims"]) == list(load())


@pytest.mark.slow
def test_program_of_a_claim_is_of_the_newest_release_that_can_be_installed():
    """Where a claim is otherwise its program is written for that release, and for no nightly."""
    assert programs.newest(("2.14.1", "2.15.1", "nightly"))[1] == "2.15.1"
    assert programs.newest(("nightly",))[1] == "nightly"
    last = releases.recorded("keras")[0].name.removeprefix("keras-")
    for name in ("training-false-always-infers", "config-keeps-the-axis"):
        text, release = programs.of_claim(told.everything()[name])
        assert release == f"Keras {last}"
        assert f"Claim {name}: " in " ".join(text.split())


@pytest.mark.slow
def test_finding_is_a_claim_that_is_otherwise_today():
    """Each finding is otherwise in a newest release, and what comes silently stands first."""
    rows = findings.found()
    assert rows
    assert all(range_.verdict == REFUTED for one in rows for _, range_, _ in one.observed)
    assert [one.silent for one in rows] == sorted((one.silent for one in rows), reverse=True)


def test_reason_is_told_once_for_all_that_it_is_of():
    """Equal reasons of several APIs and releases are one, through releases in which nothing was measured."""
    one = told.everything()["integer-images-are-normalized"]
    texts = [(reason.verdict, reason.text) for reason in reasons.reasons(one)]
    assert len(set(texts)) == len(texts) > 1
    assert {reason.verdict for reason in reasons.reasons(one, (REFUTED,))} == {REFUTED}
    first = next(reason for reason in reasons.reasons(one) if reason.text.startswith("tf.layers makes"))
    assert first.where == "tf.layers 1.13–nightly"
    assert first.where in reasons.not_so(one)


def test_report_is_answered_by_two_questions_at_most():
    """Those that rest on most of its claims come first, then those that share most of its words."""
    known = [name for name, one in told.everything().items() if len(one.questions) > 2][:3]
    assert known
    for name in known:
        one = told.everything()[name]
        last = one.questions[-1]
        text = " ".join([last.title, *last.symptoms, last.cause, last.instead])
        report = dataclasses.replace(common_report(text), claims=(name,))
        found = told.answering(report, [one])
        assert found[0] == last
        assert len(found) <= 2


def test_report_without_a_claim_is_led_to_the_question_of_its_words():
    """Where nothing repeats a report its words may lead on, and few of them lead nowhere."""
    question = next(iter(recipes.load().values()))
    assert told.answering(common_report(" ".join(question.symptoms)), []) == [question]
    assert told.answering(common_report("It is so."), []) == []


@pytest.mark.parametrize("text", ["TPUStrategy", "tpu_strategy", "GradientTape", "InceptionResNetV2"])
def test_parts_of_a_name_stand_beside_it(text):
    """A name is found by itself and by what it is put together of; that of a network stays whole."""
    ((word, of),) = tokens.words(text)
    assert word == text.lower()
    assert of == {"T": ["tpu", "strategy"], "G": ["gradient", "tape"], "I": ["inception", "resnet"]}[text[0].upper()]
