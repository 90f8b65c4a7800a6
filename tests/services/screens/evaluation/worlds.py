"""A finished evaluation without an engine: given lists of a shop of two tastes, measured as a run measures them."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from services.laboratory import runs
from services.laboratory.context import RunContext
from services.laboratory.runs import EVALUATION
from services.library.store import Library, LoadedData
from services.personalize.recipe_names import RECIPE_WORDS
from services.screens.evaluation.facts import Facts, Trained
from services.screens.evaluation.frames import (
    all_lists,
    categories,
    counted_train,
    lists_frame,
    people_frame,
    summary,
)
from services.screens.evaluation.measures import count_items, measure
from services.screens.evaluation.methods import Method
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.segments import segments
from services.screens.evaluation.split import TIME, split_data
from tests.services.screens.cold_start.worlds import sweet_and_sour

GROUP = "sweet-and-sour"
HRNN = Method("aws-hrnn")


def loaded(home: Path) -> LoadedData:
    """Return the shop's data, kept under a home."""
    return Library(home).open(GROUP) or Library(home).save(sweet_and_sour())


def measured(
    home: Path,
    name: str,
    right: float,
    protocol: str = TIME,
    only: Sequence[str] | None = None,
    methods: Mapping[Method, float] | None = None,
) -> Path:
    """Return the folder of a result in which this share of the people, the first ones, has one right item.

    only leaves other people out; methods are others than HRNN, with their shares.
    """
    data = loaded(home)
    split = split_data(data, protocol=protocol, share=0.2)
    people = [user for user in split.people if only is None or user in only]
    truth = [split.truth[user] for user in people]
    parameters = Parameters(GROUP, protocol=protocol, share=0.2, recipes=(HRNN.name,))
    folder = runs.create(home / "laboratories", EVALUATION, name, parameters.to_json())
    context = RunContext(folder)
    items = count_items(counted_train(data, split), categories(data))
    lists = {
        method: [_list(taken, items.ids, place < share * len(people)) for place, taken in enumerate(truth)]
        for method, share in {HRNN: right, **(methods or {})}.items()
    }
    baselines = all_lists({}, split, items)
    every = {**lists, **{method: own[: len(people)] for method, own in baselines.items()}}
    values = {method: measure(own, truth, items) for method, own in every.items()}
    users = segments(data, split)
    context.write("people", people_frame(people, values))
    context.write("lists", lists_frame(people, every, truth))
    context.write("truth", pd.DataFrame({"user_id": people, "items": truth}))
    context.write("users", users[users["user_id"].isin(people)].reset_index(drop=True))
    context.write("summary", summary(every, values, items, truth))
    context.write_json("facts", _facts(data, parameters, len(people), list(lists)).to_json())
    context.end("done")
    return folder


def _list(taken: Sequence[str], ids: Sequence[str], right: bool) -> list[str]:
    wrong = [item for item in ids if item not in taken][:24]
    return [*taken[:1], *wrong] if right else wrong


def _facts(data: LoadedData, parameters: Parameters, n_people: int, methods: Sequence[Method]) -> Facts:
    seconds: Mapping[str, float] = {"measure": 1.0}
    return Facts(
        parameters=parameters,
        protocol=parameters.protocol,
        ended=time.time(),
        seconds=seconds,
        data_version=data.version,
        n_people=n_people,
        n_train=1,
        n_items=data.n_items,
        contestants=tuple(Trained(one.key, one.name, RECIPE_WORDS[one.name]) for one in methods),
        note="",
        source="own",
    )
