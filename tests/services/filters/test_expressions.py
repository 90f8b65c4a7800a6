"""Expressions that are built by clicking, and what is read from the text of any."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.engine.filters.parsing import parse
from services.engine.filters.syntax import Text
from services.filters import expressions
from services.filters.columns import Column
from services.filters.expressions import Clause, Placeholder, built

GENRES = Column("Items", "GENRES", values=("Drama",))
YEAR = Column("Items", "YEAR", is_number=True, low=1920.0, high=2020.0)
AGE = Column("Users", "AGE", is_number=True)


def test_clauses_what_was_had_and_the_user_become_one_expression():
    clauses = (Clause(GENRES, "IN", ("Drama", "Crime")), Clause(YEAR, ">=", ("1960",)))
    young = Clause(AGE, "<", ("18",))
    assert built(clauses, leave_out=False, joint="OR", not_had=("watch",), only_if=young) == (
        'INCLUDE ItemID WHERE Items.GENRES IN ("Drama", "Crime") OR Items.YEAR >= 1960 IF CurrentUser.AGE < 18 '
        '| EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("watch") IF CurrentUser.AGE < 18'
    )
    assert built((), leave_out=True, only_if=young) == ""


@given(st.lists(st.text(min_size=1).filter(lambda text: not text.startswith("$") and text != "*"), min_size=1))
def test_any_text_is_read_back_as_it_was_clicked(texts):
    condition = parse(built((Clause(GENRES, "IN", tuple(texts)),), leave_out=False, only_if=None)).expressions[0]
    assert condition.conditions[0].operands == tuple(map(Text, texts))
    assert expressions.values_of(expressions.filter_value(texts)) == texts


@pytest.mark.parametrize(
    ("expression", "found"),
    [
        ("INCLUDE ItemID WHERE Items.GENRES IN ($G)", [Placeholder("G", "Items.GENRES", True, True)]),
        ("EXCLUDE ItemID WHERE Items.YEAR < $MAX", [Placeholder("MAX", "Items.YEAR", False, False)]),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("$G")', [Placeholder("G", "Items.GENRES", True, True)]),
        ('INCLUDE ItemID WHERE Items.GENRES IN ("US$ 5", "Items.X")', []),
        (
            "EXCLUDE ItemID WHERE Items.A = $X | INCLUDE ItemID WHERE Items.B IN ($X) IF CurrentUser.AGE > $Y",
            [Placeholder("X", "Items.B", True, True), Placeholder("Y", "CurrentUser.AGE", False, True)],
        ),
    ],
)
def test_placeholders_are_found_with_their_columns(expression, found):
    assert list(expressions.placeholders(expression)) == found
    assert {one.name for one in found} == set(parse(expression).parameters)


def test_spaces_make_no_other_expression():
    one = 'INCLUDE ItemID WHERE Items.GENRES IN ("a  b","c")'
    assert expressions.same(one, 'INCLUDE  ItemID\nWHERE Items.GENRES  IN ( "a  b", "c" )')
    assert not expressions.same(one, one.replace("a  b", "a b"))


def test_whom_an_expression_needs():
    assert expressions.uses_current_item("INCLUDE ItemID WHERE Items.A IN CurrentItem.A")
    assert not expressions.uses_current_item('INCLUDE ItemID WHERE Items.A IN ("CurrentItem.A")')
    assert expressions.about_user('EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("*")')
    assert not expressions.about_user('INCLUDE ItemID WHERE Items.A IN ("b")')
