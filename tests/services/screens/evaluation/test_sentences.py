"""The sentences of Evaluation in every outcome: who wins, that nobody can tell, who loses, what is known so far."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pandas as pd
import pytest

from services.laboratory.estimates import Estimate, intervals
from services.language.vocabulary import FILM_WORDS
from services.screens.evaluation import plain_words, sentences, tables
from services.screens.evaluation.facts import Interim
from services.screens.evaluation.methods import POPULARITY, RANDOM, UNSEEN_POPULARITY, Method
from services.screens.evaluation.results import Comparison

HRNN = Method("aws-hrnn")
NAMES = {HRNN: "HRNN"}


def comparison(difference: tuple[float, float, float], metric: str = "ndcg", people: int = 943) -> Comparison:
    wins, losses = (512, 140) if difference[0] > 0 else (140, 512)
    share = people / 943
    counts = round(wins * share), people - round(wins * share) - round(losses * share), round(losses * share)
    value, other = Estimate(0.2 + difference[0], 0.1, 0.3), Estimate(0.2, 0.1, 0.3)
    return Comparison(HRNN, POPULARITY, metric, 25, value, other, Estimate(*difference), *counts)


def result(rate: Comparison) -> Any:
    return SimpleNamespace(words=NAMES, compare=lambda *_: rate, facts=SimpleNamespace(n_items=100, n_people=50))


def said(found: Comparison, other: Method = POPULARITY) -> str:
    return sentences.headline(found, result(found), HRNN, other, FILM_WORDS)


BETTER, WORSE, UNCLEAR = (0.1, 0.05, 0.15), (-0.1, -0.15, -0.05), (0.01, -0.02, 0.04)


def test_a_clear_win_is_said_in_people_with_the_counts_of_the_same_metric() -> None:
    assert said(comparison((0.31, 0.25, 0.36), "hit_rate")) == (
        "Personal recommendations are right for more people than bestsellers: 51 % against 20 %; better for 512, "
        "worse for 140, same for 291 of 943."
    )
    assert said(comparison(BETTER)).startswith("Personal recommendations beat bestsellers in NDCG@25: 0.300 against")


def test_a_clear_loss_is_said_just_as_plainly() -> None:
    assert said(comparison(WORSE)).startswith("Personal recommendations lose to bestsellers in NDCG@25:")
    assert "are right for fewer people than" in said(comparison(WORSE, "hit_rate"))


def test_no_difference_and_too_few_people_name_no_winner() -> None:
    assert said(comparison(UNCLEAR)).startswith("Personal recommendations and bestsellers: no clear")
    assert said(comparison(UNCLEAR, "hit_rate")).startswith("Personal recommendations and bestsellers: no clear")
    assert said(comparison(BETTER, people=12)) == (
        "Personal recommendations against bestsellers: too few people to tell (n = 12)."
    )
    assert "too few people to tell (n = 12)" in said(comparison(BETTER, "hit_rate", people=12))


def test_two_recipes_are_named() -> None:
    other = Method("aws-hrnn-metadata")
    assert said(comparison(BETTER, "hit_rate"), other).startswith(
        "Personal recommendations are right for more people than personal recommendations with metadata: 30 %"
    )


def test_more_popularity_bias_is_no_win() -> None:
    assert said(comparison(BETTER, "popularity_bias")).startswith(
        "Personal recommendations lose to bestsellers in popularity"
    )


@pytest.mark.parametrize("metric", ["ndcg", "hit_rate", "popularity_bias"])
@pytest.mark.parametrize("found", [BETTER, WORSE, UNCLEAR])
def test_headlines_fit_two_lines(found: tuple[float, float, float], metric: str) -> None:
    assert len(said(comparison(found, metric), UNSEEN_POPULARITY)) <= sentences.MAX_HEADLINE


def test_what_stands_so_far_says_after_how_many() -> None:
    interim = Interim("HRNN", done=200, of=943, value=0.7, low=0.6, high=0.8)
    assert sentences.interim_words(interim) == (
        "“HRNN” is right for 70 % (95 %: 60 to 80) after 200 of 943 people; the range narrows as more are asked."
    )
    assert sentences.interim_words(replace(interim, done=943)).endswith("after 943 of 943 people.")


def test_methods_are_named_for_people() -> None:
    assert sentences.method_words(Method.read("aws-hrnn+unseen"), NAMES, "films") == "HRNN, seen films last"
    assert sentences.in_sentence(UNSEEN_POPULARITY, NAMES, "films") == "bestsellers they have not seen"


def test_a_histogram_has_zero_in_the_middle_of_one_bin_and_everybody_once() -> None:
    bins = tables.histogram(pd.DataFrame({"difference": [-1.0, 0.0, 0.0, 0.3, 1.0]}))
    middle = bins[(bins["low"] < 0) & (bins["high"] > 0)]
    assert list(middle["n"]) == [2]
    assert bins["n"].sum() == 5


def test_the_bootstrap_and_the_normal_interval_agree_where_they_meet() -> None:
    values = pd.Series(range(2000)).mod(7).to_numpy(float)[:, None]
    low, high = intervals(values)
    more_low, more_high = intervals(pd.Series(range(2001)).mod(7).to_numpy(float)[:, None])
    assert low[0] == pytest.approx(more_low[0], abs=0.02)
    assert high[0] == pytest.approx(more_high[0], abs=0.02)


@pytest.mark.parametrize(
    ("metric", "sentence"),
    [
        ("hit_rate", "; random lists: 20 %."),
        ("novelty", "; random lists: by 800."),
        ("recall", "; random lists: 20 %."),
        ("coverage", "; random lists: 20."),
        ("amazon_ndcg", "; random lists: 0.200."),
    ],
)
def test_a_metric_in_plain_words_names_the_method_beside_it(metric: str, sentence: str) -> None:
    values = {HRNN: Estimate(0.5, 0.4, 0.6), RANDOM: Estimate(0.2, 0.1, 0.3), POPULARITY: Estimate(0.2, 0.1, 0.3)}
    found: Any = SimpleNamespace(
        words=NAMES, estimate=lambda method, *_: values.get(method), facts=SimpleNamespace(n_items=100, n_people=50)
    )
    beside_random = plain_words.sentence(found, HRNN, RANDOM, metric, 25, FILM_WORDS)
    assert sentence in beside_random
    beside_popularity = plain_words.sentence(found, HRNN, POPULARITY, metric, 25, FILM_WORDS)
    assert beside_popularity == beside_random.replace("random lists", "bestsellers")
