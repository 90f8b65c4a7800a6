"""Tonight against life: where a session begins, and what lies between both lists."""

import numpy as np
import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.tonight import blended, parse_tonight, session_start

HOUR_S = 3600


@pytest.mark.parametrize(
    ("hours", "start"),
    [([], 0), ([0], 0), ([0, 1, 2], 0), ([0, 7], 1), ([0, 1, 30, 31, 32], 2), ([0, 6.1, 12.2], 2), ([0, 5.9], 0)],
)
def test_a_session_begins_after_six_hours(hours: list[float], start: int) -> None:
    assert session_start(np.array([round(hour * HOUR_S) for hour in hours], np.int64)) == start


NOW = np.log(np.array([[0.7, 0.2, 0.1, 0]], np.float32), where=[True, True, True, False], out=np.full((1, 4), -np.inf))
LIFE = np.log(np.array([[0.1, 0.3, 0.5, 0.1]], np.float32))


def test_the_ends_are_the_two_lists_of_what_both_show() -> None:
    np.testing.assert_allclose(np.exp(blended(NOW, LIFE, 1.0)), [[0.7, 0.2, 0.1, 0]], atol=1e-6)
    np.testing.assert_allclose(np.exp(blended(NOW, LIFE, 0.0)), [[1 / 9, 3 / 9, 5 / 9, 0]], atol=1e-6)


def test_between_them_lies_a_distribution_that_leans_to_both() -> None:
    half = np.exp(blended(NOW, LIFE, 0.5))[0]
    assert half.sum() == pytest.approx(1)
    assert half[3] == 0
    expected = np.sqrt([0.07, 0.06, 0.05])
    np.testing.assert_allclose(half[:3], expected / expected.sum(), atol=1e-6)


def test_the_setting_is_read_from_the_campaigns_map() -> None:
    assert parse_tonight(None) == parse_tonight({"explorationWeight": "0.3"}) == 1
    assert parse_tonight({"tonight": "0.25"}) == 0.25
    with pytest.raises(InvalidInput, match="'-1' of the hyperparameter tonight is out of range"):
        parse_tonight({"tonight": "-1"})
