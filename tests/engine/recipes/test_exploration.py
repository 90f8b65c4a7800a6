"""A campaign's exploration settings, and the random generator of each answer."""

import pytest

from services.engine.errors import InvalidInput
from services.engine.recipes.exploration import Exploration, parse_exploration


def test_settings_are_awss_unless_given() -> None:
    assert parse_exploration(None, 5) == Exploration(0.3, 30.0, 5)
    assert parse_exploration({"explorationWeight": "1"}) == Exploration(1.0, 30.0)
    assert parse_exploration({"explorationItemAgeCutOff": "0.5"}) == Exploration(0.3, 0.5)


@pytest.mark.parametrize(
    ("name", "text", "words"),
    [
        ("explorationWeight", "1.1", r"'1.1' of the hyperparameter explorationWeight is out of range.*from 0 to 1"),
        ("explorationWeight", "much", "'much'.*is not a number"),
        ("explorationItemAgeCutOff", "0", "'0' of the hyperparameter explorationItemAgeCutOff.*above 0"),
        ("explorationItemAgeCutOff", "-1", "'-1'.*out of range"),
        ("exploration_weight", "0.3", "has no exploration_weight. It has explorationWeight, explorationItemAgeCutOff"),
    ],
)
def test_bad_settings_are_refused_in_words(name: str, text: str, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        parse_exploration({name: text})


def test_each_place_in_a_batch_has_its_own_draw_of_one_seed() -> None:
    first, again, second = (Exploration(seed=3).generator(place).random() for place in (0, 0, 1))
    assert first == again != second
