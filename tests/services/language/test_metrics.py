"""Metrics as sentences, and who may be said to win."""

from dataclasses import dataclass

import pytest

from services.language.metrics import METRICS, metric_label, metric_sentence, relative, verdict
from services.language.vocabulary import Words


@dataclass(frozen=True)
class Interval:
    value: float
    low: float
    high: float


@pytest.mark.parametrize(
    ("metric", "value", "baseline", "sentence"),
    [
        (
            "mean_reciprocal_rank_at_25",
            0.25,
            0.1,
            "The first right film is typically at place 4.0 in the list (harmonic mean); bestsellers: at place 10.0.",
        ),
        ("precision_at_10", 0.123, 0.05, "People go on to watch 1.2 of the 10 films shown; bestsellers: 0.5."),
        (
            "normalized_discounted_cumulative_gain_at_25",
            0.244,
            None,
            "The order of the 25 is worth 24 % of the best possible order.",
        ),
        ("hit_rate_at_10", 1 / 6, 1 / 9, "17 % of people find at least one right film among 10; bestsellers: 11 %."),
        ("coverage", 0.31, 0.02, "31 % of all films are shown to at least one person; bestsellers: 2 %."),
        (
            "mean_reciprocal_rank_at_25",
            0.0,
            None,
            "The first right film is typically nowhere in the list (harmonic mean).",
        ),
    ],
)
def test_metric_in_plain_words(metric: str, value: float, baseline: float | None, sentence: str) -> None:
    assert metric_sentence(metric, value, baseline) == sentence


def test_sentences_use_the_catalogues_own_words() -> None:
    words = Words("product", "products", "buy", "bought", "because you bought")
    assert metric_sentence("precision_at_5", 0.2, words=words) == ("People go on to buy 1.0 of the 5 products shown.")


def test_every_metric_of_aws_has_a_short_name_and_a_sentence() -> None:
    assert metric_label("normalized_discounted_cumulative_gain_at_5") == "NDCG@5"
    for metric in METRICS:
        assert "_" not in metric_label(metric)
        assert "_" not in metric_sentence(metric, 0.1, 0.05)


@pytest.mark.parametrize(
    ("interval", "n_users", "words"),
    [
        (Interval(0.1, 0.02, 0.2), 100, "beats"),
        (Interval(0.1, -0.02, 0.2), 100, "no clear difference"),
        (Interval(0.1, 0.0, 0.2), 100, "no clear difference"),
        (Interval(-0.1, -0.2, -0.01), 100, "loses to"),
        (Interval(0.1, 0.02, 0.2), 12, "too few people to tell (n = 12)"),
    ],
)
def test_a_winner_is_named_by_the_interval_alone(interval: Interval, n_users: int, words: str) -> None:
    assert verdict(interval, n_users) == words


def test_difference_as_percent_of_the_baseline() -> None:
    assert relative(Interval(0.114, 0.096, 0.133), 0.1) == "+114 % (95 %: +96 to +133)"
    assert relative(Interval(0.1, 0.05, 0.15), 0.0) == "+0.100 (95 %: +0.050 to +0.150)"
