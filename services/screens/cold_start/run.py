"""The cold start laboratory: hold items out, import the rest, train, deploy, ask, and measure what was never seen.

run() works through the Amazon Personalize API alone and leaves a folder that services/screens/cold_start/results.py
reads: lists.parquet (every place of every list), taken.parquet (what people really took of the new items),
new_items.parquet, tastes.parquet (groups of viewers by every categorical column), columns.parquet (what sets of columns
are worth), metrics.parquet, exploration.parquet where it was asked for, and facts.json. A run that is continued keeps
what finished draws have left.
"""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from services.backend import Backend
from services.errors import DataError
from services.library.store import Library, LoadedData
from services.personalize.recipe_names import HRNN_COLDSTART
from services.progress import Step, StepList
from services.screens.cold_start import exploration as cold_start_exploration
from services.screens.cold_start import measures, replicate
from services.screens.cold_start.baselines import POPULARITY, RANDOM, RIDGE_OF_A_USER
from services.screens.cold_start.replicate import Desk, Draw
from services.screens.cold_start.split import ALL, SPLITS, item_columns

RECIPE = HRNN_COLDSTART
MODEL = "model"
METHODS = (MODEL, RIDGE_OF_A_USER, POPULARITY, RANDOM)
STEPS = (
    Step("hold_out", "Hold items out and take them out of the interactions"),
    Step("import", "Import what is left"),
    Step("train", "Train and deploy aws-hrnn-coldstart"),
    Step("measure", "Ask everybody for new items and measure"),
)
EXPLORE = Step("explore", "Weights of exploration: aws-user-personalization")
PEOPLE = 1000
SEEDS = (1, 3, 5)
"""How many draws a person may choose."""


@dataclass(frozen=True)
class Parameters:
    """What a run does."""

    group: str
    """Name of the data set group whose data is used; it is not touched."""
    share: float = 0.5
    n_seeds: int = 1
    split: str = ALL
    n_people: int = PEOPLE
    columns: tuple[str, ...] | None = None
    """Item columns that are learned from; None: all."""
    column_sets: tuple[tuple[str, ...], ...] = ()
    """Sets of columns with which the recipe is trained too, once each and draw."""
    exploration: bool = False
    """Whether aws-user-personalization is trained and asked at several weights of exploration."""
    hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """Of aws-hrnn-coldstart, where its defaults are not wanted."""
    exploring_hyperparameters: Mapping[str, str] = field(default_factory=dict)
    """The same of aws-user-personalization."""

    @classmethod
    def read(cls, given: Mapping[str, Any]) -> "Parameters":
        """Return the parameters of to_json. Raises DataError naming what cannot be."""
        unknown = sorted(set(given) - set(cls.__dataclass_fields__))
        if unknown or "group" not in given:
            said = f'"{unknown[0]}" is no parameter' if unknown else "The parameter group is missing"
            raise DataError(f"{said} of a cold start run; it has {', '.join(cls.__dataclass_fields__)}.")
        columns, sets = given.get("columns"), given.get("column_sets", ())
        made = cls(
            **{
                **given,
                "columns": None if columns is None else tuple(columns),
                "column_sets": tuple(tuple(names) for names in sets),
            }
        )
        if made.n_seeds < 1 or made.n_people < 1:
            raise DataError(f"{made.n_seeds} draws and {made.n_people} people cannot be measured. Give at least one.")
        if made.split not in SPLITS or not 0 < made.share < 1:
            raise DataError(f"A share of {made.share:g} with the split {made.split} cannot be held out.")
        return made

    def to_json(self) -> dict[str, Any]:
        """Return JSON-able values."""
        return asdict(self)


def column_sets(data: LoadedData) -> dict[str, tuple[str, ...]]:
    """Return what each kind of column may be worth: every column alone, people (director, cast) together, then all."""
    columns = item_columns(data)
    people = tuple(name for name in columns if name in data.roles.people)
    order = [name for name in data.roles.categories if name in columns]
    order += [name for name in columns if name not in order and name not in people]
    sets: dict[str, tuple[str, ...]] = {column_words((name,)): (name,) for name in order}
    if people:
        sets[column_words(people)] = people
    if len(sets) > 1:
        sets["all"] = tuple(columns)
    return sets


def column_words(columns: Sequence[str]) -> str:
    """Return "director and cast" for DIRECTOR, CAST."""
    said = [name.replace("_", " ").lower() for name in columns]
    said = [name[:-1] if name == "genres" else name for name in said]
    return said[0] if len(said) == 1 else f"{', '.join(said[:-1])} and {said[-1]}"


def run(backend: Backend, parameters: Mapping[str, Any], desk: Desk) -> None:
    """Do one run and leave its results in desk.folder. Raises DataError and TrainingError with the reason."""
    wanted = Parameters.read(parameters)
    data = Library(backend.home).open(wanted.group)
    if data is None:
        raise DataError(f"The data of {wanted.group} was not loaded on this machine. Load it on Data.")
    steps = StepList([*STEPS, *([EXPLORE] if wanted.exploration else [])], desk.report)
    started = time.time()
    seconds: dict[str, float] = {}
    draws: list[Draw] = []
    for seed in range(wanted.n_seeds):
        desk.check_cancelled()
        kept = replicate.kept(desk, seed)
        draws.append(kept or _draw(backend, data, wanted, seed, desk, steps, seconds))
    _write(draws, desk)
    if wanted.exploration:
        with _step(steps, "explore", seconds) as update:
            frame = cold_start_exploration.measure(backend, data, desk, update, wanted.exploring_hyperparameters)
            desk.write("exploration", frame)
    facts = {
        "parameters": wanted.to_json(),
        "started": started,
        "ended": time.time(),
        "seconds": seconds,
        "data_version": data.version,
        "n_people": max(draw.facts["n_people"] for draw in draws),
        "draws": [draw.facts for draw in draws],
    }
    desk.write_json("facts", facts)
    for step in steps.steps:
        if step.state == "waiting":
            steps.done(step.key, "kept from before")


def _draw(
    backend: Backend,
    data: LoadedData,
    wanted: Parameters,
    seed: int,
    desk: Desk,
    steps: StepList,
    seconds: dict[str, float],
) -> Draw:
    """Do the four steps for one draw of new items."""
    which = f"draw {seed + 1} of {wanted.n_seeds}" if wanted.n_seeds > 1 else ""
    with _step(steps, "hold_out", seconds, which) as update:
        held_out = replicate.hold_out_of(data, wanted, seed)
        update(None, f"{len(held_out.new_items):,} new, {len(held_out.interactions):,} events to learn from")
    bench = replicate.Bench(backend, desk, held_out, seed)
    try:
        with _step(steps, "import", seconds, which) as update:
            bench.bring_in(update)
        with _step(steps, "train", seconds, which) as update:
            bench.train(update, wanted.column_sets, wanted.hyperparameters)
        with _step(steps, "measure", seconds, which) as update:
            return bench.measure(data, update, column_sets(data))
    finally:
        bench.clear()


def _write(draws: Sequence[Draw], desk: Desk) -> None:
    together = {name: pd.concat([getattr(d, name) for d in draws], ignore_index=True) for name in replicate.KINDS}
    for name, frame in together.items():
        desk.write(name, frame)
    n_new = {int(seed): len(part) for seed, part in together["new_items"].groupby("seed")}
    desk.write("metrics", measures.summary(together["lists"], n_new))


class _step:
    """One step of one draw: begins, tells, adds up its seconds, leaves the reason of a failure where it happened."""

    def __init__(self, steps: StepList, key: str, seconds: dict[str, float], which: str = "") -> None:
        self._steps, self._key, self._seconds, self._which = steps, key, seconds, which

    def __enter__(self) -> Callable[[float | None, str], None]:
        self._began = time.monotonic()
        self._note = self._which
        self._steps.start(self._key, self._note)
        return self._update

    def _update(self, fraction: float | None, note: str) -> None:
        self._note = " · ".join(part for part in (self._which, note) if part)
        self._steps.update(self._key, fraction, self._note)

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        self._seconds[self._key] = self._seconds.get(self._key, 0.0) + time.monotonic() - self._began
        if error is None:
            self._steps.done(self._key, self._note)
        else:
            self._steps.fail(self._key, str(error) or type(error).__name__)
