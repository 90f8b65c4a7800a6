"""A pipeline that asks whether lists are good enough: exit status 1 below a bound, with the figure and the bound."""

from pathlib import Path

import pytest

from services.commands.__main__ import main
from services.commands.quality import Bound
from services.other_lists import kept
from services.other_lists.reading import ReadLists
from services.screens.evaluation.results import EvaluationResult
from tests.services.screens.evaluation.worlds import GROUP, loaded, measured


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("quality") / "home"
    measured(made, "Half", 0.5)
    result = EvaluationResult(measured(made, "Most", 0.9))
    perfect = {user: tuple(taken) for user, taken in result.truth.items()}
    kept.keep(made, GROUP, "oracle.csv", ReadLists("Oracle", perfect, 1, 0, 0, "by rank"))
    rows = result.lists[result.lists["method"] == "aws-hrnn"]
    same = {user: tuple(items) for user, items in zip(rows["user_id"], rows["items"], strict=True)}
    kept.keep(made, GROUP, "same.csv", ReadLists("Same", same, 1, 0, 0, "by rank"))
    return made


def check(home: Path, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> int:
    monkeypatch.delenv("PERSONALIZE_HOME", raising=False)
    monkeypatch.setattr("os.umask", lambda _: 0)
    return main(["check", "--home", str(home), "--data", GROUP, *arguments])


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--result", "Half", "--at-least", "hit_rate@25=0.5"), 0, "ok      Hit rate@25 is 0.5"),
        (("--result", "Half", "--at-least", "hit rate@25=0.6"), 1, "at least 0.6 is wanted."),
        (("--at-least", "hit_rate@25=0.85"), 0, "Personal lists in the result Most"),
        (("--at-least", "popularity_bias@25=0.001"), 1, "at most 0.001 is wanted."),
        (("--at-least", "ndcg@3=0.1"), 1, "NDCG@3 was not measured. Choose among"),
        (("--of", "Personal lists", "--beats", "Oracle"), 1, "problem Hit rate@25 of Personal lists minus Oracle"),
        (
            ("--of", "Oracle", "--at-least", "ndcg@25=0.9", "--beats", "Personal lists"),
            1,
            "NDCG@25 of Oracle minus Personal lists: +0.",
        ),
        (("--of", "Oracle", "--at-least", "ndcg@25=0.9"), 1, "problem Do not trust this yet. "),
        (("--of", "Same", "--at-least", "hit_rate@25=0.85"), 0, "Same in the result Most"),
        (("--beats", "nobody"), 1, "The result has no lists of nobody. Choose Personal lists."),
        (("--result", "None"), 1, "There is no finished result None of sweet-and-sour. Choose Most or Half."),
    ],
)
def test_the_exit_status_says_whether_the_bounds_are_kept(
    home: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: tuple[str, ...],
    status: int,
    words: str,
) -> None:
    found = check(home, monkeypatch, *arguments)
    said = capsys.readouterr().out
    assert words in said
    assert found == status, said
    assert said.rstrip().endswith("The lists are good enough." if status == 0 else "The lists are not good enough.")


def test_nothing_measured_is_a_problem_with_a_remedy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert check(tmp_path, monkeypatch) == 1
    assert "Measure on Evaluation, or use --measure." in capsys.readouterr().out


def test_a_bound_is_a_metric_a_cut_off_and_a_value() -> None:
    assert Bound.read("NDCG@10=0.25") == Bound("ndcg", 10, 0.25)
    assert Bound.read("hit_rate@25=.5") == Bound("hit_rate", 25, 0.5)
    with pytest.raises(ValueError, match='"hits>3" is no bound'):
        Bound.read("hits>3")


def test_measure_does_the_evaluation_first_and_keeps_it_as_a_result(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    loaded(tmp_path)
    monkeypatch.setenv("PERSONALIZE_WORKER_IDLE_S", "2")
    arguments = ("--measure", "aws-popularity-count", "--at-least", "hit_rate@25=0.05", "--at-least", "ndcg@25=0.9")
    assert check(tmp_path, monkeypatch, *arguments) == 1
    said = capsys.readouterr().out
    assert "in the result check of aws-popularity-count" in said
    assert "at least 0.05 is wanted" in said
    assert "problem NDCG@25 is 0." in said
    monkeypatch.delenv("PERSONALIZE_HOME", raising=False)
    assert check(tmp_path, monkeypatch, "--at-least", "hit_rate@25=0.05") == 0  # the result is there
