"""The text of questions about attributes."""

import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.affinity.segments import Attribute
from services.engine.runtime.segments import parse_attributes


def test_conditions_are_read_as_awss_examples_write_them() -> None:
    text = 'ITEMS.genres = "Comedy" AND ITEMS.genres = "Action" and items.YEAR=1999'
    expected = (Attribute("genres", "Comedy"), Attribute("genres", "Action"), Attribute("YEAR", "1999"))
    assert parse_attributes(text) == expected


def test_a_value_may_contain_the_word_and() -> None:
    assert parse_attributes('BRAND = "Black AND Decker"') == (Attribute("BRAND", "Black AND Decker"),)


@pytest.mark.parametrize("text", ["", "GENRES", 'GENRES > "A"', 'GENRES = "A" OR YEAR = 1', 'GENRES = "A" AND'])
def test_what_cannot_be_read_is_named(text: str) -> None:
    with pytest.raises(InvalidInput, match="itemAttributes cannot be read at"):
        parse_attributes(text)
