"""A cold start run on a real engine: what it leaves, what it says, what it refuses, what a second attempt keeps."""

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import pytest

from services.backend import Backend, open_backend
from services.errors import DataError
from services.laboratories import run_now
from services.laboratory import runs
from services.laboratory.context import RunCancelled, RunContext
from services.laboratory.runs import LabRuns
from services.language.vocabulary import FILM_WORDS
from services.library.store import Library, LoadedData
from services.screens.cold_start import exploration, plan, run, run_sentences, sentences, tables
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.groups import diagonal, served
from services.screens.cold_start.measures import CLICK_RATE, REACH
from services.screens.cold_start.parameters import METHODS, MODEL, Parameters, column_sets
from services.screens.cold_start.results import ColdStartResult
from tests.services.screens.cold_start import worlds

PARAMETERS = {
    "group": worlds.NAME,
    "n_people": 50,
    "n_seeds": 1,
    "column_sets": [["KIND"], ["NOISE"]],
    "exploration": True,
    "hyperparameters": {"epochs": "2"},
    "exploring_hyperparameters": {"epochs": "2"},
}


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def backend(home: Path) -> Iterator[Backend]:
    opened = open_backend({"PERSONALIZE_WORKER_IDLE_S": "2"}, home)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def data(home: Path) -> LoadedData:
    return worlds.data(home)


@pytest.fixture(scope="module")
def result(backend: Backend, home: Path, data: LoadedData) -> ColdStartResult:
    folder = runs.create(home / "laboratories", "cold_start", "tested", PARAMETERS)
    run_now(backend, "cold_start", PARAMETERS, folder)
    return ColdStartResult(folder)


def test_new_items_go_to_people_of_their_kind(result: ColdStartResult, data: LoadedData) -> None:
    assert result.metric(MODEL).value > 1.5 * result.metric(RANDOM).value
    assert result.difference(RANDOM).low > 0
    categories = data.categories("KIND")
    found = result.groups("KIND", categories)
    own = diagonal(result.heat_map(found, categories))
    assert set(own.index) == {"Sweet", "Sour"}
    assert (own > 1.5).all()


def test_every_method_has_its_figures_from_the_same_people(result: ColdStartResult) -> None:
    assert tuple(result.methods) == METHODS
    assert (result.n_people, result.n_seeds, result.n_new) == (50, 1, 120)
    people = result.lists.groupby(["seed", "method"])["user_id"].nunique()
    assert set(people) == {50}
    assert result.lists.groupby(["seed", "method", "user_id"])["rank"].max().eq(25).all()
    new = {seed: set(part["item_id"]) for seed, part in result.new_items.groupby("seed")}
    assert all(item in new[seed] for seed, item in zip(result.lists["seed"], result.lists["item_id"], strict=True))
    assert result.metric(POPULARITY, REACH).value == pytest.approx(25 / 120)


def test_a_column_of_noise_is_worth_less_than_the_kind(result: ColdStartResult) -> None:
    worth = result.worth.set_index(["method", "columns"])
    for method in (MODEL, RIDGE_OF_A_USER):
        assert worth.loc[(method, "kind"), "gain"] > worth.loc[(method, "noise"), "gain"] + 0.02
        assert worth.loc[(method, "kind"), "clear"]
    said = sentences.worth_words(result.worth[result.worth["method"] == MODEL])
    assert said.startswith("Alone, kind helps most")
    assert list(tables.worth(result)["role"].unique()) != []


def test_exploring_shows_new_items(result: ColdStartResult) -> None:
    frame = result.exploration
    assert frame is not None
    assert list(frame["weight"]) == list(exploration.WEIGHTS)
    assert frame["new_shown"].iloc[0] == 0
    assert frame["new_shown"].iloc[-1] > 0
    assert frame["hits_lost"].iloc[0] == 0
    between = exploration.between(frame, 0.4, "new_shown")
    assert min(frame["new_shown"][2:4]) <= between <= max(frame["new_shown"][2:4])


def test_nothing_of_the_run_stays_on_the_service(backend: Backend, result: ColdStartResult) -> None:
    assert not worlds.exists(backend, "lab-")
    assert not backend.personalize.list_solutions()["solutions"]
    assert not backend.personalize.list_schemas()["schemas"]


def test_the_sentences_are_computed(result: ColdStartResult, data: LoadedData) -> None:
    said = sentences.headline(result, FILM_WORDS)
    assert re.fullmatch(r"Of the new films recommended, viewers watched [\d.]+ %; of random ones, [\d.]+ %\.", said)
    assert len(said) <= 140
    categories = data.categories("KIND")
    found = result.groups("KIND", categories)
    assert "own taste" in sentences.map_alt(diagonal(result.heat_map(found, categories)), FILM_WORDS)
    assert sentences.served_words(served(result.of(MODEL), found), FILM_WORDS).startswith("Best served")
    rate, chance = result.metric(MODEL).value, result.metric(RANDOM).value
    saved = sentences.saved(0.01, rate, chance, "EUR")
    assert saved == f"{sentences.money(10 / chance - 10 / rate, 'EUR')} saved per 1,000"


def test_a_second_attempt_keeps_finished_draws(backend: Backend, home: Path, result: ColdStartResult) -> None:
    folder = home / "laboratories" / "cold_start" / "again"
    folder.mkdir()
    for path in Path(result._folder).glob("draw-*"):
        (folder / path.name).write_bytes(path.read_bytes())
    jobs = len(backend.personalize.list_dataset_import_jobs()["datasetImportJobs"])
    parameters = PARAMETERS | {"exploration": False}
    run_now(backend, "cold_start", parameters, folder)
    assert ColdStartResult(folder).metric(MODEL).value == result.metric(MODEL).value
    assert len(backend.personalize.list_dataset_import_jobs()["datasetImportJobs"]) == jobs
    view = LabRuns(home).find("again")
    assert view is None  # it has no run.json: done in this process, for a script


def test_stop_leaves_nothing_behind(backend: Backend, data: LoadedData, home: Path) -> None:
    class Stopping(RunContext):
        def check_cancelled(self) -> None:
            raise RunCancelled

    folder = home / "laboratories" / "cold_start" / "stopped"
    folder.mkdir(parents=True)
    with pytest.raises(RunCancelled):
        run.run(backend, PARAMETERS, Stopping(folder))
    assert not worlds.exists(backend, "lab-")
    assert not (folder / "facts.json").exists()


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({}, "group is missing"),
        ({"group": "x", "colour": 1}, "colour"),
        ({"group": "x", "n_seeds": 0}, "0 draws"),
        ({"group": "x", "split": "later"}, "later"),
        ({"group": "absent"}, "absent was not loaded"),
    ],
)
def test_what_a_run_cannot_do_is_said(backend: Backend, tmp_path: Path, given: dict, words: str) -> None:
    with pytest.raises(DataError, match=words):
        run.run(backend, given, RunContext(tmp_path))


def test_parameters_survive_json() -> None:
    parameters = Parameters("g", columns=("A",), column_sets=(("A", "B"),))
    assert Parameters.read(json.loads(json.dumps(parameters.to_json()))) == parameters


def test_sets_of_columns_are_each_alone_and_all(data: LoadedData) -> None:
    assert column_sets(data) == {"kind": ("KIND",), "noise": ("NOISE",), "all": ("KIND", "NOISE")}


def test_a_run_is_named_and_timed_beforehand(backend: Backend, data: LoadedData, result: ColdStartResult) -> None:
    parameters = Parameters(data.name, n_seeds=3, split="time")
    assert run_sentences.run_name(parameters) == "50 % new, 3 draws, split in time"
    one, three = (plan.expected_seconds(backend, data, Parameters(data.name, n_seeds=n), result) for n in (1, 3))
    assert three == pytest.approx(3 * one)
    assert "needs at least 100" in run_sentences.problem(data, Parameters(data.name, share=0.1))
    assert run_sentences.aws_words(backend, parameters) == ""


def test_the_library_is_untouched(home: Path, data: LoadedData, result: ColdStartResult) -> None:
    assert Library(home).names() == [worlds.NAME]
    assert isinstance(tables.download(result, data.catalog()), pd.DataFrame)
    assert result.metric(MODEL, CLICK_RATE).low > 0
