"""Finished runs of the laboratories whose recipes are played by closed forms: a page only reads their folders."""

import time
from pathlib import Path

import pandas as pd

from services.demo.steps import GROUP
from services.laboratory import runs
from services.laboratory.context import DONE, RunContext
from services.laboratory.ranking_metrics import PLACES
from services.laboratory.runs import COLD_START, EVALUATION
from services.library.store import Library, LoadedData
from services.screens.cold_start.baselines import RIDGE_OF_A_USER, Baselines
from services.screens.cold_start.groups import tastes_of
from services.screens.cold_start.measures import list_rows, per_person, summary
from services.screens.cold_start.parameters import METHODS, MODEL
from services.screens.cold_start.parameters import Parameters as ColdStartParameters
from services.screens.cold_start.split import ALL, hold_out
from services.screens.evaluation import frames
from services.screens.evaluation.baselines import unseen_popularity
from services.screens.evaluation.facts import Facts, Trained
from services.screens.evaluation.measures import count_items, measure
from services.screens.evaluation.methods import Method
from services.screens.evaluation.parameters import Parameters
from services.screens.evaluation.segments import segments
from services.screens.evaluation.split import split_data

N_PEOPLE = 300
EXPLORED = pd.DataFrame(
    {
        "weight": [0.0, 0.1, 0.3, 0.5, 1.0],
        "n_people": 500,
        "new_shown": [0.0, 1.1, 1.3, 1.6, 2.9],
        "new_taken": [0.0, 0.07, 0.07, 0.08, 0.11],
        "hits": [222.8, 213.8, 212.8, 211.0, 202.8],
        "hits_lost": [0.0, 9.0, 10.0, 11.8, 20.0],
        "n_new": 147,
        "n_items": 1500,
    }
)


def play_cold_start(home: Path, name: str = "the first run") -> None:
    """Add a finished Cold start run of this name whose recipe is the ridge of each person."""
    data = _data(home)
    held = hold_out(data, share=0.5, seed=0, split=ALL, n_people=N_PEOPLE)
    every = Baselines.of(held)
    played = {MODEL: RIDGE_OF_A_USER} | {method: method for method in METHODS[1:]}
    lists = pd.concat([list_rows(0, m, every.lists(by, PLACES), held.taken) for m, by in played.items()])
    worth = per_person(lists[lists["method"] == RIDGE_OF_A_USER])
    parameters = ColdStartParameters(GROUP, n_people=N_PEOPLE, exploration=True)
    context = RunContext(runs.create(home / "laboratories", COLD_START, name, parameters.to_json()))
    context.write("lists", lists)
    context.write("metrics", summary(lists, {0: len(held.new_items)}))
    context.write("new_items", pd.DataFrame({"seed": 0, "item_id": list(held.new_items)}))
    context.write("tastes", tastes_of(data, held))
    context.write(
        "columns", worth[["seed", "method", "user_id"]].assign(columns="genre", value=worth["precision_at_25"])
    )
    taken = [(0, user, item) for user, items in held.taken.items() for item in items]
    context.write("taken", pd.DataFrame(taken, columns=["seed", "user_id", "item_id"]))
    context.write("exploration", EXPLORED)
    draw = {"seed": 0, "n_events": len(held.interactions), "train_s": 12.0, "ask_s": 1.0, "n_people": N_PEOPLE}
    facts = {"seconds": {}, "data_version": data.version, "n_people": N_PEOPLE, "draws": [draw]}
    context.write_json("facts", {"parameters": parameters.to_json(), **facts})
    context.end(DONE)


def play_evaluation(home: Path, *recipes: str) -> None:
    """Add a finished evaluation; each recipe is the unseen bestsellers from a place on that differs from recipe's."""
    data, parameters = _data(home), Parameters(GROUP, recipes=recipes)
    split = split_data(data, protocol=parameters.protocol, share=parameters.share)
    items = count_items(frames.counted_train(data, split), frames.categories(data))
    best = unseen_popularity(split.people, split.known, items)
    lists = {Method(recipe): [shown[n:] + shown[:n] for shown in best] for n, recipe in enumerate(recipes, start=4)}
    lists = {method: [shown[: PLACES - 5] for shown in of_method] for method, of_method in lists.items()}
    every, truth = frames.all_lists(lists, split, items), list(split.truth.values())
    values = {method: measure(shown, truth, items) for method, shown in every.items()}
    context = RunContext(runs.create(home / "laboratories", EVALUATION, "the first run", parameters.to_json()))
    context.write("people", frames.people_frame(split.people, values))
    context.write("lists", frames.lists_frame(split.people, every, truth))
    context.write("truth", pd.DataFrame({"user_id": split.people, "items": truth}))
    context.write("users", segments(data, split))
    context.write("summary", frames.summary(every, values, items, truth))
    trained = tuple(Trained(method.key, method.name, method.name) for method in lists)
    facts = Facts(
        parameters=parameters,
        protocol=split.protocol,
        moment=split.moment,
        ended=time.time(),
        seconds={},
        data_version=data.version,
        n_people=len(split.people),
        n_train=len(split.train),
        n_items=data.n_items,
        contestants=trained,
        note=data.note,
        source=data.source,
    )
    context.write_json("facts", facts.to_json())
    context.end(DONE)


def _data(home: Path) -> LoadedData:
    data = Library(home).open(GROUP)
    assert data is not None
    return data
