"""Rows as data: a file that anybody edited, an address that anybody typed, and the usual rows."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.language.vocabulary import FILM_WORDS
from services.screens.storefront import rows
from services.screens.storefront.rows import BECAUSE, KINDS, MAX_CAUSES, MAX_ITEMS, MAX_TITLE, USUAL, Row

ROWS = st.lists(
    st.builds(
        Row,
        kind=st.sampled_from(KINDS),
        title=st.text(min_size=1, max_size=MAX_TITLE).map(str.strip).filter(bool),
        n_items=st.integers(1, MAX_ITEMS),
        campaign=st.text(max_size=20).filter(lambda name: rows.SEPARATOR not in name),
    ),
    min_size=1,
    max_size=8,
).map(tuple)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    (tmp_path / "library" / "shop").mkdir(parents=True)
    return tmp_path


def test_without_a_file_there_are_the_usual_rows(home: Path) -> None:
    assert rows.read(home, "shop") == (USUAL, "")


@settings(max_examples=60)
@given(ROWS)
def test_rows_come_back_from_an_address_and_from_a_table_as_they_were(given_rows: tuple[Row, ...]) -> None:
    assert rows.from_address(rows.to_address(given_rows)) == given_rows
    assert rows.from_records(rows.to_records(given_rows)) == given_rows


def test_stored_rows_are_read_again(home: Path) -> None:
    mine = (Row(BECAUSE, 'Weil du "{item}" gesehen hast\n', 5, 3, "c"), Row("new", "Neu ✓ \u2028"))
    rows.write(home, "shop", mine)
    read, note = rows.read(home, "shop")
    assert [(row.kind, row.title, row.n_items, row.n_rows, row.campaign) for row in read] == [
        (BECAUSE, 'Weil du "{item}" gesehen hast', 5, 3, "c"),
        ("new", "Neu ✓", 12, 1, ""),
    ]
    assert note == ""


@settings(max_examples=60)
@given(st.lists(st.text(max_size=60), max_size=20))
def test_any_address_gives_rows_that_can_be_shown(values: list[str]) -> None:
    for row in rows.from_address(values):
        assert row.kind in KINDS
        assert row.title
        assert 1 <= row.n_items <= MAX_ITEMS
        assert 1 <= row.n_rows <= MAX_CAUSES


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("row = 3", "no row that can be shown"),
        ("[[row", "cannot be read"),
        ('[[row]]\nshow = "magic"', "no row that can be shown"),
        ('[[row]]\nshow = "new"\nitems = true\ntitle = 5\n[[row]]\nshow = 1', "1 of 2 rows of storefront.toml"),
        ('[[row]]\nshow = "new"\nitems = inf\nrows = nan\n', ""),
    ],
)
def test_what_cannot_be_used_in_a_file_is_left_out_and_said(home: Path, text: str, note: str) -> None:
    (home / "library" / "shop" / rows.FILE).write_text(text)
    read, told = rows.read(home, "shop")
    assert note in told
    assert bool(note) == bool(told)
    assert all(row.n_items <= MAX_ITEMS for row in read)


def test_a_title_names_its_item_and_the_verb_of_the_data() -> None:
    assert (
        rows.title_of(USUAL[1], "{item}", FILM_WORDS, item="Vertigo {past}") == "Because {item} watched Vertigo {past}"
    )
    assert rows.title_of(USUAL[2], "Nora", FILM_WORDS, maker="Acme") == "More from Acme"
