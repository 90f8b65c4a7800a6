"""Methods and facts as stored: keys of kept results stay readable, and are written as before."""

import pytest

from services.screens.evaluation.facts import Facts
from services.screens.evaluation.methods import POPULARITY, UNSEEN_POPULARITY, Method


@pytest.mark.parametrize(
    ("key", "method"),
    [
        ("aws-hrnn", Method("aws-hrnn")),
        ("aws-hrnn#2", Method("aws-hrnn", training=2)),
        ("aws-hrnn+unseen", Method("aws-hrnn", seen_last=True)),
        ("aws-hrnn#3+unseen", Method("aws-hrnn", training=3, seen_last=True)),
        ("aws-hrnn-metadata:GENRES", Method("aws-hrnn-metadata", column="GENRES")),
        ("aws-hrnn-metadata:GENRES+unseen", Method("aws-hrnn-metadata", column="GENRES", seen_last=True)),
        ("popularity", POPULARITY),
        ("popularity+unseen", UNSEEN_POPULARITY),
    ],
)
def test_a_key_says_recipe_training_column_and_order(key: str, method: Method) -> None:
    assert Method.read(key) == method
    assert method.key == key


def test_the_main_picture_leaves_out_second_trainings_and_single_columns() -> None:
    keys = ("aws-hrnn", "aws-hrnn#2", "aws-hrnn-metadata:GENRES", "popularity+unseen")
    assert [key for key in keys if Method.read(key).main] == ["aws-hrnn", "popularity+unseen"]


def test_facts_of_a_kept_result_are_read_without_fields_that_came_or_went() -> None:
    stored = {
        "parameters": {"group": "films", "recipes": ["aws-hrnn"], "share": 0.1},
        "protocol": "last_tenth",
        "ended": 2.0,
        "seconds": {"split": 1.0},
        "data_version": "1",
        "n_people": 10,
        "n_train": 100,
        "n_items": 20,
        "contestants": [{"key": "aws-hrnn#2", "recipe": "aws-hrnn", "words": "HRNN (training 2)", "colour": "red"}],
        "note": "",
        "source": "demo",
        "weather": "fine",
    }
    facts = Facts.read(stored)
    assert facts.moment is None
    assert facts.parameters.recipes == ("aws-hrnn",)
    assert facts.names == {Method("aws-hrnn", training=2): "HRNN (training 2)"}
    assert Facts.read(facts.to_json()) == facts
