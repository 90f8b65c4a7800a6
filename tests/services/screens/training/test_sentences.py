"""The Training screen's sentences, for every way that a training can end."""

from dataclasses import replace

import pytest

from services.backend import CurvePoint, JobView, MethodMetrics, MetricEstimate, Stage, VersionEvaluation
from services.engine.recipes.base import NeverListed
from services.laboratory.hit_rates import of_trainings
from services.personalize.versions import VersionView
from services.screens.training import sentences, tables

RATE = "hit_rate_at_25"
VERSION = VersionView(
    "arn:x:solution/films-hrnn/1",
    "films-hrnn/1",
    "arn:x:solution/films-hrnn",
    "films-hrnn",
    "aws-hrnn",
    "ACTIVE",
    None,
    1.0,
    2.0,
)


def evaluated(model: float, popularity: float, low: float, high: float, n_users: int = 200) -> VersionView:
    def method(name: str, value: float) -> MethodMetrics:
        return MethodMetrics(name, {RATE: MetricEstimate(value, value - 0.05, value + 0.05)})

    difference = MetricEstimate(model - popularity, low, high)
    methods = (method("model", model), method("popularity", popularity), method("random", 0.02))
    return replace(VERSION, evaluation=VersionEvaluation(n_users, "newest tenth.", methods, {RATE: difference}))


def running(**changes: object) -> VersionView:
    stages = (
        Stage("read", 0.1, 1.0, "", 10.0, 11.0),
        Stage("train", 0.9, 0.5, "epoch 5 of 8", 11.0, None),
    )
    job = JobView(
        "arn",
        "train",
        "films-hrnn/1",
        "solution-version",
        "CREATE IN_PROGRESS",
        stages,
        0.55,
        25.0,
        9.0,
        10.0,
        None,
        (CurvePoint(4.0, 12.0, 0.4, 0.3),),
        None,
        (),
        "aws-hrnn",
    )
    return replace(VERSION, status="CREATE IN_PROGRESS", job=replace(job, **changes))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (
            evaluated(0.72, 0.41, 0.2, 0.4),
            "Personal recommendations are right for 72 % of people, bestsellers for 41 %.",
        ),
        (
            evaluated(0.32, 0.31, -0.02, 0.04),
            "Personal recommendations are right for 32 % of people, bestsellers for 31 %: no clear difference.",
        ),
        (
            evaluated(0.21, 0.5, -0.4, -0.2),
            "Personal recommendations are right for 21 % of people, bestsellers for 50 %: bestsellers win.",
        ),
        (
            evaluated(0.8, 0.5, 0.1, 0.5, n_users=12),
            "Personal recommendations are right for 80 % of people, bestsellers for 50 %: "
            "too few people to tell (n = 12).",
        ),
        (
            replace(VERSION, metrics={"mean_reciprocal_rank_at_25": 0.25}),
            "Personal recommendations: the first right film is typically at place 4.0 in the list (harmonic mean).",
        ),
        (
            replace(VERSION, status="CREATE FAILED"),
            "The training of personal recommendations failed; nothing is trained yet.",
        ),
        (
            replace(evaluated(0.2, 0.5, -0.4, -0.2), recipe="aws-sims"),
            "For 1 in 5 people, the films similar to the last one they watched include the next one.",
        ),
    ],
)
def test_headline_by_result(version: VersionView, sentence: str) -> None:
    assert sentences.headline([version], of_trainings([version])) == sentence


def test_the_stronger_of_two_popularities_is_the_baseline_and_named_by_what_it_leaves_out() -> None:
    personal = evaluated(0.40, 0.355, 0.01, 0.09)
    counting = replace(evaluated(0.44, 0.44, 0.0, 0.0), recipe="aws-popularity-count")
    with_seen = of_trainings([personal, counting])
    assert with_seen is not None
    assert (with_seen.bestsellers, with_seen.against, with_seen.verdict) == (0.44, "bestsellers", "no clear difference")
    weaker = replace(evaluated(0.2, 0.2, 0.0, 0.0), recipe="aws-popularity-count")
    unseen = of_trainings([personal, weaker])
    assert unseen is not None
    assert (unseen.bestsellers, unseen.against, unseen.verdict) == (0.355, "bestsellers they have not seen", "beats")
    assert set(tables.dot_rows([personal, counting], RATE, 3.0)["popularity"]) == {0.44}


def test_versions_of_one_model_are_one_row() -> None:
    hrnn = evaluated(0.3, 0.2, 0.05, 0.15)
    ranking = replace(hrnn, recipe="aws-personalized-ranking", arn="arn:r")
    rows = tables.dot_rows([hrnn, ranking, replace(evaluated(0.4, 0.2, 0.1, 0.3), arn="arn:m")], RATE, 3.0)
    assert list(rows["label"])[1:] == ["Personal lists and Personalized ranking · one model"]
    assert "share one model" in sentences.picture_note("Split.", several=True)
    listed = tables.versions_table([hrnn, ranking, replace(hrnn, arn="arn:m", recipe="aws-sims")], 3.0)
    assert list(listed["recipe"]) == [
        "Personal lists · one model with Personalized ranking",
        "Personalized ranking · one model with Personal lists",
        "Similar items",
    ]


def test_equal_figures_of_other_recipes_are_two_rows() -> None:
    popular = replace(evaluated(0.3, 0.3, 0.0, 0.0), recipe="aws-popularity-count", arn="arn:p")
    trending = replace(popular, recipe="aws-trending-now", arn="arn:t")
    rows = tables.dot_rows([popular, trending], RATE, 3.0)
    assert not any("one model" in label for label in rows["label"])
    assert len(rows) == 2


def test_what_similar_items_never_list_is_said_with_its_consequence() -> None:
    def sims(hit_rate: float, n_items: int) -> VersionView:
        version = replace(evaluated(hit_rate, 0.1, -0.1, 0.1), recipe="aws-sims")
        assert version.evaluation is not None
        return replace(
            version, evaluation=replace(version.evaluation, never_listed=NeverListed(n_items, 1682, 31, 100))
        )

    assert sentences.never_listed(evaluated(0.2, 0.1, 0.0, 0.1)) == ""
    assert sentences.never_listed(sims(0.2, 0)) == ""
    said = "Similar items never list 84 of 1,682 films, which have 31 % of the events: "
    assert sentences.never_listed(sims(0.2, 84)).startswith(said)
    assert "can be 0" not in sentences.never_listed(sims(0.2, 84))
    assert sentences.never_listed(sims(0.0, 84)).endswith("That is why metrics can be 0.")


def test_best_version_answers_for_a_person_where_there_is_one() -> None:
    hrnn = evaluated(0.3, 0.2, 0.05, 0.15)
    sims = replace(evaluated(0.5, 0.2, 0.2, 0.4), recipe="aws-sims")
    popularity = replace(evaluated(0.2, 0.2, 0.0, 0.0), recipe="aws-popularity-count")
    assert sentences.best([sims, popularity, hrnn]) is hrnn
    assert sentences.best([sims, popularity]) is popularity
    assert sentences.best([sims]) is sims


def test_headline_before_anything_is_trained() -> None:
    assert sentences.headline([], None) == "Nothing is trained yet."
    assert (
        sentences.headline([], None, expected=61.0)
        == "Nothing is trained yet; personal recommendations take about 61 s on this data."
    )


@pytest.mark.parametrize(
    ("version", "sentence"),
    [
        (
            running(),
            "Training personal recommendations: epoch 5 of 8, about 25 s left; already better than the bestsellers.",
        ),
        (running(curve=()), "Training personal recommendations: epoch 5 of 8, about 25 s left."),
        (
            running(curve=(CurvePoint(1.0, 2.0, 0.1, 0.3),), seconds_left=None),
            "Training personal recommendations: epoch 5 of 8; not yet better than the bestsellers.",
        ),
        (running(started_at=None), "The training of personal recommendations waits for its turn."),
        (replace(running(), status="CREATE STOPPING"), "The training of personal recommendations is being stopped."),
        (
            replace(VERSION, status="CREATE IN_PROGRESS"),
            "The training of personal recommendations runs; a training on AWS usually takes about 40 minutes. "
            "You may close this page.",
        ),
    ],
)
def test_running_headline(version: VersionView, sentence: str) -> None:
    assert sentences.headline([version], of_trainings([version])) == sentence


def test_how_far_a_failed_training_got() -> None:
    assert sentences.how_far(running()) == "It got to 55 % in the stage “train”."
    assert sentences.how_far(VERSION) == "It had not started."


def test_dot_plot_is_told_with_interval_and_baselines() -> None:
    sentence = sentences.dot_plot_alt(evaluated(0.72, 0.41, 0.2, 0.4), RATE)
    assert sentence == "“Personal lists” has hit rate@25 0.720 (95 % 0.670-0.770); popularity 0.410; random 0.020."


def test_dot_rows_are_sorted_and_keep_their_columns_when_empty() -> None:
    rows = tables.dot_rows([evaluated(0.3, 0.2, 0, 1), evaluated(0.7, 0.2, 0, 1)], RATE, 60.0)
    assert list(rows["value"]) == [0.7, 0.3]
    assert list(tables.dot_rows([], RATE, 0.0).columns) == list(tables.DOT_COLUMNS)


def test_plain_words_say_who_wins() -> None:
    words = tables.plain_words(evaluated(0.72, 0.41, 0.2, 0.4))
    assert list(words["difference"]) == ["+76 % (95 %: +49 to +98), beats"]
    assert list(words["in plain words"]) == ["72 % of people find at least one right film among 25; bestsellers: 41 %."]


def test_coverage_has_no_interval_and_names_no_winner() -> None:
    fixed = MetricEstimate(0.4, 0.4, 0.4)
    methods = (
        MethodMetrics("model", {"coverage": fixed}),
        MethodMetrics("popularity", {"coverage": MetricEstimate(0.1, 0.1, 0.1)}),
    )
    difference = {"coverage": MetricEstimate(0.3, 0.3, 0.3)}
    version = replace(VERSION, evaluation=VersionEvaluation(200, "newest tenth", methods, difference))
    words = tables.plain_words(version)
    assert list(words["95 %"]) == [""]
    assert list(words["difference"]) == ["+300 %"]


def test_the_popularity_of_a_sentence_has_its_name() -> None:
    """A version that leaves out what a user has seen was measured beside bestsellers that do so too."""
    version = evaluated(0.72, 0.41, 0.2, 0.4)
    said = tables.plain_words(version)["in plain words"].iloc[0]
    assert said.endswith("bestsellers: 41 %.")
    counting = replace(evaluated(0.55, 0.55, 0.0, 0.0), recipe="aws-popularity-count")
    said = tables.plain_words(version, trained=[version, counting])["in plain words"].iloc[0]
    assert said.endswith("bestsellers they have not seen: 41 %.")


@pytest.mark.parametrize(("n_users", "clear"), [(14, False), (200, True)])
def test_a_difference_of_few_people_has_no_colour(n_users: int, clear: bool) -> None:
    rates = of_trainings([evaluated(0.72, 0.36, 0.2, 0.5, n_users)])
    assert rates is not None
    assert rates.is_clear is clear
