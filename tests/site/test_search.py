"""The search: texts are taken apart alike here and in the browser, and what no page has is said."""

import pytest
from support.site import tokens

pytestmark = pytest.mark.slow
TEXTS = (
    "Keras2, keras 3 and keras==3.4.1", "TF1 and tensorflow2.4", "tf.keras's GradientTape", "moving_mean isn't 0.99",
    "TPUStrategy", "InceptionResNetV2 and ResNetRS50", "ResNet50 on several GPUs", "isNaN(loss), all NaNs", "LeakyReLU",
    "tf.compat.v1.layers.batch_normalization(x, training=True)", "keras-tcn", "TensorFlow v2.16.1rc0",
    "expected 4 variables, but received 0 variables during loading", "Layer “BatchNormalization” – größe, façade",
    "val_accuracy >> accuracy!", "self.bn1(x, mask=None)", "UPDATE_OPS", "_keras_mask __call__", "ℵ½ Ⅳ 四",
    "https://github.com/keras-team/keras/issues/12353", "k.function([model.input, K.learning_phase()])", "",
)  # fmt: skip
HREFS = "all => all.slice(0, 3).map(one => one.getAttribute('href'))"


def searched(visit, text):
    """The page of the search with a text in its field."""
    page = visit.go("search.html")
    page.fill("#q", text)
    return page


def test_python_and_the_browser_take_texts_apart_alike(visit):
    """One table of rules, two readers: a word of a page and the same word of a query are the same words."""
    page = visit.go("search.html")
    found = page.evaluate("texts => texts.map(text => words(text).map(([word, of]) => [word, of]))", list(TEXTS))
    assert found == [[[word, list(of)] for word, of in tokens.words(text)] for text in TEXTS]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("keras-rcnn", "No page has “rcnn”."),
        ("TPUDistribution", "No page has “TPUDistribution”. These have “tpu” or “distribution”."),
        ("the kernel of the embedding has 128 columns though the checkpoint holds 96", "No page has all"),
        ("momentim", "No page has “momentim”."),
    ],
)
def test_what_no_page_has_is_said_above_the_list(visit, text, says):
    """A word that is nowhere is named, and so is that no page has all of the others."""
    assert says in searched(visit, text).text_content("#lacking")


@pytest.mark.parametrize("text", ["GAN", "moving mean", "mixed precision", "gradient accumulation"])
def test_nothing_is_said_where_a_page_has_all_words(visit, text):
    """A line above each list would be read above none."""
    assert searched(visit, text).locator("#lacking").is_hidden()


def test_words_that_every_page_has_are_no_reason_to_show_one(visit):
    """Where the word that matters is nowhere, no page is shown for the others."""
    page = searched(visit, "keras-rcnn")
    assert page.locator("#results > li").count() == 0
    assert "Nearly every page has “keras”." in page.text_content("#lacking")


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("tf.compat.v1.layers.batch_normalization outputs zeros training=True", "questions/batch-size-1.html"),
        ("TPUStrategy renorm", "reports/tensorflow-tensorflow-issues-38500.html"),
    ],
)
def test_pasted_call_finds_what_is_asked_of_it(visit, text, page):
    """The names of an API in a query hide none of its other words."""
    assert page in searched(visit, text).locator("#results > li > a").evaluate_all(HREFS)


@pytest.mark.parametrize(
    ("text", "page"),
    [
        ("gradient accummulation", "questions/gradient-accumulation.html"),
        ("mised precision", "questions/mixed-precision.html"),
        ("SyncBatchNormalizaton", "questions/several-gpus-and-syncbatchnormalization.html"),
    ],
)
def test_mistyped_word_finds_what_was_meant(visit, text, page):
    """A word that is nowhere is looked for with one letter more, less or other, with its ending and without."""
    assert page in searched(visit, text).locator("#results > li > a").evaluate_all(HREFS)


def test_words_that_ask_do_not_lead_astray(visit):
    """Renorm is what is asked for, and not what was added."""
    found = searched(visit, "Added Batch Renormalization Layer").locator("#results > li > a").evaluate_all(HREFS)
    assert any(path.startswith("claims/renorm") for path in found), found


def test_network_is_not_taken_for_one_of_a_like_name(visit):
    """InceptionResNetV2 is no ResNetRS."""
    first = searched(visit, "InceptionResNetV2").locator("#results > li > a").first
    assert "ResNetRS" not in first.text_content()


def test_hit_shows_why_it_is_one(visit):
    """The phrase of the page that has the words stands below its title, the words marked."""
    page = searched(visit, "all outputs are zero")
    found = page.locator("#results > li", has_text="Batch size 1: the layer returns beta").first
    assert "Also asked as: all outputs are zero" in found.text_content()
    assert found.locator("mark", has_text="zero").count() > 0


def test_pages_of_migration_are_one_hit(visit):
    """Moves from release to release are alike: the best stands in the list, and the others are folded below it."""
    page = searched(visit, "virtual_batch_size")
    assert page.locator("#results > li > .kind", has_text="migration").count() <= 1
    folded = page.locator("#results > li > details")
    assert folded.count() == 1
    folded.locator("summary").click()
    assert folded.locator("a").first.get_attribute("href").startswith("migration/")


def test_claim_that_is_false_somewhere_is_not_a_fact_in_the_list(visit):
    """Above the sentence stands in which releases it is not so."""
    found = searched(visit, "integers are normalized").locator("#results > li", has_text="Not so in").first
    assert "Keras 3.0–3.5" in found.locator(".not-so").text_content()
