"""Sentences and rows about a search for the best settings."""

from services.backend import Trial
from services.screens.training import search, tables

NDCG = "normalized_discounted_cumulative_gain_at_25"


def trial(number: int, value: float | None, state: str = "done", recipe: str = "aws-hrnn") -> Trial:
    return Trial(number, recipe, {"bptt": str(number)}, NDCG, state, value, 2.0)


def test_sentence_names_the_best_trial_and_what_it_gained() -> None:
    assert search.search_sentence([trial(1, 0.2), trial(2, 0.25), trial(3, 0.3, "stopped early")]) == (
        "3 trials have finished; trial 2 is the best, NDCG@25 0.250 on people held out to compare trials, "
        "+0.050 against trial 1, the settings without a search."
    )
    assert search.search_sentence([trial(1, 0.2)]) == (
        "1 trial has finished; trial 1 is the best, NDCG@25 0.200 on people held out to compare trials: "
        "the settings without a search."
    )


def test_sentence_of_a_search_without_a_result() -> None:
    assert search.search_sentence([]) == "No trial has finished yet."
    assert search.search_sentence([trial(1, None, "failed")]).endswith("it could not be measured to the end.")
    assert search.search_sentence([trial(1, None, "failed"), trial(2, 0.2)]).endswith("to compare trials.")


def test_offer_says_what_is_tried_and_how_long_it_takes() -> None:
    names = ("hidden_dimension", "bptt")
    assert search.offer_sentence(names, {"bptt": "4"}, 8, 240.0) == (
        "Tries hidden_dimension: 8 trials, about 4 min with the training after it."
    )
    assert search.offer_sentence(names, {}, 8, None) == "Tries hidden_dimension, bptt: 8 trials."
    assert search.offer_sentence(names, dict.fromkeys(names, "4"), 8, 9.0).startswith("Nothing is left to search")


def test_what_was_found_stands_beside_the_default() -> None:
    assert search.tuned_words("96", "43") == "**96** :gray[(searched; default 43)]"
    assert search.tuned_words("true", "True") == "**true** :gray[(searched; the default)]"


def test_rows_mark_the_best_trial_and_name_recipes_where_there_are_several() -> None:
    rows = tables.trial_rows([trial(1, 0.2), trial(2, 0.1), trial(3, None, "failed")])
    assert list(rows.columns) == list(tables.TRIAL_COLUMNS)
    assert list(rows["role"]) == ["model", "quiet", "quiet"]
    assert rows["value"].isna().tolist() == [False, False, True]
    assert rows["settings"][0] == "bptt 1"
    several = tables.trial_rows([trial(1, 0.2), trial(2, 0.1, recipe="aws-hrnn-metadata")])
    assert several["settings"][1] == "aws-hrnn-metadata: bptt 2"
