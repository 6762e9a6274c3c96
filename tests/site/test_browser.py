"""What people do on the site: choose, filter, follow a deep link, go back, copy, search; by eye, by ear and by key."""

import subprocess
import sys

import pytest
from support import reports
from support.pages import reports as report_pages
from support.site import recipes
from support.site.render import report_file

pytestmark = pytest.mark.slow
QUESTION = "unfreeze-and-compile"
PAGES = (
    "index.html", "index.html#tensorflow=2.15.1&keras=keras-3.15.1&tensorflow-from=1.15.5", "questions/index.html",
    f"questions/{QUESTION}.html", "which.html", "claims/training-false-always-infers.html", "behaviour.html#api=keras",
    "releases/index.html", "releases/2.15.1.html", "migration/index.html", "pictures/index.html",
    "migration/index.html#from=tf.keras@2.6.5&to=keras@keras-3.5.0",
    "migration/tf.layers-1.15.5--keras-keras-3.15.1.html", "findings/index.html",
    "findings/training-false-always-infers.html", "reports/index.html", "reports/keras-team-keras-issues-19577.html",
    "search.html#q=GAN", "words.html", "data.html",
    "reports/tensorflow-tensorflow-issues-58711.html", "search.html#q=TPUStrategy",
)  # fmt: skip

HREFS = "all => all.map(one => one.getAttribute('href'))"
HUB = "https://github.com/"
# Threads by their titles as they stand there -> the questions that answer them.
THREADS = {
    HUB + "tensorflow/models/issues/890": (
        "use_batch_norm causes unreasonable low validation accuracy with inception nets",
        ["validation-accuracy-at-chance"],
    ),
    HUB + "keras-team/keras/issues/6977": (
        "model.evaluate() gives a different loss on training data from the one in training process",
        ["predict-differs-from-training"],
    ),
    HUB + "keras-team/keras/issues/12851": (
        "BatchNormalization: validation loss >> train loss, same data",
        ["predict-differs-from-training", "validation-accuracy-at-chance"],
    ),
    HUB + "keras-team/keras/issues/10777": (
        "weights saved/loaded incorrectly when weights frozen", ["weights-in-h5-loaded-after-freezing"],
    ),
    HUB + "eriklindernoren/Keras-GAN/issues/91": (
        "Doubts in compiling discriminator for the combined model", ["toggles-in-a-gan"],
    ),
    HUB + "tensorflow/tensorflow/issues/32864": (
        "BatchNormalization update ops with gradient tape", ["custom-training-loop"],
    ),
    HUB + "keras-team/keras/issues/6752": (
        "Update moving_mean and moving_variance of BatchNormalization Layer use sess.run()",
        ["keras-layer-in-session-run"],
    ),
    HUB + "keras-team/keras/issues/9522": (
        "BatchNormalization layer with trainable=False, different behavior in training and testing",
        ["training-false-or-trainable-false", "predict-differs-from-training"],
    ),
    HUB + "tensorflow/tensorflow/issues/31184": (
        "Transfer learning trained by custom TF 2.0 training loop performs worse than keras fit",
        ["custom-training-loop"],
    ),
    HUB + "tensorflow/tensorflow/issues/28028": (
        "[TF2.0] Custom training loop for keras example should provide information about "
        "tf.keras.backend.set_learning_phase()",
        ["set-learning-phase", "custom-training-loop"],
    ),
}  # fmt: skip
# Threads by their titles, and words that are rare on the site -> pages of any kind that answer them.
ANSWERS = {
    "keras.io examples using model.stateless_call aren't setting training=True and aren't managing non_trainable "
    "state": "questions/stateless-call-without-training.html",
    "Why do batch_normalization produce all-zero output when training = True but produce non-zero output when "
    "training = False?": "questions/batch-size-1.html",
    "BatchNormalization with virtual_batch_size breaks load_model()":
        "claims/config-keeps-virtual-batches-of-a-built-layer.html",
    "Difference between Keras' BatchNormalization and PyTorch's BatchNorm2d?":
        "questions/keras-and-pytorch.html",
    "BatchNormalization keras issue 19649": "reports/keras-team-keras-issues-19649.html",
    "batch_normalization layer: no loss scaling with Mixed Precision": "questions/mixed-precision.html",
    "Keras BatchNormalization layer not working with drop_remainder": "questions/batch-size-1.html",
    "ValueError: Layer 'batch_normalization_7' expected 4 variables, but received 0 variables during loading. "
    "Expected: ['gamma', 'beta', 'moving_mean', 'moving_variance']":
        "questions/expected-4-variables-but-received-0.html",
}  # fmt: skip
# What somebody pastes who has an error, as it was printed for him -> the report of another one who had it.
ERRORS = {
    "ValueError: Layer 'batch_normalization_7' expected 4 variables, but received 0 variables during loading. "
    "Expected: ['gamma', 'beta', 'moving_mean', 'moving_variance']": "keras-team-keras-issues-19577",
    "A total of 1 objects could not be loaded. Layer 'bn' expected 4 variables, but received 0 variables during "
    "loading.": "keras-team-keras-issues-19577",
    "TypeError: Incompatible types: <dtype: 'resource'> vs. int64. Value is 0": "tensorflow-tensorflow-issues-31894",
    "TypeError: Value passed to parameter 'scale' has DataType float16 not in list of allowed values: float32":
        "keras-team-keras-issues-9582",
    "ValueError: Shape must be rank 1 but is rank 4 for 'bn_1/cond/FusedBatchNorm' (op: 'FusedBatchNorm') with input "
    "shapes: [?,3,32,32], [1,3,1,1], [1,3,1,1], [1,3,1,1], [1,3,1,1].": "keras-team-keras-issues-10648",
    "ValueError: Variable norm/beta does not exist, or was not created with tf.get_variable(). Did you mean to set "
    "reuse=None in VarScope?": "tensorflow-tensorflow-issues-11103",
    "`add_update` was called in a cross-replica context. This is not expected.": "tensorflow-tensorflow-issues-39270",
}  # fmt: skip


def test_choice_is_in_the_address_and_back_again(visit):
    """Who chooses a release gets its matrix and an address that shows it again; the back button undoes the choice."""
    page = visit.go("index.html")
    page.select_option("#tensorflow", "1.15.5")
    page.wait_for_selector("#sheet table")
    assert "tensorflow=1.15.5" in page.url
    page.select_option("#tensorflow", "2.15.1")
    page.wait_for_function("document.querySelector('#sheet').textContent.includes('2.15.1')")
    assert page.locator("#sheet section").count() == 3
    page.go_back()
    page.wait_for_function("document.querySelector('#sheet').textContent.includes('1.15.5')")
    assert page.input_value("#tensorflow") == "1.15.5"


def test_deep_link_shows_the_choice_and_the_way(visit):
    """An address with both choices shows what changes on the way."""
    page = visit.go("index.html#tensorflow=2.15.1&tensorflow-from=1.15.5")
    assert page.locator("h3", has_text="What changes on the way from 1.15.5").count() == 3
    assert page.locator("h3", has_text="What is false in the documentation").count() == 3


def test_tensorflow_without_a_keras_of_its_own_asks_for_one(visit):
    """Since 2.16 tf.keras is Keras 3: who chooses TensorFlow alone is told so, and nobody before."""
    page = visit.go("index.html#tensorflow=2.21.0")
    assert "is Keras 3: choose its release" in page.text_content("#sheet .warning")
    page.select_option("#tensorflow", "2.15.1")
    page.wait_for_selector("#sheet .warning", state="detached")
    assert page.locator("#sheet section").count() == 3


@pytest.mark.parametrize(
    ("freeze", "tensorflow", "keras"),
    [
        ("numpy==1.26.4\ntensorflow==2.15.0\nkeras==2.15.0", "2.15.1", ""),
        ("keras==3.9.0\ntensorflow-cpu==2.19.1", "2.19.1", "keras-3.9.2"),
        ("keras-nightly==3.16.0.dev1\ntf-nightly==2.23.0.dev1", "nightly", "keras-nightly"),
    ],
)
def test_output_of_pip_freeze_chooses_the_releases(visit, freeze, tensorflow, keras):
    """The releases in a pasted list are chosen, by the measured patch of their minor release."""
    page = visit.go("index.html")
    page.click("#choice summary")
    page.fill("#freeze", freeze)
    page.wait_for_selector("#sheet table")
    assert (page.input_value("#tensorflow"), page.input_value("#keras")) == (tensorflow, keras)


def test_list_without_tensorflow_says_so(visit):
    """A list without TensorFlow is told, not ignored."""
    page = visit.go("index.html")
    page.click("#choice summary")
    page.fill("#freeze", "numpy==1.26.4")
    assert "No TensorFlow or Keras 3" in page.text_content("#choice-status")


def test_chosen_move_tells_what_its_page_tells(visit):
    """What the page of migration works out itself is what the report of scripts/compare.py says, in the same order."""
    paths = visit.go("migration/index.html").evaluate("MOVES.paths")
    assert len(paths) > 10
    otherwise = []
    for sides, path in paths.items():
        page = visit.go(path)
        titles = page.locator(".entry h3").all_text_contents()
        statements = page.locator("h2:has-text('Statements that') + ul > li > a").evaluate_all(HREFS)
        page = visit.go("migration/index.html#from={}&to={}".format(*sides.split()))
        page.wait_for_selector("#sheet p")
        told = page.locator(".entry h3").all_text_contents(), page.locator(".statements > li > a").evaluate_all(HREFS)
        if (told[0], sorted(told[1])) != (titles, sorted(statements)):
            otherwise.append(sides)
    assert otherwise == []


def test_any_two_sides_are_a_move(visit):
    """Two sides for which no page was made: what is chosen is in the address, and the back button undoes it."""
    page = visit.go("migration/index.html")
    page.select_option("#from", "tf.keras@2.6.5")
    page.select_option("#to", "keras@keras-3.5.0")
    page.wait_for_selector("#sheet .entry")
    assert "from=tf.keras%402.6.5&to=keras%40keras-3.5.0" in page.url
    assert "virtual_batch_size is gone" in page.locator(".entry h3").all_text_contents()
    page.go_back()
    page.wait_for_selector("#sheet .entry", state="detached")
    assert page.input_value("#to") == ""


def test_filters_leave_what_is_asked_for_and_are_in_the_address(visit):
    """Filters by API, topic, verdict and text work together, and their address shows the same again."""
    page = visit.go("behaviour.html")
    everything = page.locator("#behaviour tbody tr:visible").count()
    page.select_option("#api", "keras")
    page.select_option("#verdict", "not")
    page.fill("#text", "training")
    page.wait_for_timeout(200)
    shown = page.locator("#behaviour tbody tr:visible")
    assert 0 < shown.count() < everything
    assert shown.locator(".chip.not:visible").count() >= shown.count()
    again = visit.page.url
    page.goto("about:blank")
    page.goto(again)
    assert page.input_value("#api") == "keras"
    assert page.locator("#behaviour tbody tr:visible").count() == shown.count()


def test_sign_leads_to_the_numbers_of_its_range(visit):
    """A sign of the table opens the claim where the evidence of its range stands."""
    page = visit.go("behaviour.html#text=training-false-always")
    page.locator("#behaviour .chip.not:visible").first.click()
    assert "claims/training-false-always-infers.html#keras" in page.url
    assert page.locator(".range:target").is_visible()
    assert page.locator(".range:target details").count() == 1


def test_release_lists_what_is_as_stated_when_somebody_asks(visit):
    """The lists of a release are filled when they are opened, with sentences that lead to their claims."""
    page = visit.go("releases/keras-3.15.1.html")
    page.click("summary:has-text('What is as stated')")
    page.wait_for_selector("details[data-verdict=H] li")
    assert page.locator("details[data-verdict=H] li").count() > 50
    page.locator("details[data-verdict=H] li a").first.click()
    assert "/claims/" in page.url


@pytest.mark.parametrize("kind", recipes.KINDS)
def test_copied_program_gives_what_the_page_shows(visit, kind):
    """The button copies the program as it stands, and what is copied ends as the page says."""
    page = visit.go(f"questions/{QUESTION}.html")
    page.click(f".{kind} .copy")
    page.wait_for_function("[...document.querySelectorAll('.copy')].some((one) => one.textContent === 'Copied')")
    question = recipes.load()[QUESTION]
    assert visit.copied() == question.program(kind)
    done = subprocess.run([sys.executable, "-c", visit.copied()], capture_output=True, text=True, check=False)
    seen = recipes.seen(recipes.results(), question, kind)["keras-3.15.1"]
    assert ("works" if done.returncode == 0 else "fails") == seen["ended"]
    assert seen["says"] in done.stdout + done.stderr


def test_line_that_tells_the_row_runs(visit):
    """The copied line prints TensorFlow, Keras, the legacy switch and the backend."""
    page = visit.go("which.html")
    page.click(".copy")
    page.wait_for_function("document.querySelector('.copy').textContent === 'Copied'")
    line = visit.copied().strip()
    assert line.startswith('python -c "')
    code = line.removeprefix('python -c "').removesuffix('"')
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert told[-1] == "tensorflow"
    assert len(told) == 4


@pytest.mark.parametrize("name", recipes.load())
def test_search_finds_a_question_by_the_words_of_its_symptom(visit, name):
    """Each way in which people ask finds the page among the first five."""
    question = recipes.load()[name]
    page = visit.go("search.html")
    missed = []
    for words in (question.title, *question.symptoms):
        page.fill("#q", words)
        found = page.locator("#results a").evaluate_all("all => all.slice(0, 5).map(one => one.getAttribute('href'))")
        if f"questions/{name}.html" not in found:
            missed.append((words, found))
    assert missed == []


@pytest.mark.parametrize("address", THREADS)
def test_title_of_a_public_thread_finds_its_answer(visit, address):
    """Who only has the title of a thread pastes it into the search, and its answer is among the first three."""
    title, answers = THREADS[address]
    page = visit.go("search.html")
    page.fill("#q", title)
    found = page.locator("#results a").evaluate_all("all => all.slice(0, 3).map(one => one.getAttribute('href'))")
    assert {f"questions/{name}.html" for name in answers} & set(found), found


def test_title_of_a_thread_finds_its_report(visit):
    """Each title that is known finds the report among the first three, whatever else its words are about."""
    page = visit.go("search.html")
    missed = []
    for report in reports.load():
        if report.title and report.kind in report_pages.ABOUT:
            page.fill("#q", report.title)
            found = page.locator("#results a").evaluate_all(HREFS)[:3]
            if f"reports/{report_file(report)}" not in found:
                missed.append((report.title, found))
    assert missed == []


@pytest.mark.parametrize("error", ERRORS)
def test_pasted_error_finds_its_report(visit, error):
    """An error with other names and numbers than those of the report leads to it: it is among the first three."""
    page = visit.go("search.html")
    page.fill("#q", error)
    assert f"reports/{ERRORS[error]}.html" in page.locator("#results a").evaluate_all(HREFS)[:3]


@pytest.mark.parametrize("title", ANSWERS)
def test_rare_words_of_a_title_decide(visit, title):
    """What every page is about, and what every thread is asked with, hides no page that holds the rare words."""
    page = visit.go("search.html")
    page.fill("#q", title)
    found = page.locator("#results a").evaluate_all("all => all.slice(0, 2).map(one => one.getAttribute('href'))")
    assert ANSWERS[title] in found


@pytest.mark.parametrize(
    ("joined", "apart"),
    [
        ("migrate from Keras2 to keras3", "migrate from Keras 2 to Keras 3"),
        ("TF1 frozen layer", "TensorFlow 1 frozen layer"),
        ("tensorflow2.4 virtual_batch_size", "TF 2.4 virtual_batch_size"),
        ("keras==3.9.2", "Keras 3.9.2"),
    ],
)
def test_version_may_be_written_without_a_space(visit, joined, apart):
    """A product and its version are two words, however they are written."""
    page = visit.go("search.html")
    found = []
    for text in (joined, apart):
        page.fill("#q", text)
        found.append(page.locator("#results a").evaluate_all(HREFS))
    assert found[0] == found[1] != []


def test_search_field_of_any_page_leads_to_the_search(visit):
    """Words typed on any page are searched for on the page of the search."""
    page = visit.go(f"questions/{QUESTION}.html")
    page.fill("#q", "val_accuracy")
    page.press("#q", "Enter")
    page.wait_for_selector("#results a")
    assert "Validation accuracy" in page.locator("#results a").first.text_content()


def test_query_has_one_place_in_the_address(visit):
    """Searched from another page, searched again, a hit opened: back and reload show the query that was last."""
    page = visit.go(f"questions/{QUESTION}.html")
    page.fill("#q", "GAN")
    page.press("#q", "Enter")
    page.wait_for_url("**/search.html#q=GAN")
    page.wait_for_selector("#results a")
    page.fill("#q", "")
    page.type("#q", "h5 weights")
    page.press("#q", "Enter")
    page.wait_for_url("**/search.html#q=h5+weights")
    hits = page.locator("#results a").all_text_contents()
    page.locator("#results a").first.click()
    page.wait_for_url("**/questions/**")
    for again in (page.go_back, page.reload):
        again()
        page.wait_for_selector("#results a")
        assert page.url.endswith("/search.html#q=h5+weights")
        assert page.input_value("#q") == "h5 weights"
        assert page.locator("#results a").all_text_contents() == hits
    page.go_back()
    page.wait_for_function("document.querySelector('#q').value === 'GAN'")
    assert "GAN" in page.locator("#results a").first.text_content()
    page.go_back()
    page.wait_for_url(f"**/questions/{QUESTION}.html")


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("tf.layers called without training", "claims/training-defaults-to-false.html"),
        ("tf.layers without training", "questions/tf-layers-without-training.html"),
        ("34950", "reports/tensorflow-tensorflow-issues-34950.html"),
        ("35107", "reports/tensorflow-tensorflow-issues-35107.html"),
        ("keras issue 12353", "reports/keras-team-keras-issues-12353.html"),
        ("https://github.com/keras-team/keras/issues/12353", "reports/keras-team-keras-issues-12353.html"),
    ],
)
def test_what_a_page_is_called_finds_it_first(visit, words, first):
    """The very title of a page, and the number or the address of a thread, lead to it before all others."""
    page = visit.go("search.html")
    page.fill("#q", words)
    assert page.locator("#results a").first.get_attribute("href") == first


def test_no_more_pages_are_counted_than_are_shown(visit):
    """A whole sentence finds what holds many of its words, and the number told is that of the list."""
    page = visit.go("search.html")
    page.fill("#q", "my model has a high accuracy in training and the validation accuracy is that of chance")
    shown = page.locator("#results > li")
    assert 0 < shown.count() <= 30
    assert f"{shown.count()} pages for" in page.text_content("#found")


@pytest.mark.parametrize("path", PAGES)
def test_page_fits_every_width_and_who_cannot_see_it(visit, path):
    """No page is wider than the screen, and axe finds nothing wrong with it, in light and in dark."""
    from axe_playwright_python.sync_playwright import Axe

    page = visit.go(path)
    for name, width in visit.widths.items():
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width, name
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"preload": False})
        wrong = [(one["id"], one["nodes"][0]["html"][:200]) for one in found.response["violations"]]
        assert wrong == [], scheme


def test_every_question_and_release_fits_a_phone(visit):
    """No word of a question, of a route or of a release is wider than a phone."""
    visit.page.set_viewport_size({"width": visit.widths["phone"], "height": 900})
    wide = []
    for folder in ("questions", "migration", "releases"):
        for path in sorted((visit.site / folder).glob("*.html")):
            page = visit.go(f"{folder}/{path.name}")
            if page.evaluate("document.documentElement.scrollWidth") > visit.widths["phone"]:
                wide.append(path.name)
    assert wide == []


def test_keyboard_reaches_the_content_first(visit):
    """The first key leads past the navigation to the content."""
    page = visit.go("behaviour.html")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "content"


def test_printed_page_shows_programs_whole(visit):
    """On paper there are no buttons, and no program is cut off."""
    page = visit.go(f"questions/{QUESTION}.html")
    page.emulate_media(media="print")
    assert page.locator(".copy:visible").count() == 0
    assert page.evaluate("getComputedStyle(document.querySelector('pre')).whiteSpace") == "pre-wrap"
