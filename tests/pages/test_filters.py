"""The filter control on five screens: a filter is chosen, built or written, and what it did is said by name."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from pages.components import process
from pages.components.keys import Key, Widget
from services.filters import named
from services.personalize import batch_jobs
from tests.pages.driving import empty_caches, open_page, plain, requests, said, text, until
from tests.prepared import copied

GROUP = "film-demo"
NO_DRAMA = 'EXCLUDE ItemID WHERE Items.GENRES IN ("Drama")'
RECOMMENDATIONS = "pages/recommendations_page.py"


@pytest.fixture(scope="module")
def home(ranking_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The film demo with popularity, similar items and personalized ranking, to create filters in."""
    return copied(ranking_home, tmp_path_factory.mktemp("filters") / "home")


@pytest.fixture(autouse=True)
def _home(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("PERSONALIZE_HOME", str(home))
    empty_caches()
    yield
    empty_caches()


def create(name: str, expression: str) -> str:
    """Create a filter as a program would, unless it exists, and return its name."""
    return named.create(process.backend(), GROUP, name, expression).name


def run(app: AppTest, part: str | None = None) -> AppTest:
    """Run with the control open, as it stays in a browser, at one of its parts."""
    app.session_state[Key.FILTER_OPEN] = True
    if part is not None:
        app.session_state[Key.FILTER_PART] = part
    app.run()
    assert not app.exception, app.exception[0].value
    return app


def control(app: AppTest) -> str:
    """Return the control's one line."""
    return next(plain(expander.label) for expander in app.expander if "Filter" in expander.label)


def effects(app: AppTest) -> list[str]:
    """Return what the screen says that a filter did."""
    said(app)
    mark = ":material/filter_alt: "
    return [plain(caption.value.removeprefix(mark)) for caption in app.caption if caption.value.startswith(mark)]


def asked(app: AppTest) -> dict:
    """Return the request of the drawer."""
    return next(json.loads(code) for code in requests(app) if code.startswith('{\n  "campaignArn"'))


def test_a_preset_is_chosen_and_its_value_given() -> None:
    app = open_page(RECOMMENDATIONS)
    assert control(app) == "Filter"
    run(app)
    key = f"{Widget.FILTER_PICK}_{Key.FILTER}"
    assert any(option.startswith("not yet watched · EXCLUDE") for option in app.selectbox(key=key).options)
    app.selectbox(key=key).select("preset: only a genre")
    run(app)
    assert app.query_params[Key.FILTER] == "film-demo-only-a-genre"
    app.multiselect(key=f"{Widget.FILTER_VALUE}_{Key.FILTER}_GENRES").set_value(["Western", "War"])
    run(app)
    assert control(app).endswith('INCLUDE ItemID WHERE Items.GENRES IN ("Western","War")')
    assert asked(app)["filterValues"] == {"GENRES": '"Western","War"'}
    assert effects(app)[0].startswith("The filter took away 2")
    assert "filterArn=" in " ".join(requests(app))
    again = open_page(RECOMMENDATIONS, **{name: app.query_params[name] for name in app.query_params})
    assert effects(again) == effects(app)


def test_a_filter_is_built_by_clicking_and_created_once() -> None:
    app = run(open_page(RECOMMENDATIONS), "Build")
    app.selectbox(key=f"{Widget.FILTER_COLUMN}_0").select("GENRES")
    run(app)
    app.multiselect(key=f"{Widget.FILTER_OPERAND}_0_GENRES").set_value(["Crime"])
    run(app)
    app.multiselect(key=Widget.FILTER_NOT_HAD).set_value(["watch"])
    run(app)
    expression = (
        'INCLUDE ItemID WHERE Items.GENRES IN ("Crime") | EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch")'
    )
    assert app.code[0].value == expression
    before = create("crime", expression)
    app.button(key=f"{Widget.FILTER_BUILT}_create").click()
    run(app)
    assert app.query_params[Key.FILTER] == before, "the same expression is not created again"
    assert effects(app)


def test_a_text_is_written_with_help_and_refused_at_its_character() -> None:
    app = run(open_page(RECOMMENDATIONS), "Write")
    app.text_area(key=Widget.FILTER_TEXT).set_value("INCLUDE ItemID WHERE Items.YEAR BETWEEN 3")
    run(app)
    assert app.code[0].value.splitlines()[1] == " " * 32 + "^"
    assert "allowed is IN, NOT IN or one of = != < <= > >=." in text(app)
    app.text_area(key=Widget.FILTER_TEXT).set_value("INCLUDE ItemID WHERE Items.YEAR < ")
    run(app)
    assert "1919" in app.get_by_key(Widget.FILTER_WORD).options
    app.get_by_key(Widget.FILTER_WORD).set_value("1919")
    run(app)
    assert app.text_area(key=Widget.FILTER_TEXT).value == "INCLUDE ItemID WHERE Items.YEAR < 1919 "
    app.button(key=f"{Widget.FILTER_WRITTEN}_create").click()
    run(app)
    assert "Nothing is left for" in said(app)


def test_promoted_items_are_marked_in_the_list() -> None:
    westerns = create("westerns", 'INCLUDE ItemID WHERE Items.GENRES IN ("Western")')
    no_drama = create("no-drama", NO_DRAMA)
    app = open_page(RECOMMENDATIONS, **{Key.FILTER: no_drama, Key.PROMOTE: westerns, Key.PROMOTE_SHARE: "20"})
    (effect,) = effects(app)
    assert effect.startswith("The filter took away 6 films: Titanic")
    assert "★ promoted: " in effect
    moves = next(table.value["move"].tolist() for table in app.dataframe if "move" in table.value)
    assert moves.count("★") == 5
    assert said(app).startswith("With the filter, Nora sees 25 bestsellers")
    assert asked(app)["promotions"][0]["name"] == "westerns"
    run(app, "Promote")
    app.slider(key=Widget.PROMOTE_SHARE).set_value(40)
    run(app)
    assert asked(app)["promotions"][0]["percentPromotedItems"] == 40


def test_compare_says_it_of_each_side() -> None:
    app = open_page("pages/compare_page.py", filter=create("no-drama", NO_DRAMA))
    assert [effect.partition(":")[0] for effect in effects(app)] == ["Nora", "Ben"]


def test_ranking_names_what_was_taken_away() -> None:
    app = open_page("pages/ranking_page.py", filter=create("no-drama", NO_DRAMA))
    assert all("The filter took away" in effect for effect in effects(app))
    lists = [table.value for table in app.dataframe if "after" in table.value]
    assert {len(one) for one in lists} < set(range(20))
    nothing = create("silent", "INCLUDE ItemID WHERE Items.YEAR < 1900")
    assert said(open_page("pages/ranking_page.py", filter=nothing)) == "Nothing is left to put into order."


def test_similar_takes_filters_that_compare_with_the_item() -> None:
    app = open_page("pages/similar_page.py")
    run(app)
    app.selectbox(key=f"{Widget.FILTER_PICK}_{Key.FILTER}").select("preset: same genre")
    run(app)
    assert all(effect.startswith("Next to ") for effect in effects(app))
    app.switch_page(RECOMMENDATIONS).run()
    assert effects(app) == [], "a request about a user has no item to compare with"


def test_similar_promotes_next_to_each_item() -> None:
    westerns = create("westerns", 'INCLUDE ItemID WHERE Items.GENRES IN ("Western")')
    app = open_page("pages/similar_page.py", **{Key.PROMOTE: westerns, Key.PROMOTE_SHARE: "20"})
    assert len(effects(app)) == 2
    assert all("★ promoted: " in effect for effect in effects(app))
    assert asked(app)["promotions"][0]["percentPromotedItems"] == 20
    run(app, "Promote")
    assert app.slider(key=Widget.PROMOTE_SHARE).value == 20


def test_batch_writes_the_values_into_each_line() -> None:
    name = create("genre", "INCLUDE ItemID WHERE Items.GENRES IN ($G)")
    query = {Key.FILTER: name, Key.FILTER_VALUES: json.dumps({"G": '"War"'}), Key.BATCH_MOST: "3"}
    app = open_page("pages/batch_page.py", **query)
    app.button(key=Widget.BATCH_RUN).click().run()
    until(app, lambda at: not any(job.running for job in batch_jobs.jobs(process.backend(), GROUP)))
    app.run()
    assert effects(app)[0].startswith(f"In the first 3 lists the filter {name} took away")
    assert "filterArn" in " ".join(requests(app))


def test_a_filter_of_the_address_that_does_not_exist_is_left_out() -> None:
    app = open_page(RECOMMENDATIONS, filter="nobody-made-it")
    assert effects(app) == []
    assert '"nobody-made-it" for "filter" in the address is not there to choose' in text(app)
