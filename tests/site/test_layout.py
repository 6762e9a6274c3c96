"""What the eye needs on a page: what fits, what is marked, what is folded, and numbers that say what they count."""

import re

import pytest
from support.site import recipes

pytestmark = pytest.mark.slow
COUNTED = re.compile(
    r"\d+ statements? (is|are) otherwise in this release\. The documentation of this version says \d+ of them"
)
# What happens instead, and then what is said; or that it is otherwise, where the reason is not known.
SAID_FIRST = re.compile(r"\. (Documented|Said elsewhere): |Otherwise than (documented|said elsewhere): ")
MOVE = "#tensorflow-from=2.15.1&keras=keras-3.2.1"
EDGES = """() => ["header", "main", "footer"].map((name) => {
  const one = document.querySelector(`body > ${name}`);
  return one.getBoundingClientRect().left + parseFloat(getComputedStyle(one).paddingLeft);
})"""
# A range becomes one that was not measured: there is none where every record holds every claim.
UNMEASURED = """() => {
  const range = document.querySelector("#behaviour tbody li");
  range.className = "unmeasured";
  range.querySelector(".chip").className = "chip unknown";
}"""
PLACEHOLDER = """(field) => {
  const style = getComputedStyle(field);
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = `${style.fontSize} ${style.fontFamily}`;
  return [pen.measureText(field.placeholder).width, field.clientWidth - parseFloat(style.paddingLeft) * 2];
}"""


@pytest.mark.parametrize("path", ["questions/index.html", "reports/index.html"])
def test_list_is_filtered_by_all_words_in_any_order(visit, path):
    """Words of a page need not stand beside each other in the list, nor in the order in which somebody types them."""
    page = visit.go(path)
    shown = []
    for text in ("nan loss", "loss nan"):
        page.fill("#filter", text)
        shown.append(page.locator("ul.questions > li:visible a").all_text_contents())
    assert shown[0] == shown[1] != []


def test_move_between_apis_leads_to_what_changes(visit):
    """Who comes from one API and chose another is led to that very move, one link for each API of the release."""
    page = visit.go("index.html" + MOVE)
    links = page.locator("#routes a").evaluate_all("all => all.map(one => one.getAttribute('href'))")
    assert "migration/index.html#from=tf.keras%402.15.1&to=keras%40keras-3.2.1" in links
    assert len(links) == 3
    page.locator("#routes a").first.click()
    page.wait_for_selector("#sheet .entry")
    assert page.input_value("#from") == "tf.keras@2.15.1"
    assert page.input_value("#to") == "keras@keras-3.2.1"


@pytest.mark.parametrize(
    ("choice", "moves"),
    [
        ("#tensorflow-from=1.15.5&tensorflow=2.15.1", 2),
        ("#tensorflow-from=2.15.1&tensorflow=2.21.0&keras=keras-3.15.1", 3),
        ("#keras-from=keras-3.2.1&keras=keras-3.15.1", 0),
        ("#keras=keras-3.15.1", 0),
    ],
)
def test_moves_are_those_from_one_api_to_another(visit, choice, moves):
    """Within one API the change is told on the first page itself."""
    assert visit.go("index.html" + choice).locator("#routes a").count() == moves


@pytest.mark.parametrize("release", ["keras-3.2.1", "2.15.1", "1.15.5"])
def test_numbers_of_deviations_are_the_same_on_both_pages(visit, release):
    """The first page and that of the release count the same statements, say what they count, and list as many."""
    page = visit.go(f"index.html#{'keras' if release.startswith('keras') else 'tensorflow'}={release}")
    sections = page.locator("#sheet section").all()
    first = {one.get_attribute("id")[3:].replace(".", "-"): COUNTED.search(one.text_content())[0] for one in sections}
    assert first
    assert page.locator("#sheet ol > li", has_not_text=SAID_FIRST).count() == 0
    page = visit.go(f"releases/{release}.html")
    assert {name: COUNTED.search(page.text_content(f"#{name}"))[0] for name in first} == first
    assert page.locator(".deviations > li", has_not_text=SAID_FIRST).count() == 0
    for part in page.locator("details[data-verdict=R]").all():
        part.locator("summary").click()
        part.locator("li").first.wait_for()
        assert part.locator("summary").text_content() == f"All {part.locator('li').count()}"
        assert part.locator("li", has_not_text=SAID_FIRST).count() == 0


@pytest.mark.parametrize("width", ["phone", "desktop"])
def test_lines_of_programs_are_seen_whole(visit, width):
    """No line of a question's program is wider than its box; those that differ are marked; the text is the program."""
    visit.page.set_viewport_size({"width": visit.widths[width], "height": 900})
    cut = []
    for name, question in recipes.load().items():
        page = visit.go(f"questions/{name}.html")
        for kind in filter(question.program, recipes.KINDS):
            program = page.locator(f"pre#{kind}")
            assert program.text_content() == question.program(kind)
            if program.evaluate("one => one.scrollWidth > one.clientWidth"):
                cut.append((name, kind))
        if question.wrong:
            alike = [page.locator(f"#{kind} span.line").all_text_contents() for kind in recipes.KINDS]
            assert [line for line in alike[0] if line.strip()] == [line for line in alike[1] if line.strip()]
            assert page.locator("mark.line").count() > 0
    assert cut == []


def test_line_that_differs_has_a_sign_beside_its_colour(visit):
    """Without colours, and on paper, the sign before a line still says that it differs."""
    page = visit.go("questions/stateless-call-without-training.html")
    for media in ("screen", "print"):
        page.emulate_media(media=media)
        sign = "one => getComputedStyle(one, '::before').content"
        assert page.locator("mark.line").evaluate_all(f"all => all.map({sign})") == ['"▸"', '"▸"']


@pytest.mark.parametrize("path", ["questions/unfreeze-and-compile.html", "behaviour.html", "index.html"])
def test_head_and_foot_of_a_page_begin_where_its_text_does(visit, path):
    """A page that is wider than others is so from top to bottom."""
    assert len(set(visit.go(path).evaluate(EDGES))) == 1


def test_placeholder_of_the_search_is_read_whole(visit):
    """What the field suggests fits into it."""
    for width in visit.widths.values():
        visit.page.set_viewport_size({"width": width, "height": 900})
        needs, has = visit.go("which.html").locator("#q").evaluate(PLACEHOLDER)
        assert needs <= has


def test_list_of_measured_releases_is_folded(visit):
    """A question names the releases in which its programs were run to who asks."""
    page = visit.go("questions/unfreeze-and-compile.html")
    folded = page.locator("details", has_text="releases in which they were run")
    assert not folded.locator("p").is_visible()
    folded.locator("summary").click()
    assert "TensorFlow 1.15.5" in folded.locator("p").text_content()


def test_table_wider_than_a_phone_says_so(visit):
    """Columns beyond the edge are announced; a table that fits says nothing."""
    page = visit.page
    page.set_viewport_size({"width": visit.widths["phone"], "height": 900})
    visit.go("index.html" + MOVE)
    cut = "one => [one.scrollWidth > one.clientWidth, getComputedStyle(one, '::before').content.includes('columns')]"
    page.wait_for_selector(".scroll.cut")
    assert [wide == said for wide, said in page.locator(".scroll").evaluate_all(f"all => all.map({cut})")] == [True] * 2
    page.set_viewport_size({"width": visit.widths["desktop"], "height": 900})
    page.wait_for_selector(".scroll.cut", state="detached")


def test_finding_names_the_releases_of_which_it_speaks(visit):
    """A finding is of the newest releases; where else it is otherwise stands on the page of the claim."""
    page = visit.go("findings/config-keeps-virtual-batches-of-a-built-layer.html")
    text = page.text_content("main")
    assert re.search(r"This is not what happens in tf_keras of TensorFlow \d", text)
    assert re.search(r"speaks of the newest releases, TensorFlow \d\S+ and Keras \d\S+\. Where else", text)
    page.click("text=all releases of this claim")
    assert page.url.endswith("claims/config-keeps-virtual-batches-of-a-built-layer.html")


def test_report_tells_what_came_then_why_then_what_to_do(visit):
    """Who lands on a report reads the symptom, its cause, the remedy, and then in which releases it is so."""
    page = visit.go("reports/tensorflow-tensorflow-issues-58711.html")
    assert page.locator("main dt").all_text_contents()[:3] == ["What happened", "Error", "Expected"]
    assert page.locator("main h2").all_text_contents() == ["Why", "What to do", "In each release"]
    assert "Before 2.9 integers meet float weights" in page.text_content(".reasons")


def test_report_that_no_program_repeats_says_so(visit):
    """What the suite does not observe is told to the reader, and what is nearest to it."""
    page = visit.go("reports/tensorflow-tensorflow-issues-7164.html")
    assert "No program here repeats this report" in page.text_content(".warning")


def test_reason_is_told_once_on_the_page_of_a_claim(visit):
    """Releases and APIs that are so for one reason stand beside it, above what was observed."""
    page = visit.go("claims/integer-images-are-normalized.html")
    reason = "tf.layers makes its weights of the type of its inputs."
    assert page.text_content("main").count(reason) == 1
    assert page.locator("#why ~ h2").first.text_content() == "By release"
    assert "tf.layers 1.13–nightly" in page.text_content(".lead")


@pytest.mark.parametrize("path", ["claims/mask-of-one-row-counts-for-all.html", "questions/masks-and-padding.html"])
def test_what_is_not_measured_takes_no_room(visit, path):
    """Releases that were not measured are named to who asks, and the table shows them to who filters for them."""
    assert visit.go(path).locator(".chip.unknown:visible").count() == 0
    page = visit.go("behaviour.html")
    page.evaluate(UNMEASURED)
    assert page.locator("#behaviour .chip.unknown:visible").count() == 0
    page.select_option("#verdict", "unknown")
    assert page.locator("#behaviour .chip.unknown:visible").count() > 0


@pytest.mark.parametrize("path", ["index.html", "releases/index.html", "questions/tf-contrib-layers-batch-norm.html"])
def test_older_releases_are_told_what_stands_for_them(visit, path):
    """Who has a TensorFlow before 1.13 is told what is nearest to it."""
    assert "Older than 1.13: not measured" in visit.go(path).text_content("main")
