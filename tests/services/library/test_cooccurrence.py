import numpy as np
import pytest

from services.library.cooccurrence import count

PEOPLE = {0: [0, 1, 2], 1: [0, 1, 1], 2: [1, 2], 3: [], 4: [3]}
"""Items of each person; person 1 had item 1 twice, item 4 nobody."""


def counted():
    pairs = [(user, item) for user, items in PEOPLE.items() for item in items]
    users, items = np.array(pairs, dtype=np.int64).T
    return count(users, items, n_users=5, n_items=5)


@pytest.mark.parametrize(
    ("item", "together"), [(0, [2, 2, 1, 0, 0]), (1, [2, 3, 2, 0, 0]), (3, [0, 0, 0, 1, 0]), (4, [0, 0, 0, 0, 0])]
)
def test_people_with_both_are_counted_once_each(item: int, together: list[int]) -> None:
    assert counted().together(item).tolist() == together


def test_people_and_events_of_items() -> None:
    found = counted()
    assert found.n_people.tolist() == [2, 3, 2, 1, 0]
    assert found.event_counts.tolist() == [2, 4, 2, 1, 0]
    assert found.n_active == 4
    assert found.n_items == 5


def test_cost_is_what_together_reads() -> None:
    assert counted().cost().tolist() == [5, 7, 5, 1, 0]


def test_nothing_is_counted_of_no_events() -> None:
    none = np.empty(0, np.int64)
    found = count(none, none, n_users=2, n_items=3)
    assert found.together(1).tolist() == [0, 0, 0]
    assert found.n_active == 0


def test_it_equals_the_product_of_the_matrix_with_itself() -> None:
    rng = np.random.default_rng(0)
    users, items = rng.integers(0, 40, 900), rng.integers(0, 30, 900)
    matrix = np.zeros((40, 30), int)
    matrix[users, items] = 1
    product = matrix.T @ matrix
    found = count(users, items, 40, 30)
    assert all((found.together(item) == product[item]).all() for item in range(30))
