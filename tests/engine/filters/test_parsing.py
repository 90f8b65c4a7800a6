"""The language of filters: what is read, and errors that point at the character and say what is allowed there."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.lark import from_lark
from lark import Lark

from services.engine import tiny_shop
from services.engine.data.schemas import parse_schema
from services.engine.errors import InvalidInput
from services.engine.filters.grammar import GRAMMAR
from services.engine.filters.parsing import parse
from services.engine.filters.rules import checked
from services.engine.filters.syntax import Anything, CurrentItem, Number, Parameter, Text


def operands(text):
    """Return the operands of the first condition of INCLUDE ItemID WHERE Items.X ..."""
    return parse(f"INCLUDE ItemID WHERE Items.X {text}").expressions[0].conditions[0].operands


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('IN ("a", "b c")', (Text("a"), Text("b c"))),
        (r'IN ("say \"x\" \\ y")', (Text(r'say "x" \ y'),)),
        ("IN ($GENRES)", (Parameter("GENRES"),)),
        ('IN ("$GENRES")', (Parameter("GENRES"),)),
        ('IN ("$ 5")', (Text("$ 5"),)),
        ('in ("*")', (Anything(),)),
        ("IN (*)", (Anything(),)),
        ('not  in ("a")', (Text("a"),)),
        ("IN CurrentItem.GENRE", (CurrentItem("GENRE"),)),
        ("<= -1.5e2", (Number(-150.0),)),
        ("= 20", (Number(20.0),)),
        ("> ($MAX)", (Parameter("MAX"),)),
        ("!=$MAX", (Parameter("MAX"),)),
        ('= "gold"', (Text("gold"),)),
        ("< currentitem.PRICE", (CurrentItem("PRICE"),)),
    ],
)
def test_values(text, expected):
    assert operands(text) == expected


def test_and_binds_closer_than_or():
    (part,) = parse("INCLUDE ItemID WHERE Items.A = 1 OR Items.B = 2 AND Items.C = 3").expressions
    assert [[condition.field.name for condition in group] for group in part.alternatives] == [["A"], ["B", "C"]]


def test_a_chain_and_its_conditions_on_the_user():
    first, second = parse(
        'EXCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.AGE < 18 AND CurrentUser.TIER IN ("gold")'
        "\n| include itemid WHERE interactions.EVENT_TYPE in ('x')".replace("'", '"')
    ).expressions
    assert (first.includes, second.includes, second.target) == (False, True, "ItemID")
    assert [condition.field.name for condition in first.user_conditions] == ["AGE", "TIER"]
    assert second.conditions[0].field.dataset == "Interactions"


def test_fields_may_be_called_like_keywords():
    (part,) = parse("INCLUDE ItemID WHERE Items.IN IN ($IN) AND Items.OR = 1").expressions
    assert [condition.field.name for condition in part.conditions] == ["IN", "OR"]


@pytest.mark.parametrize(
    ("text", "position", "words"),
    [
        ("", 1, "the expression ends there; allowed is INCLUDE or EXCLUDE."),
        ("SELECT", 1, "'SELECT' stands there; allowed is INCLUDE or EXCLUDE."),
        ("INCLUDE items", 9, "allowed is ItemID, UserID or ActionID."),
        ("INCLUDE ItemID WHERE Items.PRICE BETWEEN 5", 34, "allowed is IN, NOT IN or one of = != < <= > >=."),
        ("INCLUDE ItemID WHERE (Items.A = 1)", 22, "allowed is a dataset (Interactions, Items, Users"),
        ('INCLUDE ItemID WHERE Items.A IN ("a"', 37, 'the expression ends there; allowed is ")" or ",".'),
        ("INCLUDE ItemID WHERE Items.A IN (5)", 34, "a text in double quotes such as"),
        ('INCLUDE ItemID WHERE Items.A IN ("a)', 34, "a text in double quotes such as"),
        ("INCLUDE ItemID WHERE Items.A = 1 | ", 36, "allowed is INCLUDE or EXCLUDE."),
        ("EXCLUDE ItemID WHERE Items.A = 1 IF CurrentUser.B = 1 OR CurrentUser.C = 2", 55, "'OR' stands there"),
        ("EXCLUDE ItemID WHERE Items.A = 1 IF Items.B = 1", 37, "allowed is CurrentUser."),
        ("INCLUDE ItemID WHERE Items.A = 1 + 1", 34, "'+' stands there"),
    ],
)
def test_an_error_points_at_the_character_and_says_what_is_allowed(text, position, words):
    with pytest.raises(InvalidInput) as caught:
        parse(text)
    assert str(caught.value).startswith(f"Could not create filter. Invalid Expression at character {position}: ")
    assert words in str(caught.value)


SCHEMAS = {
    "Items": parse_schema(tiny_shop.ITEMS),
    "Users": parse_schema(tiny_shop.USERS),
    "Interactions": parse_schema(tiny_shop.INTERACTIONS),
}
WORDS = (
    'INCLUDE EXCLUDE ItemID UserID WHERE IF AND OR IN NOT | ( ) , . * $A $B "a" "*" 5 -1.5 < >= != = Items Users '
    "Interactions Actions CurrentUser CurrentItem CATEGORY PRICE EVENT_TYPE AGE"
)
WORD_LISTS = st.lists(st.sampled_from(WORDS.split()), max_size=12)


@settings(max_examples=100, deadline=None)
@given(text=from_lark(Lark(GRAMMAR)) | WORD_LISTS.map(" ".join) | st.text(max_size=40))
def test_any_text_is_read_or_refused_with_a_place_in_it(text):
    refusal = ""
    try:
        checked(text, SCHEMAS)
    except InvalidInput as error:
        refusal = str(error)
    assert refusal == "" or refusal.startswith("Could not create filter.")
    place = re.search(r"at character (\d+):", refusal)
    assert place is None or 1 <= int(place[1]) <= len(text) + 1
